"""How long an edit takes that a planner waits for: over HTTP, on disk before it is answered, with all that is shown of
it. Medians in milliseconds on the demo city, operation by operation; beside them the engine alone, in one run.

    .venv/bin/python -m tests.benchmarks.redraw_served [--edits 20] [--buildings 400] [--workers 1]

First one community of about so many buildings; then the whole city open, an edit in one community after another.
"""

# ruff: noqa: T201

from __future__ import annotations

import argparse
import http.client
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from sqlalchemy import create_engine

from api.services.job import run_job
from api.state import State
from data import migrate
from data.settings import Settings
from geo.errors import OptionError
from geo.redraw import Draft
from tests.benchmarks.epochs import SERVE
from tests.benchmarks.redraw import DRAWN, OPERATIONS, TARGETS_MS, edited
from tests.benchmarks.town import own_cluster, served

Json = dict[str, Any]


@dataclass(slots=True)
class Desk:
    """A draft as a page sees it: what it can be asked for, and its version."""

    plan: int
    draft: Draft
    version: int


def main() -> None:
    """Make the demo city, serve it, edit it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=20)
    parser.add_argument("--buildings", type=int, default=400)
    parser.add_argument("--workers", default="1")
    options = parser.parse_args()
    with own_cluster() as cluster:
        settings = Settings(database_url=cluster.url())
        _demo_city(settings)
        with served([*SERVE[:-1], options.workers], cluster.url()) as (address, _):
            wire = http.client.HTTPConnection(*address, timeout=60)
            desks = _opened(settings, wire)
            one = min(desks, key=lambda d: abs(len(d.draft.ground.homes.ids) - options.buildings))
            rng = np.random.default_rng(0)
            results = [timed(wire, some, options.edits, rng) for some in ([one], desks)]
    print(f"one community: {len(one.draft.ground.homes.ids)} buildings, {len(one.draft.blocks)} "
          f"blocks; the city: {len(desks)} communities; {options.workers} workers")  # fmt: skip
    print(f"{'operation':14} {'community':>10} {'engine':>8} {'city':>8} {'engine':>8}   median ms "
          f"(targets {TARGETS_MS['community']:.0f}, {TARGETS_MS['city']:.0f})")  # fmt: skip
    for name in results[0]:
        if not all(one[name] for one in results):  # a plan that holds has nothing to mend
            continue
        alone, city = (np.median(one[name], axis=0) for one in results)
        print(f"{name:14} {alone[0]:10.1f} {alone[1]:8.1f} {city[0]:8.1f} {city[1]:8.1f}")


def _demo_city(settings: Settings) -> None:
    engine = create_engine(settings.database_url or "")
    migrate.upgrade(engine)
    with TemporaryDirectory() as folder:
        run_job(engine, settings, now=datetime.now(UTC), folder=Path(folder))
    engine.dispose()


def _opened(settings: Settings, wire: http.client.HTTPConnection) -> list[Desk]:
    """A draft of every community, and what is in it."""
    made = _post(wire, "/plans", {"communities": None})["plans"]
    service = State.open(settings)
    try:
        return [
            Desk(plan["id"], service.redrawing.look(plan["id"]).draft, plan["version"])
            for plan in made
        ]
    finally:
        service.close()


def timed(
    wire: http.client.HTTPConnection,
    desks: Sequence[Desk],
    edits: int,
    rng: np.random.Generator,
) -> dict[str, list[tuple[float, float]]]:
    """Milliseconds over HTTP and of the engine alone, of every operation; each is undone, which is measured too."""
    found: dict[str, list[tuple[float, float]]] = {}
    for name, operation in OPERATIONS.items():
        turns = edits if name not in DRAWN else max(3, edits // 5)
        times = found.setdefault(name, [])
        for turn in range(10 * turns):
            desk = desks[turn % len(desks)]
            asked = operation(desk.draft, rng)
            start = time.perf_counter()
            try:
                _, step = edited(desk.draft, asked)
            except OptionError:
                continue
            engine_ms = 1e3 * (time.perf_counter() - start)
            if step.empty:
                continue
            times.append((_sent(wire, desk, "operations", {"operations": [asked]}), engine_ms))
            found.setdefault("undo", []).append((_sent(wire, desk, "undo", {}), engine_ms))
            if len(times) == turns:
                break
    return found


def _sent(wire: http.client.HTTPConnection, desk: Desk, what: str, body: Json) -> float:
    """Milliseconds until a change was answered."""
    start = time.perf_counter()
    answer = _post(wire, f"/plans/{desk.plan}/{what}", {"version": desk.version, **body})
    ms = 1e3 * (time.perf_counter() - start)
    desk.version = answer["version"]
    return ms


def _post(wire: http.client.HTTPConnection, path: str, body: Mapping[str, Any]) -> Json:
    wire.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
    answer = wire.getresponse()
    text = answer.read()
    if answer.status >= 400:
        raise RuntimeError(f"{path}: {answer.status} {text[:500]!r} {str(body)[:300]}")
    told: Json = json.loads(text)
    return told


if __name__ == "__main__":
    main()
