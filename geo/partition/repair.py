"""A partition that breaks bounds -> one that does not, or breaks them least.

Single moves that keep every grid in one piece; where they stall, two to four neighbouring grids are drawn anew
together (the re-combination of DeFord, Duchin & Solomon 2021, here with METIS). Budgets count steps, never seconds.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from geo.partition.parts import Parts
from geo.partition.problem import Problem
from geo.partition.seed import split

Ints = NDArray[np.intp]

EVENNESS = 0.02
"""How much evenness counts beside bounds while repairing: enough to let a surplus wander over several grids."""
GROUP_SIZES = (2, 2, 3, 3, 4)
HOLDS = 1e-9
WARMTH = 0.03
"""How readily a worse partition is accepted, in units of broken bounds."""


def flips(parts: Parts, rng: np.random.Generator, *, passes: int = 6) -> None:
    """Move single blocks while that brings grids nearer to their bounds."""
    for _ in range(passes):
        moved = False
        for block in rng.permutation(parts.rim()).tolist():
            source = parts.label[block]
            options = [grid for grid in parts.targets(block) if grid != source]
            for target in options:
                broken, uneven = parts.change(block, target)
                if broken + EVENNESS * uneven < -HOLDS and parts.removable(block):
                    parts.move(block, target)
                    moved = True
                    break
        if not moved:
            return


def repair(
    problem: Problem,
    label: Ints,
    count: int,
    rng: np.random.Generator,
    *,
    steps: int,
    cancelled: Callable[[], bool],
) -> Ints:
    """The partition that breaks bounds least among those met in ``steps`` steps; stops at one that breaks none."""
    parts = Parts(problem, label, count)
    flips(parts, rng)
    now = parts.total_broken()
    best, best_label = now, parts.labels()
    for _ in range(steps):
        if best <= HOLDS or cancelled():
            break
        bad = [grid for grid in range(count) if parts.broken(grid) > HOLDS]
        group = neighbours(parts, int(rng.choice(bad)), int(rng.choice(GROUP_SIZES)), rng)
        new = redrawn(parts, group, rng)
        if new is None:
            continue
        flips(new, rng, passes=3)
        broken = new.total_broken()
        if broken <= now + 1e-12 or rng.random() < 0.5 * np.exp((now - broken) / WARMTH):
            parts, now = new, broken
        if broken < best - 1e-12:
            best, best_label = broken, new.labels()
    return best_label


def neighbours(parts: Parts, grid: int, size: int, rng: np.random.Generator) -> list[int]:
    """A grid and up to ``size - 1`` others that hang together with it."""
    group = [grid]
    while len(group) < size:
        beside = parts.beside(group)
        if not beside:
            break
        group.append(int(rng.choice(beside)))
    return group


def redrawn(parts: Parts, group: list[int], rng: np.random.Generator) -> Parts | None:
    """A copy in which some neighbouring grids are drawn anew; None where there is nothing to redraw."""
    if len(group) < 2:
        return None
    label = parts.labels()
    members = np.flatnonzero(np.isin(label, group))
    part = split(parts.problem, members, len(group), rng)
    if part is None:
        return None
    label[members] = np.array(group)[part]
    return Parts(parts.problem, label, parts.count)
