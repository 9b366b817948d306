"""The exact engine: grids around given blocks, within both bounds and in one piece; found, or proved not to exist.

OR-tools' CP-SAT with one worker and deterministic time: the same question gets the same answer. Contiguity comes as
cuts: where a solution leaves a piece of a grid apart, some block that parts it from its anchor must join it (the
separator inequalities of Carvajal et al. 2013, as clauses). Every cut holds for every plan: "none" is a proof.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from geo.partition.problem import Problem
from geo.partition.reach import border, enclosed, load_of, pieces, reach, separator
from geo.partition.screen import feasible_counts

Ints = NDArray[np.intp]

ELSEWHERE = -1
ROUNDS = 400
"""How often cuts are added before the question stays open."""


class Answer(StrEnum):
    """Found, proved that there is none, or still open when the effort was spent."""

    FOUND = "found"
    NONE = "none"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Question:
    """Which grids must be there at once.

    anchors: one block each of as many different grids. free: more grids, wherever they are. rest: whether blocks may
    stay outside all of these (then the answer is only about these grids and whether what is left could be divided by
    arithmetic). count: how many grids the whole community gets; None: any number. even: of all answers the one
    whose largest deviation from the mean is least.
    """

    anchors: tuple[int, ...]
    free: int = 0
    rest: bool = False
    count: int | None = None
    even: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """label: the grid of each block (ELSEWHERE: none of these), where found. effort: deterministic time spent.

    best: whether it is proved that nothing is more even.
    """

    answer: Answer
    label: Ints | None = None
    effort: float = 0.0
    best: bool = False


def place(
    problem: Problem,
    question: Question,
    *,
    effort: float,
    hint: Ints | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Placed:
    """Answer a question within so much deterministic time (a unit is about a second)."""
    model = _Model(problem, question)
    spent = 0.0
    for _ in range(ROUNDS):
        if cancelled() or spent >= effort:
            break
        model.suggest(hint)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 0
        # Small models, solved often: presolving took four fifths of the time.
        solver.parameters.cp_model_presolve = False
        solver.parameters.max_deterministic_time = effort - spent
        status = solver.solve(model.cp)
        spent += solver.response_proto.deterministic_time
        if status == cp_model.INFEASIBLE:
            return Placed(Answer.NONE, effort=spent)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            break
        hint = model.labels(solver)
        if not model.cut(hint):
            best = question.even and status == cp_model.OPTIMAL
            return Placed(Answer.FOUND, hint, spent, best)
    return Placed(Answer.OPEN, effort=spent)


class _Model:
    """A question as a CP-SAT model that grows by cuts. ``inside[g][i]``: block i is in grid g."""

    def __init__(self, problem: Problem, question: Question) -> None:
        self.problem, self.question = problem, question
        self.cp = cp_model.CpModel()
        self.grids = len(question.anchors) + question.free
        self.enclosed = enclosed(problem, question.anchors)
        self.inside: list[dict[int, cp_model.IntVar]] = []
        self.outside: dict[int, cp_model.IntVar] = {}
        for grid in range(self.grids):
            blocks = sorted(self._domain(grid))
            self.inside.append({block: self.cp.new_bool_var("") for block in blocks})
        self._one_each()
        for grid in range(self.grids):
            self._bound(grid)
        if question.rest and question.count is not None:
            self._bound_rest(question.count - self.grids)
        if question.even:
            self._even()

    def _home(self, grid: int) -> int | None:
        anchors = self.question.anchors
        return anchors[grid] if grid < len(anchors) else None

    def _domain(self, grid: int) -> frozenset[int]:
        home, anchors = self._home(grid), set(self.question.anchors)
        if home is None:
            return frozenset(range(self.problem.size)) - anchors - self.enclosed
        return reach(self.problem, home, barred=anchors - {home})

    def _one_each(self) -> None:
        for block in range(self.problem.size):
            options = [one[block] for one in self.inside if block in one]
            own = block in self.enclosed
            if self.question.rest and options and not own:
                self.outside[block] = self.cp.new_bool_var("")
                options.append(self.outside[block])
            if options or own or not self.question.rest:
                self.cp.add_exactly_one(options)

    def _sum(self, grid: int, load: NDArray[np.int64]) -> cp_model.LinearExprT:
        blocks = self.inside[grid]
        return cp_model.LinearExpr.weighted_sum(
            list(blocks.values()), [int(load[block]) for block in blocks]
        )

    def _bound(self, grid: int) -> None:
        problem, blocks, home = self.problem, self.inside[grid], self._home(grid)
        for load, (low, high) in self._loads():
            self.cp.add_linear_constraint(self._sum(grid, load), low, high)
        if home is None:
            self.cp.add_bool_or(list(blocks.values()))
            if grid > len(self.question.anchors):
                load = problem.households + problem.residents
                self.cp.add(self._sum(grid - 1, load) <= self._sum(grid, load))
        elif home in blocks:
            self.cp.add(blocks[home] == 1)
        else:
            self.cp.add_bool_or([])
        for block, literal in blocks.items():
            if block != home and (home is not None or self._too_small(block)):
                beside = [blocks[one] for one in problem.neighbours[block] if one in blocks]
                self.cp.add_bool_or([*beside, ~literal])

    def _loads(self) -> Iterator[tuple[NDArray[np.int64], tuple[int, int]]]:
        yield self.problem.households, self.problem.rule.households
        yield self.problem.residents, self.problem.rule.residents

    def _too_small(self, block: int) -> bool:
        return any(load[block] < low for load, (low, _) in self._loads())

    def _bound_rest(self, left: int) -> None:
        for load, (low, high) in self._loads():
            total = int(load.sum())
            every = cp_model.LinearExpr.sum([self._sum(grid, load) for grid in range(self.grids)])
            self.cp.add_linear_constraint(every, total - left * high, total - left * low)

    def _even(self) -> None:
        """The largest deviation from the mean, of both counts in one measure, is to be least."""
        totals = [max(1, total) for total in self.problem.totals]
        worst = self.cp.new_int_var(0, self.grids * totals[0] * totals[1], "")
        for (load, _), other in zip(self._loads(), reversed(totals), strict=True):
            total = int(load.sum())
            for grid in range(self.grids if total else 0):
                off = (self._sum(grid, load) * self.grids - total) * other
                self.cp.add(off <= worst)
                self.cp.add(off >= -worst)
        self.cp.minimize(worst)

    def suggest(self, label: Ints | None) -> None:
        """Start the next search from a labelling."""
        if label is not None:
            self.cp.clear_hints()  # type: ignore[no-untyped-call]
            for grid, blocks in enumerate(self.inside):
                for block, literal in blocks.items():
                    self.cp.add_hint(literal, bool(label[block] == grid))

    def labels(self, solver: cp_model.CpSolver) -> Ints:
        """The labelling of a solution."""
        label = np.full(self.problem.size, ELSEWHERE, dtype=np.intp)
        for grid, blocks in enumerate(self.inside):
            label[[block for block, one in blocks.items() if solver.boolean_value(one)]] = grid
        return label

    def cut(self, label: Ints) -> bool:
        """Forbid what is wrong with a labelling; False where nothing is."""
        wrong = False
        for grid in range(self.grids):
            apart = pieces(self.problem, np.flatnonzero(label == grid).tolist())
            home = self._home(grid)
            if home is None:
                home = max(apart, key=lambda piece: (sum(load_of(self.problem, piece)), piece))[0]
            for piece in apart:
                if home not in piece:
                    self._join(grid, piece, home)
                    wrong = True
        if self.question.rest:
            for piece in pieces(self.problem, np.flatnonzero(label == ELSEWHERE).tolist()):
                wrong |= self._strand(piece)
        return wrong

    def _join(self, grid: int, piece: list[int], home: int) -> None:
        """Each block of a piece apart needs one of the separator to be in a grid with ``home``."""
        free = range(len(self.question.anchors), self.grids)
        for one in [grid] if grid < len(self.question.anchors) else free:
            blocks = self.inside[one]
            gate = separator(self.problem, piece, home, blocks.keys())
            join: list[cp_model.LiteralT] = [blocks[block] for block in sorted(gate)]
            if one in free:
                join.append(~blocks[home])
            for block in piece:
                self.cp.add_bool_or([*join, ~blocks[block]])

    def _strand(self, piece: list[int]) -> bool:
        """Forbid that these blocks are cut off, where arithmetic says that they hold no number of grids."""
        rule = self.problem.rule
        households, residents = load_of(self.problem, piece)
        if feasible_counts(households, residents, rule):
            return False
        around = sorted(border(self.problem, piece))
        gate = [self.outside[block] for block in around if block in self.outside]
        taken = [~self.outside[block] for block in piece if block in self.outside]
        if households >= rule.households[0] and residents >= rule.residents[0]:
            self.cp.add_bool_or([*gate, *taken])
        elif len(taken) < len(piece):
            # Too small, and so is any part of it; some of it no grid here can take.
            self.cp.add_bool_or(gate)
        else:
            for literal in taken:
                self.cp.add_bool_or([*gate, literal])
        return True
