"""What ``wangge check`` prints: findings by kind, the gravest in words, what is covered, and what a repair would do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from api.cli.console import Translate, line, say, table
from api.services.check import CheckResult
from geo.coverage import CoverageRate, summarize
from geo.coverage.ages import Age
from geo.model import BuildingKind, Severity
from geo.repair import Changed, Proposal
from maps.findings import area, describe, layer_name, length, share, title, unchecked

SHOWN = 20
"""How many findings the terminal tells in words; all are in the report."""


def show(result: CheckResult, t: Translate, *, lang: str) -> None:
    """The table by kind and severity, the gravest findings in words, what is covered, and the totals."""
    _show_kinds(result, t, lang=lang)
    for finding in result.findings[:SHOWN]:
        line(f"· {t(f'finding.severity-{finding.severity.value}')} {describe(finding, lang)}")
    if len(result.findings) > SHOWN:
        say(t("cli_check.more", count=len(result.findings) - SHOWN))
    _show_covered(result.rate, t, lang=lang)
    _show_rates(result, t, lang=lang)
    counts = {severity.value: result.summary[severity.value] for severity in Severity}
    tolerance = length(result.measure.tolerance_m, lang)
    say(t("cli_check.total", tolerance=tolerance, **counts))


def _show_kinds(result: CheckResult, t: Translate, *, lang: str) -> None:
    rows = []
    for severity in Severity:
        found = [one for one in result.findings if one.severity is severity]
        for code in sorted({one.code for one in found}):
            widths = [one.width_m for one in found if one.code == code and one.width_m is not None]
            count = sum(one.code == code for one in found)
            worst = length(max(widths), lang) if widths else "—"
            rows.append((t(f"finding.severity-{severity.value}"), title(code, lang), count, worst))
    if rows:
        heads = ("severity", "kind", "count", "widest")
        table(t("cli_check.table"), [t(f"cli_check.column-{head}") for head in heads], rows)


def _show_covered(rate: CoverageRate, t: Translate, *, lang: str) -> None:
    """Each kind of building and each layer of things: how much of it is in exactly one grid, and how old that is."""
    age = _age(rate.ages.get("buildings"), t)
    rows: list[tuple[object, ...]] = []
    # Nothing of a kind is no reason to leave it out: its share is then unknown, not 0.
    kinds = (
        [*BuildingKind, *sorted(set(rate.by_kind) - set(BuildingKind))] if rate.buildings else []
    )
    for kind in kinds:
        part, whole = rate.by_kind.get(kind, (0, 0))
        rows.append((_kind_name(kind, t), f"{part:,}", f"{whole:,}", _share(part, whole, t), age))
    for name, parts in rate.things.items():
        for one in parts:
            covered, total = (
                _sized(one.counted_in, value, lang) for value in (one.covered, one.total)
            )
            said = _share(one.covered, one.total, t)
            rows.append(
                (layer_name(name, lang), covered, total, said, _age(rate.ages.get(name), t))
            )
    if rows:
        heads = ("what", "covered", "all", "share", "age")
        table(t("cli_check.covered"), [t(f"cli_check.column-{head}") for head in heads], rows)


def _kind_name(kind: str, t: Translate) -> str:
    if kind in set(BuildingKind):
        return t(f"cli_check.kind-{kind}")
    return kind or t("cli_check.kind-none")


def _sized(unit: str, value: float, lang: str) -> str:
    if unit == "count":
        return f"{value:,.0f}"
    return length(value, lang) if unit == "m" else area(value, lang)


def _share(part: float, whole: float, t: Translate) -> str:
    return share(part, whole) if whole else t("cli_check.no-data")


def _age(age: Age | None, t: Translate) -> str:
    """Of which days the records are, in a few words."""
    if age is None or age.oldest is None:
        return t("cli_check.age-unknown")
    one = age.oldest == age.newest
    said = str(age.oldest) if one else t("cli_check.age", oldest=age.oldest, newest=age.newest)
    if age.oldest_days is not None:
        said += t("cli_check.age-days", days=f"{age.oldest_days:,}")
    return said + (t("cli_check.age-undated", count=f"{age.undated:,}") if age.undated else "")


def _show_rates(result: CheckResult, t: Translate, *, lang: str) -> None:
    """横向覆盖率 and 纵向到底率, as far as what was handed over tells them."""
    rate = result.rate
    if rate.buildings:
        say(
            t(
                "cli_check.rate-coverage",
                share=_share(rate.covered, rate.buildings, t),
                part=f"{rate.covered:,}",
                whole=f"{rate.buildings:,}",
                age=_age(rate.ages.get("buildings"), t),
            )
        )
        if rate.covered < rate.buildings:
            counts = (("households", rate.households), ("residents", rate.residents))
            told = {name: t("cli_check.no-data") if n is None else f"{n:,}" for name, n in counts}
            say(t("cli_check.outside", buildings=f"{rate.buildings - rate.covered:,}", **told))
    chain = result.summary.get("chain")
    if isinstance(chain, dict):
        _show_chain(chain, t, lang=lang)


def _show_chain(chain: dict[str, Any], t: Translate, *, lang: str) -> None:
    """How many chains are whole, where the others break first, and what could not be checked."""
    if chain["grids"]:
        part, whole = chain["whole"], chain["grids"]
        figures = {"part": f"{part:,}", "whole": f"{whole:,}", "rules": chain["rules"]}
        say(t("cli_check.rate-chain", share=_share(part, whole, t), **figures))
    for one in chain["first_breaks"]:
        level, kind = t(f"finding.level-{one['level']}"), title(one["code"], lang)
        say(t("cli_check.first-break", level=level, kind=kind, count=one["grids"]))
    if chain["buildings"]:
        figures = {"part": f"{chain['buildings_whole']:,}", "whole": f"{chain['buildings']:,}"}
        say(t("cli_check.chain-buildings", **figures))
    if chain["unchecked"]:
        say(t("cli_check.unchecked", links=unchecked(chain["unchecked"], lang)))


def show_repair(proposal: Proposal, output: Path, t: Translate, *, lang: str) -> None:
    """What would change within the tolerance, and what would be left for people to decide."""
    within = length(proposal.within_m, lang)
    say(t("cli_check.repaired", within=within, file=output))
    for name, layer in proposal.changed.items():
        say(_changed(name, layer, t, lang))
    left = summarize(proposal.remaining.findings)
    counts = {severity.value: left[severity.value] for severity in Severity}
    say(t("cli_check.repaired-left", **counts))


def _changed(name: str, layer: Changed, t: Translate, lang: str) -> str:
    layer_said = layer_name(name, lang)
    if not layer.changes:
        return t("cli_check.repaired-nothing", layer=layer_said)
    return t(
        "cli_check.repaired-layer",
        layer=layer_said,
        polygons=f"{len(layer.changes):,}",
        area=area(layer.moved_m2, lang),
        widest=length(max(one.widest_m for one in layer.changes), lang),
        buildings=f"{layer.buildings:,}",
        households=f"{layer.households:,}",
    )
