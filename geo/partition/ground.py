"""One community as the search sees it: a problem's blocks with their shapes in figures, as flat arrays for kernels.

Lengths and areas come from the block map once; a grid's perimeter, area and border off the roads follow from sums, so
that no geometry is touched while searching.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.blocks import BlockMap
from geo.blocks.adjacency import INNER
from geo.partition.problem import Problem, components

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

HOUSEHOLDS, RESIDENTS, LOAD, AREA, AROUND = range(5)
"""The rows of ``amounts``."""
PARTED = 8.0
"""What parting two places of one estate counts: a border off the roads through so many grids."""
_A_GRID = 400
"""Households, about."""


class Ground(NamedTuple):
    """Blocks 0 … n-1; the neighbours of block i stand at start[i] … start[i + 1].

    neighbour, passable, length_m, off_m: of each (what two blocks share, and how much of that lies on no road or
    river). tail, twin: the block that an edge leaves, and the same edge the other way. amounts (5, n): households,
    residents, load, area in m2, perimeter in m. face: the same for blocks between the same roads; whole (5, faces):
    their amounts. The blocks of face f are member[member_start[f] … member_start[f + 1]], the edges that leave it rim,
    likewise.
    """

    start: Ints
    neighbour: Ints
    tail: Ints
    twin: Ints
    passable: NDArray[np.bool_]
    length_m: Floats
    off_m: Floats
    amounts: Floats
    face: Ints
    whole: Floats
    member_start: Ints
    member: Ints
    rim_start: Ints
    rim: Ints


def community_ground(problem: Problem, block_map: BlockMap, load: Floats) -> Ground:
    """The ground of one community's problem. ``load``: of each of its blocks."""
    blocks = problem.blocks
    borders = block_map.borders
    mine = borders.only(block_map.community[borders.i] == block_map.community[blocks[0]])
    place = np.full(len(block_map.geometry), -1, dtype=np.int64)
    place[blocks] = np.arange(len(blocks))
    i, j = place[mine.i], place[mine.j]
    here = (i >= 0) & (j >= 0)
    i, j, mine = i[here], j[here], mine.only(here)
    ends = np.concatenate([np.column_stack([i, j]), problem.joined])
    apart = estates_apart(problem, block_map.estate[blocks])
    pairs, where = np.unique(np.concatenate([ends, apart]), axis=0, return_inverse=True)
    where = where.reshape(-1)
    shapes = block_map.metric[blocks]
    width_m = float(np.sqrt(shapely.area(shapes).sum() / max(1, problem.totals[0] // _A_GRID)))
    made_up, parted = np.zeros(len(problem.joined)), np.zeros(len(apart))
    length = np.concatenate([mine.length_m, made_up, parted])
    inner = mine.length_m * (mine.kind == INNER)
    off = np.concatenate([inner, made_up, parted + PARTED * width_m])
    passable = np.concatenate([mine.passable, made_up == 0, parted != 0])
    return make_ground(
        pairs,
        np.bincount(where, length, len(pairs)).astype(np.float64),
        np.bincount(where, off, len(pairs)).astype(np.float64),
        np.bincount(where, passable, len(pairs)) > 0,
        amounts=np.vstack(
            [
                problem.households,
                problem.residents,
                load,
                shapely.area(shapes),
                shapely.length(shapes),
            ]
        ),
    )


def estates_apart(problem: Problem, estate: NDArray[np.object_]) -> NDArray[np.intp]:
    """Pairs of blocks (e, 2) of estates that fit a grid but lie in several places: what one would not part.

    Where two blocks of one estate touch, it is none that was to stay whole.
    """
    found: list[tuple[int, int]] = []
    touching = {estate[i] for i, j in problem.pairs.tolist() if estate[i] == estate[j]}
    for name in dict.fromkeys(one for one in estate.tolist() if one is not None):
        own = np.flatnonzero(estate == name)
        fits = (
            problem.households[own].sum() <= problem.rule.households[1]
            and problem.residents[own].sum() <= problem.rule.residents[1]
        )
        if len(own) > 1 and fits and name not in touching:
            found += pairwise(own.tolist())
    return np.array(found, dtype=np.intp).reshape(-1, 2)


def plain_ground(problem: Problem) -> Ground:
    """Unit squares, for a problem without a map."""
    pairs = problem.pairs
    ones = np.ones(problem.size)
    degree = np.bincount(pairs.ravel(), minlength=problem.size)
    amounts = [problem.households, problem.residents, problem.households, ones, degree.clip(min=4)]
    length = np.ones(len(pairs))
    return make_ground(pairs, length, length * 0, length > 0, amounts=np.vstack(amounts))


def make_ground(
    pairs: NDArray[np.intp],
    length_m: Floats,
    off_m: Floats,
    passable: NDArray[np.bool_],
    *,
    amounts: NDArray[np.float64],
) -> Ground:
    """Ground from bare arrays: one row of ``pairs`` (e, 2) and its figures for each two blocks that touch."""
    size, count = amounts.shape[1], len(pairs)
    ends = np.concatenate([pairs, pairs[:, ::-1]])
    order = np.argsort(ends[:, 0], kind="stable")
    place = np.empty(2 * count, dtype=np.int64)
    place[order] = np.arange(2 * count)
    inner = passable & (off_m > 0.5 * length_m)
    face = components(size, pairs[inner]).astype(np.int64)
    faces = int(face.max(initial=-1)) + 1
    tail, neighbour = ends[order].T.astype(np.int64)
    rim = np.flatnonzero(face[tail] != face[neighbour])
    rim = rim[np.argsort(face[tail[rim]], kind="stable")]
    member = np.argsort(face, kind="stable")
    whole = np.array([np.bincount(face, row, faces) for row in amounts]).reshape(5, faces)
    within = face[pairs[:, 0]] == face[pairs[:, 1]]
    whole[AROUND] -= 2 * np.bincount(face[pairs[within, 0]], length_m[within], faces)
    return Ground(
        start=np.searchsorted(tail, np.arange(size + 1)).astype(np.int64),
        neighbour=np.ascontiguousarray(neighbour),
        tail=np.ascontiguousarray(tail),
        twin=place[(order + count) % (2 * count)] if count else place,
        passable=np.tile(passable, 2)[order],
        length_m=np.tile(length_m, 2)[order],
        off_m=np.tile(off_m, 2)[order],
        amounts=np.ascontiguousarray(amounts, dtype=np.float64),
        face=face,
        whole=np.ascontiguousarray(whole, dtype=np.float64),
        member_start=np.searchsorted(face[member], np.arange(faces + 1)).astype(np.int64),
        member=member.astype(np.int64),
        rim_start=np.searchsorted(face[tail[rim]], np.arange(faces + 1)).astype(np.int64),
        rim=rim.astype(np.int64),
    )
