"""``wangge draw``: a city's files in, a plan out, and a table that says how good it is."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text
from typer.models import OptionInfo

from api.cli.console import Translate, out, progress, say, table
from api.cli.mending import show_moves
from api.services.alternatives import KINDS, Alternative, alternatives
from api.services.draw import DrawResult, draw
from api.services.mend import MendResult, mend
from api.services.reports import blocks, write_report
from data.readers.city import read_city
from data.readers.columns import parse_mapping
from data.readers.plan import read_plan
from data.readers.wishes import read_dedicated
from data.settings import Settings
from data.writers.atomic import check_target
from data.writers.layers import ENDINGS, write_layers
from geo.codes import Profile
from geo.crs import parse_datum
from geo.errors import OptionError
from geo.model import Finding, Severity, SizeRule
from geo.partition.assignment import CommunityResult, Offer, State
from geo.partition.search import BALANCED, Aims
from geo.redraw.micro import micro_grids

SAID = ("draw-", "mend-", "city-", "file-", "building-count-", "building-not-")
"""What is said in full; the rest is counted by kind."""


def register(app: typer.Typer, t: Translate) -> None:
    """Declare ``draw``."""

    def file(name: str) -> OptionInfo:
        option: OptionInfo = typer.Option(metavar="F[:layer]", help=t(f"cli_draw.{name}"))
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
        ] = SizeRule().households,
        residents: Annotated[
            tuple[int, int], typer.Option(metavar="MIN MAX", help=t("cli_draw.residents"))
        ] = SizeRule().residents,
        grids: Annotated[int | None, typer.Option(min=1, help=t("cli_draw.grids"))] = None,
        seed: Annotated[int, typer.Option(min=0, help=t("cli_draw.seed"))] = 0,
        mapping: Annotated[
            list[str] | None, typer.Option("--map", metavar="A=B,…", help=t("cli_draw.map"))
        ] = None,
        datum: Annotated[str | None, typer.Option(help=t("cli_draw.datum"))] = None,
        encoding: Annotated[str | None, typer.Option(help=t("cli_draw.encoding"))] = None,
        profile: Annotated[Profile | None, typer.Option(help=t("cli_draw.profile"))] = None,
        report: Annotated[Path | None, typer.Option(help=t("cli_draw.report"))] = None,
        dedicated: Annotated[
            list[str] | None,
            typer.Option(metavar="A,B,…|F", help=t("cli_draw.dedicated")),
        ] = None,
        micro: Annotated[int | None, typer.Option(help=t("cli_draw.micro"))] = None,
        former: Annotated[
            str | None, typer.Option("--from", metavar="PLAN[:layer]", help=t("cli_mend.from"))
        ] = None,
        load: Annotated[
            str | None, typer.Option(metavar="A[=W],…", help=t("cli_draw.load"))
        ] = None,
        others: Annotated[
            int,
            typer.Option("--alternatives", min=0, max=len(KINDS), help=t("cli_draw.alternatives")),
        ] = 0,
    ) -> None:
        rule = SizeRule(_bounds("households", households), _bounds("residents", residents))
        check_target(output, ENDINGS)
        if former is not None and dedicated:
            raise OptionError(
                "options-apart",
                first="--from",
                second="--dedicated",
                why=t("cli_mend.dedicated-stay"),
            )
        if former is not None and grids is not None:
            raise OptionError(
                "options-apart", first="--from", second="--grids", why=t("cli_mend.grids-stay")
            )
        if report is not None:
            check_target(report, (".json",))
        with progress(t) as watch:
            watch("read", 0, None)
            parts, noted = read_city(
                city,
                communities=communities,
                buildings=buildings,
                roads=roads,
                rivers=rivers,
                bridges=bridges,
                mapping=parse_mapping(mapping),
                datum=parse_datum(datum) if datum else None,
                encoding=encoding,
            )
            kind = profile or Profile(Settings().profile)
            names = t("cli_draw.grid-name", community="{community}", number="{number}")
            named, areas = read_dedicated(
                dedicated or (),
                datum=parse_datum(datum) if datum else None,
                encoding=encoding,
            )

            def drawn(aims: Aims) -> DrawResult:
                return draw(
                    parts,
                    rule=rule,
                    grids=grids,
                    seed=seed,
                    profile=kind,
                    grid_name=names,
                    noted=noted,
                    dedicated=named,
                    areas=areas,
                    load=parse_load(load),
                    aims=aims,
                    progress=watch,
                )

            mended: MendResult | None = None
            if former is not None:
                standing = read_plan(
                    former,
                    mapping=parse_mapping(mapping),
                    datum=parse_datum(datum) if datum else None,
                    encoding=encoding,
                )
                mended = mend(
                    standing,
                    parts,
                    rule=rule,
                    seed=seed,
                    profile=kind,
                    grid_name=names,
                    noted=noted,
                    progress=watch,
                )
                result = mended.drawn
            else:
                result = drawn(BALANCED)
            choices = alternatives(others, drawn)
            divided = None
            if micro is not None:
                watch("draw-micro", 0, None)
                divided = micro_grids(result.plan, parts, households=micro, seed=seed)
            watch("write", 0, None)
            plan = result.plan
            layers = {"grids": plan.grids, "blocks": plan.blocks, "communities": plan.communities}
            if mended is not None and len(mended.mended.moved):
                layers["moves"] = mended.mended.moved
            if divided is not None:
                layers["microgrids"] = divided
            written = write_layers(output, layers)
            beside = [_write_choice(one, n, output) for n, one in enumerate(choices, start=1)]
            result = replace(result, summary=result.summary | _compared(choices, beside))
        if report is not None:
            write_report(report, result.findings, result.summary)
        show(result, t)
        _show_choices(result, choices, [output, *beside], t)
        if mended is not None:
            show_moves(mended, t)
        files = [*written.paths, *beside, *([report] if report else [])]
        say(t("cli_draw.done", files=", ".join(str(path) for path in files)))
        raise typer.Exit(1 if blocks(result.findings) else 0)


def parse_load(value: str | None) -> dict[str, float]:
    """``a=0.5,b`` -> what each column weighs (1 where nothing is said)."""
    weights: dict[str, float] = {}
    for part in (value or "").split(","):
        name, _, weight = (piece.strip() for piece in part.partition("="))
        if name:
            try:
                weights[name] = float(weight or 1)
            except ValueError as error:
                raise OptionError("load-weight", value=part) from error
    return weights


def _write_choice(choice: Alternative, number: int, output: Path) -> Path:
    """An alternative in a file beside the plan: PLAN.1.gpkg, PLAN.2.gpkg …"""
    plan = choice.result.plan
    path = output.with_name(f"{output.stem}.{number}{output.suffix}")
    write_layers(
        path, {"grids": plan.grids, "blocks": plan.blocks, "communities": plan.communities}
    )
    return path


def _compared(choices: tuple[Alternative, ...], files: list[Path]) -> dict[str, object]:
    """The alternatives and their figures, for the report."""
    if not choices:
        return {}
    kept = ("scores", "communities_inside", "grids", "grids_inside")
    rows = [
        {"kind": one.kind, "file": path.name} | {key: one.result.summary[key] for key in kept}
        for one, path in zip(choices, files, strict=True)
    ]
    return {"alternatives": rows}


def _show_choices(
    result: DrawResult, choices: tuple[Alternative, ...], files: list[Path], t: Translate
) -> None:
    """The scores of the plan, and of the alternatives beside it."""
    plans = [("drawn", result), *((one.kind, one.result) for one in choices)]
    rows = [
        _score_row(t(f"cli_draw.kind-{kind}"), plan, path)
        for (kind, plan), path in zip(plans, files, strict=True)
        if "scores" in plan.summary
    ]
    heads = ("plan", "evenness", "compactness", "on-lines", "inside-communities", "file")
    if rows:
        table(t("cli_draw.scores"), [t(f"cli_draw.column-{head}") for head in heads], rows)


def _score_row(kind: str, plan: DrawResult, path: Path) -> tuple[object, ...]:
    scores = plan.summary["scores"]
    assert isinstance(scores, dict)
    return (
        kind,
        f"{scores['evenness']:.3f}",
        f"{scores['compactness']:.3f}",
        f"{100 * scores['on_lines']:.1f} %",
        f"{plan.summary['communities_inside']} / {plan.summary['communities']}",
        path.name,
    )


def show(result: DrawResult, t: Translate) -> None:
    """The table of communities, the totals, and what was found."""
    names = result.plan.communities.set_index("code")["name"]
    columns = ("code", "community", "households", "residents", "inside", "worst", "state")
    table(
        t("cli_draw.table"),
        [t(f"cli_draw.column-{column}") for column in columns],
        [_row(one, str(names[one.code]), t) for one in result.results],
    )
    figures = {key: value for key, value in result.summary.items() if isinstance(value, int)}
    say(t("cli_draw.total", **figures))
    for finding in result.findings:
        if _said(finding):
            out.print(Text("· " + t(f"finding.{finding.code}", **finding.params)))
    for one in result.results:
        _show_offers(one, str(names[one.code]), t)
    _show_counts(result, t)


def _show_offers(result: CommunityResult, name: str, t: Translate) -> None:
    """What can be done about a community that has no plan within bounds."""
    if result.offers:
        say(f"{name} ({result.code}) {t('offer.title')}:")
    for offer in result.offers:
        out.print(Text("  - " + t(f"offer.{offer.kind}", **offer.params) + _verified(offer, t)))


def _verified(offer: Offer, t: Translate) -> str:
    """Whether an offer was redrawn; nothing where there is nothing to compute, or the text says what came of it."""
    if offer.kind == "approve" or offer.kind.endswith(("-tried", "-not-enough")):
        return ""
    return t("offer.checked" if offer.checked else "offer.unchecked")


def _row(result: CommunityResult, name: str, t: Translate) -> tuple[object, ...]:
    return (
        result.code,
        name,
        result.households,
        result.residents,
        f"{result.inside} / {result.grids}",
        "—" if result.state is State.FEASIBLE else f"{100 * result.worst:.1f} %",
        t(f"cli_draw.state-{result.state.value}"),
    )


def _show_counts(result: DrawResult, t: Translate) -> None:
    """How many findings of each kind and severity; each of them is in the report."""
    counts: dict[tuple[str, Severity], int] = {}
    for finding in result.findings:
        if not _said(finding):
            key = finding.code, finding.severity
            counts[key] = counts.get(key, 0) + 1
    order = list(Severity)
    rows = [
        (t(f"finding.severity-{severity.value}"), t(f"finding.{code}-title"), count)
        for (code, severity), count in sorted(
            counts.items(), key=lambda item: (order.index(item[0][1]), item[0][0])
        )
    ]
    if rows:
        heads = ("severity", "kind", "count")
        table(t("cli_draw.findings"), [t(f"cli_draw.column-{head}") for head in heads], rows)


def _said(finding: Finding) -> bool:
    return finding.code.startswith(SAID)


def _bounds(name: str, bounds: tuple[int, int]) -> tuple[int, int]:
    low, high = bounds
    if not 0 <= low <= high or high == 0:
        raise OptionError("bounds-impossible", option=f"--{name}", low=low, high=high)
    return bounds
