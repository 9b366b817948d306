"""Drawings whose faults would be more than anybody can look at are refused before they are looked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from shapely.geometry import box
from sqlalchemy import Engine

from api.app import create_app
from data.settings import Settings
from tests.api.blocks_town import fill
from tests.api.test_plan_imports import sends, shapefile, waiting


@pytest.fixture
def client(engine: Engine, db_url: str) -> Iterator[TestClient]:
    """The service on the town of blocks."""
    with engine.begin() as connection:
        fill(connection)
    with TestClient(create_app(Settings(database_url=db_url))) as client:
        yield client


def test_a_heap_of_areas_is_refused_before_each_two_are_compared(
    client: TestClient, engine: Engine, tmp_path: Path
) -> None:
    heap = [box(116.951 + n * 1e-6, 31.041, 116.959, 31.049) for n in range(100)]
    reply = sends(client, shapefile(tmp_path, heap), "堆.zip")
    assert (reply.status_code, reply.json()["title"]) == (422, "import-heap")
    assert waiting(engine) == 0
