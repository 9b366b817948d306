"""``wangge plan import``: a plan drawn elsewhere, looked at (--dry-run) or made into drafts."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.engine import RowMapping

from api.cli.asking import pairs
from api.cli.console import Translate, line, say, table
from api.cli.manual import Manual
from api.cli.plan_told import Told, show_heads
from api.cli.store import engine_of
from api.import_schemas import NOTHING, ImportOut, ImportWishes
from api.import_shown import looked
from api.plan_schemas import PlansOut
from api.plan_shown import head
from api.services.actor import Actor, from_system
from api.services.adopting import Look, adopt, look, opened
from api.services.adopting.wishes import MOST_WITHIN_M
from api.services.drafting import Shelf
from api.services.reports import write_report
from api.services.targets import refuse_inputs
from data.readers.columns import parse_mapping
from data.readers.vector import split_spec
from data.settings import Settings
from data.writers.atomic import check_target
from geo.coverage import summarize
from geo.errors import DatumError, LayerMissing, OptionError
from geo.model import Severity
from maps.findings import length

SHOWN = 40
COLUMNS = ("code", "name")
CODE_FORM = "AREA=CODE"


def add_import(plan: Manual, t: Translate) -> None:
    """Declare ``import``."""

    @plan.command("import", help=t("cli_plan.import"))
    def take(
        *,
        file: Annotated[str, typer.Argument(metavar="F[:layer]", help=t("cli_plan.file"))],
        name: Annotated[str | None, typer.Option(help=t("cli_plan.name"))] = None,
        layers: Annotated[
            list[str] | None, typer.Option("--layer", help=t("cli_plan.import-layer"))
        ] = None,
        datum: Annotated[str | None, typer.Option(help=t("cli_plan.datum"))] = None,
        swapped: Annotated[
            bool, typer.Option("--swapped", help=t("cli_plan.import-swapped"))
        ] = False,
        encoding: Annotated[str | None, typer.Option(help=t("cli_plan.import-encoding"))] = None,
        mapping: Annotated[
            list[str] | None,
            typer.Option("--map", metavar="code=A,name=B", help=t("cli_plan.import-map")),
        ] = None,
        within_m: Annotated[
            float | None,
            typer.Option(
                "--tolerance-m",
                "--repair-within",
                metavar="M",
                max=MOST_WITHIN_M,
                help=t("cli_plan.repair"),
            ),
        ] = None,
        codes: Annotated[
            list[str] | None,
            typer.Option("--code", metavar=CODE_FORM, help=t("cli_plan.import-code")),
        ] = None,
        left_out: Annotated[
            list[str] | None,
            typer.Option("--leave-out", metavar="AREA", help=t("cli_plan.import-leave-out")),
        ] = None,
        complete: Annotated[
            bool, typer.Option("--complete", help=t("cli_plan.import-complete"))
        ] = False,
        dry_run: Annotated[
            bool, typer.Option("--dry-run", help=t("cli_plan.import-dry-run"))
        ] = False,
        report: Annotated[Path | None, typer.Option(help=t("cli_plan.import-report"))] = None,
        by: Annotated[
            str | None, typer.Option("--by", metavar="NAME", help=t("cli_plan.by"))
        ] = None,
        json: Annotated[Path | None, typer.Option("--json", help=t("cli_plan.json"))] = None,
    ) -> None:
        said = ImportWishes.model_validate(
            {
                "layers": layers or None,
                "datum": datum,
                "swapped": swapped,
                "encoding": encoding,
                **_columns(mapping),
                "within_m": within_m,
                "codes": dict(pairs("--code", codes, CODE_FORM)),
                "left_out": left_out or [],
                "complete": complete,
            }
        )  # fmt: skip
        if report is not None:
            check_target(report, (".json",))
            refuse_inputs(report, [split_spec(file)[0]])
        settings = Settings()
        engine, shelf = engine_of(settings), Shelf(settings)
        wishes = said.wishes()
        heads: Sequence[RowMapping] = ()
        drawing = opened(file, wishes, profile=shelf.profile)
        with engine.begin() as connection:
            seen = look(connection, shelf, drawing, wishes)
            told = looked(seen, said, settings.lang)
            if report is not None:
                _report(report, seen)
            if seen.needs or dry_run:
                Told(json, t).tell(told, lambda: show_import(told, t, lang=settings.lang))
            _refuse_unfinished(seen)
            if not dry_run:
                actor = from_system() if by is None else Actor(by)
                heads = adopt(connection, shelf, actor, seen, name=name)
        if dry_run:
            raise typer.Exit(0 if seen.ready else 1)
        plans = PlansOut(plans=[head(row) for row in heads])
        Told(json, t).tell(plans, lambda: _accepted(seen, told, plans, t))


def show_import(told: ImportOut, t: Translate, *, lang: str) -> None:
    """What a file holds, its faults, and what a repair would do."""
    heads = _heads(t, "layer", "areas", "lines", "texts")
    rows = [
        (f"{'✓ ' if one.name in told.chosen else ''}{one.name}", one.areas, one.lines, one.texts)
        for one in told.layers[:SHOWN]
    ]
    table(t("cli_plan.import-layers"), heads, rows)
    if told.readings:
        heads = _heads(t, "datum", "inside", "near")
        shown = [
            (_reading(one.datum, one.swapped, t), f"{one.inside}/{one.total}", one.near)
            for one in told.readings
        ]
        table(t("cli_plan.import-readings"), heads, shown)
    if told.datum is not None:
        say(t(f"cli_plan.import-datum-{told.datum_by}", datum=told.datum))
    if told.grids.features:
        facts = [(one.id, one.properties) for one in told.grids.features[:SHOWN]]
        heads = _heads(t, "area", "grid", "why", "households")
        found = [
            (
                area,
                f"{one['code']}\n{one['name']}",
                t(f"cli_plan.import-why-{one['why']}"),
                one["households"],
            )
            for area, one in facts
        ]
        table(t("cli_plan.import-grids"), heads, found)
    for one in (*told.notes, *told.findings)[:SHOWN]:
        line(f"· {t(f'finding.severity-{one.severity.value}')} {one.text}")
    if told.within_m is not None and told.grids.features:
        within = length(told.within_m, lang)
        say(
            t(
                "cli_plan.import-repair",
                within=within,
                grids=len(told.changes),
                left=len(told.remaining),
            )
        )
        for one in told.remaining[:SHOWN]:
            line(f"· {t(f'finding.severity-{one.severity.value}')} {one.text}")
    _show_completion(told, t)
    if not told.needs:
        say(t(f"cli_plan.import-{'ready' if told.ready else 'blocked'}", count=told.blocking))


def _accepted(seen: Look, looked_: ImportOut, made: PlansOut, t: Translate) -> None:
    """What became of the file."""
    if seen.changes:
        faults = sum(one.severity is Severity.BLOCKING for one in seen.findings)
        say(t("cli_plan.repaired", faults=faults, grids=len(seen.changes)))
    given = [area for area in seen.areas if area.named.why.value in ("matched", "new", "number")]
    for area in given[:SHOWN]:
        why = t(f"cli_plan.import-why-{area.named.why.value}")
        say(t("cli_plan.import-given", area=area.id, code=area.named.code, why=why))
    _show_completion(looked_, t)
    show_heads(made.plans, t)


def _show_completion(told: ImportOut, t: Translate) -> None:
    """What of each community was drawn, and what stays as in force."""
    for one in told.completion:
        counts = {"drawn": len(one.drawn), "kept": len(one.kept), "gone": len(one.gone)}
        say(t("cli_plan.completion", community=one.community_code, cut=len(one.cut), **counts))
        for kind in ("cut", "gone", "stays"):
            for share in getattr(one, kind)[:SHOWN]:
                hectares = f"{share.area_m2 / 10_000:.2f}"
                name = f"{share.name} ({share.code})"
                told_ = {"name": name, "hectares": hectares, "households": share.households}
                line("· " + t(f"cli_plan.completion-{kind}", **told_))


def _refuse_unfinished(seen: Look) -> None:
    """What must be said first is an error here: there is nobody to ask."""
    if "layers" in seen.needs:
        listed = ", ".join(one.name for one in seen.drawing.layers)
        raise LayerMissing("import-layers-several", file=seen.drawing.file, present=listed)
    if "datum" in seen.needs:
        raise DatumError("import-datum-missing", file=seen.drawing.file)


def _columns(mapping: list[str] | None) -> dict[str, str]:
    told = parse_mapping(mapping)
    for ours in told:
        if ours not in COLUMNS:
            raise OptionError("map-unknown", value=ours, known=", ".join(COLUMNS))
    return {f"{ours}_column": NOTHING if theirs == "-" else theirs for ours, theirs in told.items()}


def _report(report: Path, seen: Look) -> None:
    found = (*seen.notes, *seen.findings)
    repair = {} if seen.within_m is None else {
        "repair": {
            "within_m": seen.within_m,
            "grids": len(seen.changes),
            "remaining": summarize(seen.remaining),
        }
    }  # fmt: skip
    write_report(report, found, {**summarize(found), "ready": seen.ready, **repair})


def _reading(datum: str, swapped: bool, t: Translate) -> str:
    return t("cli_plan.import-reading-swapped", datum=datum) if swapped else datum


def _heads(t: Translate, *names: str) -> list[str]:
    return [t(f"cli_plan.column-{name}") for name in names]
