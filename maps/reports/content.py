"""What every report is made from, and what all of them say of it in the same words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

import pandas as pd
import shapely

from geo.chain import ChainResult, Rung
from geo.model import Finding, GridKind, Severity
from maps.findings import describe, title
from maps.layers import MapData
from maps.registers import OF_HEADLINE, RegisterAge
from maps.registers import verified as days_verified
from maps.texts import catalogue, text

CHAIN = (
    "line-uncovered", "liaison-missing", "branch-missing", "post-missing", "post-expired",
    "post-duplicate", "group-missing", "household-missing",
)  # fmt: skip
"""The findings that chapter 纵向到底 is about; all others are 横向."""


@dataclass(frozen=True, slots=True)
class Covered:
    """横向到边: buildings, and how many of them stand in exactly one grid; by_kind: covered and all ("": not recorded).
    households, residents: recorded in the others; None: nothing is known. components: 部件 by kind, covered and all."""

    buildings: int
    covered: int
    by_kind: Mapping[str, tuple[int, int]]
    households: int | None
    residents: int | None
    components: Mapping[str, tuple[int, int]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Report:
    """data: layers (EPSG:4490), findings, headlines, sizes. place: what it is about (a city, a street, a file).
    coverage, chain: what the headlines come from; None: nothing to tell. registers: how old what it rests on is."""

    data: MapData
    title: str
    place: str
    as_of: date
    coverage: Covered | None = None
    chain: ChainResult | None = None
    registers: Sequence[RegisterAge] = ()
    tolerance_m: float = 0.05

    @property
    def findings(self) -> Sequence[Finding]:
        """Gravest first; none where nothing was checked."""
        return self.data.findings or ()


def severities(findings: Sequence[Finding]) -> dict[Severity, int]:
    """How many there are of each severity."""
    counts = Counter(one.severity for one in findings)
    return {severity: counts[severity] for severity in Severity}


def kinds(findings: Sequence[Finding], lang: str) -> list[tuple[Severity, str, int]]:
    """Severity, title and number of each kind, gravest first."""
    counts = Counter((one.severity, one.code) for one in findings)
    order = list(Severity)
    ranked = sorted(counts.items(), key=lambda one: (order.index(one[0][0]), -one[1], one[0][1]))
    return [(severity, title(code, lang), count) for (severity, code), count in ranked]


def is_downwards(finding: Finding) -> bool:
    """Whether it is about 纵向到底."""
    register = finding.code == "code-parent" and finding.geometry is None
    stale = finding.code == "stale" and finding.params["layer"] in OF_HEADLINE["vertical"]
    return finding.code in CHAIN or register or stale


def owner(finding: Finding, lang: str) -> str:
    """Who acts on a finding (谁来办), as far as its kind and level tell."""
    known = catalogue(lang)
    case = str(finding.params.get("case") or "").partition("-")[0]
    level = str(finding.params.get("level") or "")
    for name in (f"{finding.code}-{level}", f"{finding.code}-{case}", finding.code):
        if f"report.owner-{name}" in known:
            return text(f"report.owner-{name}", lang)
    return text("report.owner-other", lang)


def spot(finding: Finding) -> tuple[float, float] | None:
    """Longitude and latitude of a point on a finding; None where it has no place."""
    shape = finding.geometry
    if shape is None or shape.is_empty:
        return None
    x, y = shapely.get_coordinates(shapely.point_on_surface(shape))[0].tolist()
    return round(x, 6), round(y, 6)


def said(finding: Finding, lang: str, *, names: bool) -> str:
    """The sentence of a finding."""
    return describe(finding, lang, names=names)


def located_first(findings: Sequence[Finding], limit: int) -> list[Finding]:
    """The gravest findings, one of each kind in turn: a page tells of every kind before it tells more of one."""
    seen: dict[str, int] = {}
    ranked = []
    for position, one in enumerate(findings):
        turn = seen[one.code] = seen.get(one.code, 0) + 1
        ranked.append((list(Severity).index(one.severity), turn, spot(one) is None, position))
    return [findings[position] for *_, position in sorted(ranked)[:limit]]


def bases(report: Report, lang: str) -> list[tuple[str, int, int]]:
    """人口口径: how many buildings are counted on which basis, and their residents; uncounted ones are left out."""
    frame = report.data.buildings
    if frame is None or "residents" not in frame or frame.empty:
        return []
    counted = frame[pd.to_numeric(frame["residents"], errors="coerce").notna()]
    basis = counted.get("residents_basis", pd.Series(None, index=counted.index))
    words = pd.Series(["unknown" if pd.isna(one) else str(one) for one in basis], basis.index)
    residents = pd.to_numeric(counted["residents"], errors="coerce")
    known = {one: text(f"report.basis-{one}", lang) for one in ("usual", "registered", "actual")}
    rest = text("report.basis-unknown", lang)
    found = residents.groupby(words.map(lambda word: known.get(word, rest))).agg(["size", "sum"])
    return [(str(name), int(row["size"]), int(row["sum"])) for name, row in found.iterrows()]


def sizes(report: Report) -> tuple[int, int] | None:
    """Of how many basic grids both counts are known, and how many of these keep both bounds; None where none is."""
    grids = report.data.grids
    if "kind" in grids:
        grids = grids[grids["kind"].astype("str") != GridKind.DEDICATED.value]
    counts = [
        pd.to_numeric(grids.get(name, pd.Series(None, index=grids.index)), errors="coerce")
        for name in ("households", "residents")
    ]
    known = counts[0].notna() & counts[1].notna()
    homes = grids.get("community_code", pd.Series("", index=grids.index)).astype("str")
    inside = sum(
        _within(households, size.households) and _within(residents, size.residents)
        for households, residents, size in zip(
            *counts, map(report.data.size.of, homes), strict=True
        )
    )
    return (int(known.sum()), inside) if known.any() else None


def _within(count: float, bounds: tuple[int, int]) -> bool:
    return bounds[0] <= count <= bounds[1]


def day(moment: date | None) -> str:
    """A day as an office writes it; a dash where there is none."""
    return f"{moment:%Y-%m-%d}" if moment is not None else "—"


def levels(report: Report, lang: str) -> dict[int, str]:
    """At which level of the chain a finding breaks it, in words, by the finding's id(); those that break none are left
    out."""
    if report.chain is None:
        return {}
    pairs = zip(report.chain.findings, report.chain.levels, strict=True)
    words = {rung: text(f"finding.level-{rung.word}", lang) for rung in Rung}
    return {id(one): words[level] for one, level in pairs if level is not None}


def grid_rows(report: Report, lang: str) -> Iterator[tuple[object, ...]]:
    """Each grid: code, name, community, households, residents, whether its chain is whole, where it breaks, the first
    broken link. None for what is not known, or not demanded."""
    grids, chain = report.data.grids, report.chain
    communities = report.data.communities
    names = {}
    if communities is not None and "name" in communities:
        names = dict(zip(communities["code"].astype("str"), communities["name"], strict=True))
    blank = pd.Series(None, index=grids.index, dtype=object)
    columns = [
        grids.get(name, blank)
        for name in ("code", "name", "community_code", "households", "residents")
    ]
    for code, name, community, households, residents in zip(*columns, strict=True):
        first = None if chain is None else chain.broken.get(str(code))
        level = None if chain is None or first is None else chain.levels[first]
        state = None
        if chain is not None and chain.grids:
            state = text("report.chain-whole" if first is None else "report.chain-broken", lang)
        yield (
            str(code),
            name,
            names.get(str(community), community),
            households,
            residents,
            state,
            None if level is None else text(f"finding.level-{level.word}", lang),
            None if chain is None or first is None else describe(chain.findings[first], lang),
        )


def parts_of_chain(report: Report) -> list[tuple[str, str, int, int]]:
    """Code, name, grids and whole chains of each community, the fewest whole first."""
    chain, grids = report.chain, report.data.grids
    if chain is None or not chain.grids or "community_code" not in grids:
        return []
    communities = report.data.communities
    names = {}
    if communities is not None and "name" in communities:
        names = dict(zip(communities["code"].astype("str"), communities["name"], strict=True))
    broken = pd.Series([str(code) in chain.broken for code in grids["code"]], index=grids.index)
    found = [
        (str(code), str(names.get(str(code), code)), len(mine), int((~mine).sum()))
        for code, mine in broken.groupby(grids["community_code"].astype("str"))
    ]
    return sorted(found, key=lambda one: (one[3] / one[2], one[0]))


def ages(report: Report, lang: str) -> list[tuple[str, int, str, str]]:
    """Each register: its name, how many rows, of which days they are, and when the last one came in."""
    return [
        (
            text(f"report.register-{one.name}", lang),
            one.rows,
            days_verified(one, lang) or text("report.unknown", lang),
            day(one.newest),
        )
        for one in report.registers
    ]


AGE_HEADS = ("register", "rows", "verified", "newest")
"""The headings of `ages`."""


def kind_name(kind: str, lang: str) -> str:
    """What a kind of building is called."""
    key = f"map.building-{kind}"
    return text(key, lang) if key in catalogue(lang) else text("map.building-other", lang)


def component_rows(covered: Covered, lang: str) -> list[tuple[str, int, int]]:
    """部件 by kind: all, and those in exactly one grid; the kind with most outside first."""
    rows = [
        (kind or text("map.building-other", lang), whole, part)
        for kind, (part, whole) in covered.components.items()
    ]
    return sorted(rows, key=lambda one: (one[2] - one[1], -one[1], one[0]))
