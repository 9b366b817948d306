"""The figures of every place: the same numbers for a headline, a list, a popup and an answer over HTTP."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.chain import ChainResult
from geo.coverage import Coverage
from geo.coverage.layers import number_column, text_column
from geo.model import Finding, SizeRule
from geo.territory import Rows, Territory, standing

Floats = NDArray[np.float64]
COMPONENTS = "components"
"""The name under which 部件 are checked as things."""


@dataclass(frozen=True, slots=True)
class Tally:
    """The figures of one place and all that lies in it.

    covered of buildings: those that stand in exactly one grid (`geo.coverage.CoverageRate`), also by_kind ("": not
    recorded). whole of chains: grids whose chain does not break (chains 0: none demanded). inside of counted: grids
    within both bounds, of those whose counts are known. households, residents: of the grids. households_outside,
    residents_outside: recorded in buildings that no single grid holds. None: nothing is known, which is not 0.
    findings: how many concern the place, by severity. components: 部件 by kind ("": not recorded), those in exactly one
    grid and all.
    """

    covered: int
    buildings: int
    by_kind: Mapping[str, tuple[int, int]]
    households_outside: int | None
    residents_outside: int | None
    whole: int
    chains: int
    grids: int
    counted: int
    inside: int
    households: int | None
    residents: int | None
    findings: Mapping[str, int]
    components: Mapping[str, tuple[int, int]]

    @property
    def components_covered(self) -> tuple[int, int]:
        """部件 of every kind: those in exactly one grid, and all."""
        pairs = self.components.values()
        return sum(part for part, _ in pairs), sum(whole for _, whole in pairs)


@dataclass(frozen=True, slots=True)
class Tallies:
    """One `Tally` a place of ``territory``, in its order. homes: of each building, the row of its place. concerned: of
    each finding, the rows of the places that it is about, those above them included."""

    territory: Territory
    of: tuple[Tally, ...]
    homes: Rows
    concerned: tuple[frozenset[int], ...]

    def at(self, code: str) -> Tally:
        """The figures of one place. KeyError for an unknown code."""
        return self.of[self.territory.row(code)]


def tally(
    territory: Territory,
    *,
    grids: gpd.GeoDataFrame,
    communities: gpd.GeoDataFrame | None,
    buildings: gpd.GeoDataFrame | None,
    coverage: Coverage | None,
    findings: Sequence[Finding],
    chain: ChainResult | None,
    rule: SizeRule,
    components: gpd.GeoDataFrame | None = None,
) -> Tallies:
    """Every place's figures. ``coverage``, ``findings``: of a check of just these layers; ``chain``: of these grids.
    Without coverage no building counts as covered. ``components``: 部件 (COMPONENT_COLUMNS), which were checked as
    things under the name COMPONENTS.

    A building belongs to the grid that it stands in, else to the community that it stands in, else to the one that it
    is recorded in; 部件 likewise.
    """
    homes = np.empty(0, dtype=np.intp)
    columns: dict[str, Sequence[object]] = {}
    if buildings is None:
        columns |= dict.fromkeys(("covered", "buildings"), [0] * len(territory))
        columns["by_kind"] = [{} for _ in territory.places]
        columns |= dict.fromkeys(
            ("households_outside", "residents_outside"), [None] * len(territory)
        )
    else:
        homes = _homes(territory, grids, communities, buildings)
        columns |= _covered(territory, buildings, homes, coverage)
    concerned = _concerned(territory, findings, buildings, homes)
    columns |= _counted(territory, grids, rule) | _chains(territory, grids, chain)
    columns["findings"] = _severities(len(territory), findings, concerned)
    columns["components"] = _components(territory, grids, communities, components, coverage)
    rows = zip(*columns.values(), strict=True)
    of = tuple(Tally(**dict(zip(columns, row, strict=True))) for row in rows)
    return Tallies(territory, of, homes, concerned)


def _homes(
    territory: Territory,
    grids: gpd.GeoDataFrame,
    communities: gpd.GeoDataFrame | None,
    buildings: gpd.GeoDataFrame,
) -> Rows:
    points = shapely.point_on_surface(np.asarray(buildings.geometry.array, dtype=object))
    homes = text_column(buildings, "community_code")
    for areas in (communities, grids):
        if areas is not None and len(areas):
            found = standing(areas.geometry.to_numpy(), text_column(areas, "code"), points)
            homes = np.where(found == "", homes, found)
    return territory.rows(homes)


def _covered(
    territory: Territory, buildings: gpd.GeoDataFrame, homes: Rows, coverage: Coverage | None
) -> dict[str, Sequence[object]]:
    placed, out = _seen(buildings, coverage)
    kinds = text_column(buildings, "kind")
    by_kind = _by_kind(territory, homes, kinds, placed, out)
    return {
        "covered": _whole(territory.summed(homes, placed & ~out)),
        "buildings": _whole(territory.summed(homes, placed)),
        "by_kind": by_kind,
        "households_outside": _known(territory, homes, number_column(buildings, "households"), out),
        "residents_outside": _known(territory, homes, number_column(buildings, "residents"), out),
    }


def _by_kind(
    territory: Territory,
    homes: Rows,
    kinds: NDArray[np.object_],
    placed: NDArray[np.bool_],
    out: NDArray[np.bool_],
) -> list[dict[str, tuple[int, int]]]:
    """Of each place, by kind: how many are not ``out``, and how many there are."""
    by_kind: list[dict[str, tuple[int, int]]] = [{} for _ in territory.places]
    for kind in sorted(set(kinds[placed])):
        mine = placed & (kinds == kind)
        whole, part = territory.summed(homes, mine), territory.summed(homes, mine & ~out)
        for row in np.flatnonzero(whole):
            by_kind[row][str(kind)] = (int(part[row]), int(whole[row]))
    return by_kind


def _components(
    territory: Territory,
    grids: gpd.GeoDataFrame,
    communities: gpd.GeoDataFrame | None,
    components: gpd.GeoDataFrame | None,
    coverage: Coverage | None,
) -> list[dict[str, tuple[int, int]]]:
    points = None if coverage is None else coverage.points.get(COMPONENTS)
    if components is None or points is None:
        return [{} for _ in territory.places]
    placed, out = (np.zeros(len(components), dtype=bool) for _ in range(2))
    placed[points.rows] = True
    out[points.rows[points.out]] = True
    homes = _homes(territory, grids, communities, components)
    return _by_kind(territory, homes, text_column(components, "kind"), placed, out)


def _seen(
    buildings: gpd.GeoDataFrame, coverage: Coverage | None
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which buildings have a usable place, and which of these no single grid holds. Both lists are in one order."""
    if coverage is None:
        shapes = np.asarray(buildings.geometry.array, dtype=object)
        placed = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
        return placed, placed.copy()
    placed = np.zeros(len(buildings), dtype=bool)
    out = np.zeros(len(buildings), dtype=bool)
    n = 0
    for row, code in enumerate(text_column(buildings, "building_id")):
        if n < len(coverage.houses) and coverage.houses[n] == (code or f"#{row + 1}"):
            placed[row], out[row] = True, coverage.out[n]
            n += 1
    return placed, out


def _counted(
    territory: Territory, grids: gpd.GeoDataFrame, rule: SizeRule
) -> dict[str, Sequence[object]]:
    rows = territory.rows(text_column(grids, "code"))
    households, residents = (number_column(grids, name) for name in ("households", "residents"))
    counted = ~(np.isnan(households) | np.isnan(residents))
    inside = counted & _within(households, rule.households) & _within(residents, rule.residents)
    every = np.ones(len(grids), dtype=bool)
    return {
        "grids": _whole(territory.summed(rows)),
        "counted": _whole(territory.summed(rows, counted)),
        "inside": _whole(territory.summed(rows, inside)),
        "households": _known(territory, rows, households, every),
        "residents": _known(territory, rows, residents, every),
    }


def _chains(
    territory: Territory, grids: gpd.GeoDataFrame, chain: ChainResult | None
) -> dict[str, Sequence[object]]:
    if chain is None or not chain.grids:
        return dict.fromkeys(("whole", "chains"), [0] * len(territory))
    codes = [code for code in dict.fromkeys(text_column(grids, "code")) if code]
    rows = territory.rows(codes)
    return {
        "whole": _whole(territory.summed(rows, [code not in chain.broken for code in codes])),
        "chains": _whole(territory.summed(rows)),
    }


def _concerned(
    territory: Territory,
    findings: Sequence[Finding],
    buildings: gpd.GeoDataFrame | None,
    homes: Rows,
) -> tuple[frozenset[int], ...]:
    """A finding names grids, communities or buildings; one that names nothing known concerns the whole alone."""
    home_of: dict[str, int] = {}
    if buildings is not None:
        home_of = dict(zip(text_column(buildings, "building_id"), homes.tolist(), strict=True))
    lines = [frozenset(territory.line(row)) for row in range(len(territory))]

    def place(code: str) -> frozenset[int]:
        return lines[territory.row(code) if code in territory else home_of.get(code, 0)]

    return tuple(frozenset().union({0}, *map(place, one.codes)) for one in findings)


def _severities(
    places: int, findings: Sequence[Finding], concerned: Sequence[frozenset[int]]
) -> list[dict[str, int]]:
    counts: list[Counter[str]] = [Counter() for _ in range(places)]
    for finding, rows in zip(findings, concerned, strict=True):
        for row in rows:
            counts[row][finding.severity.value] += 1
    return [dict(count) for count in counts]


def _known(
    territory: Territory, rows: Rows, values: Floats, wanted: NDArray[np.bool_]
) -> list[int | None]:
    """Sums of what is known of ``wanted``; None where nothing is known of any row of the place."""
    known = ~np.isnan(values)
    sums = territory.summed(rows, np.where(known & wanted, values, 0.0))
    some = territory.summed(rows, known)
    return [int(value) if there else None for value, there in zip(sums, some, strict=True)]


def _within(values: Floats, bounds: tuple[int, int]) -> NDArray[np.bool_]:
    return (values >= bounds[0]) & (values <= bounds[1])


def _whole(values: Floats) -> list[int]:
    return [int(value) for value in values]
