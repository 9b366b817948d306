"""A partition made better to work with: shorter and clearer borders, more even load, bounds never worse."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.partition.parts import Parts
from geo.partition.problem import Problem

Ints = NDArray[np.intp]

EVENNESS_PRICE = 6.0
"""What unevenness costs, in prices of an average block's borders."""


def polish(
    problem: Problem, label: Ints, count: int, rng: np.random.Generator, *, passes: int = 12
) -> Ints:
    """Single moves that lower price of borders + unevenness, until none does."""
    parts = Parts(problem, label, count)
    scale = EVENNESS_PRICE * float(problem.price.sum()) / max(1, problem.size)
    for _ in range(passes):
        moved = False
        for block in rng.permutation(parts.rim()).tolist():
            target = _better(parts, block, scale)
            if target is not None:
                parts.move(block, target)
                moved = True
        if not moved:
            break
    return parts.labels()


def _better(parts: Parts, block: int, scale: float) -> int | None:
    """The grid that a block had better be in, or None."""
    prices = parts.targets(block)
    source = parts.label[block]
    stay = prices.get(source, 0.0)
    best: tuple[float, int] | None = None
    for target, price in prices.items():
        if target == source:
            continue
        worse = parts.breaks(block, target)
        if worse > 1e-12:
            continue
        even = parts.gain(block, target, 1.0) + worse
        saved = price - stay + scale * even - 1e3 * scale * worse
        if saved > 1e-9 and (best is None or saved > best[0]):
            best = saved, target
    return best[1] if best is not None and parts.removable(block) else None
