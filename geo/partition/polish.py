"""A partition made better to work with: shorter and clearer borders, more even load, bounds never worse.

Single moves first; then two or three neighbouring grids at a time are drawn anew, and kept where that is better.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from geo.partition.parts import Parts
from geo.partition.problem import Problem
from geo.partition.repair import neighbours, redrawn

Ints = NDArray[np.intp]

EVENNESS_PRICE = 15.0
"""What unevenness costs, in prices of an average block's borders."""
BROKEN_PRICE = 1e3
"""What a broken bound costs beside that: nothing outweighs it."""
STEPS_PER_GRID = 12
GROUP_SIZES = (2, 2, 3)


def polish(
    problem: Problem,
    label: Ints,
    count: int,
    rng: np.random.Generator,
    *,
    cancelled: Callable[[], bool],
) -> Ints:
    """The best partition met; the budget counts steps."""
    scale = EVENNESS_PRICE * float(problem.price.sum()) / max(1, problem.size)
    parts = Parts(problem, label, count)
    settle(parts, scale, rng)
    best = _score(parts, scale)
    for _ in range(STEPS_PER_GRID * count if count > 1 else 0):
        if cancelled():
            break
        group = neighbours(parts, int(rng.integers(count)), int(rng.choice(GROUP_SIZES)), rng)
        new = redrawn(parts, group, rng)
        if new is None:
            continue
        settle(new, scale, rng, grids=group, passes=3)
        score = _score(new, scale)
        if score < best - 1e-9:
            parts, best = new, score
    return parts.labels()


def settle(
    parts: Parts,
    scale: float,
    rng: np.random.Generator,
    *,
    grids: list[int] | None = None,
    passes: int = 12,
) -> None:
    """Single moves (on the rim of ``grids`` where given) that lower price of borders + unevenness, until none does."""
    for _ in range(passes):
        moved = False
        for block in rng.permutation(parts.rim(grids)).tolist():
            target = _better(parts, block, scale)
            if target is not None:
                parts.move(block, target)
                moved = True
        if not moved:
            return


def _score(parts: Parts, scale: float) -> float:
    """Price of borders + unevenness + broken bounds."""
    problem, label = parts.problem, parts.labels()
    cut = label[problem.pairs[:, 0]] != label[problem.pairs[:, 1]]
    load = parts.total_uneven() + BROKEN_PRICE * parts.total_broken()
    return float(problem.price[cut].sum()) + scale * load


def _better(parts: Parts, block: int, scale: float) -> int | None:
    """The grid that a block had better be in, or None."""
    prices = parts.targets(block)
    stay = prices.pop(parts.label[block], 0.0)
    best: tuple[float, int] | None = None
    for target, price in prices.items():
        broken, uneven = parts.change(block, target)
        if broken > 1e-12:
            continue
        saved = price - stay - scale * (uneven + BROKEN_PRICE * broken)
        if saved > 1e-9 and (best is None or saved > best[0]):
            best = saved, target
    return best[1] if best is not None and parts.removable(block) else None
