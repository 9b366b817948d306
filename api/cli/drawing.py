"""What ``wangge draw`` says: the table of communities, ways out, load, scores side by side, findings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd

from api.cli.console import Translate, line, say, table
from api.services.alternatives import Alternative
from api.services.draw import DrawResult
from geo.model import Finding, Severity
from geo.partition.assignment import CommunityResult, Offer, State
from maps.findings import describe

SAID = ("draw-", "mend-", "city-", "file-", "load-", "building-count-", "building-not-")
"""What is said in full; the rest is counted by kind."""


def show(result: DrawResult, t: Translate, *, lang: str) -> None:
    """The table of communities, the totals, and what was found."""
    names = result.plan.communities.set_index("code")["name"]
    columns = ("code", "community", "households", "residents", "inside", "worst", "state")
    table(
        t("cli_draw.table"),
        [t(f"cli_draw.column-{column}") for column in columns],
        [_row(one, str(names[one.code]), t) for one in result.results],
    )
    figures = {key: value for key, value in result.summary.items() if isinstance(value, int)}
    say(t("cli_draw.total", **{key: f"{value:,}" for key, value in figures.items()}))
    if figures.get("communities_excepted"):
        say(t("cli_draw.excepted", **figures))
    for finding in result.findings:
        if _said(finding):
            line("· " + describe(finding, lang))
    for one in result.results:
        _show_offers(one, str(names[one.code]), t)
    _show_load(result, t)
    _show_counts(result, t)


def show_choices(
    result: DrawResult,
    choices: Sequence[Alternative],
    files: Sequence[Path],
    t: Translate,
    *,
    moved: int | None = None,
) -> None:
    """The scores of the plan, and of the alternatives beside it. ``moved``: households that a mended plan moves."""
    main = "drawn" if moved is None else "least"
    plans = [(main, result, moved), *((one.kind, one.result, one.moved) for one in choices)]
    heads = ["plan", "evenness", "compactness", "on-lines", "inside-communities"]
    heads += ["file"] if moved is None else ["moved", "file"]
    rows = [
        _score_row(t(f"cli_draw.kind-{kind}"), plan, path, own if moved is not None else None)
        for (kind, plan, own), path in zip(plans, files, strict=True)
    ]
    of = t("cli_draw.scores-load" if "load" in result.summary else "cli_draw.scores-households")
    table(t("cli_draw.scores", of=of), [t(f"cli_draw.column-{head}") for head in heads], rows)


def show_micro(micro: gpd.GeoDataFrame, t: Translate) -> None:
    """How many micro-grids there are, and how large."""
    sizes = micro["households"]
    figures = {"least": int(sizes.min()), "most": int(sizes.max()), "mean": f"{sizes.mean():.0f}"}
    say(t("cli_draw.micro-total", count=f"{len(micro):,}", **figures))


def _score_row(kind: str, plan: DrawResult, path: Path, moved: int | None) -> tuple[object, ...]:
    scores = plan.summary["scores"]
    assert isinstance(scores, dict)
    row: tuple[object, ...] = (
        kind,
        f"{scores['evenness']:.3f}",
        f"{scores['compactness']:.3f}",
        f"{100 * scores['on_lines']:.1f} %",
        f"{plan.summary['communities_inside']} / {plan.summary['communities']}",
    )
    return (*row, path.name) if moved is None else (*row, moved, path.name)


def _show_load(result: DrawResult, t: Translate) -> None:
    """What was balanced, and how evenly it came out."""
    load, grids = result.summary.get("load"), result.plan.grids
    if not isinstance(load, dict) or "load" not in grids:
        return
    basic = grids[grids["kind"] == "basic"]
    spread = basic.groupby("community_code")["load"].agg(["min", "max", "mean"])
    off = ((spread["max"] - spread["min"]) / spread["mean"].where(spread["mean"] > 0)).dropna()
    made_of = t("finding.comma").join(
        name if weight == 1 else f"{name}×{weight:g}" for name, weight in load.items()
    )
    say(
        t(
            "cli_draw.load-total",
            load=made_of,
            least=f"{basic['load'].min():,.4g}",
            most=f"{basic['load'].max():,.4g}",
            spread=f"{100 * off.mean():.0f}" if len(off) else "0",
        )
    )


def _show_offers(result: CommunityResult, name: str, t: Translate) -> None:
    """What can be done about a community that has no plan within bounds, and no exception."""
    if not result.offers or result.exception is not None:
        return
    say(f"{name} ({result.code}) {t('offer.title')}:")
    for offer in result.offers:
        say("  - " + t(f"offer.{offer.kind}", **offer.params) + _verified(offer, t))


def _verified(offer: Offer, t: Translate) -> str:
    """Whether an offer was redrawn; nothing where there is nothing to compute, or the text says what came of it."""
    if offer.kind == "approve" or offer.kind.endswith(("-tried", "-not-enough", "-empty")):
        return ""
    return t("offer.checked" if offer.checked else "offer.unchecked")


def _row(result: CommunityResult, name: str, t: Translate) -> tuple[object, ...]:
    state = t(f"cli_draw.state-{result.state.value}")
    return (
        result.code,
        name,
        result.households,
        result.residents,
        f"{result.inside} / {result.grids}",
        "—" if result.state is State.FEASIBLE else f"{100 * result.worst:.1f} %",
        state if result.exception is None else t("cli_draw.state-excepted", state=state),
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
