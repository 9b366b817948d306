"""One community as the partition engine sees it: a graph of blocks with two counts, and a price on every border."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.blocks import BlockMap
from geo.blocks.adjacency import BORDER_KINDS
from geo.model import LineClass, SizeRule
from geo.partition._components import connected

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]

PRICE_PER_M = {
    LineClass.RIVER.value: 0.15,
    LineClass.ARTERIAL.value: 0.3,
    LineClass.STREET.value: 0.6,
    LineClass.LANE.value: 0.8,
    "inner": 1.3,
}
"""What a metre of border between two grids costs: clear lines are cheap, a line through a block is dear."""
ESTATE_FACTOR = 2.0
"""A border through an estate (one too large for a grid) costs this much more."""


@dataclass(frozen=True, slots=True)
class Problem:
    """households, residents: of each block. pairs (e, 2): blocks that touch and can be crossed, price: of each.

    neighbours, prices: the same by block. blocks: the rows of the block map. joined: pairs of ``pairs`` that were
    made up because a part of the community had no crossing to the rest.
    """

    code: str
    rule: SizeRule
    blocks: Ints
    households: NDArray[np.int64]
    residents: NDArray[np.int64]
    pairs: Ints
    price: Floats
    neighbours: tuple[tuple[int, ...], ...]
    prices: tuple[tuple[float, ...], ...]
    joined: Ints

    @property
    def size(self) -> int:
        """How many blocks."""
        return len(self.households)

    @property
    def totals(self) -> tuple[int, int]:
        """Households and residents of the whole community."""
        return int(self.households.sum()), int(self.residents.sum())


def community_problem(block_map: BlockMap, community: int, rule: SizeRule) -> Problem:
    """The problem of one community (its position in the block map), under its own bounds where it has some."""
    code = str(block_map.communities["code"].iloc[community])
    blocks = np.flatnonzero(block_map.community == community)
    first = int(blocks[0])
    borders = block_map.borders
    mine = borders.only(block_map.community[borders.i] == community)
    rate = np.array([PRICE_PER_M[kind] for kind in BORDER_KINDS])[mine.kind]
    name = block_map.estate
    same = np.array(
        [name[i] is not None and name[i] == name[j] for i, j in zip(mine.i, mine.j, strict=True)],
        dtype=bool,
    )
    cost = mine.length_m * rate * np.where(same, ESTATE_FACTOR, 1.0)
    rows, where = np.unique(np.column_stack([mine.i, mine.j]), axis=0, return_inverse=True)
    price = np.bincount(where.reshape(-1), cost, len(rows))
    open_ = np.bincount(where.reshape(-1), mine.passable, len(rows)) > 0
    pairs, price = rows[open_] - first, price[open_]
    joined = _missing_links(pairs, rows[~open_] - first, block_map, blocks)
    far = float(price.max(initial=1.0))
    return make_problem(
        block_map.households[blocks],
        block_map.residents[blocks],
        np.concatenate([pairs, joined]),
        np.concatenate([price, np.full(len(joined), far)]),
        code=code,
        rule=rule.of(code),
        blocks=blocks,
        joined=joined,
    )


def make_problem(
    households: NDArray[np.int64],
    residents: NDArray[np.int64],
    pairs: Ints,
    price: Floats,
    *,
    rule: SizeRule,
    code: str = "",
    blocks: Ints | None = None,
    joined: Ints | None = None,
) -> Problem:
    """A problem from bare arrays."""
    size = len(households)
    lists: list[list[int]] = [[] for _ in range(size)]
    prices: list[list[float]] = [[] for _ in range(size)]
    for (i, j), cost in zip(pairs.tolist(), price.tolist(), strict=True):
        lists[i].append(j)
        lists[j].append(i)
        prices[i].append(cost)
        prices[j].append(cost)
    return Problem(
        code=code,
        rule=rule,
        blocks=np.arange(size) if blocks is None else blocks,
        households=households,
        residents=residents,
        pairs=pairs.reshape(-1, 2),
        price=price,
        neighbours=tuple(tuple(one) for one in lists),
        prices=tuple(tuple(one) for one in prices),
        joined=np.empty((0, 2), dtype=np.intp) if joined is None else joined,
    )


def components(size: int, pairs: Ints) -> Ints:
    """The connected component of each of ``size`` nodes."""
    return np.asarray(connected(size, np.ascontiguousarray(pairs, dtype=np.int64)), dtype=np.intp)


def _missing_links(pairs: Ints, closed: Ints, block_map: BlockMap, blocks: Ints) -> Ints:
    """Pairs that make the graph whole: over a river where banks face each other, else between the nearest blocks."""
    links: list[tuple[int, int]] = []
    shapes = block_map.metric[blocks]
    while True:
        known = np.concatenate([pairs, np.array(links, dtype=np.intp).reshape(-1, 2)])
        part = components(len(blocks), known)
        if part.max(initial=0) == 0:
            return np.array(links, dtype=np.intp).reshape(-1, 2)
        smallest = int(np.bincount(part).argmin())
        facing = (part[closed[:, 0]] == smallest) != (part[closed[:, 1]] == smallest)
        if facing.any():
            a, b = closed[facing][0]
        else:
            a, b = _nearest(shapes, part == smallest)
        links.append((int(min(a, b)), int(max(a, b))))


def _nearest(shapes: NDArray[np.object_], inside: NDArray[np.bool_]) -> tuple[int, int]:
    here, there = np.flatnonzero(inside), np.flatnonzero(~inside)
    tree = shapely.STRtree(shapes[there])
    (source, target), away = tree.query_nearest(
        shapes[here], return_distance=True, all_matches=False
    )
    best = int(np.argmin(away))
    return int(here[source[best]]), int(there[target[best]])
