"""How long a publication makes whoever reports an incident wait, by how many incidents are open.

    .venv/bin/python -m tests.benchmarks.publishing [--open 313000]

One community of 165 grids is published again and again while one after another reports; the longest report is the time
that plan_epoch was held. Beside it a publication that moves nothing: the same grids, only the plan is another.
"""

# ruff: noqa: T201

from __future__ import annotations

import argparse
import threading
import time

import numpy as np
import shapely
import shapely.affinity
from numpy.typing import NDArray
from sqlalchemy import Engine, create_engine, text

from api.services.actor import Actor, Role
from api.services.incidents import Report, report
from api.services.locating import LocatorCache
from data.store import plans
from tests.benchmarks import tilings
from tests.benchmarks.town import GRIDS, VERTICES, city_plan, filled, own_cluster

CLERK = Actor("bench", Role.DISPATCHER)
FILL = """
    INSERT INTO incidents (id, source, source_id, how, reported_at, point)
    SELECT gen_random_uuid(), 'bench', n::text, 'outside', clock_timestamp(),
        ST_SetSRID(ST_Point(:west + random() * :size, :south + random() * :size), 4490)
    FROM generate_series(1, :open) n"""


def publish(engine: Engine, shapes: NDArray[np.object_]) -> tuple[float, int]:
    """Put a plan with these grids in force: in how many seconds, and how many incidents changed hands."""
    with engine.begin() as connection:
        made = plans.create_drafts(connection, city_plan(shapes), created_by="bench")
    start = time.perf_counter()
    with engine.begin() as connection:
        moved = plans.publish(connection, made.values(), by="bench").moved_incidents
    return time.perf_counter() - start, moved


def longest_report(engine: Engine, stop: threading.Event, waits: list[float]) -> None:
    """Report until ``stop``; how long each took."""
    cache = LocatorCache(engine)
    while not stop.is_set():
        start = time.perf_counter()
        report(
            engine, cache, CLERK, Report("desk", lng=tilings.WEST + 0.1, lat=tilings.SOUTH + 0.1)
        )
        waits.append(time.perf_counter() - start)


def measured(engine: Engine, shapes: NDArray[np.object_]) -> str:
    """One publication beside reports."""
    waits, stop = list[float](), threading.Event()
    thread = threading.Thread(target=longest_report, args=(engine, stop, waits))
    thread.start()
    time.sleep(1)
    took, moved = publish(engine, shapes)
    stop.set()
    thread.join()
    return f"{took:6.2f} s in all, {moved:7d} changed hands, reports waited {max(waits):6.2f} s"


def main() -> None:
    """Fill, and publish: the same grids again, and others."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--open", type=int, default=313_000)
    options = parser.parse_args()
    shapes = tilings.tiling(GRIDS, VERTICES)
    turned = shapely.affinity.rotate(shapely.GeometryCollection(list(shapes)), 180)
    with own_cluster() as cluster:
        url = cluster.url()
        filled(url)
        engine = create_engine(url)
        area = {"west": tilings.WEST, "south": tilings.SOUTH, "size": tilings.SIZE}
        with engine.begin() as connection:
            connection.execute(text(FILL), {"open": options.open, **area})
        publish(engine, shapes)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE incidents"))
        print(f"{options.open} open incidents")
        for what, grids in (("same grids", shapes), ("turned round", np.array(turned.geoms))):
            print(f"{what:14}{measured(engine, grids)}")


if __name__ == "__main__":
    main()
