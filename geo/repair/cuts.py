"""A narrow gap that runs along several polygons is cut where one neighbour ends and the next begins, straight across,
so that each gets what lies before it and nobody a tentacle along the others."""

from __future__ import annotations

import numpy as np
import shapely

from geo.blocks.noding import Geometries
from geo.coverage.layers import grouped
from geo.repair.faces import Arrangement, Ints
from geo.repair.settle import NOBODY

_NOTHING: Geometries = np.empty(0, dtype=object)


def cuts_across(
    arrangement: Arrangement, region: Ints, only: Ints, *, within_m: float
) -> Geometries:
    """Lines to cut the gaps ``region`` (each face's; -1: none) by. ``only``: who has each face around them."""
    mine = region[arrangement.face]
    rim = np.flatnonzero((mine != NOBODY) & (only[arrangement.other] != NOBODY))
    found = [_across(arrangement, rows, only, within_m) for _, rows in grouped(mine[rim], rim)]
    return np.concatenate([_NOTHING, *found])


def _across(arrangement: Arrangement, rim: Ints, only: Ints, within_m: float) -> Geometries:
    """The cuts of one gap, whose segments with a neighbour are ``rim``."""
    whose = only[arrangement.other[rim]]
    if len(np.unique(whose)) < 3:
        return _NOTHING
    segments = np.stack([arrangement.start[rim], arrangement.end[rim]], axis=1)
    lines = np.asarray(shapely.linestrings(segments), dtype=object)
    ends = np.concatenate([arrangement.start[rim], arrangement.end[rim]])
    place = np.unique(ends, axis=0, return_inverse=True)[1].reshape(-1)
    first, last = place[: len(rim)], place[len(rim) :]
    starting = dict(zip(first.tolist(), range(len(rim)), strict=True))
    cuts = []
    for before, point in enumerate(last.tolist()):
        after = starting.get(point)
        if after is None or whose[before] == whose[after]:
            continue
        facing = lines[(whose != whose[before]) & (whose != whose[after])]
        cut = shapely.shortest_line(
            shapely.Point(arrangement.end[rim[before]]), shapely.multilinestrings(facing)
        )
        if 0 < cut.length <= 2 * within_m:
            cuts.append(cut)
    return np.array(cuts, dtype=object)
