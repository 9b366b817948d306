"""How long a caller's words take to become a card, on the demo city: the search, and the card of what it found first.

    .venv/bin/python -m tests.benchmarks.card [--calls 500]

In one process, without HTTP: what a dispatcher waits for beside the network.
"""

# ruff: noqa: T201

from __future__ import annotations

import argparse
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from sqlalchemy import create_engine, text

from api.services.card import Asked
from api.services.job import run_job
from api.state import State
from data import migrate
from data.settings import Settings
from tests.benchmarks.town import own_cluster


def main() -> None:
    """Make the demo city, ask, and print milliseconds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=500)
    calls = parser.parse_args().calls
    with own_cluster() as cluster:
        print(measured(cluster.url("postgres"), calls))


def measured(url: str, calls: int) -> str:
    """The line that is printed."""
    engine = create_engine(url)
    migrate.upgrade(engine)
    settings = Settings(database_url=url)
    with TemporaryDirectory() as folder:
        run_job(engine, settings, now=datetime.now(UTC), folder=Path(folder))
    with engine.connect() as connection:
        houses = text("SELECT COALESCE(name, address) FROM buildings ORDER BY random() LIMIT :n")
        said = list(connection.scalars(houses, {"n": calls}))
    service = State.open(settings)
    try:
        service.searcher.search(said[0])
        return "\n".join(timed(service, said))
    finally:
        service.close()
        engine.dispose()


def timed(service: State, said: list[str]) -> list[str]:
    """Milliseconds of searches and cards: the middle one, the 95th of a hundred, the longest."""
    search_ms, card_ms = list[float](), list[float]()
    for words in said:
        start = time.perf_counter()
        hit = service.searcher.search(f"{words}2单元").hits[0]
        found = time.perf_counter()
        assert hit.lng is not None
        assert hit.lat is not None
        service.cards.card(
            Asked(hit.lng, hit.lat, radius_m=40, unit="2", building_id=hit.building_id)
        )
        search_ms.append(1000 * (found - start))
        card_ms.append(1000 * (time.perf_counter() - found))
    return [
        f"{name}: {np.median(ms):.1f} ms, 95 of 100 under {np.quantile(ms, 0.95):.1f}, longest {max(ms):.1f}"
        f" ({len(ms)} calls)"
        for name, ms in (("search", search_ms), ("card", card_ms))
    ]


if __name__ == "__main__":
    main()
