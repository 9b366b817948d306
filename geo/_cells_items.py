"""A point and a list of items (see `geo._cells_fill`) -> the first polygon that has it: exact or for GEOS."""

from __future__ import annotations

from geo._cells_edges import Floats, Ints
from geo._cells_fill import BY_CORNER, BY_EDGE, SHARED, WHOLE
from geo._jit import kernel
from geo._orient import UNDECIDED, enclosed, side

FOR_GEOS = -2


@kernel
def by_edge(  # noqa: PLR0917
    x: float, y: float, edges: Floats, e: int, left: int, right: int, on: int
) -> tuple[int, int]:
    where = side(edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3], x, y)
    if where == UNDECIDED:
        return FOR_GEOS, UNDECIDED
    if where == 0:
        return on, 0
    return (left if where > 0 else right), 1


@kernel
def by_corner(  # noqa: PLR0917
    x: float, y: float, edges: Floats, e: int, f: int, hands: int, within: int, beyond: int, on: int
) -> tuple[int, int]:
    at_e = side(edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3], x, y)
    at_f = side(edges[f, 0], edges[f, 1], edges[f, 2], edges[f, 3], x, y)
    if UNDECIDED in (at_e, at_f):
        return FOR_GEOS, UNDECIDED
    at_e = -at_e if hands & 1 else at_e
    at_f = -at_f if hands & 2 else at_f
    if at_e < 0 or at_f < 0:
        return beyond, 1
    return (on, 0) if at_e == 0 or at_f == 0 else (within, 1)


@kernel
def by_items(  # noqa: PLR0917
    x: float, y: float, edges: Floats, items: Ints, t: int, end: int
) -> tuple[int, int]:
    """The first polygon of a mixed cell that has a point, and how."""
    while t < end:
        label, head = items[t], items[t + 1]
        if head == WHOLE:
            return label, 1
        if head == BY_EDGE:
            return by_edge(x, y, edges, items[t + 2], label, items[t + 3], items[t + 4])
        if head == BY_CORNER:
            return by_corner(
                x,
                y,
                edges,
                items[t + 2],
                items[t + 3],
                items[t + 4],
                label,
                items[t + 5],
                items[t + 6],
            )
        if head == SHARED:
            first, last, crossed = items[t + 2], items[t + 3], 0
            t += 4
            if first == t:
                t = last
        else:
            first, last, crossed = t + 2, t + 2 + (head >> 1), head & 1
            t = last
        where = enclosed(x, y, edges, items, first, last, crossed)
        if where == UNDECIDED:
            return FOR_GEOS, UNDECIDED
        if where >= 0:
            return label, where
    return -1, 1
