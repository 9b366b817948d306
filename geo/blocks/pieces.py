"""Pieces of one noding -> which community holds each, which of them belong together as a block.

A piece belongs to what it was cut for (an estate, a building's cell, a whole face). Pieces with the same label that
touch are one block, those of an estate over a river too: it is whole before a border is clear. Crumbs (slivers
between two nearly equal lines, splinters of a cell that a bent face cut off) join the neighbour with which they share
most.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.blocks.adjacency import INNER, Borders
from geo.blocks.noding import Geometries
from geo.coverage.shapes import widths_m

Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]

NOISE_M = 0.05
"""A gap or an overlap narrower than this is digitising noise: closed, counted, not argued about."""
SLIVER_M = 3.0
"""An empty face narrower than this is no place for a block of its own."""
ACROSS_WEIGHT = 0.1
"""A crumb joins across a road only where hardly anything else is next to it."""
OUTSIDE = -1


def holders(points: Geometries, polygons: Geometries) -> Ints:
    """The first polygon that covers each point (boundaries count), or OUTSIDE."""
    held = np.full(len(points), len(polygons), dtype=np.intp)
    point, polygon = shapely.STRtree(polygons).query(points, predicate="intersects")
    np.minimum.at(held, point, polygon)
    held[held == len(polygons)] = OUTSIDE
    return held


def join(count: int, borders: Borders, together: Bools) -> Ints:
    """The connected component of each of ``count`` pieces over the borders where ``together``."""
    i, j = borders.i[together], borders.j[together]
    graph = coo_array((np.ones(len(i)), (i, j)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.intp)


def enclosed(pieces: Geometries, owner: Ints, borders: Borders) -> list[Ints]:
    """The gaps: groups of pieces that no community holds and that communities surround."""
    both_out = (owner[borders.i] == OUTSIDE) & (owner[borders.j] == OUTSIDE)
    group = join(len(pieces), borders, both_out)
    shared = np.bincount(borders.i, borders.length_m, len(pieces))
    shared += np.bincount(borders.j, borders.length_m, len(pieces))
    open_m = np.bincount(group, (shapely.length(pieces) - shared).clip(min=0), len(pieces))
    gaps = np.unique(group[(owner == OUTSIDE) & (open_m[group] < 1e-6)])
    return [np.flatnonzero(group == gap) for gap in gaps]


def close_noise(pieces: Geometries, owner: Ints, borders: Borders) -> Ints:
    """The owners, with gaps that are nowhere wider than NOISE_M given to the community beside them; so are strips of a
    community that lie apart from the rest of it, where two outlines that should be one cross again and again."""
    closed = owner.copy()
    for gap in enclosed(pieces, owner, borders):
        beside = neighbours_of(gap, owner, borders)
        if widths_m(pieces[gap]).max() < NOISE_M and len(beside):
            closed[gap] = beside[0]
    for strip in _strips(pieces, closed, borders):
        others = [one for one in neighbours_of(strip, closed, borders) if one != closed[strip[0]]]
        if others and widths_m(pieces[strip]).max() < NOISE_M:
            closed[strip] = others[0]
    return closed


def _strips(pieces: Geometries, owner: Ints, borders: Borders) -> list[Ints]:
    """The parts of communities that lie apart from their largest part and could be as narrow as noise."""
    same = (owner[borders.i] == owner[borders.j]) & (owner[borders.i] != OUTSIDE)
    part = join(len(pieces), borders, same)
    area = np.bincount(part, shapely.area(pieces))
    around = np.bincount(part, shapely.length(pieces))
    home = np.full(len(area), OUTSIDE, dtype=np.intp)
    home[part] = owner
    largest = np.zeros(int(owner.max(initial=-1)) + 1)
    np.maximum.at(largest, home[home != OUTSIDE], area[home != OUTSIDE])
    thin = (home != OUTSIDE) & (area < NOISE_M * around)
    thin[thin] = area[thin] < largest[home[thin]]
    return [np.flatnonzero(part == one) for one in np.flatnonzero(thin)]


def neighbours_of(pieces: Ints, owner: Ints, borders: Borders) -> Ints:
    """The communities beside some pieces, the longest common border first."""
    inside_i, inside_j = np.isin(borders.i, pieces), np.isin(borders.j, pieces)
    edge = inside_i != inside_j
    other = owner[np.where(inside_i, borders.j, borders.i)[edge]]
    held = other != OUTSIDE
    names, where = np.unique(other[held], return_inverse=True)
    length = np.bincount(where, borders.length_m[edge][held], len(names))
    return np.asarray(names[np.argsort(-length, kind="stable")])


def group_pieces(
    pieces: Geometries,
    *,
    owner: Ints,
    label: Ints,
    settled: Bools,
    splinter: Bools,
    borders: Borders,
) -> Ints:
    """The block of each piece (0, 1, …), OUTSIDE for pieces of no community.

    ``label``: what a piece was cut for. ``settled``: a building stands in it. ``splinter``: it was cut off for a unit
    (an estate, a building), which may live elsewhere.
    """
    same = owner[borders.i] == owner[borders.j]
    same &= label[borders.i] == label[borders.j]
    # What has homes in several pieces is an estate: where it lies on both banks it has its own way across.
    homes = np.bincount(label[settled & splinter], minlength=int(label.max(initial=0)) + 1)
    same &= borders.passable | (homes[label[borders.i]] > 1)
    group = join(len(pieces), borders, same)
    group = np.where(owner == OUTSIDE, OUTSIDE, group)
    inside = group >= 0
    total = len(pieces)
    alive = np.bincount(group[inside], settled[inside], total) > 0
    area = np.bincount(group[inside], shapely.area(pieces)[inside], total)
    around = _outer_length(pieces, group, borders)
    width = 2 * area / np.where(around > 0, around, np.inf)
    cut_off = np.bincount(group[inside], splinter[inside], total) > 0
    crumb = ~alive & (cut_off | (width < SLIVER_M))
    group = _absorb(group, crumb, owner, borders)
    group[inside] = np.unique(group[inside], return_inverse=True)[1]
    return group


def _outer_length(pieces: Geometries, group: Ints, borders: Borders) -> NDArray[np.float64]:
    held = group >= 0
    around = np.bincount(group[held], shapely.length(pieces)[held], len(pieces)).astype(np.float64)
    within = (group[borders.i] == group[borders.j]) & held[borders.i]
    inner = np.bincount(group[borders.i][within], borders.length_m[within], len(pieces))
    outer: NDArray[np.float64] = around - 2 * inner
    return outer


def _absorb(group: Ints, crumb: Bools, owner: Ints, borders: Borders) -> Ints:
    """Crumbs join the whole block of their community that they share most with, outermost crumbs first."""
    crumb, group = crumb.copy(), group.copy()
    home = np.full(len(group), OUTSIDE, dtype=np.intp)
    home[group[group >= 0]] = owner[group >= 0]
    pairs = borders.only((group[borders.i] >= 0) & (group[borders.j] >= 0)).regrouped(group)
    pairs = pairs.only(home[pairs.i] == home[pairs.j])
    weight = pairs.length_m * np.where(pairs.kind == INNER, 1.0, ACROSS_WEIGHT)
    weight *= np.where(pairs.passable, 1.0, ACROSS_WEIGHT)
    into = np.arange(len(group))
    while True:
        ready_i = crumb[pairs.i] & ~crumb[pairs.j]
        ready_j = crumb[pairs.j] & ~crumb[pairs.i]
        if not (ready_i | ready_j).any():
            break
        small = np.concatenate([pairs.i[ready_i], pairs.j[ready_j]])
        large = np.concatenate([pairs.j[ready_i], pairs.i[ready_j]])
        strength = np.concatenate([weight[ready_i], weight[ready_j]])
        best = _strongest(small, large, strength)
        for one, other in best:
            into[one] = into[other]
            crumb[one] = False
    return np.where(group >= 0, into[group], OUTSIDE)


def _strongest(small: Ints, large: Ints, strength: NDArray[np.float64]) -> list[tuple[int, int]]:
    """For each of ``small``, the one of ``large`` with the greatest summed strength (lowest number in a tie)."""
    pairs, where = np.unique(np.column_stack([small, large]), axis=0, return_inverse=True)
    total = np.bincount(where.reshape(-1), strength, len(pairs))
    order = np.lexsort((pairs[:, 1], -total, pairs[:, 0]))
    first = np.flatnonzero(np.diff(pairs[order, 0], prepend=-1))
    return [(int(a), int(b)) for a, b in pairs[order[first]]]
