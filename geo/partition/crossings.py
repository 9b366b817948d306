"""Crossings that a user allows: two blocks that nothing joins count as joined (a ford, a planned bridge, a ferry)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely

from geo.blocks import BlockMap
from geo.blocks.adjacency import RIVER, Borders
from geo.errors import OptionError
from geo.model import City
from geo.partition.named import buildings_named


@dataclass(frozen=True, slots=True)
class Crossing:
    """The buildings (positions) on either side, and what the user wrote."""

    text: str
    one: tuple[int, ...]
    other: tuple[int, ...]


def crossings(city: City, wanted: Sequence[str]) -> tuple[Crossing, ...]:
    """``community/A=B``: what A and B mean (estates, names or numbers of buildings); OptionError where nothing."""
    found = []
    for text in dict.fromkeys(one.strip() for one in wanted if one.strip()):
        left, equals, right = (part.strip() for part in text.partition("="))
        if not (left and equals and right):
            raise OptionError("cross-malformed", value=text)
        home, slash, _ = left.partition("/")
        if slash and "/" not in right:
            right = f"{home}/{right}"
        sides = (tuple(buildings_named(city, side)) for side in (left, right))
        found.append(Crossing(text, *sides))
    return tuple(found)


def with_crossings(block_map: BlockMap, allowed: Sequence[Crossing]) -> BlockMap:
    """The block map with the nearest blocks of both sides of each crossing joined, at no length.

    OptionError where the sides are no two blocks of one community.
    """
    pairs = [_nearest(block_map, one) for one in allowed]
    if not pairs:
        return block_map
    ends = np.array(pairs, dtype=np.intp)
    old = block_map.borders
    count = len(ends)
    return replace(
        block_map,
        borders=Borders(
            np.concatenate([old.i, ends[:, 0]]),
            np.concatenate([old.j, ends[:, 1]]),
            np.concatenate([old.length_m, np.zeros(count)]),
            np.concatenate([old.kind, np.full(count, RIVER, dtype=np.int8)]),
            np.concatenate([old.passable, np.ones(count, dtype=bool)]),
        ),
    )


def _nearest(block_map: BlockMap, crossing: Crossing) -> tuple[int, int]:
    sides = []
    for rows in (crossing.one, crossing.other):
        blocks = np.unique(block_map.building_block[list(rows)])
        sides.append(blocks[blocks >= 0])
    near = [
        (float(shapely.distance(block_map.metric[a], block_map.metric[b])), int(a), int(b))
        for a in sides[0]
        for b in sides[1]
        if a != b and block_map.community[a] == block_map.community[b]
    ]
    if not near:
        raise OptionError("cross-nowhere", value=crossing.text)
    _, a, b = min(near)
    return min(a, b), max(a, b)
