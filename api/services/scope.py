"""Part of a city: a street, a community, a grid, with the figures that every other page shows for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from api.services.headlines import EXCEPTIONS_OF
from geo.chain import ChainResult
from geo.codes import Level
from geo.coverage.layers import text_column
from geo.errors import NotFound
from geo.tally import Tallies, Tally
from geo.territory import Territory
from maps.layers import Headline
from maps.reports import Covered, Report


def restricted(report: Report, tallies: Tallies, under: str) -> Report:
    """A report of what lies under one code, of a street, a community or a grid; ``tallies``: of all of it. A code that
    is no place itself means all places whose code begins so.

    Of findings those stay that concern the place, and those that a chain of its grids breaks at first, wherever they
    lie. NotFound for a code that no place has or begins with.
    """
    territory = tallies.territory
    inside = _inside(territory, under)
    tops = [
        row
        for row in np.flatnonzero(inside).tolist()
        if not inside[list(territory.line(row)[1:2])].any()
    ]
    if not tops:
        raise NotFound("place-unknown", code=under)
    pairs = zip(territory.places, inside, strict=True)
    codes = {place.code for place, mine in pairs if mine and place.level is Level.GRID}
    data = report.data
    grids = data.grids[np.isin(text_column(data.grids, "code").astype(str), sorted(codes))]
    chain = None if report.chain is None else chain_of(report.chain, codes)
    needed = set() if chain is None else {id(chain.findings[n]) for n in chain.broken.values()}
    findings = [
        finding
        for finding, concerned in zip(report.findings, tallies.concerned, strict=True)
        if concerned.intersection(tops) or id(finding) in needed
    ]
    tally = _together([tallies.of[row] for row in tops])
    name = territory.places[tops[0]].name if len(tops) == 1 else None
    return replace(
        report,
        place=name or under,
        data=replace(
            data,
            grids=grids,
            communities=_communities(data.communities, territory, inside, grids),
            buildings=None if data.buildings is None else data.buildings[inside[tallies.homes]],
            findings=findings,
            headlines=headlines_of(tally, report),
        ),
        coverage=None if report.coverage is None else covered(tally),
        chain=chain,
    )


def _inside(territory: Territory, under: str) -> NDArray[np.bool_]:
    if under in territory:
        return territory.below(under)
    return np.array([place.code.startswith(under) for place in territory.places], dtype=bool)


def _together(parts: Sequence[Tally]) -> Tally:
    """The figures of several places that share nothing."""
    if len(parts) == 1:
        return parts[0]
    findings: Counter[str] = Counter()
    for part in parts:
        findings.update(part.findings)
    sums: dict[str, Any] = {}
    for field in fields(Tally):
        values = [getattr(part, field.name) for part in parts]
        known = [value for value in values if isinstance(value, int)]
        sums[field.name] = sum(known) if known else None
    kinds = {
        name: _kinds_together([getattr(part, name) for part in parts])
        for name in ("by_kind", "components")
    }
    return Tally(**{**sums, **kinds, "findings": dict(findings)})


def _kinds_together(
    parts: Sequence[Mapping[str, tuple[int, int]]],
) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for part in parts:
        for kind, (some, whole) in part.items():
            before = found.get(kind, (0, 0))
            found[kind] = (before[0] + some, before[1] + whole)
    return found


def covered(tally: Tally) -> Covered:
    """What a tally tells of 横向到边."""
    outside = (tally.households_outside, tally.residents_outside)
    return Covered(tally.buildings, tally.covered, tally.by_kind, *outside, tally.components)


def headlines_of(tally: Tally, report: Report) -> tuple[Headline, ...]:
    """The figures that the whole report leads with, of one place."""
    figures = {
        "horizontal": (tally.covered, tally.buildings),
        "vertical": (tally.whole, tally.chains),
    }
    return tuple(
        Headline(one.name, *figures[one.name], EXCEPTIONS_OF[one.name], one.rules)
        for one in report.data.headlines
        if one.name in figures
    )


def chain_of(chain: ChainResult, grids: set[str]) -> ChainResult:
    """The chains of these grids and their houses; findings and their positions stay."""
    houses = chain.houses
    return replace(
        chain,
        broken={grid: one for grid, one in chain.broken.items() if grid in grids},
        houses=houses[houses["grid_code"].isin(sorted(grids))],
        grids=len(grids) if chain.grids else 0,
    )


def _communities(
    frame: gpd.GeoDataFrame | None,
    territory: Territory,
    inside: NDArray[np.bool_],
    grids: gpd.GeoDataFrame,
) -> gpd.GeoDataFrame | None:
    """Those in the place; of a grid the one that it lies in."""
    if frame is None:
        return None
    codes = text_column(frame, "code")
    known = np.array([code in territory for code in codes], dtype=bool)
    mine = known & inside[territory.rows(codes)]
    homes = set(text_column(grids, "community_code"))
    return frame[mine | np.array([code in homes for code in codes], dtype=bool)]
