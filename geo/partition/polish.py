"""Single moves that make a partition better to work with: shorter and clearer borders, more even load."""

from __future__ import annotations

import numpy as np

from geo.partition.parts import Parts

EVENNESS_PRICE = 15.0
"""What unevenness costs, in prices of an average block's borders."""
BROKEN_PRICE = 1e3
"""What a broken bound costs beside that: nothing outweighs it."""


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
