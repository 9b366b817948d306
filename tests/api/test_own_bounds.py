"""Bounds of an installation and of single communities: one truth for drawing, redrawing and publishing."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from api.app import create_app
from api.services.imports import run
from api.services.imports.result import Imported, Options
from data.bounds import usual_rule
from data.intake import State
from data.settings import Settings
from geo.model import SizeRule
from tests.api.new_town import PLANNER, import_town
from tests.api.test_first_plan import drawn
from tests.data.store.conftest import EAST, WEST, town

OWN = {"户数下限": 100, "户数上限": 160, "人口下限": 200, "人口上限": 400}


def import_regions(engine: Engine, file: Path, **columns: list[Any]) -> Imported:
    """The two communities with more columns."""
    layer = town()
    codes = layer["code"].tolist()
    for name, (west, east) in columns.items():
        layer[name] = [{WEST: west, EAST: east}.get(code) for code in codes]
    layer.to_file(file, layer="regions", driver="GPKG")
    return run(engine, "regions", str(file), Options(actor=PLANNER, zone=ZoneInfo("Asia/Shanghai")))


def households(layer: dict[str, Any]) -> list[int]:
    return [one["properties"]["households"] for one in layer["grids"]["features"]]


def test_a_community_of_its_own_bounds_is_drawn_and_judged_by_them(
    db_url: str, engine: Engine, tmp_path: Path
) -> None:
    import_town(engine, tmp_path)
    import_regions(
        engine, tmp_path / "own.gpkg", **{name: [value, None] for name, value in OWN.items()}
    )
    import_regions(engine, tmp_path / "without.gpkg")  # a file that does not tell leaves them
    with TestClient(create_app(Settings(database_url=db_url))) as client:
        heads = drawn(client)
        west, east = (client.get(f"/plans/{one['id']}/layers").json() for one in heads)
        assert all(100 <= one <= 160 for one in households(west))
        assert all(300 <= one <= 500 for one in households(east))
        assert not [
            one for one in (*west["badges"], *east["badges"]) if one["code"].startswith("size")
        ]
        wanted = [{"id": one["id"], "version": one["version"]} for one in heads]
        done = client.post("/plans/publish", json={"plans": wanted, "by": "张三"})
        assert done.status_code == 200, done.json()
        codes = [one["code"] for one in client.get("/findings").json()["items"]]
        assert not [code for code in codes if code.startswith("size")]
        merge = {"op": "merge", "grids": sorted(grid(west))[:2], "into": sorted(grid(west))[0]}
        (copy,) = client.post("/plans", json={"communities": [WEST], "by": "张三"}).json()["plans"]
        edit = {"version": copy["version"], "by": "张三", "operations": [merge]}
        answer = client.post(f"/plans/{copy['id']}/operations", json=edit).json()
        assert "size-households" in {one["code"] for one in answer["badges"]}


def grid(layer: dict[str, Any]) -> list[str]:
    return [one["properties"]["code"] for one in layer["grids"]["features"]]


def test_the_bounds_of_an_installation_hold_everywhere(
    db_url: str, engine: Engine, tmp_path: Path
) -> None:
    import_town(engine, tmp_path)
    own = Settings(database_url=db_url, households="100-160", residents="200-400")
    with TestClient(create_app(own)) as client:
        heads = drawn(client)
        layers = [client.get(f"/plans/{one['id']}/layers").json() for one in heads]
        assert all(100 <= one <= 160 for layer in layers for one in households(layer))
        assert not [
            one for layer in layers for one in layer["badges"] if one["code"].startswith("size")
        ]
    with TestClient(create_app(Settings(database_url=db_url))) as client:  # the same by others
        layer = client.get(f"/plans/{heads[0]['id']}/layers").json()
        assert "size-households" in {one["code"] for one in layer["badges"]}


def test_a_least_above_its_most_is_refused_by_row(engine: Engine, tmp_path: Path) -> None:
    done = import_regions(engine, tmp_path / "own.gpkg", 户数下限=[400, 100], 户数上限=[300, 200])
    assert (done.counts["good"], done.counts[State.REFUSED.value]) == (len(town()) - 1, 1)
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT code, households_min FROM regions ORDER BY code"))
        told = {row.code: row.households_min for row in kept}
    assert WEST not in told
    assert told[EAST] == 100


@pytest.mark.parametrize("said", ["300", "500-300", "0-0", "a-b", "-5-3"])
def test_bounds_that_are_none_are_refused(said: str) -> None:
    with pytest.raises(ValueError, match="300-500"):
        Settings(households=said)


def test_the_usual_bounds_are_those_of_the_settings() -> None:
    assert usual_rule(Settings()) == SizeRule()
    assert usual_rule(Settings(households="1-2")) == SizeRule((1, 2), (600, 1000))
