"""The least change, exactly: which blocks must change their grid so that every grid holds both bounds again.

A 0-1 program over the blocks near a border between grids (CP-SAT, one worker, deterministic time): the fewest moved
households, and of those the clearest borders. A grid stays in one piece by cuts that are added where a solution tears
one (lazily, as in Oehrlein & Haunert 2017): whoever is in a part without the root needs a neighbour of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from geo.partition.problem import Problem

Ints = NDArray[np.intp]

LEAST_SPENT = 0.01
"""What a solution counts at least: a search that tears grids again and again must end."""
HOUSEHOLD = 100
"""What a moved household weighs in the program, which knows whole numbers only."""
RESIDENTS_SHARE = 0.1
BORDER_SHARE = 0.2
"""What the residents of a block, and a border of average price that moving it makes, weigh beside a household."""
SOFT_WEIGHT = 4
"""What a household (or its share of residents) outside a bound costs beside one that moves, where bounds can't hold."""


@dataclass(frozen=True, slots=True)
class Change:
    """What may change. home: the grid of each block as it was. start: as it is to be searched around (``home``, or a
    partition found by other means, in which grids may have begun or gone). reach: how many blocks from a grid's border
    in ``start`` another may join it.
    """

    home: Ints
    start: Ints
    reach: int


def fewest_moves(
    problem: Problem, change: Change, *, soft: bool = False, budget: float, below: int | None = None
) -> Ints | None:
    """The labels near ``start`` that hold both bounds with the fewest households not at home, or None.

    ``soft``: bounds may break, at a price. ``budget``: deterministic time. ``below``: only what moves fewer households
    than this is of interest.
    """
    model = _Model(problem, change, soft=soft)
    if below is not None:
        model.add_ceiling(below)
    while budget > 0:
        label, spent = model.solve(budget)
        if label is None:
            return None
        torn = model.torn(label)
        if not torn:
            return label
        budget -= spent
        for part, grid in torn:
            model.keep_whole(part, grid)
    return None


class _Model:
    """The program: x[block, grid] for every block that may change; the others are constants."""

    def __init__(self, problem: Problem, change: Change, *, soft: bool) -> None:
        self.problem, self.change = problem, change
        self.roots = _roots(problem, change.start)
        self.mean_price = max(1e-9, float(problem.price.mean()) if len(problem.price) else 1.0)
        self.model = cp_model.CpModel()
        self.x: dict[tuple[int, int], cp_model.IntVar] = {}
        self.fixed: dict[int, int] = {}
        self._variables(_options(problem, change, self.roots))
        self._bounds(soft)
        self._touching()

    def _variables(self, options: list[list[int]]) -> None:
        for block, grids in enumerate(options):
            if len(grids) == 1:
                self.fixed[block] = grids[0]
                continue
            own = [self.model.new_bool_var("") for _ in grids]
            self.model.add_exactly_one(own)
            for grid, variable in zip(grids, own, strict=True):
                self.x[block, grid] = variable
        for (block, grid), variable in self.x.items():
            self.model.add_hint(variable, int(self.change.start[block] == grid))

    def _bounds(self, soft: bool) -> None:
        problem, rule = self.problem, self.problem.rule
        costs, weights = [], []
        for counts, bounds, unit in (
            (problem.households, rule.households, 1.0),
            (problem.residents, rule.residents, rule.households[1] / rule.residents[1]),
        ):
            for grid in self.roots:
                base = int(sum(counts[b] for b, g in self.fixed.items() if g == grid))
                keys = [key for key in self.x if key[1] == grid]
                load = cp_model.LinearExpr.weighted_sum(
                    [self.x[key] for key in keys], [int(counts[block]) for block, _ in keys]
                )
                low, high = bounds[0] - base, bounds[1] - base
                if not soft:
                    self.model.add_linear_constraint(load, low, high)
                    continue
                most = int(counts.sum()) + bounds[1]
                over, under = (self.model.new_int_var(0, most, "") for _ in range(2))
                self.model.add(load - over <= high)
                self.model.add(load + under >= low)
                costs += [over, under]
                weights += [round(HOUSEHOLD * SOFT_WEIGHT * unit)] * 2
        moved = [key for key in self.x if key[1] != self.change.home[key[0]]]
        self.moved = [self.x[key] for key in moved]
        self.moving = [int(problem.households[block]) for block, _ in moved]
        costs += self.moved
        weights += [self._weight(block, grid) for block, grid in moved]
        self.model.minimize(cp_model.LinearExpr.weighted_sum(costs, weights))

    def _weight(self, block: int, grid: int) -> int:
        """What moving a block costs: its households; beside them its residents and the border that it makes count
        for little, but more than nothing."""
        problem, label = self.problem, self.change.home
        households, residents = problem.totals
        home = label[block]
        longer = 0.0
        for other, price in zip(problem.neighbours[block], problem.prices[block], strict=True):
            longer += price * (int(label[other] == home) - int(label[other] == grid))
        shape = BORDER_SHARE * (1 + longer / self.mean_price)
        small = RESIDENTS_SHARE * households / max(1, residents) * int(problem.residents[block])
        return round(HOUSEHOLD * (int(problem.households[block]) + small + max(0.02, shape)))

    def _term(self, block: int, grid: int) -> cp_model.IntVar | int:
        if block in self.fixed:
            return int(self.fixed[block] == grid)
        return self.x.get((block, grid), 0)

    def _touching(self) -> None:
        """Nobody is alone: a block needs a neighbour in its grid."""
        for block, grid in self.x:
            if self.roots[grid] != block:
                self._need([block], grid)

    def keep_whole(self, part: list[int], grid: int) -> None:
        """Whoever of ``part`` is in ``grid`` needs someone around the part who is too."""
        self._need(part, grid)

    def _need(self, part: list[int], grid: int) -> None:
        inside = set(part)
        around = {n for block in part for n in self.problem.neighbours[block]} - inside
        terms = [self._term(block, grid) for block in sorted(around)]
        if any(isinstance(term, int) and term for term in terms):
            return
        free = [term for term in terms if not isinstance(term, int)]
        for block in part:
            own = self._term(block, grid)
            if not isinstance(own, int):
                self.model.add_bool_or([own.negated(), *free])
            elif own:
                self.model.add_bool_or(free)

    def add_ceiling(self, below: int) -> None:
        """Only solutions that move fewer households than this."""
        home, counts = self.change.home, self.problem.households
        already = int(sum(counts[b] for b, grid in self.fixed.items() if home[b] != grid))
        total = cp_model.LinearExpr.weighted_sum(self.moved, self.moving)
        self.model.add(total + already < below)

    def solve(self, budget: float) -> tuple[Ints | None, float]:
        """The labels of the best solution within the budget, and the deterministic time that it took."""
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 0
        solver.parameters.max_deterministic_time = budget
        status = solver.solve(self.model)
        spent = float(solver.response_proto.deterministic_time)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None, spent
        label = self.change.start.copy()
        for (block, grid), variable in self.x.items():
            if solver.boolean_value(variable):
                label[block] = grid
        return label, max(spent, LEAST_SPENT)

    def torn(self, label: Ints) -> list[tuple[list[int], int]]:
        """Every part of a grid that does not hang together with its root."""
        seen: set[int] = set()
        for grid, root in self.roots.items():
            seen |= _reached(self.problem, label, root, grid)
        found = []
        for block in range(self.problem.size):
            if block not in seen:
                part = _reached(self.problem, label, block, int(label[block]))
                seen |= part
                found.append((sorted(part), int(label[block])))
        return found


def _reached(problem: Problem, label: Ints, start: int, grid: int) -> set[int]:
    seen, stack = {start}, [start]
    while stack:
        for other in problem.neighbours[stack.pop()]:
            if other not in seen and label[other] == grid:
                seen.add(other)
                stack.append(other)
    return seen


def hops(problem: Problem, start: Ints, *, most: int | None = None) -> NDArray[np.int64]:
    """How many borders lie between each block and the nearest of ``start`` (``most`` + 1: farther than that)."""
    far = problem.size if most is None else most
    away = np.full(problem.size, far + 1, dtype=np.int64)
    away[start] = 0
    ring = start.tolist()
    for step in range(1, far + 1):
        new = []
        for block in ring:
            for other in problem.neighbours[block]:
                if away[other] > step:
                    away[other] = step
                    new.append(other)
        ring = new
        if not ring:
            break
    return away


def _roots(problem: Problem, start: Ints) -> dict[int, int]:
    """The block of each grid that never leaves it: the one farthest from other grids, the fullest of those."""
    found = {}
    for grid in np.unique(start).tolist():
        own = np.flatnonzero(start == grid)
        depth = hops(problem, np.flatnonzero(start != grid))[own]
        found[grid] = int(own[np.lexsort((-problem.households[own], -depth))[0]])
    return found


def _options(problem: Problem, change: Change, roots: dict[int, int]) -> list[list[int]]:
    """The grids that each block may be in: those within reach, and where it is and was, while that is there."""
    home, start, most = change.home, change.start, change.reach
    options: list[list[int]] = [[] for _ in range(problem.size)]
    held = {root: grid for grid, root in roots.items()}
    for grid in roots:
        away = hops(problem, np.flatnonzero(start == grid), most=most)
        for block in np.flatnonzero((away <= most) | (home == grid)).tolist():
            if held.get(block, grid) == grid:
                options[block].append(grid)
    return options
