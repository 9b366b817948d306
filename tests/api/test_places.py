"""The figures of places over HTTP: the same as on the page, and of every part of the city."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from api.app import create_app
from api.services import pages
from data.settings import Settings
from geo import quadkeys
from maps.assets import build_assets
from tests.api import leader
from tests.api.leader import CITY, COMMUNITIES, TOWN


def tile_at(zoom: int) -> str:
    """The tile in which the town begins, as ``z/x/y``."""
    key = quadkeys.keys(np.array([leader.WEST + 0.001]), np.array([leader.SOUTH + 0.001]))
    column, row = quadkeys.square(key >> np.uint64(2 * (quadkeys.ZOOM - zoom)))
    return f"{zoom}/{column[0]}/{row[0]}"


@pytest.fixture
def client(
    engine: Engine, db_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TestClient]:
    """The service on the leader's town; on however busy a machine, it shows what is new at once."""
    build_assets()
    monkeypatch.setattr(pages, "SHARE", 0)
    with engine.begin() as connection:
        leader.fill(connection, now=datetime.now(UTC))
    (tmp_path / "rules.toml").write_text(leader.RULES, "utf-8")
    with TestClient(
        create_app(Settings(database_url=db_url, chain_rules=tmp_path / "rules.toml"))
    ) as client:
        yield client


def page(client: TestClient, path: str = "/") -> dict[str, Any]:
    found = re.search(r'id="wangge-data">(.*?)</script>', client.get(path).text, re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_every_place_has_the_same_figures_on_the_page_and_over_http(client: TestClient) -> None:
    data = page(client)
    rows = {row["code"]: row for row in data["places"]}
    assert len(rows) == 1 + 3 + 3 + 12
    for code, row in rows.items():
        said = client.get("/coverage", params={"under": code}).json()
        pairs = {one["name"]: [one["part"], one["whole"]] for one in said["headlines"]}
        assert pairs == {"horizontal": row["horizontal"], "vertical": row["vertical"]}
        assert (said["grids"], said["inside"], said["counted"]) == (
            row["grids"],
            row["inside"],
            row["counted"],
        )
        assert (said["households"], said["residents"]) == (row["households"], row["residents"])
        assert said["by_kind"] == row["kinds"]
        assert [part["code"] for part in said["parts"]] == [
            other["code"]
            for other in data["places"]
            if other["parent"] == data["places"].index(row)
        ]
        assert (said["chain"]["grids_whole"], said["chain"]["grids"]) == tuple(row["vertical"])
        listed = client.get("/findings", params={"under": code, "limit": 1000}).json()
        assert listed["total"] == said["findings"]["total"] == sum(row["findings"].values())
        houses = client.get(f"/places/{code}/buildings").json()
        assert houses["total"] == len(houses["items"]) == row["horizontal"][1]
    whole = client.get("/coverage").json()
    assert whole == client.get("/coverage", params={"under": CITY}).json()


def test_parts_add_up_and_what_is_not_known_is_null(client: TestClient) -> None:
    said = client.get("/coverage").json()
    parts = {part["code"]: part for part in said["parts"]}
    for n in range(2):
        for side in ("part", "whole"):
            assert said["headlines"][n][side] == sum(
                part["headlines"][n][side] for part in parts.values()
            )
    town = parts[TOWN]
    assert [one["share"] for one in town["headlines"]] == [None, None]
    assert (town["grids"], town["households"], town["residents"]) == (0, None, None)
    # Two houses stand in the town and are recorded in the first community: it answers for them.
    west = client.get("/coverage", params={"under": COMMUNITIES[0]}).json()
    assert west["headlines"][0]["whole"] - west["headlines"][0]["part"] == 2
    assert west["households_outside"] == 14
    assert [place["code"] for place in west["path"]] == [CITY, "340881001", COMMUNITIES[0]]
    assert (
        client.get("/coverage", params={"under": f"{COMMUNITIES[2]}001"}).json()["residents"] == -1
    )


def test_incidents_of_the_page_are_those_of_the_list(client: TestClient) -> None:
    told = page(client)["incidents"]
    assert told["total"] == 600
    cells, position = [], 0
    for step, count in zip(told["cube"]["at"], told["cube"]["count"], strict=True):
        position += step
        rest, matter = divmod(position, len(told["matters"]))
        grid, month = divmod(rest, len(told["months"]))
        cells.append((grid - 1, month, matter, count))
    assert sum(count for *_, count in cells) == 600
    for n, code in enumerate(told["grids"]):
        listed = client.get("/incidents", params={"grid_code": code, "limit": 1000}).json()
        assert len(listed["items"]) == sum(count for grid, _, _, count in cells if grid == n)
    for n, (kind, category) in enumerate(told["matters"]):
        query = {"kind": kind or "", "category": category or "", "limit": 1000}
        listed = client.get("/incidents", params=query).json()
        assert len(listed["items"]) == sum(count for _, _, matter, count in cells if matter == n)


def test_tiles_count_what_filters_want_and_are_kept_by_the_browser(client: TestClient) -> None:
    address = page(client)["remote"]["incidents"]
    tile = address.replace("{z}/{x}/{y}", tile_at(10))
    reply = client.get(tile)
    assert reply.headers["cache-control"] == "private, max-age=86400, immutable"
    assert sum(reply.json()["count"]) == 597
    again = client.get(tile, headers={"if-none-match": reply.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    plain = client.get(
        f"/tiles/incidents/{tile_at(10)}", params={"under": COMMUNITIES[0], "kind": "component"}
    )
    assert plain.headers["cache-control"] == "no-cache"
    query = {"under": COMMUNITIES[0], "kind": "component", "limit": 1000}
    assert (
        sum(plain.json()["count"])
        == len(client.get("/incidents", params=query).json()["items"])
        > 0
    )
    months = page(client)["incidents"]["months"]
    parts = [
        sum(
            client.get(
                f"/tiles/incidents/{tile_at(10)}", params={"first": month, "last": month}
            ).json()["count"]
        )
        for month in months
    ]
    assert sum(parts) == 597
    assert client.get("/tiles/incidents/10/0/0").json()["count"] == []


def test_something_new_gives_the_tiles_a_new_address(client: TestClient) -> None:
    before = page(client)
    client.post("/incidents", json={"source": "热线", "lng": 116.951, "lat": 31.041})
    after = page(client)
    assert after["incidents"]["total"] == before["incidents"]["total"] + 1
    assert after["remote"]["incidents"] != before["remote"]["incidents"]
    assert after["remote"]["buildings"] == before["remote"]["buildings"]


def test_what_takes_long_is_not_read_again_at_once() -> None:
    second = timedelta(seconds=1)
    assert pages.worth(0 * second, cost_s=0.1)
    assert not pages.worth(10 * second, cost_s=1.0)
    assert pages.worth(21 * second, cost_s=1.0)


def test_building_tiles_are_vector_tiles_with_a_memory(client: TestClient) -> None:
    address = page(client)["remote"]["buildings"].replace("{z}/{x}/{y}", tile_at(16))
    reply = client.get(address)
    assert reply.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert "immutable" in reply.headers["cache-control"]
    assert all(
        word in reply.content for word in ("1区1格1号楼".encode(), b"residence", b"outlines")
    )
    assert client.get(address, headers={"if-none-match": reply.headers["etag"]}).status_code == 304
    far = client.get(f"/tiles/buildings/{tile_at(12)}")
    assert b"residence" in far.content
    assert "号楼".encode() not in far.content
    assert client.get("/tiles/buildings/12/0/0").content == b""


def test_who_answers_and_what_is_found(client: TestClient) -> None:
    people = client.get(f"/places/{COMMUNITIES[0]}001/people").json()
    assert [(one["kind"], one["person"], one["line"]) for one in people] == [
        ("A", "江文0", None),
        ("B", "方综0", "综治"),
    ]
    assert client.get(f"/places/{COMMUNITIES[2]}004/people").json()[0]["kind"] == "B"
    hits = client.get("/places", params={"q": "文昌"}).json()
    assert [hit["kind"] for hit in hits[:2]] == ["street", "community"]
    assert hits[2] | {"lng": 0, "lat": 0} == {
        "kind": "building", "code": "B000", "name": "1区1格1号楼", "lng": 0, "lat": 0,
    }  # fmt: skip
    assert client.get("/places", params={"q": "b113"}).json()[0]["code"] == "B113"
    assert client.get("/places", params={"q": "  "}).json() == []


def test_grids_of_another_moment(client: TestClient) -> None:
    now = client.get("/grids", params={"geometry": True, "under": COMMUNITIES[0]}).json()[
        "features"
    ]
    then = client.get(
        "/grids", params={"geometry": True, "under": COMMUNITIES[0], "at": "2025-01-01T00:00:00"}
    ).json()["features"]
    assert [one["id"] for one in now] == [one["id"] for one in then]
    assert now[0]["geometry"] != then[0]["geometry"]
    assert client.get("/grids", params={"at": "1999-01-01"}).json()["features"] == []


@pytest.mark.parametrize(
    ("path", "params", "status", "code"),
    [
        ("/coverage", {"under": "1"}, 404, "place-unknown"),
        ("/findings", {"under": "1"}, 404, "place-unknown"),
        ("/places/1/people", {}, 404, "place-unknown"),
        ("/tiles/incidents/1/0/0", {"under": "1"}, 404, "place-unknown"),
        ("/tiles/incidents/1/0/0", {"first": "2026-03", "last": "2026-02"}, 422, "months-reversed"),
        ("/tiles/incidents/1/0/0", {"first": "2026-13"}, 422, "request-malformed"),
        ("/tiles/buildings/99/0/0", {}, 422, "request-malformed"),
        ("/incidents", {"box": "1,2,3"}, 422, "request-malformed"),
    ],
)
def test_what_is_not_there_is_said(
    client: TestClient, path: str, params: dict[str, str], status: int, code: str
) -> None:
    reply = client.get(path, params=params)
    assert (reply.status_code, reply.json()["title"]) == (status, code)


def test_the_mailed_file_names_nobody_and_no_word_of_an_incident(client: TestClient) -> None:
    reply = client.get("/coverage.html")
    assert "attachment" in reply.headers["content-disposition"]
    for private in ("江文", "方综", "1390000", "工号0", "张三", "农行对面", "路灯不亮"):
        assert private not in reply.text
    data = page(client, "/coverage.html")
    assert data["remote"] is None
    assert data["incidents"]["cube"] is None
