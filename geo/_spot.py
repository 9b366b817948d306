"""A place in degrees -> its grid, metres to that grid's edge, and the grid beyond: all in one call of machine code."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from geo._beyond import Longs, Tables, beyond
from geo._cells_build import Index
from geo._cells_place import place
from geo._jit import bound, quick
from geo._tmerc import Plane, to_plane

Spot = Callable[[float, float], tuple[int, int, float, int]]


@quick
def spot(  # noqa: PLR0917
    index: Index, plane: Plane, tables: Tables, ranks: Longs, lng: float, lat: float
) -> tuple[int, int, float, int]:
    """What `geo._cells_place.place` says of a place, metres to the edge, the polygon beyond (-1: none)."""
    label, inside = place(lng, lat, index)
    if label < 0:
        return label, inside, math.nan, -1
    x, y = to_plane(lng, lat, plane)
    edge_m, other = beyond(x, y, ranks[label], inside == 0, tables)
    return label, inside, edge_m, other


def ready(index: Index, plane: Plane, tables: Tables, ranks: Longs) -> Spot:
    """``spot(lng, lat)`` in these tables. ``ranks``: of each label the polygon's number in ``tables``."""
    machine = bound(spot, index, plane, tables, ranks, 0.0, 0.0)
    return partial(machine, index, plane, tables, ranks)
