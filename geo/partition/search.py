"""The best partition that a number of steps finds: random starts, annealed; then groups of grids drawn anew.

Budgets count steps of the kernels, never seconds: the same ground, cost and seed give the same labels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from geo.model import SizeRule
from geo.partition._anneal import Work, anneal, new_work
from geo.partition._energy import Cost, tally, total_cost
from geo.partition._regrow import regrow, some_group
from geo.partition.ground import LOAD, Ground

Ints = NDArray[np.int64]

HOT, COOL, COLD = 0.3, 0.03, 0.003
"""Temperatures in units of cost; bounds are soft above COOL and hard below."""
SOFT = 0.05
"""The share of its price that a broken bound costs while hot."""
START_STEPS, ROUND_STEPS = 36, 22
"""Moves tried for each block concerned, all between blocks of two grids."""
LARGEST_GROUP = 4
FROM_NOTHING = 0.8
"""The share of rounds that draw a group anew; the others only shake it."""
GAIN = 1e-9


@dataclass(frozen=True, slots=True)
class Aims:
    """What counts beside the bounds, and how much: even load, compact outline, borders on roads and rivers."""

    even: float = 25.0
    compact: float = 1.3
    lines: float = 0.6


BALANCED = Aims()
AIMS: Mapping[str, Aims] = MappingProxyType(
    {
        "balanced": BALANCED,
        "even": Aims(even=60.0, compact=0.5, lines=0.25),
        "compact": Aims(even=4.0, compact=3.0, lines=0.4),
        "lines": Aims(even=8.0, compact=0.8, lines=2.0),
    }
)
"""By name: of everything something; most even, most compact, most on roads and rivers."""
BROKEN = 270.0
"""What a bound broken by its whole size costs: nothing outweighs it."""


def make_cost(ground: Ground, count: int, rule: SizeRule, aims: Aims) -> Cost:
    """The costs for so many grids. A metre off the roads counts by the width of an average grid."""
    amounts = ground.amounts.sum(axis=1)
    width_m = float(np.sqrt(amounts[3] / count))
    return Cost(
        BROKEN,
        aims.even,
        aims.compact,
        aims.lines / max(width_m, 1e-9),
        float(rule.households[0]),
        float(rule.households[1]),
        float(rule.residents[0]),
        float(rule.residents[1]),
        max(float(amounts[LOAD]) / count, 1e-9),
    )


class Search:
    """Mutable: one community cut into ``count`` grids, the best labels met so far and what they cost."""

    def __init__(self, ground: Ground, count: int, cost: Cost, seed: int) -> None:
        size = ground.amounts.shape[1]
        self.count, self.label, self.energy = count, np.zeros(size, np.int64), np.inf
        self._ground, self._cost = ground, cost
        self._state = np.array([seed], dtype=np.uint64)
        self._work: Work = new_work(ground, count)
        self._totals = np.zeros((6, count))

    @property
    def per_grid(self) -> float:
        """The cost of an average grid: what numbers of grids are compared by."""
        return self.energy / self.count

    def start(self, times: int, stopped: Callable[[], bool]) -> None:
        """Random partitions, annealed as a whole; at least one, whatever ``stopped`` says."""
        every = np.ones(len(self.label), dtype=np.bool_)
        if self.count == 1:
            self._keep(np.zeros_like(self.label))
            return
        for turn in range(times):
            label = np.zeros_like(self.label)
            if (turn and np.isfinite(self.energy)) and stopped():
                return
            if regrow(label, np.arange(self.count), every, self._ground, self._state):
                self._settle(label, every, START_STEPS)

    def take(self, label: NDArray[np.integer]) -> None:
        """A partition found elsewhere, kept if it is better."""
        self._keep(label.astype(np.int64))

    def polish(self, label: NDArray[np.intp]) -> None:
        """A partition found elsewhere, annealed cold with hard bounds, kept if it is better."""
        fresh = label.astype(np.int64)
        every, steps = np.arange(len(fresh)), ROUND_STEPS * len(fresh)
        self._anneal(fresh, every, self._cost, steps, (COOL, COLD))
        self._keep(fresh)

    def improve(self, rounds: int, stopped: Callable[[], bool]) -> None:
        """Two to four neighbouring grids at a time drawn anew and annealed, kept where that is better."""
        for _ in range(rounds if self.count > 1 else 0):
            if stopped():
                return
            # Two dice of the search's own state decide what is redrawn and how.
            size = 2 + int(self._die() * (LARGEST_GROUP - 1))
            chosen = some_group(
                self.label, self.count, min(size, self.count), self._ground, self._state
            )
            group, label = np.flatnonzero(chosen), self.label.copy()
            inside = chosen[label]
            fresh = self._die() < FROM_NOTHING
            if len(group) < 2 or (
                fresh and not regrow(label, group, inside, self._ground, self._state)
            ):
                continue
            self._settle(label, inside, ROUND_STEPS)

    def _settle(self, label: Ints, inside: NDArray[np.bool_], effort: int) -> None:
        """Anneal hot with soft bounds, then cold with hard ones."""
        active = np.flatnonzero(inside)
        soft = self._cost._replace(broken=self._cost.broken * SOFT)
        for cost, share, span in ((soft, 2, (HOT, COOL)), (self._cost, 1, (COOL, COLD))):
            self._anneal(label, active, cost, effort * len(active) * share // 3, span)
        self._keep(label)

    def _anneal(
        self,
        label: Ints,
        active: NDArray[np.intp],
        cost: Cost,
        steps: int,
        span: tuple[float, float],
    ) -> None:
        """``label`` changed in place: so many proposed moves between two temperatures."""
        tally(label, self._ground, self._totals)
        anneal(
            label, active, self._ground, cost, steps, *span,
            self._state, self._totals, self._work,
        )  # fmt: skip

    def _keep(self, label: Ints) -> None:
        energy = total_cost(label, self.count, self._ground, self._cost)
        if energy < self.energy - GAIN:
            self.label, self.energy = label.copy(), energy

    def _die(self) -> float:
        state = int(self._state[0])
        rng = np.random.Generator(np.random.PCG64(state))
        self._state[0] = np.uint64(rng.integers(1, 2**63))
        return float(rng.random())
