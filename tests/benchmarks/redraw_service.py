"""How long an edit of a draft takes over HTTP, stored and answered, on the demo city of the configured database (./run
makes it). Medians in milliseconds; the drafts are thrown away at the end.

    .venv/bin/python -m tests.benchmarks.redraw_service [--edits 40] [--buildings 400]

First one community of about so many buildings; then the whole city open, an edit in one community after another.
"""

# ruff: noqa: T201

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
import numpy as np
from shapely.geometry import shape

from data.settings import Settings
from tests.serving import served

Json = dict[str, Any]
BY = "benchmark"


class Editor:
    """One draft, edited over HTTP."""

    def __init__(self, client: httpx.Client, head: Json) -> None:
        self.client, self.plan, self.version = client, head["id"], head["version"]
        layers = client.get(f"/plans/{self.plan}/layers").json()
        self.buildings = len(layers["buildings"]["features"])
        self.grid = {
            one["id"]: one["properties"]["grid_code"] for one in layers["blocks"]["features"]
        }
        self.shape = {one["id"]: shape(one["geometry"]) for one in layers["grids"]["features"]}
        self.beside: Mapping[str, list[str]] = {
            one["id"]: list(one["properties"]["neighbours"]) for one in layers["grids"]["features"]
        }

    def paint(self, rng: np.random.Generator) -> float:
        """One block to a grid beside its own; milliseconds."""
        block = str(rng.choice(sorted(self.grid)))
        beside = self.beside.get(self.grid[block]) or sorted(self.beside)
        operation = {"op": "paint", "blocks": [block], "grid": str(rng.choice(beside))}
        return self.ask("operations", operations=[operation])

    def merge(self, rng: np.random.Generator) -> float:
        """A grid and one beside it made one; milliseconds."""
        grid = str(rng.choice(sorted(one for one, beside in self.beside.items() if beside)))
        both = [grid, str(rng.choice(self.beside[grid]))]
        return self.ask("operations", operations=[{"op": "merge", "grids": both, "into": grid}])

    def cut(self, rng: np.random.Generator) -> float:
        """A grid cut from west to east through its middle; milliseconds."""
        grid = str(rng.choice(sorted(self.shape)))
        west, _, east, _ = self.shape[grid].bounds
        y = self.shape[grid].representative_point().y
        line = [[west - 2e-4, y], [east + 2e-4, y]]
        return self.ask("operations", operations=[{"op": "cut", "grid": grid, "line": line}])

    def split(self, rng: np.random.Generator) -> float:
        """A grid split in two by the engine; milliseconds."""
        grids = sorted(one for one in self.shape if list(self.grid.values()).count(one) > 1)
        operation = {"op": "split", "grid": str(rng.choice(grids)), "n": 2}
        return self.ask("operations", operations=[operation])

    def ask(self, what: str, **said: Any) -> float:
        """Milliseconds until the answer is there."""
        body = {"version": self.version, "by": BY, **said}
        began = time.perf_counter()
        reply = self.client.post(f"/plans/{self.plan}/{what}", json=body)
        taken_ms = 1000 * (time.perf_counter() - began)
        reply.raise_for_status()
        self.version = reply.json()["version"]
        for one in reply.json()["blocks"]:
            self.grid[one["id"]] = one["properties"]["grid_code"]
        return taken_ms


def main() -> None:
    """Edit, print, throw away."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=40)
    parser.add_argument("--buildings", type=int, default=400)
    options = parser.parse_args()
    settings = Settings()
    with served(settings) as address, httpx.Client(base_url=address, timeout=120) as client:
        made = client.post("/plans", json={"by": BY})
        assert made.status_code == 200, made.text
        heads = made.json()["plans"]
        try:
            editors = [Editor(client, head) for head in heads]
            one = min(editors, key=lambda editor: abs(editor.buildings - options.buildings))
            rng = np.random.default_rng(0)
            timed([one], 5, rng)
            told(f"one community, {one.buildings} buildings", timed([one], options.edits, rng))
            told(f"the city open, {len(editors)} drafts", timed(editors, options.edits, rng))
        finally:
            for head in heads:
                client.delete(f"/plans/{head['id']}", params={"by": BY})


def timed(
    editors: Sequence[Editor], edits: int, rng: np.random.Generator
) -> dict[str, list[float]]:
    """Paint, undo and redo, and a merge, a cut and a split, undone too, in one draft after another."""
    names = ("paint", "undo", "redo", "merge", "cut", "split")
    found: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(edits):
        editor = editors[turn % len(editors)]
        undo = editor.version
        found["paint"].append(editor.paint(rng))
        if editor.version > undo:
            found["undo"].append(editor.ask("undo"))
            found["redo"].append(editor.ask("redo"))
            editor.ask("undo")
        for name, edit in (("merge", editor.merge), ("cut", editor.cut), ("split", editor.split)):
            before = dict(editor.grid)
            found[name].append(edit(rng))
            editor.ask("undo")
            editor.grid = before  # without what a cut made
    return found


def told(title: str, found: Mapping[str, Sequence[float]]) -> None:
    """A line each: median and 95th percentile."""
    print(title)
    for name, ms in found.items():
        print(
            f"  {name:6} {np.median(ms):6.1f} ms  p95 {np.percentile(ms, 95):6.1f} ms  n {len(ms)}"
        )


if __name__ == "__main__":
    main()
