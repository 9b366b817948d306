"""A partition at work: labels with running totals, so that a single move is cheap to judge and to undo."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from geo.partition.problem import Problem
from geo.partition.screen import excess

Ints = NDArray[np.intp]


class Parts:
    """Mutable: label of each block, households and residents of each grid. Every grid stays in one piece."""

    def __init__(self, problem: Problem, label: Ints, count: int) -> None:
        self.problem = problem
        self.count = count
        self.label: list[int] = label.tolist()
        self.households = _totals(label, problem.households, count)
        self.residents = _totals(label, problem.residents, count)
        self._h: list[int] = problem.households.tolist()
        self._r: list[int] = problem.residents.tolist()
        total_households, total_residents = problem.totals
        self._mean = max(total_households, 1) / count, max(total_residents, 1) / count
        self._now = [self._worth(grid, 0, 0) for grid in range(count)]

    def labels(self) -> Ints:
        """The labels as an array."""
        return np.array(self.label, dtype=np.intp)

    def broken(self, grid: int) -> float:
        """How far a grid is outside both bounds, added up."""
        return self._now[grid][0]

    def worst(self, grid: int) -> float:
        """By what share of a bound a grid breaks the one that it breaks most."""
        rule = self.problem.rule
        return max(
            excess(self.households[grid], rule.households),
            excess(self.residents[grid], rule.residents),
        )

    def total_broken(self) -> float:
        """How far all grids are outside."""
        return sum(self.broken(grid) for grid in range(self.count))

    def total_uneven(self) -> float:
        """How far all grids are from the mean, squared."""
        return sum(uneven for _, uneven in self._now)

    def _worth(self, grid: int, households: int, residents: int) -> tuple[float, float]:
        """How far a grid with so much more is outside the bounds, and from the mean (squared)."""
        rule, (mean_h, mean_r) = self.problem.rule, self._mean
        h, r = self.households[grid] + households, self.residents[grid] + residents
        outside = excess(h, rule.households) + excess(r, rule.residents)
        return outside, (h / mean_h - 1) ** 2 + (r / mean_r - 1) ** 2

    def change(self, block: int, target: int) -> tuple[float, float]:
        """What moving a block to a grid adds to broken bounds and to unevenness."""
        h, r, source = self._h[block], self._r[block], self.label[block]
        less, more = self._worth(source, -h, -r), self._worth(target, h, r)
        now, there = self._now[source], self._now[target]
        return less[0] - now[0] + (more[0] - there[0]), less[1] - now[1] + (more[1] - there[1])

    def move(self, block: int, target: int) -> None:
        """Move a block."""
        source, h, r = self.label[block], self._h[block], self._r[block]
        self.label[block] = target
        self.households[source] -= h
        self.households[target] += h
        self.residents[source] -= r
        self.residents[target] += r
        for grid in (source, target):
            self._now[grid] = self._worth(grid, 0, 0)

    def targets(self, block: int) -> dict[int, float]:
        """The grids beside a block and the price of its border with each, its own included."""
        found: dict[int, float] = {}
        problem, label = self.problem, self.label
        for other, price in zip(problem.neighbours[block], problem.prices[block], strict=True):
            grid = label[other]
            found[grid] = found.get(grid, 0.0) + price
        return found

    def removable(self, block: int) -> bool:
        """Whether a block's grid stays in one piece, and not empty, without it."""
        neighbours, label = self.problem.neighbours, self.label
        grid = label[block]
        own = [other for other in neighbours[block] if label[other] == grid]
        if not own:
            return False
        seen, stack, wanted = {block, own[0]}, [own[0]], set(own[1:])
        while stack and wanted:
            for other in neighbours[stack.pop()]:
                if label[other] == grid and other not in seen:
                    seen.add(other)
                    wanted.discard(other)
                    stack.append(other)
        return not wanted

    def rim(self, grids: Sequence[int] | None = None) -> Ints:
        """The blocks that touch another grid, ascending; only those on the rim of ``grids`` where given."""
        pairs = self.problem.pairs
        ends = self.labels()[pairs]
        apart = ends[:, 0] != ends[:, 1]
        if grids is not None:
            apart &= np.isin(ends, list(grids)).any(axis=1)
        return np.unique(pairs[apart])

    def beside(self, grids: Iterable[int]) -> list[int]:
        """The grids that touch any of ``grids``, ascending."""
        pairs, label = self.problem.pairs, self.labels()
        inside = np.isin(label, list(grids))
        edge = pairs[inside[pairs[:, 0]] != inside[pairs[:, 1]]]
        found = np.unique(label[edge])
        return [int(grid) for grid in found if grid not in set(grids)]


def _totals(label: Ints, counts: NDArray[np.int64], grids: int) -> list[int]:
    return [int(total) for total in np.bincount(label, counts, grids)]
