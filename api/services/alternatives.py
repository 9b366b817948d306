"""Other plans for the same city, each the best in one respect, and within the bounds wherever the main plan can be."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd

from api.services.draw import Drawing, DrawResult
from geo.partition.search import AIMS, Aims
from geo.redraw.compared import households_moved

KINDS: dict[str, Aims] = {kind: aims for kind, aims in AIMS.items() if kind != "balanced"}
"""Most even, most compact, most on roads and rivers. (The least change is what ``--from`` draws.)"""


@dataclass(frozen=True, slots=True)
class Alternative:
    """One of KINDS and what came of it. moved: households that change their grid, beside a plan in force."""

    kind: str
    result: DrawResult
    moved: int | None = None


def alternatives(
    count: int,
    drawing: Drawing,
    *,
    known: DrawResult | None = None,
    former: gpd.GeoDataFrame | None = None,
) -> tuple[Alternative, ...]:
    """The first ``count`` kinds of a city. ``known``: its plan, proofs and offers of which stand. ``former``: the grids
    in force, to tell how many households each alternative would move."""
    made = []
    for kind in list(KINDS)[:count]:
        result = drawing.drawn(KINDS[kind], known=known)
        if known is None:
            known = result
        homes = drawing.city.buildings
        moved = None if former is None else households_moved(former, result.plan.grids, homes)
        made.append(Alternative(kind, result, moved))
    return tuple(made)
