"""How good drawn plans are: ours beside METIS, GerryChain ReCom and spopt, on the same blocks, in one run.

    .venv/bin/python -m tests.benchmarks.draw [CITY.gpkg …] [--made 8 --seed 100]
                                               [--rivals metis,gerrychain,spopt] [--sweep]

``--made``: as many cities made up by tests.benchmarks.cities, household sizes spread over 1.9-2.7 people (W11).
W9-W12: communities inside both bounds, seconds, faults. W13-W15: the scores of geo.partition.scores. ``--sweep``: what
evenness, compactness and borders on lines cost one another. Rivals come with the group ``rivals``; one that is missing
is said.
"""

# ruff: noqa: T201

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from data.readers.city import read_city
from geo.blocks import BlockMap, cut_blocks
from geo.model import City, SizeRule
from geo.partition.choose import broken
from geo.partition.draw import draw_grids
from geo.partition.problem import Problem, community_problem, components
from geo.partition.repair import HOLDS
from geo.partition.scores import plan_scores
from geo.partition.screen import feasible_counts, nearest_count
from geo.partition.search import Aims
from tests.benchmarks.cities import make_city, recipes

Ints = NDArray[np.intp]
RULE = SizeRule()
METIS_TIMES, RECOM_STEPS = 20, 200
SWEEP = [
    (60, 0.5, 0.25),
    (20, 1, 0.4),
    (25, 1.3, 0.7),
    (20, 1.3, 0.4),
    (10, 1, 0.4),
    (8, 0.8, 2),
    (4, 3, 0.4),
]
"""Weights of evenness, compactness and borders on lines."""


def roomiest(problem: Problem) -> int:
    """The number of grids that every rival is given."""
    counts = feasible_counts(*problem.totals, RULE)
    return min(counts[0] if counts else nearest_count(*problem.totals, RULE), problem.size)


def by_metis(problem: Problem, count: int) -> Ints:
    """METIS, contiguous k-way and recursive in turn, the one of 20 that breaks bounds least."""
    import pymetis

    price = np.rint(problem.price * 10).astype(int).clip(min=1)
    ends = np.concatenate([problem.pairs, problem.pairs[:, ::-1]])
    order = np.argsort(ends[:, 0], kind="stable")
    start = np.searchsorted(ends[order, 0], np.arange(problem.size + 1)).tolist()
    graph = pymetis.CSRAdjacency(start, ends[order, 1].tolist())
    tried = []
    for seed in range(METIS_TIMES):
        options = pymetis.Options(seed=seed + 1, ufactor=20)
        if seed % 2 == 0:
            options.contig = 1
        _, label = pymetis.part_graph(
            count,
            graph,
            vweights=problem.households.tolist(),
            eweights=np.tile(price, 2)[order].tolist(),
            recursive=bool(seed % 2),
            options=options,
        )
        tried.append(np.array(label, dtype=np.intp))
    return min(tried, key=lambda label: broken(problem, label, count))


def by_gerrychain(problem: Problem, count: int) -> Ints:
    """ReCom on households; the plan of the chain that breaks bounds least."""
    import networkx
    from gerrychain import Graph, MarkovChain, Partition, accept, updaters
    from gerrychain.proposals import recom
    from gerrychain.tree import recursive_tree_part

    graph = networkx.Graph(problem.pairs.tolist())
    graph.add_nodes_from(range(problem.size))
    networkx.set_node_attributes(graph, dict(enumerate(problem.households.tolist())), "households")
    target = problem.totals[0] / count
    parts = range(count)
    known = Graph.from_networkx(graph)
    begin = recursive_tree_part(known, parts, target, "households", 0.1)
    tally = {"households": updaters.Tally("households", alias="households")}
    partition = Partition(known, assignment=begin, updaters=tally)

    def step(now: Partition) -> Partition:
        return recom(now, "households", target, 0.1, 1)

    best, least = np.zeros(problem.size, dtype=np.intp), np.inf
    for state in MarkovChain(step, [], accept.always_accept, partition, RECOM_STEPS):
        label = np.array([state.assignment[i] for i in range(problem.size)], dtype=np.intp)
        off = broken(problem, label, count)
        if off < least:
            best, least = label, off
        if least <= HOLDS:
            break
    return best


def by_spopt(problem: Problem, count: int) -> Ints:
    """Max-p regions: a floor of households, as many regions as it can."""
    import geopandas
    import libpysal
    from spopt.region import MaxPHeuristic

    del count
    beside = {i: list(others) for i, others in enumerate(problem.neighbours)}
    points = geopandas.points_from_xy(np.arange(problem.size), np.zeros(problem.size))
    frame = geopandas.GeoDataFrame({"households": problem.households}, geometry=points)
    model = MaxPHeuristic(
        frame, libpysal.weights.W(beside), ["households"], "households",
        RULE.households[0], top_n=2, max_iterations_construction=9,
    )  # fmt: skip
    model.solve()
    return np.unique(np.asarray(model.labels_), return_inverse=True)[1].astype(np.intp)


RIVALS: dict[str, tuple[str, Callable[[Problem, int], Ints]]] = {
    "metis": ("pymetis", by_metis),
    "gerrychain": ("gerrychain", by_gerrychain),
    "spopt": ("spopt", by_spopt),
}


def faults(block_map: BlockMap, problems: list[Problem], grid: Ints) -> tuple[int, int, int]:
    """Communities inside both bounds, grids in more than one piece, estates cut that fit a grid."""
    inside, torn, cut = 0, 0, 0
    for problem in problems:
        label = np.unique(grid[problem.blocks], return_inverse=True)[1]
        count = int(label.max()) + 1
        same = problem.pairs[label[problem.pairs[:, 0]] == label[problem.pairs[:, 1]]]
        pieces = len(np.unique(components(problem.size, same)))
        torn += pieces - count
        inside += broken(problem, label, count) <= HOLDS and pieces == count
        names = block_map.estate[problem.blocks]
        for name in {one for one in names if one is not None}:
            own = names == name
            fits = (
                problem.households[own].sum() <= RULE.households[1]
                and problem.residents[own].sum() <= RULE.residents[1]
            )
            cut += bool(fits and len(np.unique(label[own])) > 1)
    return inside, torn, cut


def untiled(block_map: BlockMap, grid: Ints) -> int:
    """Grids that overlap another, and communities of which grids leave something out: counted from the shapes."""
    shapes, owner = list[BaseGeometry](), list[int]()
    for community, number in np.unique(np.column_stack([block_map.community, grid]), axis=0):
        mine = (block_map.community == community) & (grid == number)
        shapes.append(shapely.union_all(block_map.geometry[mine]))
        owner.append(int(community))
    one, other = shapely.STRtree(shapes).query(shapes, predicate="overlaps")
    whole = [
        shapely.union_all([s for s, o in zip(shapes, owner, strict=True) if o == community])
        for community in range(len(block_map.communities))
    ]
    left = shapely.area(shapely.difference(block_map.communities.geometry.to_numpy(), whole))
    return int((one < other).sum() + (left > 0).sum())


def row(name: str, block_map: BlockMap, problems: list[Problem], grid: Ints, spent: float) -> None:
    """Print the figures of one plan."""
    inside, torn, cut = faults(block_map, problems, grid)
    scores = plan_scores(block_map, grid)
    print(
        f"  {name:22} inside {inside:2}/{len(problems)}  {spent:6.1f} s  torn {torn:2}  estates cut {cut:2}"
        f"  gaps and overlaps {untiled(block_map, grid)}"
        f"  CV {scores.evenness:.3f}  PP {scores.compactness:.3f}  on lines {scores.on_lines:.3f}"
    )


def measure(title: str, city: City, rivals: list[str], *, sweep: bool) -> None:
    """One city's table."""
    start = time.perf_counter()
    block_map = cut_blocks(city)
    print(f"{title}: {len(block_map.geometry)} blocks cut in {time.perf_counter() - start:.1f} s")
    problems = [community_problem(block_map, i, RULE) for i in range(len(block_map.communities))]
    draw_grids(block_map, cancelled=lambda: True)  # loads or compiles the kernels
    for even, compact, lines in [(None, None, None), *(SWEEP if sweep else [])]:
        start = time.perf_counter()
        aims = Aims() if even is None else Aims(even, compact, lines)
        grid = draw_grids(block_map, aims=aims).grid
        name = "ours" if even is None else f"ours {even:g} {compact:g} {lines:g}"
        row(name, block_map, problems, grid, time.perf_counter() - start)
    for rival in rivals:
        package, run = RIVALS[rival]
        if find_spec(package) is None:
            print(f"  {rival}: not installed (pip install -e '.[rivals]')")
            continue
        start, failed = time.perf_counter(), 0
        grid = np.zeros(len(block_map.geometry), dtype=np.intp)
        for problem in problems:
            count = roomiest(problem)
            try:
                grid[problem.blocks] = run(problem, count) if count > 1 else 0
            except (RuntimeError, ValueError, KeyError) as error:
                failed += 1
                print(f"  {rival} gave up on {problem.code}: {str(error)[:80]}")
        spent = time.perf_counter() - start
        row(f"{rival} ({failed} failed)" if failed else rival, block_map, problems, grid, spent)


def main() -> None:
    """Measure the cities that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cities", nargs="*", type=Path)
    parser.add_argument("--made", type=int, default=0)
    parser.add_argument("--seed", type=int, default=100)
    parser.add_argument("--rivals", default=",".join(RIVALS))
    parser.add_argument("--sweep", action="store_true")
    options = parser.parse_args()
    rivals = [one for one in options.rivals.split(",") if one]
    for path in options.cities:
        measure(path.name, read_city(path)[0], rivals, sweep=options.sweep)
    for recipe in recipes(options.made, seed=options.seed) if options.made else []:
        room = "tight" if recipe.tight else "roomy"
        title = f"made {recipe.seed} ({recipe.people} people, {room}, river {recipe.river})"
        measure(title, make_city(recipe), rivals, sweep=options.sweep)


if __name__ == "__main__":
    main()
