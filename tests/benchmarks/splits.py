"""A grid split into n, as an edit does it (`geo.partition.parting`) beside a whole drawing of the same ground
(`draw_grids`, with repairs and proofs): how many hold the bounds, how good they are, and how long it takes.

    .venv/bin/python -m tests.benchmarks.splits [--seed 1] [--rival]

Every grid of the demo city into 2, 3 and 4; and n grids that touch, merged, into n again, where the community's own
bounds hold. Processor time; without --rival only the edit's.
"""

# ruff: noqa: T201

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.demo import build_city
from geo.blocks import BlockMap, cut_blocks
from geo.model import SizeRule
from geo.partition.choose import broken
from geo.partition.draw import draw_grids
from geo.partition.parting import part_rule, parted
from geo.partition.problem import community_problem, components
from geo.partition.repair import HOLDS
from geo.partition.scores import plan_scores
from geo.plans import assemble
from geo.redraw import Draft, open_drafts
from geo.redraw.blockmap import block_map
from geo.redraw.numbers import neighbours

Ints = NDArray[np.intp]
Way = Callable[[BlockMap, int, SizeRule], Ints]


@dataclass(frozen=True, slots=True)
class Split:
    """What came of one."""

    held: bool
    whole: bool
    cv: float
    compact: float
    on_lines: float
    ms: float


def main() -> None:
    """Split all, print a line for each n and way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of the demo city")
    parser.add_argument("--rival", action="store_true", help="a whole drawing of each, too")
    options = parser.parse_args()
    city = build_city(options.seed).city
    drawn = cut_blocks(city)
    drafts = open_drafts(assemble(drawn, draw_grids(drawn)), city)
    ways: dict[str, Way] = {"edit": _edit} | ({"drawing": _drawing} if options.rival else {})
    for title, kind in (("one grid", _alone), ("n grids merged", _merged)):
        for n in (2, 3, 4):
            maps = [found for draft in drafts.values() for found in kind(draft, n)]
            for name, way in ways.items():
                told(f"{title}, into {n}, {name}", [_split(*one, n, way) for one in maps])


def _edit(ground: BlockMap, n: int, bounds: SizeRule) -> Ints:
    return parted(ground, n, bounds=bounds)


def _drawing(ground: BlockMap, n: int, bounds: SizeRule) -> Ints:
    people = int(ground.households.sum()), int(ground.residents.sum())
    code = str(ground.communities["code"].iloc[0])
    return draw_grids(ground, rule=part_rule(*people, n, bounds), planned={code: n}).grid


def _alone(draft: Draft, n: int) -> Iterator[tuple[BlockMap, SizeRule]]:
    for code in draft.grids:
        blocks = draft.of(code)
        if len(blocks) >= n:
            yield block_map(draft, blocks), draft.ground.bounds


def _merged(draft: Draft, n: int) -> Iterator[tuple[BlockMap, SizeRule]]:
    """From each grid: it and others that touch, one after another the one with the longest border."""
    beside, met = neighbours(draft), set[frozenset[str]]()
    for code in draft.grids:
        group = [code]
        while len(group) < n:
            around = {
                other: metres
                for one in group
                for other, metres in beside[one].items()
                if other not in group
            }
            if not around:
                break
            group.append(max(around, key=lambda one: around[one]))
        if len(group) == n and frozenset(group) not in met:
            met.add(frozenset(group))
            yield (
                block_map(draft, [one for code in group for one in draft.of(code)]),
                draft.ground.bounds,
            )


def _split(ground: BlockMap, bounds: SizeRule, n: int, way: Way) -> Split:
    start = time.process_time()
    label = way(ground, n, bounds)
    ms = 1e3 * (time.process_time() - start)
    rule = part_rule(int(ground.households.sum()), int(ground.residents.sum()), n, bounds)
    problem = community_problem(ground, 0, rule)
    same = label[problem.pairs[:, 0]] == label[problem.pairs[:, 1]]
    pieces = int(components(problem.size, problem.pairs[same]).max()) + 1
    scores = plan_scores(ground, label)
    return Split(
        held=broken(problem, label, n) <= HOLDS,
        whole=pieces == n == len(np.unique(label)),
        cv=scores.evenness,
        compact=scores.compactness,
        on_lines=scores.on_lines,
        ms=ms,
    )


def told(title: str, found: list[Split]) -> None:
    """One line."""
    ms = [one.ms for one in found]
    print(
        f"{title:34} {len(found):4}  whole {np.mean([one.whole for one in found]):.4f}"
        f"  held {np.mean([one.held for one in found]):.4f}"
        f"  CV {np.mean([one.cv for one in found]):.5f}"
        f"  PP {np.mean([one.compact for one in found]):.5f}"
        f"  on lines {np.mean([one.on_lines for one in found]):.5f}"
        f"  ms {np.median(ms):6.1f} p95 {np.percentile(ms, 95):6.1f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
