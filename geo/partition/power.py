"""A compact, even start: a balanced centroidal power diagram of the blocks' middles.

Each grid is the part of the plane that is nearest to its centre by squared distance plus an offset; offsets rise where
a grid holds too much, centres move to the middle of what they hold (Aurenhammer, Hoffmann & Aronov 1998; for districts:
Cohen-Addad, Klein & Young 2018). Grids are compact but for the graph: strays are joined to what they touch.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.partition.seed import made_whole

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]

TURNS, STEPS = 25, 4
"""Centres move so often; offsets change so often between two moves."""
PACE, LATE_PACE = 1.0, 0.4
LEAST_SHARE = 0.02
"""Of an average load: what an empty block counts, so that empty land has an owner too."""


def power_split(
    xy: Floats, load: Floats, pairs: Ints, count: int, rng: np.random.Generator
) -> Ints:
    """Blocks at ``xy`` (n, 2; metres) in ``count`` <= n connected parts of about equal load: 0 … count-1 for each."""
    weight = load + max(float(load.mean()) * LEAST_SHARE, 1e-9)
    centre = _scattered(xy, weight, count, rng)
    offset = np.zeros(count)
    mean = weight.sum() / count
    spread = float(((xy - xy.mean(axis=0)) ** 2).sum(axis=1).mean()) / count
    label = np.zeros(len(xy), dtype=np.intp)
    for turn in range(TURNS):
        pace = (PACE if turn < TURNS // 2 else LATE_PACE) * spread
        away = ((xy[:, None, :] - centre) ** 2).sum(axis=2)
        for _ in range(STEPS):
            label = (away + offset).argmin(axis=1)
            offset += pace * (np.bincount(label, weight, count) / mean - 1)
        held = np.bincount(label, weight, count)
        sums = np.column_stack([np.bincount(label, weight * axis, count) for axis in xy.T])
        centre = np.where(held[:, None] > 0, sums / np.maximum(held, 1e-300)[:, None], centre)
    return made_whole(label, pairs, weight / weight.sum(), count)


def _scattered(xy: Floats, weight: Floats, count: int, rng: np.random.Generator) -> Floats:
    """Centres far from one another, more where there is more load (k-means++: Arthur & Vassilvitskii 2007)."""
    chosen = [int(rng.choice(len(xy), p=weight / weight.sum()))]
    away = ((xy - xy[chosen[0]]) ** 2).sum(axis=1)
    while len(chosen) < count:
        chance = away * weight
        chance[chosen] = 0.0
        if chance.sum() <= 0:
            chance = np.ones(len(xy))
            chance[chosen] = 0.0
        chosen.append(int(rng.choice(len(xy), p=chance / chance.sum())))
        away = np.minimum(away, ((xy - xy[chosen[-1]]) ** 2).sum(axis=1))
    return xy[chosen]
