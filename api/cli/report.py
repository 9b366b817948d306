"""``wangge report``: the state of the city to print, edit and stamp: Word, Excel, or one page as PDF or picture."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from typer.models import OptionInfo

from api.cli.check import chosen_rules
from api.cli.console import Translate, progress, say
from api.cli.store import engine_of
from api.services import overview, reporting
from api.services.check import CheckFiles, run_check
from api.services.reporting import ENDINGS
from api.services.reports import blocks
from api.services.targets import refuse_inputs
from data.bounds import usual_rule
from data.readers.columns import parse_mapping
from data.readers.datums import parse_datums
from data.readers.vector import list_layers, split_spec
from data.settings import Settings
from data.writers.atomic import check_target
from geo.codes import Profile
from geo.coverage import STALE_DAYS, TOLERANCE_M, Measure
from geo.errors import OptionError
from geo.model import SizeRule
from maps.reports import Report


def register(app: typer.Typer, t: Translate) -> None:
    """Declare ``report``."""
    usual = usual_rule(Settings())

    def file(name: str, metavar: str = "F[:layer]") -> OptionInfo:
        option: OptionInfo = typer.Option(metavar=metavar, help=t(f"cli_report.{name}"))
        return option

    def bounds(name: str) -> OptionInfo:
        option: OptionInfo = typer.Option(metavar="MIN MAX", help=t(f"cli_report.{name}"))
        return option

    @app.command("report", help=t("cli_report.help"))
    def command(
        *,
        output: Annotated[Path, typer.Option("-o", "--output", help=t("cli_report.output"))],
        grids: Annotated[str | None, file("grids")] = None,
        communities: Annotated[str | None, file("communities")] = None,
        buildings: Annotated[str | None, file("buildings")] = None,
        regions: Annotated[str | None, file("regions")] = None,
        roads: Annotated[str | None, file("roads")] = None,
        rivers: Annotated[str | None, file("rivers")] = None,
        greens: Annotated[str | None, file("greens")] = None,
        posts: Annotated[str | None, file("posts", "F")] = None,
        party: Annotated[str | None, file("party", "F")] = None,
        contacts: Annotated[str | None, file("contacts", "F")] = None,
        rules: Annotated[Path | None, typer.Option(metavar="F", help=t("cli_report.rules"))] = None,
        under: Annotated[
            str | None, typer.Option(metavar="CODE", help=t("cli_report.under"))
        ] = None,
        place: Annotated[str | None, typer.Option(help=t("cli_report.place"))] = None,
        tolerance_m: Annotated[float, typer.Option(help=t("cli_report.tolerance"))] = TOLERANCE_M,
        households: Annotated[tuple[int, int], bounds("households")] = usual.households,
        residents: Annotated[tuple[int, int], bounds("residents")] = usual.residents,
        stale_after: Annotated[
            int, typer.Option(min=0, metavar="DAYS", help=t("cli_report.stale-after"))
        ] = STALE_DAYS,
        mapping: Annotated[
            list[str] | None, typer.Option("--map", metavar="A=B,…", help=t("cli_report.map"))
        ] = None,
        datum: Annotated[
            list[str] | None, typer.Option(metavar="DATUM,…", help=t("cli_report.datum"))
        ] = None,
        encoding: Annotated[str | None, typer.Option(help=t("cli_report.encoding"))] = None,
        profile: Annotated[Profile | None, typer.Option(help=t("cli_report.profile"))] = None,
    ) -> None:
        settings = Settings()
        check_target(output, ENDINGS)
        files = CheckFiles(
            communities=communities,
            grids=grids,
            buildings=buildings,
            regions=regions,
            roads=roads,
            rivers=rivers,
            greens=greens,
            posts=posts,
            party=party,
            contacts=contacts,
        )
        refuse_inputs(output, [*files.all, rules])
        if mapping and not files.all:
            raise OptionError("map-without-files")
        kind = profile or Profile(settings.profile)
        measure = Measure(
            rule=SizeRule(_pair("households", households), _pair("residents", residents)),
            profile=kind,
            tolerance_m=tolerance_m,
            stale_days=stale_after,
        )
        with progress(t) as watch:
            if not files.all:
                report = _of_store(settings, under)
            else:
                given = files if communities else replace(files, communities=beside(grids))
                said = parse_datums(datum)
                checked = run_check(
                    given,
                    measure=measure,
                    zone=ZoneInfo(settings.timezone),
                    rules=chosen_rules(rules, (party, contacts), profile=kind, settings=settings),
                    mapping=parse_mapping(mapping),
                    datum=said if communities else said.also("communities", like="grids"),
                    encoding=encoding,
                    progress=watch,
                )
                report = reporting.of_files(
                    checked,
                    given,
                    lang=settings.lang,
                    zone=ZoneInfo(settings.timezone),
                    place=place,
                    under=under,
                )
            watch("report", 0, None)
            reporting.write(report, output, lang=settings.lang)
        figures = {"grids": len(report.data.grids), "findings": len(report.findings)}
        say(t("cli_report.done", file=output, place=report.place, **figures))
        raise typer.Exit(1 if blocks(report.findings) else 0)


def _of_store(settings: Settings, under: str | None) -> Report:
    engine = engine_of(settings)
    with engine.connect() as connection:
        seen = overview.present(connection, settings, now=datetime.now(UTC))
    return reporting.of_city(seen, settings, lang=settings.lang, under=under)


def beside(grids: str | None) -> str | None:
    """The communities that a plan's file holds beside its grids, if it does."""
    if grids is None:
        return None
    path, _ = split_spec(grids)
    if not path.is_file() or path.suffix.lower() == ".zip":
        return None
    return f"{path}:communities" if "communities" in list_layers(path) else None


def _pair(name: str, bounds: tuple[int, int]) -> tuple[int, int]:
    low, high = bounds
    if not 0 <= low <= high or high == 0:
        raise OptionError("bounds-impossible", option=f"--{name}", low=low, high=high)
    return bounds
