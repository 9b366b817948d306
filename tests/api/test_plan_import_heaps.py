"""Drawings whose faults would be more than anybody can look at are refused before they are looked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from shapely.geometry import Polygon, box
from sqlalchemy import Engine

from api.app import create_app
from data.settings import Settings
from tests.api.test_plan_imports import sends, sent, shapefile, waiting


@pytest.fixture(scope="module")
def template(town_of_blocks: str) -> str:
    """The town of blocks: each test has a copy."""
    return town_of_blocks


@pytest.fixture
def client(db_url: str) -> Iterator[TestClient]:
    """The service on the town of blocks."""
    with TestClient(create_app(Settings(database_url=db_url))) as client:
        yield client


def test_a_heap_of_areas_is_refused_before_each_two_are_compared(
    client: TestClient, engine: Engine, tmp_path: Path
) -> None:
    heap = [box(116.951 + n * 1e-6, 31.041, 116.959, 31.049) for n in range(100)]
    reply = sends(client, shapefile(tmp_path, heap), "堆.zip")
    assert (reply.status_code, reply.json()["title"]) == (422, "import-heap")
    assert waiting(engine) == 0


def comb(teeth: int, *, turned: bool) -> Polygon:
    """An area of the western community with teeth from side to side."""
    spots = [(0.0, 0.0)]
    for n in range(teeth):
        low, high = (n + 0.25) / teeth, (n + 0.75) / teeth
        spots += [(0.02, low), (1.0, low), (1.0, high), (0.02, high)]
    ring = np.array([*spots, (0.02, 1.0), (0.0, 1.0)])
    return Polygon((ring[:, ::-1] if turned else ring) * 0.009 + [116.9505, 31.0405])


def test_two_combs_across_one_another_are_worked_out_elsewhere_and_given_up(
    engine: Engine, db_url: str, tmp_path: Path
) -> None:
    """A hundred and sixty thousand pieces: two files of a few hundred kilobytes would take gigabytes, and minutes."""
    few, many = (
        shapefile(tmp_path, [comb(teeth, turned=turned) for turned in (False, True)])
        for teeth in (3, 400)
    )
    with TestClient(create_app(Settings(database_url=db_url, reading_s=1))) as client:
        reply = sends(client, many, "梳.zip")
        assert (reply.status_code, reply.json()["title"]) == (422, "import-tangle")
        assert "梳.zip" in reply.json()["detail"]
        assert waiting(engine) == 0
        told = sent(client, few, "疏.zip")
        assert [one["code"] for one in told["findings"]].count("overlap") == 9
