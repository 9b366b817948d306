"""``wangge assign``: points in a file get their grids."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli import console, stopping
from api.cli.console import Translate
from api.services.assign import Assigned, assign
from data.readers.one_cell import Order
from data.settings import Settings
from geo.crs import parse_datum


def register(app: typer.Typer, t: Translate) -> None:
    """Declare ``assign``."""

    @app.command("assign", help=t("cli_assign.help"))
    def command(
        *,
        grids: Annotated[str, typer.Option(metavar="F[:LAYER]", help=t("cli_assign.grids"))],
        points: Annotated[str, typer.Option(metavar="F[:LAYER]", help=t("cli_assign.points"))],
        output: Annotated[Path, typer.Option("-o", "--output", help=t("cli_assign.output"))],
        lon: Annotated[str | None, typer.Option(metavar="COL", help=t("cli_assign.lon"))] = None,
        lat: Annotated[str | None, typer.Option(metavar="COL", help=t("cli_assign.lat"))] = None,
        place: Annotated[
            str | None, typer.Option(metavar="COL", help=t("cli_assign.place"))
        ] = None,
        order: Annotated[
            Order | None, typer.Option("--place-order", help=t("cli_assign.place_order"))
        ] = None,
        datum: Annotated[str | None, typer.Option(help=t("cli_assign.datum"))] = None,
        code: Annotated[str, typer.Option(metavar="FIELD", help=t("cli_assign.code"))] = "code",
        grids_datum: Annotated[str | None, typer.Option(help=t("cli_assign.grids_datum"))] = None,
        encoding: Annotated[str | None, typer.Option(help=t("cli_assign.encoding"))] = None,
    ) -> None:
        with console.progress(t) as bars, stopping.orderly(bars) as progress:
            done = assign(
                grids=grids,
                points=points,
                output=output,
                lon=lon,
                lat=lat,
                place=place,
                order=order,
                datum=None if datum is None else parse_datum(datum),
                code=code,
                grids_datum=None if grids_datum is None else parse_datum(grids_datum),
                encoding=encoding,
                lang=Settings().lang,
                progress=progress,
            )
        show(done, t)


def show(done: Assigned, t: Translate) -> None:
    """The counts and where to look."""
    rows = [(t(f"cli_assign.how_{how.value}"), count) for how, count in done.counts.items()]
    title = t("cli_assign.title", file=done.output)
    console.table(title, (t("cli_assign.how"), t("cli_assign.rows")), rows)
    if done.placing:
        console.say(t("cli_assign.placing", columns=", ".join(done.placing)))
    if done.faults is not None:
        console.say(t("cli_assign.faults", file=done.faults))
