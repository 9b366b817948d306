"""How much a grown city moves when its plan is mended, beside drawing it again: both in one run.

    .venv/bin/python -m tests.benchmarks.mend CITY.gpkg … [--seeds 3] [--estates 0 0.2]

Growth by seed: the whole city by 3-8 %, a share of the estates (``--estates``) by 20-40 % more. Moved: households whose
grid changes, grids of the new plan matched with the old ones so that as many as can be stay. ``floor``: what no plan
that holds can do without, by arithmetic: households above a grid's ceiling leave it, and where the counts suit the
number of grids no more, each new grid is filled, and each that goes is left, by as many as a grid has at least.
``--solver SECONDS``: the same floor from a solver that must keep the blocks whole, hold both bounds and let nobody be
without a neighbour in its grid, but not keep grids in one piece: nothing that does moves fewer.
"""

# ruff: noqa: T201

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from ortools.sat.python import cp_model
from scipy.optimize import linear_sum_assignment

from data.readers.city import read_city
from geo.blocks import cut_blocks
from geo.blocks.pieces import holders
from geo.codes import Profile
from geo.crs import metric_crs, project
from geo.model import City, CityPlan, SizeRule
from geo.partition.assignment import State
from geo.partition.draw import draw_grids
from geo.partition.problem import Problem, community_problem
from geo.partition.regroup import broken
from geo.partition.repair import HOLDS
from geo.partition.screen import feasible_counts
from geo.plans import assemble
from geo.redraw import mend_plan
from geo.redraw.standing import block_map_of, stand


def grown(city: City, seed: int, share: float) -> City:
    """The same city some years on."""
    rng = np.random.default_rng(seed)
    buildings = city.buildings
    factor = np.full(len(buildings), rng.uniform(1.03, 1.08))
    names = buildings["community_code"].astype(str) + buildings["estate"].astype("str").fillna("")
    for name in sorted(names[buildings["estate"].notna()].unique()):
        if rng.random() < share:
            factor[(names == name).to_numpy(bool)] *= rng.uniform(1.2, 1.4)
    columns = {}
    for column in ("households", "residents"):
        exact = buildings[column].astype(float).to_numpy() * factor
        columns[column] = np.floor(exact + rng.random(len(exact))).astype(int)
    return replace(city, buildings=buildings.assign(**columns))


def moved_share(city: City, before: CityPlan, after: CityPlan) -> float:
    """The share of households whose grid changed."""
    points = shapely.point_on_surface(np.asarray(city.buildings.geometry.array))
    weight = city.buildings["households"].astype(float).to_numpy()
    old, new = (holders(points, np.asarray(p.grids.geometry.array)) for p in (before, after))
    inside = (old >= 0) & (new >= 0)
    common = np.zeros((len(before.grids), len(after.grids)))
    np.add.at(common, (old[inside], new[inside]), weight[inside])
    stay = common[linear_sum_assignment(common, maximize=True)].sum()
    return float(1 - stay / weight[inside].sum())


def floor_share(city: City, before: CityPlan) -> float:
    """The share of households that must change their grid, whatever the plan."""
    rule = SizeRule()
    points = shapely.point_on_surface(np.asarray(city.buildings.geometry.array))
    grid = holders(points, np.asarray(before.grids.geometry.array))
    households, residents = (
        np.bincount(
            grid[grid >= 0], city.buildings[name].to_numpy(float)[grid >= 0], len(before.grids)
        )
        for name in ("households", "residents")
    )
    must = 0.0
    for rows in before.grids.groupby("community_code").indices.values():
        own, people = households[rows], residents[rows]
        counts = feasible_counts(int(own.sum()), int(people.sum()), rule)
        apart = min((abs(count - len(rows)) for count in counts), default=0)
        above = np.maximum(0, own - rule.households[1]).sum()
        must += max(above, apart * rule.households[0])
    return float(must / households.sum())


def solver_share(city: City, plan: CityPlan, seconds: float) -> float:
    """A floor of the share of households that move while blocks stay whole; ``seconds`` for each community. Those
    in which a block is cut open, or of which no plan holds, count nothing."""
    rule = SizeRule()
    standing = stand(plan, city, rule=rule, profile=Profile.CN)
    everywhere = np.ones(len(standing.blocks), dtype=bool)
    block_map, rows = block_map_of(standing, everywhere)
    grids = standing.blocks["grid_code"].to_numpy(object)[rows]
    must = 0.0
    for index in range(len(block_map.communities)):
        problem = community_problem(block_map, index, rule)
        home = np.unique(grids[problem.blocks].astype(str), return_inverse=True)[1]
        counts = feasible_counts(*problem.totals, rule)
        too_large = (problem.households > rule.households[1]) | (
            problem.residents > rule.residents[1]
        )
        if counts and not too_large.any() and broken(problem, home) > HOLDS:
            now = int(home.max()) + 1
            ways = [abs(one - now) * float(rule.households[0]) for one in counts if one != now]
            if now in counts:
                ways.append(least_kept(problem, home, seconds))
            must += least if np.isfinite(least := min(ways)) else 0.0
    return must / float(block_map.households.sum())


def least_kept(problem: Problem, home: NDArray[np.intp], seconds: float) -> float:
    """What a solver proves that must move where the number of grids stays (infinite: nothing holds then)."""
    model, grids = cp_model.CpModel(), range(int(home.max()) + 1)
    x = [[model.new_bool_var("") for _ in grids] for _ in range(problem.size)]
    for block, own in enumerate(x):
        model.add_exactly_one(own)
        for grid in grids:
            model.add_bool_or([~own[grid], *(x[one][grid] for one in problem.neighbours[block])])
    for grid in grids:
        for load, (low, high) in (
            (problem.households, problem.rule.households),
            (problem.residents, problem.rule.residents),
        ):
            total = cp_model.LinearExpr.weighted_sum([own[grid] for own in x], load.tolist())
            model.add_linear_constraint(total, low, high)
    stays = [own[at] for own, at in zip(x, home.tolist(), strict=True)]
    model.minimize(
        cp_model.LinearExpr.weighted_sum([~one for one in stays], problem.households.tolist())
    )
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = seconds
    if solver.solve(model) == cp_model.INFEASIBLE:
        return float("inf")
    return max(0.0, solver.best_objective_bound)


def compactness(plan: CityPlan) -> float:
    """The mean Polsby-Popper of the grids."""
    west, south, east, north = plan.grids.total_bounds
    crs = metric_crs((west + east) / 2, (south + north) / 2)
    shapes = project(np.asarray(plan.grids.geometry.array), source=plan.grids.crs, target=crs)
    return float(np.mean(4 * np.pi * shapely.area(shapes) / shapely.length(shapes) ** 2))


def drawn(city: City) -> tuple[CityPlan, int]:
    """A plan from scratch, and how many communities hold."""
    block_map = cut_blocks(city)
    assignment = draw_grids(block_map)
    inside = sum(one.state is State.FEASIBLE for one in assignment.results)
    return assemble(block_map, assignment), inside


def main() -> None:
    """Print a line a city and seed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("city", nargs="+", type=Path)
    options.add_argument("--seeds", type=int, default=3)
    options.add_argument("--estates", type=float, nargs="+", default=[0.0, 0.2])
    options.add_argument("--solver", type=float, metavar="SECONDS")
    given = options.parse_args()
    print(
        "city        estates seed  way     moved   floor  seconds (cpu)  communities holding  grids  PP"
    )
    for path in given.city:
        city, _ = read_city(path)
        plan, inside = drawn(city)
        print(f"{path.stem:12}       -   -  before       -       -              - {inside:20} {len(plan.grids):6}"
              f"  {compactness(plan):.3f}")  # fmt: skip
        mend_plan(plan, grown(city, given.seeds, 0.2))  # compiles what is compiled
        for share, seed in product(given.estates, range(given.seeds)):
            today = grown(city, seed, share)
            if given.solver:
                floor = solver_share(today, plan, given.solver)
                print(
                    f"{path.stem:12} {share:7.1f} {seed:3}  floor by solver {floor:.1%}", flush=True
                )
            for way in ("mend", "redraw"):
                wall, cpu = time.perf_counter(), time.process_time()
                if way == "mend":
                    mended = mend_plan(plan, today)
                    after = mended.plan
                    inside = sum(one.state is State.FEASIBLE for one in mended.results)
                else:
                    after, inside = drawn(today)
                wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
                print(
                    f"{path.stem:12} {share:7.1f} {seed:3}  {way:6} {moved_share(today, plan, after):7.1%}"
                    f" {floor_share(today, plan):7.1%}"
                    f" {wall:7.2f} ({cpu:.2f}) {inside:15} {len(after.grids):6}"
                    f"  {compactness(after):.3f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
