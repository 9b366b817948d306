"""What even load, compact grids and borders on lines cost one another (W13-W15), and how far all can be had at once.

    .venv/bin/python -m tests.benchmarks.trade_off CITY.gpkg … [--made 4 --seed 100] [--limit]

First the plans that the engine draws by other weights of evenness : compactness : lines, to the ends where one alone
counts. ``--limit``: each community is drawn by all of those weights and for every number of grids that arithmetic
allows, and the plans are chosen from, with hindsight and by a solver, so that the city's mean Polsby-Popper is greatest
while variation and borders keep their aims: no weights, however they fitted each community, could do better with these
plans. Communities without a plan within bounds are left out there. A city takes minutes.
"""

# ruff: noqa: T201

from __future__ import annotations

import argparse
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from data.readers.city import read_city
from geo.blocks import BlockMap, cut_blocks
from geo.model import City, SizeRule
from geo.partition._energy import tally
from geo.partition.assignment import State
from geo.partition.choose import broken
from geo.partition.draw import draw_grids
from geo.partition.ground import AREA, AROUND, HOUSEHOLDS, community_ground
from geo.partition.problem import community_problem
from geo.partition.repair import HOLDS
from geo.partition.scores import plan_scores
from geo.partition.screen import feasible_counts
from geo.partition.search import BALANCED, Aims, Search, make_cost
from tests.benchmarks.cities import make_city, recipes

Floats = NDArray[np.float64]
RULE = SizeRule()
NEXT_TO_NOTHING = 0.001
ENDS = {
    "compactness alone": Aims(NEXT_TO_NOTHING, 1.3, NEXT_TO_NOTHING),
    "evenness alone": Aims(25, NEXT_TO_NOTHING, NEXT_TO_NOTHING),
    "lines alone": Aims(NEXT_TO_NOTHING, NEXT_TO_NOTHING, 0.6),
    "all but evenness": Aims(NEXT_TO_NOTHING, 1.3, 0.6),
    "all but lines": Aims(25, 1.3, NEXT_TO_NOTHING),
}
BETWEEN = [
    Aims(*one)
    for one in [(60, 1.3, 0.6), (10, 1.3, 0.6), (4, 1.3, 0.6), (25, 1.8, 0.6), (25, 1.3, 1.2), (25, 1.3, 0.25)]
]  # fmt: skip
POOL = [
    BALANCED,
    *BETWEEN,
    *(Aims(*one) for one in [(150, 1.3, 0.6), (60, 1.3, 0.25), (8, 1.3, 1.2), (1, 1.3, 0.6)]),
]
STARTS, ROUNDS = 18, 100
CEILINGS = [
    *((0.05, 0.95, 1.0), (0.05, 0.95, 0.08), (0.05, 0.95, 0.06)),
    *((0.04, 0.92, 1.0), (0.04, 0.92, 0.08), (0.04, 0.92, 0.06)),
    *((0.05, 0.0, 1.0), (0.075, 0.95, 1.0), (1.0, 0.95, 1.0), (1.0, 0.0, 1.0)),
]
"""Of variation in the mean, the least share on lines, and of variation in any community: the aims for roomy and for
tight cities, and what each costs."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One plan of one community: sums over its grids, metres over the borders between them."""

    community: int
    grids: int
    variation: float
    compactness: float
    inner_m: float
    off_m: float


def plans(block_map: BlockMap, community: int) -> Iterator[Drawn]:
    """Those of one community that hold both bounds, by all weights of the pool."""
    problem = community_problem(block_map, community, RULE)
    load = block_map.households[problem.blocks].astype(np.float64)
    ground = community_ground(problem, block_map, load)
    for count in feasible_counts(*problem.totals, RULE):
        for turn, aims in enumerate(POOL):
            cost = make_cost(ground, count, RULE, aims)
            search = Search(ground, count, cost, 1 + turn + len(POOL) * count)
            search.start(STARTS, lambda: False)
            search.improve(ROUNDS, lambda: False)
            if not np.isfinite(search.energy) or broken(problem, search.label, count) > HOLDS:
                continue
            totals = np.zeros((6, count))
            off_m = tally(search.label, ground, totals)
            apart = search.label[ground.tail] != search.label[ground.neighbour]
            yield Drawn(
                community,
                count,
                float(totals[HOUSEHOLDS].std() / totals[HOUSEHOLDS].mean()),
                float((4 * np.pi * totals[AREA] / totals[AROUND] ** 2).sum()),
                float(ground.length_m[apart].sum() / 2),
                float(off_m),
            )


def chosen(pool: list[Drawn], most_uneven: float, least_on_lines: float) -> list[Drawn]:
    """One plan of each community: the mean compactness of all grids is greatest."""
    number, variation, compact, inner, off = (
        np.array([getattr(one, name) for one in pool], dtype=np.float64)
        for name in ("grids", "variation", "compactness", "inner_m", "off_m")
    )
    names, row = np.unique([one.community for one in pool], return_inverse=True)
    once = np.equal.outer(np.arange(len(names)), row).astype(np.float64)
    rules = [
        LinearConstraint(once, 1, 1),
        LinearConstraint(variation / len(names), -np.inf, most_uneven),
        LinearConstraint(off - (1 - least_on_lines) * inner, -np.inf, 0),
    ]
    mean, picked = 0.0, list[Drawn]()
    while True:  # a ratio is greatest where no other choice has more above it (Dinkelbach 1967)
        found = milp(
            mean * number - compact,
            constraints=rules,
            integrality=np.ones(len(pool), np.intp),
            bounds=Bounds(0, 1),
        )
        if found.x is None:
            return picked
        picked = [one for one, x in zip(pool, found.x, strict=True) if x > 0.5]
        better = sum(one.compactness for one in picked) / sum(one.grids for one in picked)
        if better < mean + 1e-4:
            return picked
        mean = better


def limit(block_map: BlockMap) -> None:
    """What can be chosen, under each pair of ceilings."""
    communities = range(len(block_map.communities))
    with ThreadPoolExecutor() as pool:
        found = [
            one
            for some in pool.map(lambda c: list(plans(block_map, c)), communities)
            for one in some
        ]
    print(
        f"  {len(found)} plans of {len({one.community for one in found})} communities to choose from"
    )
    for uneven, on_lines, anywhere in CEILINGS:
        picked = chosen([one for one in found if one.variation <= anywhere], uneven, on_lines)
        asked = f"CV <= {uneven:g} ({anywhere:g}), on lines >= {on_lines:g}"
        if not picked:
            print(f"  {asked:34} none")
            continue
        grids, variation = sum(one.grids for one in picked), [one.variation for one in picked]
        print(
            f"  {asked:34} CV {np.mean(variation):.3f} ({min(variation):.3f}-{max(variation):.3f})"
            f"  PP {sum(one.compactness for one in picked) / grids:.3f}"
            f"  on lines {1 - sum(one.off_m for one in picked) / sum(one.inner_m for one in picked):.3f}"
            f"  grids {grids} of {len(picked)}",
            flush=True,
        )


def measure(title: str, city: City, *, with_limit: bool) -> None:
    """One city's table."""
    block_map = cut_blocks(city)
    print(title)
    between = {f"{one.even:g} : {one.compact:g} : {one.lines:g}": one for one in BETWEEN}
    for name, aims in ({"default": BALANCED} | between | ENDS).items():
        drawn = draw_grids(block_map, aims=aims)
        scores = plan_scores(block_map, drawn.grid)
        inside = sum(one.state is State.FEASIBLE for one in drawn.results)
        print(
            f"  {name:34} CV {scores.evenness:.3f}  PP {scores.compactness:.3f}  on lines {scores.on_lines:.3f}"
            f"  grids {sum(one.grids for one in drawn.results)}  inside {inside}/{len(drawn.results)}",
            flush=True,
        )
    if with_limit:
        limit(block_map)


def main() -> None:
    """Measure the cities that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cities", nargs="*", type=Path)
    parser.add_argument("--made", type=int, default=0)
    parser.add_argument("--seed", type=int, default=100)
    parser.add_argument("--limit", action="store_true")
    options = parser.parse_args()
    for path in options.cities:
        measure(path.name, read_city(path)[0], with_limit=options.limit)
    for recipe in recipes(options.made, seed=options.seed) if options.made else []:
        measure(f"made {recipe.seed}", make_city(recipe), with_limit=options.limit)


if __name__ == "__main__":
    main()
