"""``wangge plan documents``: what a redrawn plan produces, into a folder."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.console import Translate, say
from api.cli.manual import Manual
from api.cli.store import engine_of
from api.services.drafting import Shelf
from api.services.plan_papers import PlanPapers
from data.settings import Settings


def add_documents(plan: Manual, t: Translate) -> None:
    """Declare ``documents``."""

    @plan.command("documents", help=t("cli_plan.documents"))
    def documents(
        number: Annotated[int, typer.Argument(metavar="N", min=1, help=t("cli_plan.number"))],
        folder: Annotated[
            Path,
            typer.Option("-o", "--output", metavar="FOLDER", help=t("cli_plan.documents-folder")),
        ],
        against: Annotated[int | None, typer.Option(min=1, help=t("cli_plan.against"))] = None,
    ) -> None:
        settings = Settings()
        papers = PlanPapers(engine_of(settings), Shelf(settings), settings)
        written = papers.write(number, folder, lang=settings.lang, against=against)
        say(t("cli_plan.documents-written", n=len(written), folder=folder))
