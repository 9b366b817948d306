"""How good a plan is, in the three figures that planners compare (and in which they pull against each other).

evenness: the coefficient of variation of the load of a community's grids, mean over communities with two or more.
compactness: Polsby & Popper's 4 pi area / perimeter^2 of a grid, mean over grids.
on_lines: the share of the border length between grids of one community that runs along a road or river.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.blocks import BlockMap
from geo.blocks.adjacency import INNER


@dataclass(frozen=True, slots=True)
class Scores:
    """Low evenness is good; high compactness and on_lines (0 to 1) are good. A plan without inner borders has 1."""

    evenness: float
    compactness: float
    on_lines: float


def plan_scores(
    block_map: BlockMap, grid: NDArray[np.intp], *, load: NDArray[np.float64] | None = None
) -> Scores:
    """The scores of a whole city's plan. ``grid``: of each block, within its community; ``load``: of each block
    (default: households). Metres of the block map's metric CRS."""
    weight = block_map.households.astype(np.float64) if load is None else load
    pairs = np.column_stack([block_map.community, grid])
    grids, number = np.unique(pairs, axis=0, return_inverse=True)
    number = number.reshape(-1)
    borders = block_map.borders
    cut = number[borders.i] != number[borders.j]
    around = np.bincount(number, shapely.length(block_map.metric), len(grids))
    around -= 2 * np.bincount(number[borders.i[~cut]], borders.length_m[~cut], len(grids))
    area = np.bincount(number, shapely.area(block_map.metric), len(grids))
    inner_m = float(borders.length_m[cut].sum())
    off_m = float(borders.length_m[cut & (borders.kind == INNER)].sum())
    return Scores(
        evenness=_variation(
            np.bincount(number, weight, len(grids)).astype(np.float64), grids[:, 0]
        ),
        compactness=float((4 * np.pi * area / around**2).mean()),
        on_lines=1 - off_m / inner_m if inner_m > 0 else 1.0,
    )


def _variation(load: NDArray[np.float64], community: NDArray[np.intp]) -> float:
    """The mean over communities of the coefficient of variation of their grids' load."""
    found = []
    for one in np.unique(community):
        mine = load[community == one]
        if len(mine) > 1 and mine.sum() > 0:
            found.append(mine.std() / mine.mean())
    return float(np.mean(found)) if found else 0.0
