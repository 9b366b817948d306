"""How long an edit of a draft takes, operation by operation, on the demo city: what changes, the numbers, the badges,
what changes hands, and the step that is kept. Medians in milliseconds, without HTTP and database.

    .venv/bin/python -m tests.benchmarks.redraw [--edits 30] [--buildings 400]

First one community of about so many buildings; then the whole city open, an edit in one community after another.
"""

# ruff: noqa: T201

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from data.demo import build_city
from geo.blocks import cut_blocks
from geo.errors import OptionError
from geo.partition.draw import draw_grids
from geo.plans import assemble
from geo.redraw import Draft, Step, apply, open_drafts, redo, undo
from geo.redraw.badges import badges
from geo.redraw.hands import moved
from geo.redraw.numbers import neighbours, numbers

Json = dict[str, object]
TARGETS_MS = {"community": 50.0, "city": 150.0}
DRAWN = ("mend",)
"""What the drawing engine does with a whole community: no edit by hand, and not held to the targets."""


@dataclass(frozen=True, slots=True)
class Timed:
    """Milliseconds of each edit, by operation."""

    ms: dict[str, list[float]]

    def median(self, name: str) -> float:
        """The middle one."""
        return float(np.median(self.ms[name]))


def main() -> None:
    """Open the demo city, edit it, print a line an operation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=30)
    parser.add_argument("--buildings", type=int, default=400)
    options = parser.parse_args()
    drafts = opened()
    one = min(drafts.values(), key=lambda d: abs(len(d.ground.homes.ids) - options.buildings))
    rng = np.random.default_rng(0)
    alone = timed([one], options.edits, rng)
    city = timed(list(drafts.values()), options.edits, rng)
    print(f"one community: {len(one.ground.homes.ids)} buildings, {len(one.blocks)} blocks, "
          f"{len(one.grids)} grids; the city: {len(drafts)} communities, "
          f"{sum(len(d.grids) for d in drafts.values())} grids")  # fmt: skip
    print(f"{'operation':14} {'community':>10} {'city':>10}   median ms (targets "
          f"{TARGETS_MS['community']:.0f}, {TARGETS_MS['city']:.0f}; not for {', '.join(DRAWN)})")  # fmt: skip
    for name in alone.ms:
        print(f"{name:14} {alone.median(name):10.1f} {city.median(name):10.1f}")


def opened() -> dict[str, Draft]:
    """The demo city drawn, and open."""
    city = build_city(1).city
    block_map = cut_blocks(city)
    plan = assemble(block_map, draw_grids(block_map))
    start = time.perf_counter()
    drafts = open_drafts(plan, city)
    for draft in drafts.values():
        badges(draft)
    print(f"opening {len(drafts)} drafts: {time.perf_counter() - start:.2f} s")
    return drafts


def timed(drafts: Sequence[Draft], edits: int, rng: np.random.Generator) -> Timed:
    """Every operation ``edits`` times (those of the engine fewer), each on a draft as it was opened."""
    found: dict[str, list[float]] = {}
    for name, operation in OPERATIONS.items():
        times = found.setdefault(name, [])
        turns = edits if name not in DRAWN else max(3, edits // 10)
        for turn in range(10 * turns):
            draft = drafts[turn % len(drafts)]
            asked = operation(draft, rng)
            start = time.perf_counter()
            try:
                after, step = edited(draft, asked)
            except OptionError:  # a line that parts nothing: nobody waits for it
                continue
            times.append(1e3 * (time.perf_counter() - start))
            if name == "paint":
                for what, back in (("undo", undo), ("redo", redo)):
                    start = time.perf_counter()
                    before, after = after, back(after, step)
                    looked(before, after, step)
                    found.setdefault(what, []).append(1e3 * (time.perf_counter() - start))
            if len(times) == turns:
                break
    return Timed(found)


def edited(draft: Draft, operation: Json) -> tuple[Draft, Step]:
    """One edit and all that its answer tells."""
    after, step = apply(draft, operation)
    looked(draft, after, step)
    return after, step


def looked(before: Draft, after: Draft, step: Step) -> None:
    """What an answer is made of."""
    told = {
        "grids": [one.to_json() for one in numbers(after).values()],
        "badges": [one.to_json() for one in badges(after)],
        "moved": [one.to_json() for one in moved(before, after).homes],
        "step": step.to_json(),
        "shapes": {code: after.wkb(code).hex() for code in step.grids if code in after.grids},
    }
    json.dumps(told)


def _paint(draft: Draft, rng: np.random.Generator) -> Json:
    """A block on a border to the grid on the other side."""
    code, other = _beside(draft, rng)
    edge = draft.shape(other)
    rim = [block.block_id for block in draft.of(code) if block.shape.intersects(edge)]
    return {"op": "paint", "blocks": [str(rng.choice(rim))], "grid": other}


def _brush(draft: Draft, rng: np.random.Generator) -> Json:
    """All blocks along a border."""
    code, other = _beside(draft, rng)
    edge = draft.shape(other)
    rim = [block.block_id for block in draft.of(code) if block.shape.intersects(edge)]
    return {"op": "paint", "blocks": rim, "grid": other}


def _beside(draft: Draft, rng: np.random.Generator) -> tuple[str, str]:
    beside = neighbours(draft)
    code = str(rng.choice([one for one in beside if beside[one]]))
    return code, max(beside[code], key=lambda one: beside[code][one])


def _line(shape: shapely.Geometry, rng: np.random.Generator) -> list[list[float]]:
    """A line drawn by hand through the middle, from outside to outside."""
    west, south, east, north = shape.bounds
    middle = np.array([(west + east) / 2, (south + north) / 2])
    reach = max(east - west, north - south)
    angle = rng.uniform(0, 2 * np.pi)
    along = np.array([np.cos(angle), np.sin(angle)])
    points = [middle + along * reach * t + rng.normal(0, reach / 20, 2) for t in (-1, -0.3, 0.3, 1)]
    return [point.tolist() for point in points]


def _cut(draft: Draft, rng: np.random.Generator) -> Json:
    code = str(rng.choice(list(draft.grids)))
    return {"op": "cut", "grid": code, "line": _line(draft.shape(code), rng)}


def _cut_blocks(draft: Draft, rng: np.random.Generator) -> Json:
    code = str(rng.choice(list(draft.grids)))
    line = _line(draft.shape(code), rng)
    return {"op": "cut_blocks", "blocks": list(draft.members[code]), "line": line}


def _merge(draft: Draft, rng: np.random.Generator) -> Json:
    code, other = _beside(draft, rng)
    return {"op": "merge", "grids": [code, other], "into": other}


def _move_vertex(draft: Draft, rng: np.random.Generator) -> Json:
    rim = {tuple(one) for one in shapely.get_coordinates(draft.ground.outline).tolist()}
    block = draft.blocks[str(rng.choice(list(draft.blocks)))]
    inner = [one for one in shapely.get_coordinates(block.shape).tolist() if tuple(one) not in rim]
    x, y = inner[int(rng.integers(len(inner)))]
    dx, dy = rng.normal(0, 1e-6, 2).tolist()
    return {"op": "move_vertex", "from": [x, y], "to": [x + dx, y + dy]}


def _fact(op: str, **told: object) -> Callable[[Draft, np.random.Generator], Json]:
    return lambda draft, rng: {"op": op, "grid": str(rng.choice(list(draft.grids))), **told}


def _renumber(draft: Draft, rng: np.random.Generator) -> Json:
    code, other = (str(one) for one in rng.choice(list(draft.grids), 2, replace=False))
    return {"op": "renumber", "codes": {code: other, other: code}}


OPERATIONS: dict[str, Callable[[Draft, np.random.Generator], Json]] = {
    "paint": _paint,
    "paint many": _brush,
    "cut": _cut,
    "cut_blocks": _cut_blocks,
    "merge": _merge,
    "move_vertex": _move_vertex,
    "lock": _fact("lock"),
    "rename": _fact("rename", name="新名"),
    "dedicate": _fact("dedicate", reason="园区"),
    "renumber": _renumber,
    "split": _fact("split", n=2),
    "mend": lambda _draft, _rng: {"op": "mend"},
}


if __name__ == "__main__":
    main()
