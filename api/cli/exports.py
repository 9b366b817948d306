"""``wangge export``: from PostGIS into files."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.console import Translate, progress, say
from api.cli.store import engine_of
from api.services.exports import NOUNS, export
from data.settings import Settings


def register(app: typer.Typer, t: Translate) -> None:
    """Declare ``export``."""

    @app.command("export", help=t("cli_export.help"))
    def command(
        noun: Annotated[
            str, typer.Argument(metavar="NOUN", help=t("cli_export.noun", nouns=" ".join(NOUNS)))
        ],
        output: Annotated[Path, typer.Option("-o", "--output", help=t("cli_export.output"))],
        encoding: Annotated[str, typer.Option(help=t("cli_export.encoding"))] = "utf-8",
    ) -> None:
        with progress(t) as report:
            engine = engine_of(Settings(), report)
            count, written = export(engine, noun, output, encoding=encoding)
        say(t("cli_export.done", count=count, files="、".join(map(str, written.paths))))
        for finding in written.findings:
            say(t(f"finding.{finding.code}", **finding.params))
