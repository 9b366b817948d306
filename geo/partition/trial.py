"""Whether a way out really is one: the community redrawn as it would be then, with a budget of steps."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import numpy as np

from geo.blocks import BlockMap
from geo.partition.choose import choose
from geo.partition.ground import community_ground
from geo.partition.islands import islands, leaping
from geo.partition.problem import Problem, make_problem
from geo.partition.repair import HOLDS
from geo.partition.screen import feasible_counts
from geo.partition.search import BALANCED

STEPS = 400
"""Of the search, for one problem."""
MOST_COUNTS = 3
"""How many numbers of grids are tried, the roomiest first."""


class Steps:
    """A budget: true once it was asked more often than ``most`` times, or ``cancelled`` is."""

    def __init__(self, most: int, cancelled: Callable[[], bool]) -> None:
        self.left, self.cancelled = most, cancelled

    def __call__(self) -> bool:
        self.left -= 1
        return self.left < 0 or self.cancelled()


def can_hold(
    problem: Problem,
    block_map: BlockMap,
    *,
    counts: Sequence[int] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> bool:
    """Whether a plan within both bounds was found, without crossings that are not there; False proves nothing.

    ``counts``: the numbers of grids to try (default: what arithmetic allows). The same input, the same answer.
    """
    if counts is None and len(problem.joined):
        parts = [alone for _, alone in islands(problem)]
        if all(can_hold(one, block_map, cancelled=cancelled) for one in parts):
            return True
    allowed = feasible_counts(*problem.totals, problem.rule)
    tried = [
        one for one in allowed if one <= problem.size and (counts is None or one in set(counts))
    ]
    if not tried or cancelled():
        return False
    load = block_map.households[problem.blocks].astype(np.float64)
    label, _, off = choose(
        problem, community_ground(problem, block_map, load), tried[:MOST_COUNTS],
        aims=BALANCED, rng=np.random.default_rng(0), cancelled=Steps(STEPS, cancelled),
    )  # fmt: skip
    return off <= HOLDS and not (len(problem.joined) and leaping(problem, label, inhabited=True))


def without(problem: Problem, gone: Collection[int]) -> list[Problem]:
    """What is left of a community once blocks are taken out, each part that no crossing joins by itself."""
    stay = ~np.isin(np.arange(problem.size), list(gone))
    keep = np.flatnonzero(stay)
    place = np.full(problem.size, -1)
    place[keep] = np.arange(len(keep))
    real = len(problem.pairs) - len(problem.joined)
    stays = stay[problem.pairs[:real]].all(axis=1)
    rest = make_problem(
        problem.households[keep],
        problem.residents[keep],
        place[problem.pairs[:real][stays]],
        problem.price[:real][stays],
        rule=problem.rule,
        code=problem.code,
        blocks=problem.blocks[keep],
    )
    return [alone for _, alone in islands(rest)]
