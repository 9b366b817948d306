"""``wangge draw``: a city's files in, a plan out, and a table that says how good it is."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import geopandas as gpd
import typer
from typer.models import OptionInfo

from api.cli import asking
from api.cli.console import Translate, progress, say
from api.cli.drawing import show, show_choices, show_micro
from api.cli.mending import show_moves
from api.cli.stopping import ending
from api.services.alternatives import KINDS, Alternative
from api.services.draw import Wanted
from api.services.marking import marked
from api.services.planning import Planned, plan_city
from api.services.reports import blocks, write_report
from api.services.targets import refuse_inputs
from data.bounds import usual_rule
from data.readers.city import CITY_COLUMNS, read_city
from data.readers.columns import parse_mapping
from data.readers.datums import for_layers, parse_datums
from data.readers.plan import read_plan
from data.readers.renaming import Renaming
from data.readers.wishes import read_dedicated
from data.settings import Settings
from data.writers.atomic import check_target
from data.writers.layers import ENDINGS, write_layers
from geo.bounds import checked_bounds
from geo.codes import Profile
from geo.errors import OptionError
from geo.model import GRID_COLUMNS, SizeRule
from geo.redraw.micro import check_micro_size, micro_grids

LAYERS = ("grids", "blocks", "communities", "moves", "microgrids")
"""What a plan's file may hold."""


def register(app: typer.Typer, t: Translate) -> None:
    """Declare ``draw``."""
    usual = usual_rule(Settings())

    def file(name: str) -> OptionInfo:
        option: OptionInfo = typer.Option(metavar="F[:layer]", help=t(f"cli_draw.{name}"))
        return option

    def several(name: str, metavar: str) -> OptionInfo:
        option: OptionInfo = typer.Option(metavar=metavar, help=t(f"cli_draw.{name}"))
        return option

    @app.command("draw", help=t("cli_draw.help"))
    def command(
        *,
        output: Annotated[Path, typer.Option("-o", "--output", help=t("cli_draw.output"))],
        city: Annotated[
            str | None, typer.Argument(metavar="CITY.gpkg", help=t("cli_draw.city"))
        ] = None,
        communities: Annotated[str | None, file("communities")] = None,
        buildings: Annotated[str | None, file("buildings")] = None,
        roads: Annotated[str | None, file("roads")] = None,
        rivers: Annotated[str | None, file("rivers")] = None,
        bridges: Annotated[str | None, file("bridges")] = None,
        households: Annotated[
            tuple[int, int], typer.Option(metavar="MIN MAX", help=t("cli_draw.households"))
        ] = usual.households,
        residents: Annotated[
            tuple[int, int], typer.Option(metavar="MIN MAX", help=t("cli_draw.residents"))
        ] = usual.residents,
        bounds: Annotated[list[str] | None, several("bounds", "C=H-H,R-R")] = None,
        grids: Annotated[list[str] | None, several("grids", "N|C=N")] = None,
        approve: Annotated[list[str] | None, several("approve", "C=…")] = None,
        dedicated: Annotated[list[str] | None, several("dedicated", "A,B,…|F")] = None,
        split: Annotated[list[str] | None, several("split", "C/A")] = None,
        cross: Annotated[list[str] | None, several("cross", "C/A=B")] = None,
        load: Annotated[
            str | None, typer.Option(metavar="A[=W],…", help=t("cli_draw.load"))
        ] = None,
        micro: Annotated[int | None, typer.Option(help=t("cli_draw.micro"))] = None,
        others: Annotated[
            int,
            typer.Option("--alternatives", min=0, max=len(KINDS), help=t("cli_draw.alternatives")),
        ] = 0,
        former: Annotated[
            str | None, typer.Option("--from", metavar="PLAN[:layer]", help=t("cli_mend.from"))
        ] = None,
        seed: Annotated[int, typer.Option(min=0, help=t("cli_draw.seed"))] = 0,
        time_limit: Annotated[float | None, typer.Option(help=t("cli_draw.time-limit"))] = None,
        mapping: Annotated[
            list[str] | None, typer.Option("--map", metavar="A=B,…", help=t("cli_draw.map"))
        ] = None,
        datum: Annotated[
            list[str] | None, typer.Option(metavar="DATUM,…", help=t("cli_draw.datum"))
        ] = None,
        encoding: Annotated[str | None, typer.Option(help=t("cli_draw.encoding"))] = None,
        profile: Annotated[Profile | None, typer.Option(help=t("cli_draw.profile"))] = None,
        report: Annotated[Path | None, typer.Option(help=t("cli_draw.report"))] = None,
    ) -> None:
        settings = Settings()
        rule = SizeRule(
            checked_bounds(households, option="--households"),
            checked_bounds(residents, option="--residents"),
        )
        inputs = {
            "communities": communities,
            "buildings": buildings,
            "roads": roads,
            "rivers": rivers,
            "bridges": bridges,
            "grids": former,
        }
        if micro is not None:
            check_micro_size(micro)
        _check_targets(output, others, report, (city, *inputs.values(), *_items(dedicated)))
        total, planned = asking.counts(grids)
        own = asking.pairs("--bounds", bounds, asking.BOUNDS_FORM)
        exceptions = asking.pairs("--approve", approve, asking.APPROVE_FORM)
        weights = asking.parse_load(load)
        if former is not None:
            _refuse_beside_from(t, dedicated=dedicated, grids=grids, split=split, cross=cross)
        datums = for_layers(
            parse_datums(datum),
            inputs,
            whole=city,
            holds=[*(CITY_COLUMNS if city else ()), *(["dedicated"] if dedicated else ())],
        )
        kind = profile or Profile(settings.profile)
        renaming = Renaming(
            parse_mapping(mapping),
            {**CITY_COLUMNS, **({"grids": GRID_COLUMNS} if former else {})},
        )
        with progress(t) as watched, ending(watched, time_limit, t("cli_draw.ending")) as task:
            watch, cancelled = task
            watch("read", 0, None)
            parts, noted = read_city(
                city,
                communities=communities,
                buildings=buildings,
                roads=roads,
                rivers=rivers,
                bridges=bridges,
                mapping=renaming,
                datum=datums,
                encoding=encoding,
            )
            named, areas = read_dedicated(
                dedicated or (), datum=datums.of("dedicated"), encoding=encoding
            )
            wanted = Wanted(
                rule=asking.bounded(parts, rule, own),
                grids=total,
                planned=asking.planned(parts, planned),
                dedicated=named,
                areas=areas,
                split=split or (),
                cross=cross or (),
                exceptions=asking.approved(parts, exceptions),
                load=weights,
            )
            standing = (
                read_plan(former, renaming=renaming, datum=datums.of("grids"), encoding=encoding)
                if former is not None
                else None
            )
            renaming.all_met()
            planned_city = plan_city(
                parts,
                standing,
                wanted=wanted,
                others=others,
                seed=seed,
                profile=kind,
                grid_name=t("cli_draw.grid-name", community="{community}", number="{number}"),
                noted=noted,
                progress=watch,
                cancelled=cancelled,
            )
            divided = None
            if micro is not None:
                watch("draw-micro", 0, None)
                divided = micro_grids(planned_city.result.plan, parts, households=micro, seed=seed)
            watch("write", 0, None)
            files, compared = _write(planned_city, divided, output)
        result = replace(planned_city.result, summary=planned_city.result.summary | compared)
        if report is not None:
            write_report(report, result.findings, result.summary)
        show(result, t, lang=settings.lang)
        if divided is not None:
            show_micro(divided, t)
        show_choices(
            result,
            planned_city.choices,
            [files[0], *files[len(files) - len(planned_city.choices) :]],
            t,
            moved=planned_city.moved,
        )
        if planned_city.mended is not None:
            show_moves(planned_city.mended, t)
        done = [*files, *([report] if report else [])]
        say(t("cli_draw.done", files=", ".join(str(path) for path in done)))
        raise typer.Exit(1 if blocks(result.findings) else 0)


def _write(
    planned: Planned, micro: gpd.GeoDataFrame | None, output: Path
) -> tuple[list[Path], dict[str, object]]:
    """The plan, and the alternatives beside it, in files; and the figures of the alternatives."""
    layers = marked(planned.result)
    if planned.mended is not None and len(planned.mended.mended.moved):
        layers["moves"] = planned.mended.mended.moved
    if micro is not None:
        layers["microgrids"] = micro
    written = write_layers(output, layers)
    beside = [_write_choice(one, n, output) for n, one in enumerate(planned.choices, start=1)]
    return [*written.paths, *beside], _compared(planned.choices, beside)


def _check_targets(
    output: Path, others: int, report: Path | None, inputs: Sequence[str | None]
) -> None:
    """Nothing is read before it is certain that what comes of it can be written, over no input."""
    for target in (output, *(_choice_path(output, number + 1) for number in range(others))):
        check_target(target, ENDINGS)
        refuse_inputs(target, inputs, layers=LAYERS)
    if report is not None:
        check_target(report, (".json",))
        refuse_inputs(report, inputs)


def _items(dedicated: Sequence[str] | None) -> list[str]:
    """What may be files among the names of dedicated grids."""
    return [item.strip() for text in dedicated or () for item in text.split(",") if item.strip()]


def _refuse_beside_from(t: Translate, **asked: list[str] | None) -> None:
    """What a plan in force can't be mended with."""
    for name, why in (
        ("dedicated", "dedicated-stay"),
        ("grids", "grids-stay"),
        ("split", "blocks-stay"),
        ("cross", "blocks-stay"),
    ):
        if asked[name]:
            raise OptionError(
                "options-apart", first="--from", second=f"--{name}", why=t(f"cli_mend.{why}")
            )


def _write_choice(choice: Alternative, number: int, output: Path) -> Path:
    """An alternative in a file beside the plan: PLAN.1.gpkg, PLAN.2.gpkg …"""
    path = _choice_path(output, number)
    write_layers(path, marked(choice.result))
    return path


def _choice_path(output: Path, number: int) -> Path:
    return output.with_name(f"{output.stem}.{number}{output.suffix}")


def _compared(choices: tuple[Alternative, ...], files: list[Path]) -> dict[str, object]:
    """The alternatives and their figures, for the report."""
    if not choices:
        return {}
    kept = ("scores", "communities_inside", "grids", "grids_inside")
    rows = [
        {"kind": one.kind, "file": path.name, "households_moved": one.moved}
        | {key: one.result.summary[key] for key in kept}
        for one, path in zip(choices, files, strict=True)
    ]
    return {"alternatives": rows}
