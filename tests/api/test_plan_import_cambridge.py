"""A real neighbourhood's plan goes out into files and comes in again: as ours to the last bit, as a CAD drawing the
same grids."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from api.app import create_app
from api.services.drafting import Shelf
from api.services.redrawing import Redrawing
from data.settings import Settings
from data.writers.layers import write_layers
from geo.partition import choose
from tests.api.test_plan_imports import accepts, previewed, sent
from tests.api.test_redraw_cambridge import BALDWIN, neighbourhood
from tests.api.test_redrawing import ROWS
from tests.drawings import dxf, in_metres, ring

STATE_PLANE = "EPSG:26986"


@pytest.fixture
def settings(db_url: str) -> Settings:
    return Settings(database_url=db_url, profile="plain", lang="en")


@pytest.fixture
def client(
    engine: Engine, shared: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TestClient]:
    """The service with the neighbourhood and its plan in force."""
    monkeypatch.setattr(choose, "STARTS", 2)
    monkeypatch.setattr(choose, "ROUNDS", 2)
    neighbourhood(engine, shared / "cambridge" / "cambridge.gpkg")
    with TestClient(create_app(settings)) as client:
        yield client


def rows(engine: Engine, plan: int) -> list[list[Any]]:
    with engine.connect() as connection:
        return [list(map(tuple, connection.execute(text(query), {"id": plan}))) for query in ROWS]


def households(client: TestClient, plan: int) -> dict[str, int]:
    grids = client.get(f"/plans/{plan}/layers").json()["grids"]["features"]
    return {one["id"]: one["properties"]["households"] for one in grids}


def test_out_and_in_again(
    client: TestClient, engine: Engine, settings: Settings, tmp_path: Path
) -> None:
    draft = client.post("/plans", json={"communities": [BALDWIN], "by": "Ann"}).json()["plans"][0][
        "id"
    ]
    plan = Redrawing(engine, Shelf(settings)).layers([draft])
    file = tmp_path / "plan.gpkg"
    write_layers(
        file, {"grids": plan.grids, "blocks": plan.blocks, "communities": plan.communities}
    )
    ours = sent(client, file.read_bytes(), "plan.gpkg")
    assert (ours["chosen"], ours["ready"]) == (["grids"], True)
    back = accepts(client, ours).json()["plans"][0]["id"]
    assert rows(engine, back) == rows(engine, draft)

    shapes = np.asarray(plan.grids.geometry.array)
    assert set(shapely.get_type_id(shapes)) == {3}
    metres = in_metres(list(shapes), STATE_PLANE)
    drawn = dxf(
        polylines=[("GRIDS", ring(one), True) for one in metres],
        texts=[
            ("GRIDS", (one.representative_point().x, one.representative_point().y), code)
            for one, code in zip(metres, plan.grids["code"], strict=True)
        ],
    )
    asked = sent(client, drawn, "plan.dxf")
    assert (asked["needs"], asked["readings"]) == (["datum"], [])  # no zone of China lies there
    told = previewed(client, asked["id"], datum=STATE_PLANE, within_m=0.2)
    assert {one["properties"]["why"] for one in told["grids"]["features"]} == {"file"}
    assert told["ready"], told["remaining"]
    again = accepts(client, told).json()["plans"][0]["id"]
    assert households(client, again) == households(client, draft)
    assert len(client.get(f"/plans/{again}/layers").json()["blocks"]["features"]) > 7 * 5
