"""The least change of all, proved: for communities small enough to look at every way to divide them.

Unlike `fewest_moves` nothing is fixed beforehand: any block may join any grid that was there. A 0-1 program (CP-SAT,
one worker, deterministic time) with separator clauses (Carvajal et al. 2013) where a solution tears a grid; every
clause holds for every plan, so that an optimum in one piece is the optimum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from geo.partition.problem import Problem, components

Ints = NDArray[np.intp]

SMALL = 160
"""Blocks times grids up to which a proof is sought."""
BUDGET = 2.0
LEAST_SPENT = 0.01
"""What a solution counts at least: a search that tears grids again and again must end."""


@dataclass(frozen=True, slots=True)
class Least:
    """label: the best that is known, None where no partition holds both bounds or none was found in time. proved:
    that there is none better, or none."""

    label: Ints | None
    proved: bool


def small(problem: Problem, home: Ints) -> bool:
    """Whether a proof is within reach."""
    return problem.size * (int(home.max(initial=0)) + 1) <= SMALL


def least_moves(problem: Problem, home: Ints, *, budget: float = BUDGET) -> Least:
    """The partition with every grid of ``home`` that holds both bounds with the fewest households away from home.

    Of several it prefers few residents and blocks. ``budget``: deterministic time.
    """
    grids = np.unique(home)
    model = cp_model.CpModel()
    x = [[model.new_bool_var("") for _ in grids] for _ in range(problem.size)]
    for own in x:
        model.add_exactly_one(own)
    for at in range(len(grids)):
        column = [own[at] for own in x]
        model.add_bool_or(column)
        for load, (low, high) in (
            (problem.households, problem.rule.households),
            (problem.residents, problem.rule.residents),
        ):
            total = cp_model.LinearExpr.weighted_sum(column, load.tolist())
            model.add_linear_constraint(total, low, high)
    at_home = np.searchsorted(grids, home).tolist()
    small_change = problem.residents + 1
    weight = problem.households * (int(small_change.sum()) + 1) + small_change
    model.minimize(
        cp_model.LinearExpr.weighted_sum(
            [own[at].negated() for own, at in zip(x, at_home, strict=True)], weight.tolist()
        )
    )
    while budget > 0:
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 0
        solver.parameters.max_deterministic_time = budget
        status = solver.solve(model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Least(None, status == cp_model.INFEASIBLE)
        budget -= max(LEAST_SPENT, float(solver.response_proto.deterministic_time))
        label = np.array([[solver.boolean_value(one) for one in own].index(True) for own in x])
        if not _joined(model, x, problem, label):
            return Least(grids[label], status == cp_model.OPTIMAL)
    return Least(None, proved=False)


def _joined(
    model: cp_model.CpModel, x: list[list[cp_model.IntVar]], problem: Problem, label: Ints
) -> bool:
    """Clauses against every torn grid of a solution: two blocks in different pieces need one of those around the
    smaller piece. Whether there were any."""
    inner = label[problem.pairs[:, 0]] == label[problem.pairs[:, 1]]
    piece = components(problem.size, problem.pairs[inner])
    torn = False
    for grid in np.unique(label).tolist():
        own, count = np.unique(piece[label == grid], return_counts=True)
        main = int(own[int(count.argmax())])
        anchor = int(np.flatnonzero(piece == main)[0])
        for one in own[own != main].tolist():
            torn = True
            members = np.flatnonzero(piece == one).tolist()
            around = {n for block in members for n in problem.neighbours[block]} - {*members}
            ways = [x[n][grid] for n in sorted(around)]
            for block in members:
                model.add_bool_or([x[block][grid].negated(), x[anchor][grid].negated(), *ways])
    return torn
