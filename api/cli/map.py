"""``wangge map``: layers in files become one page that opens with no network."""

from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from typer.models import OptionInfo

from api.cli.console import Translate, progress, say, table
from api.services.city_map import map_city
from api.services.mapping import MapFiles, Mapped, render_map
from data.bounds import usual_rule
from data.readers.columns import parse_mapping
from data.readers.datums import parse_datums
from data.settings import Settings
from geo.codes import Profile
from geo.errors import OptionError
from geo.model import SizeRule
from maps.page import Basemap


def register(app: typer.Typer, t: Translate) -> None:
    """Declare ``map``."""
    usual = usual_rule(Settings())

    def file(name: str) -> OptionInfo:
        option: OptionInfo = typer.Option(metavar="F[:layer]", help=t(f"cli_map.{name}"))
        return option

    def bounds(name: str) -> OptionInfo:
        option: OptionInfo = typer.Option(metavar="MIN MAX", help=t(f"cli_map.{name}"))
        return option

    @app.command("map", help=t("cli_map.help"))
    def command(
        *,
        output: Annotated[Path, typer.Option("-o", "--output", help=t("cli_map.output"))],
        grids: Annotated[str | None, file("grids")] = None,
        city: Annotated[bool, typer.Option("--city", help=t("cli_map.city"))] = False,
        communities: Annotated[str | None, file("communities")] = None,
        buildings: Annotated[str | None, file("buildings")] = None,
        roads: Annotated[str | None, file("roads")] = None,
        rivers: Annotated[str | None, file("rivers")] = None,
        greens: Annotated[str | None, file("greens")] = None,
        points: Annotated[str | None, file("points")] = None,
        lon: Annotated[str | None, typer.Option(metavar="COL", help=t("cli_map.lon"))] = None,
        lat: Annotated[str | None, typer.Option(metavar="COL", help=t("cli_map.lat"))] = None,
        title: Annotated[str | None, typer.Option(help=t("cli_map.title"))] = None,
        as_of: Annotated[
            datetime | None, typer.Option(formats=["%Y-%m-%d"], help=t("cli_map.as_of"))
        ] = None,
        households: Annotated[tuple[int, int], bounds("households")] = usual.households,
        residents: Annotated[tuple[int, int], bounds("residents")] = usual.residents,
        mapping: Annotated[
            list[str] | None, typer.Option("--map", metavar="A=B,…", help=t("cli_map.map"))
        ] = None,
        datum: Annotated[
            list[str] | None, typer.Option(metavar="DATUM,…", help=t("cli_map.datum"))
        ] = None,
        encoding: Annotated[str | None, typer.Option(help=t("cli_map.encoding"))] = None,
        profile: Annotated[Profile | None, typer.Option(help=t("cli_map.profile"))] = None,
        basemap: Annotated[
            str | None, typer.Option(metavar="URL", help=t("cli_map.basemap"))
        ] = None,
        every_incident: Annotated[
            bool, typer.Option("--every-incident", help=t("cli_map.every_incident"))
        ] = False,
        basemap_datum: Annotated[str, typer.Option(help=t("cli_map.basemap_datum"))] = "cgcs2000",
    ) -> None:
        settings = Settings()
        for name, (low, high) in (("households", households), ("residents", residents)):
            if not 0 <= low <= high or high == 0:
                raise OptionError("bounds-impossible", option=f"--{name}", low=low, high=high)
        if city == (grids is not None):
            raise OptionError("map-of-what")
        if city and mapping:
            raise OptionError("map-without-files")
        with progress(t) as watch:
            if grids is None:
                done = map_city(
                    settings, output=output, every_incident=every_incident, progress=watch
                )
            else:
                done = render_map(
                    MapFiles(
                        grids, communities, buildings, roads, rivers, greens, points, lon, lat
                    ),
                    output=output,
                    title=title or t("map.default-title"),
                    lang=settings.lang,
                    timezone=ZoneInfo(settings.timezone),
                    as_of=None if as_of is None else as_of.date(),
                    rule=SizeRule(households, residents),
                    profile=profile or Profile(settings.profile),
                    mapping=parse_mapping(mapping),
                    datum=parse_datums(datum),
                    encoding=encoding,
                    basemap=Basemap(basemap, basemap_datum) if basemap else None,
                    every_incident=every_incident,
                    progress=watch,
                )
        show(done, t)
        raise typer.Exit(1 if done.blocked else 0)


def show(done: Mapped, t: Translate) -> None:
    """What was found, by kind, and where to look."""
    counts: dict[str, int] = {}
    for finding in done.findings or ():
        counts[finding.code] = counts.get(finding.code, 0) + 1
    if counts:
        rows = [(t(f"finding.{code}-title"), count) for code, count in counts.items()]
        table(t("map.heading-findings"), (t("map.kind"), t("map.count")), rows)
    size = f"{done.size_bytes / 1e6:.1f}"
    say(t("cli_map.done", file=done.output, grids=done.grids, size=size))
