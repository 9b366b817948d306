"""Two who lock the same incidents lock them in one order, whatever order they have them in."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from uuid import UUID

import pandas as pd
import pytest
from shapely.geometry import Point
from sqlalchemy import Connection, Engine, text

from data.store import grids, handling, incidents, plans
from tests.data.store.conftest import WEST, town_plan
from tests.data.store.test_incidents import row, wait_until_blocked

PATIENCE_S = 20.0


def publication(connection: Connection) -> None:
    """One that moves both incidents, read and written in the order of the table, as many are."""
    for way in ("mergejoin", "nestloop", "indexscan", "bitmapscan"):
        connection.execute(text(f"SET LOCAL enable_{way} = off"))
    drafts = plans.create_drafts(connection, town_plan(cut=0.003), created_by="test")
    assert plans.publish(connection, list(drafts.values()), by="test").moved_incidents == 2


def bulk_import(connection: Connection) -> None:
    """One that brings the places of what waits for them."""
    known = [row(name, point=Point(116.954, 31.045), how="outside") for name in "ba"]
    done = incidents.insert_many(connection, pd.DataFrame(known), epoch=grids.epoch(connection))
    assert done is not None
    assert done.updated == 2


def put(connection: Connection, published: dict[str, int], *, placed: bool) -> list[UUID]:
    """Two incidents that the table has in the opposite order of their ids; these, ascending."""
    ids = sorted(row("")["id"] for _ in range(2))
    place = {"how": "inside", "grid_code": f"{WEST}001", "plan_id": published[WEST]}
    point = {"lng": 116.954, "lat": 31.045, **place} if placed else {}
    for name, number in zip("ba", reversed(ids), strict=True):
        one = row(name, **point) | {"id": number}
        assert incidents.insert(connection, one, epoch=grids.epoch(connection))
    connection.commit()
    return ids


@pytest.mark.parametrize(
    ("work", "placed"), [(publication, True), (bulk_import, False)], ids=["publication", "import"]
)
def test_a_join_under_way_and_a_change_of_many_wait_for_each_other_in_one_direction(
    engine: Engine,
    connection: Connection,
    published: dict[str, int],
    work: Callable[[Connection], None],
    placed: bool,
) -> None:
    """Interleaved: a join has its first row; the other comes and must wait; the join takes its second and commits."""
    first, second = put(connection, published, placed=placed)
    pids: SimpleQueue[int] = SimpleQueue()

    def change_many() -> None:
        with engine.begin() as other:
            pids.put(other.execute(text("SELECT pg_backend_pid()")).scalar_one())
            work(other)

    with ThreadPoolExecutor(1) as pool, engine.begin() as join:
        assert handling.lock(join, first)
        job = pool.submit(change_many)
        wait_until_blocked(connection, pids.get(timeout=PATIENCE_S))
        assert handling.lock(join, second)
        join.commit()
        job.result(PATIENCE_S)
