"""``wangge plan stage``, ``stages`` and ``stage-file``: the steps of a plan's life, with the office's files."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.engine import RowMapping

from api.cli.console import Translate, say
from api.cli.manual import Manual
from api.cli.store import engine_of
from api.services.actor import Actor, from_system
from api.services.plan_life import PlanLife
from data.settings import Settings
from data.tables import Stage
from data.writers.atomic import staging
from geo.errors import FileUnreadable


def add_stages(plan: Manual, t: Translate) -> None:
    """Declare the verbs."""
    number = Annotated[int, typer.Argument(metavar="N", min=1, help=t("cli_plan.number"))]
    filed = typer.Option("--file", exists=True, dir_okay=False, help=t("cli_plan.stage-file"))

    @plan.command("stage", help=t("cli_plan.stage"))
    def stage(
        *,
        number: number,
        which: Annotated[Stage, typer.Argument(metavar="STEP", help=t("cli_plan.stage-which"))],
        day: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help=t("cli_plan.stage-day"))],
        office_number: Annotated[
            str | None, typer.Option("--number", help=t("cli_plan.stage-number"))
        ] = None,
        file: Annotated[Path | None, filed] = None,
        note: Annotated[str | None, typer.Option(help=t("cli_plan.stage-note"))] = None,
        by: Annotated[
            str | None, typer.Option("--by", metavar="NAME", help=t("cli_plan.by"))
        ] = None,
    ) -> None:
        life, actor = _life(), from_system() if by is None else Actor(by)
        content = None if file is None else _content(file)
        row = life.enter(actor, number, which, day=day.date(), number=office_number, note=note)
        if file is not None and content is not None:
            row = life.attach(actor, number, row["id"], name=file.name, content=content)
        say(t("cli_plan.stage-done", line=_line(row, t)))

    @plan.command("stages", help=t("cli_plan.stages"))
    def stages(number: number) -> None:
        rows = _life().stages(number)
        for row in rows:
            say(_line(row, t))
        if not rows:
            say(t("cli_plan.stages-none"))

    @plan.command("stage-file", help=t("cli_plan.stage-file-out"))
    def stage_file(
        number: number,
        stage: Annotated[int, typer.Argument(metavar="STEP", min=1, help=t("cli_plan.stage-no"))],
        output: Annotated[Path, typer.Option("-o", "--output", help=t("cli_plan.stage-to"))],
    ) -> None:
        found = _life().file(number, stage)
        with staging(output.parent) as folder:
            (folder / output.name).write_bytes(bytes(found["content"]))
        say(t("cli_plan.written", file=output))


def _life() -> PlanLife:
    return PlanLife(engine_of(Settings()))


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise FileUnreadable("file-broken", file=str(file), reason=str(error)) from error


def _line(row: RowMapping, t: Translate) -> str:
    kept = row["file_name"]
    if row["file_type"] is not None:
        kept = t(
            "cli_plan.stage-kept", name=kept, bytes=row["file_bytes"], sum=row["file_sha256"][:12]
        )
    more = " · ".join(str(one) for one in (row["number"], kept, row["note"]) if one)
    name = t(f"cli_plan.stage-name-{row['stage']}")
    told = t("cli_plan.stage-line", id=row["id"], day=row["day"], stage=name, more=more)
    return told.removesuffix(" · ")
