"""Plans drawn elsewhere over HTTP: handed over, looked at, said more of, accepted as drafts; nothing before that."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Thread
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from fastapi.testclient import TestClient
from httpx import Response
from shapely.geometry import Polygon, box
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Engine, text

from api.app import create_app
from data.settings import Settings
from geo.model import CRS
from tests.api.blocks_town import FIRST, SECOND, THIRD, town_plan
from tests.api.test_redrawing import refused
from tests.data.store.conftest import EAST, WEST
from tests.drawings import GK, dxf, gbk_shapefile, in_metres, kml, ring

PATIENCE_S = 20
WIDE, NARROW = 2e-4, 2e-6
"""Degrees: some 20 m and 20 cm."""


@pytest.fixture(scope="module")
def template(town_of_blocks: str) -> str:
    """The town of blocks: each test has a copy."""
    return town_of_blocks


@pytest.fixture
def client(db_url: str) -> Iterator[TestClient]:
    """The service on the town of blocks."""
    with TestClient(create_app(Settings(database_url=db_url))) as client:
        yield client


@pytest.fixture(autouse=True)
def no_files_left() -> Iterator[None]:
    """Nothing of ours lies about afterwards. A child's folder goes when its nursery, which all tests share, has heard
    that it ended."""
    yield
    patient = time.monotonic() + PATIENCE_S
    while left := list(Path(tempfile.gettempdir()).glob(f"wangge-apart-{os.getpid()}-*/*")):
        assert time.monotonic() < patient, left
        time.sleep(0.02)


def west(*, overlap: float = 0.0) -> list[Polygon]:
    """The two grids of the western community; the first reaches into the second."""
    return [box(116.95, 31.04, 116.955 + overlap, 31.05), box(116.955, 31.04, 116.96, 31.05)]


def shapefile(
    folder: Path, shapes: Sequence[BaseGeometry], *, prj: bool = True, **columns: Any
) -> bytes:
    frame = gpd.GeoDataFrame(columns or {"n": range(len(shapes))}, geometry=list(shapes), crs=CRS)
    return gbk_shapefile(frame, folder, prj=prj)


def sends(client: TestClient, content: bytes, name: str, **query: str) -> Response:
    return client.post(
        "/plans/imports", params={"file_name": name, "by": "张三", **query}, content=content
    )


def sent(client: TestClient, content: bytes, name: str) -> dict[str, Any]:
    reply = sends(client, content, name)
    assert reply.status_code == 200, reply.text
    told: dict[str, Any] = reply.json()
    return told


def previewed(client: TestClient, number: int, **said: Any) -> dict[str, Any]:
    reply = client.post(f"/plans/imports/{number}/preview", json=said)
    assert reply.status_code == 200, reply.text
    told: dict[str, Any] = reply.json()
    return told


def accepts(client: TestClient, told: dict[str, Any], **said: Any) -> Response:
    body = {**told["wishes"], "seen": told["seen"], "by": "张三", **said}
    return client.post(f"/plans/imports/{told['id']}/accept", json=body)


def codes(told: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (one["properties"]["code"], one["properties"]["why"]) for one in told["grids"]["features"]
    ]


def kinds(found: list[dict[str, Any]]) -> list[str]:
    """Of what is more than noise of digitising."""
    return [one["code"] for one in found if one["severity"] != "note"]


def drafts(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(
            connection.scalar(text("SELECT count(*) FROM plans WHERE status = 'draft'")) or 0
        )


def waiting(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM plan_imports")) or 0)


def test_a_shapefile_becomes_a_draft_like_any_other(
    client: TestClient, engine: Engine, tmp_path: Path
) -> None:
    told = sent(
        client,
        shapefile(tmp_path, west(), 网格编码=[FIRST, SECOND], 网格名称=["东", "西"]),
        "方案.zip",
    )
    assert (told["needs"], told["ready"], kinds(told["findings"]), told["datum_by"]) == (
        [],
        True,
        [],
        "file",
    )
    assert codes(told) == [(FIRST, "file"), (SECOND, "file")]
    assert [one["properties"]["households"] for one in told["grids"]["features"]] == [400, 400]
    assert [one["id"] for one in client.get("/plans/imports").json()["imports"]] == [told["id"]]
    assert drafts(engine) == 0
    head = accepts(client, told, name="测绘院方案").json()["plans"][0]
    assert (head["community_code"], head["name"], head["source"], head["owner"]) == (
        WEST, "测绘院方案", "方案.zip", "张三"
    )  # fmt: skip
    layers = client.get(f"/plans/{head['id']}/layers").json()
    assert [one["properties"]["name"] for one in layers["grids"]["features"]] == ["东", "西"]
    assert layers["badges"] == []
    assert len(layers["blocks"]["features"]) >= 4  # an estate a block, to be painted with
    block = layers["blocks"]["features"][0]["id"]
    body = {
        "version": 1,
        "by": "张三",
        "operations": [{"op": "paint", "blocks": [block], "grid": None}],
    }
    edited = client.post(f"/plans/{head['id']}/operations", json=body).json()
    assert THIRD in [one["id"] for one in edited["grids"]]
    assert client.get("/plans/imports").json()["imports"] == []
    refused(accepts(client, told), "import-unknown", 404)


def test_faults_are_shown_and_repaired_within_the_tolerance(
    client: TestClient, engine: Engine, tmp_path: Path
) -> None:
    told = sent(client, shapefile(tmp_path, west(overlap=NARROW), code=[FIRST, SECOND]), "a.zip")
    assert (kinds(told["findings"]), told["blocking"], told["ready"]) == (["overlap"], 1, False)
    assert "重叠" in told["findings"][0]["text"]
    refused(accepts(client, told), "plan-faulty", 422)
    assert (drafts(engine), waiting(engine)) == (0, 1)
    small = previewed(client, told["id"], within_m=0.1)
    assert (kinds(small["remaining"]), small["ready"]) == (["overlap"], False)
    assert max(one["widest_m"] for one in small["changes"]) < 0.1
    enough = previewed(client, told["id"], within_m=0.5)
    assert (kinds(enough["remaining"]), enough["ready"]) == ([], True)
    assert max(one["widest_m"] for one in enough["changes"]) == pytest.approx(0.19, abs=0.02)
    assert {one["id"] for one in enough["mended"]["features"]} <= {"网格#1", "网格#2"}
    english = client.get(f"/plans/imports/{told['id']}", headers={"accept-language": "en"}).json()
    assert (english["within_m"], english["ready"]) == (0.5, True)  # what was said last is kept
    assert "overlap" in english["findings"][0]["text"].lower()
    assert accepts(client, enough).status_code == 200
    assert drafts(engine) == 1


def test_wider_faults_are_left_to_people(client: TestClient, tmp_path: Path) -> None:
    told = sent(client, shapefile(tmp_path, west(overlap=WIDE), code=[FIRST, SECOND]), "a.zip")
    told = previewed(client, told["id"], within_m=1)
    assert ("overlap" in kinds(told["remaining"]), told["ready"]) == (True, False)
    refused(accepts(client, told), "plan-faulty", 422)


def test_grids_without_codes_get_those_of_whom_they_have_the_households(
    client: TestClient, tmp_path: Path
) -> None:
    whole = town_plan().grids
    halves = [box(116.95, 31.04, 116.955, 31.045), box(116.95, 31.045, 116.955, 31.05)]
    told = sent(client, shapefile(tmp_path, [*halves, whole.geometry.iloc[1]]), "a.zip")
    assert codes(told) == [(FIRST, "matched"), (THIRD, "new"), (SECOND, "matched")]
    names = [one["properties"]["name"] for one in told["grids"]["features"]]
    assert names == ["第1网格", "和平社区第3网格", "第2网格"] or names[0] == "第1网格"
    assert [one["properties"]["shared"] for one in told["grids"]["features"]] == [200, 200, 400]
    areas = [one["id"] for one in told["grids"]["features"]]
    told = previewed(client, told["id"], codes={areas[0]: THIRD, areas[1]: f"{WEST}009"})
    assert codes(told) == [(THIRD, "chosen"), (f"{WEST}009", "chosen"), (SECOND, "matched")]
    fresh = previewed(client, told["id"], codes={areas[0]: "#new"})
    assert codes(fresh) == [(THIRD, "new"), (FIRST, "matched"), (SECOND, "matched")]
    told = previewed(client, told["id"], codes=told["wishes"]["codes"])
    twice = previewed(client, told["id"], codes={areas[0]: SECOND, areas[2]: SECOND})
    assert ("code-duplicate" in kinds(twice["findings"]), twice["ready"]) == (True, False)
    refused(accepts(client, twice), "plan-faulty", 422)
    for wrong in ({areas[0]: f"{EAST}001"}, {areas[0]: "x"}):
        reply = client.post(f"/plans/imports/{told['id']}/preview", json={"codes": wrong})
        refused(reply, "import-code-impossible", 422)
    reply = client.post(f"/plans/imports/{told['id']}/preview", json={"left_out": ["none"]})
    refused(reply, "import-area-unknown", 422)
    made = accepts(client, told).json()["plans"][0]
    grids = client.get(f"/plans/{made['id']}/layers").json()["grids"]["features"]
    assert sorted(one["id"] for one in grids) == [SECOND, THIRD, f"{WEST}009"]


def test_codes_twice_missing_and_foreign_are_told(client: TestClient, tmp_path: Path) -> None:
    told = sent(client, shapefile(tmp_path, west(), code=[FIRST, FIRST]), "a.zip")
    assert (kinds(told["findings"]), told["ready"]) == (["code-duplicate"], False)
    told = sent(client, shapefile(tmp_path, west(), code=["999999999999001", "甲"]), "a.zip")
    assert kinds(told["notes"]) == ["drawn-code-odd", "drawn-code-foreign"]
    assert codes(told) == [(FIRST, "matched"), (SECOND, "matched")]
    told = sent(client, shapefile(tmp_path, west(), code=["2", "001"]), "a.zip")
    assert codes(told) == [(SECOND, "number"), (FIRST, "number")]


def test_a_drawing_of_the_cad_department(client: TestClient) -> None:
    """Gauss-Kruger without a CRS, a layer that must be named, names written inside, an end that falls short."""
    metres = in_metres([*west(), box(116.95, 31.04, 116.96, 31.05)])
    (_, bottom), (x, top) = ring(metres[0])[0], ring(metres[0])[1]
    drawn = dxf(
        polylines=[
            ("JZD", ring(metres[2]), True),
            (
                "JZD",
                [(x, bottom + 0.02), (x, top + 40), (x, max(y for _, y in ring(metres[0])) - 0.02)],
                False,
            ),
            ("图框", ring(metres[2].buffer(500)), True),
        ],
        texts=[
            ("ZJ", metres[0].centroid.coords[0], "乙网格"),
            ("ZJ", metres[1].centroid.coords[0], "甲网格"),
        ],
    )
    told = sent(client, drawn, "方案.dxf")
    assert (told["needs"], told["datum"], told["ready"]) == (["layers", "datum"], None, False)
    assert [one["name"] for one in told["layers"]] == ["JZD", "图框", "ZJ"]
    refused(accepts(client, told), "import-unfinished", 422)
    told = previewed(client, told["id"], layers=["JZD"])
    best = told["readings"][0]
    assert (told["needs"], best["datum"], best["swapped"]) == (["datum"], GK, False)
    assert best["inside"] > 0
    told = previewed(client, told["id"], layers=["JZD"], datum=GK, within_m=0.5)
    assert [one["properties"]["name"] for one in told["grids"]["features"]] != []
    assert sorted(one["properties"]["name"] for one in told["grids"]["features"]) == [
        "乙网格",
        "甲网格",
    ]
    assert {why for _, why in codes(told)} == {"matched"}
    assert told["ready"], told["remaining"]
    assert accepts(client, told).status_code == 200


def test_northing_first_and_other_datums(client: TestClient) -> None:
    turned = [Polygon([(y, x) for x, y in ring(one)]) for one in in_metres(west())]
    drawn = dxf(polylines=[("网格", ring(one), True) for one in turned])
    told = sent(client, drawn, "a.dxf")
    best = told["readings"][0]
    assert (best["datum"], best["swapped"]) == (GK, True)
    told = previewed(client, told["id"], datum=GK, swapped=True, within_m=0.1)
    assert told["ready"]
    reply = client.post(f"/plans/imports/{told['id']}/preview", json={"datum": "EPSG:1"})
    refused(reply, "datum-unknown", 422)
    lonlat = dxf(polylines=[("网格", ring(one), True) for one in in_metres(west())])
    told = previewed(
        client, sent(client, lonlat, "a.dxf")["id"], datum="EPSG:4547"
    )  # a zone too far west
    assert (kinds(told["notes"]), told["grids"]["features"], told["ready"]) == (
        ["drawn-outside"],
        [],
        False,
    )
    refused(accepts(client, told), "import-unfinished", 422)


def test_a_kml_by_convention_and_what_is_declared(client: TestClient, tmp_path: Path) -> None:
    told = sent(client, kml([("第1网格", west()[0]), ("第2网格", west()[1])]), "a.kml")
    assert (told["datum_by"], told["readings"][0]["datum"], told["ready"]) == (
        "kind",
        "wgs84",
        True,
    )
    moved = previewed(client, told["id"], datum="gcj02")
    assert (moved["datum"], moved["datum_by"], moved["ready"]) == ("gcj02", "person", False)
    told = sent(client, shapefile(tmp_path, west()), "a.zip")
    reply = client.post(f"/plans/imports/{told['id']}/preview", json={"datum": "gcj02"})
    refused(reply, "datum-conflict", 422)
    assert "a.zip" in reply.json()["detail"]


def test_a_frame_is_left_out(client: TestClient, tmp_path: Path) -> None:
    frame = box(116.94, 31.03, 116.97, 31.06)
    told = sent(client, shapefile(tmp_path, [*west(), frame]), "a.zip")
    assert not told["ready"]
    told = previewed(client, told["id"], left_out=["网格#3"])
    assert (len(told["grids"]["features"]), told["ready"]) == (2, True)


def test_what_is_accepted_is_what_was_seen(
    client: TestClient, engine: Engine, tmp_path: Path
) -> None:
    told = sent(client, shapefile(tmp_path, west()), "a.zip")
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE regions SET geom = NULL WHERE code = :code"), {"code": EAST}
        )
    assert accepts(client, told, codes={"网格#1": THIRD}).json()["title"] == "import-changed"
    assert (drafts(engine), waiting(engine)) == (0, 1)
    assert accepts(client, told).status_code == 200


def test_two_who_accept_make_one_draft(client: TestClient, engine: Engine, tmp_path: Path) -> None:
    """Four have read the file and want it; whoever comes second is told that it is gone, and does nothing twice."""
    told = sent(client, shapefile(tmp_path, west()), "a.zip")
    got: list[tuple[int, str | None]] = []

    def accept() -> None:
        reply = accepts(client, told)
        got.append((reply.status_code, reply.json().get("title")))

    threads = [Thread(target=accept) for _ in range(4)]
    with engine.begin() as connection:
        connection.execute(text("SELECT FROM plan_imports FOR UPDATE"))
        for thread in threads:
            thread.start()
        many_blocked(engine, len(threads))
    for thread in threads:
        thread.join()
    assert sorted(got) == [(200, None), *[(409, "import-taken")] * 3]
    assert (drafts(engine), waiting(engine)) == (1, 0)


def many_blocked(engine: Engine, count: int) -> None:
    """Return once so many wait for a lock in this database."""
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        " AND datname = current_database()"
    )
    end = time.monotonic() + 60
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while connection.scalar(query) < count:
            assert time.monotonic() < end
            time.sleep(0.02)


def test_files_that_can_not_be_read_are_not_kept(
    client: TestClient, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = refused(sends(client, b"<html>", "../../方案.geojson"), "file-not-format", 422)
    assert said["detail"].startswith("文件 方案.geojson")
    refused(sends(client, b"x", "a.docx"), "file-ending-unknown", 422)
    refused(sends(client, b"", "a.kml"), "file-empty", 422)
    said = refused(sends(client, b"PK\x03\x04", "a.zip"), "file-broken", 422)
    assert tempfile.gettempdir() not in said["detail"]
    refused(sends(client, b"x", "a\x00.kml"), "request-malformed", 422)
    monkeypatch.setattr("api.routes.plan_imports.MOST_BYTES", 10)
    refused(sends(client, b"x" * 11, "a.kml"), "import-too-large", 422)
    refused(
        client.post("/plans/imports?file_name=a.kml", content=iter([b"x" * 6, b"y" * 6])),
        "import-too-large", 422,
    )  # fmt: skip
    assert waiting(engine) == 0


def test_files_wait_for_days_and_not_without_end(
    client: TestClient, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = shapefile(tmp_path, west())
    first = sent(client, content, "a.zip")
    with engine.begin() as connection:
        connection.execute(text("UPDATE plan_imports SET expires_at = now()"))
    refused(client.get(f"/plans/imports/{first['id']}"), "import-unknown", 404)
    second = sent(client, content, "a.zip")
    assert waiting(engine) == 1
    monkeypatch.setattr("data.store.plan_imports.MOST_BYTES", len(content) + 1)
    refused(sends(client, content, "a.zip"), "imports-full")
    gone = client.request("DELETE", f"/plans/imports/{second['id']}?by=张三")
    assert (gone.json()["size"], waiting(engine)) == (len(content), 0)
    refused(client.request("DELETE", f"/plans/imports/{second['id']}"), "import-unknown", 404)


def sliced(rng: np.random.Generator, parts: int) -> list[Polygon]:
    """The western community cut into rectangles, each border missed by up to 20 cm."""
    pieces = [(116.95, 31.04, 116.96, 31.05)]
    while len(pieces) < parts:
        west, south, east, north = pieces.pop(int(rng.integers(len(pieces))))
        at = rng.uniform(0.3, 0.7)
        if (east - west) > (north - south):
            middle = west + at * (east - west)
            pieces += [(west, south, middle, north), (middle, south, east, north)]
        else:
            middle = south + at * (north - south)
            pieces += [(west, south, east, middle), (west, middle, east, north)]
    return [box(*(np.array(one) + rng.uniform(-2e-6, 2e-6, 4))) for one in pieces]


@pytest.mark.parametrize("seed", range(4))
def test_whatever_misses_by_centimetres_becomes_a_plan_that_tiles(
    client: TestClient, engine: Engine, tmp_path: Path, seed: int
) -> None:
    drawn = sliced(np.random.default_rng(seed), 2 + seed)
    told = previewed(client, sent(client, shapefile(tmp_path, drawn), "a.zip")["id"], within_m=1)
    assert told["ready"], told["remaining"]
    assert len({code for code, _ in codes(told)}) == 2 + seed
    head = accepts(client, told).json()["plans"][0]
    layers = client.get(f"/plans/{head['id']}/layers").json()
    assert not {one["code"] for one in layers["badges"]} & {"gap", "overlap", "spill", "multipart"}
    grids = layers["grids"]["features"]
    assert {one["id"] for one in grids} <= {code for code, _ in codes(told)}
    assert sum(one["properties"]["households"] for one in grids) == 800
    with engine.connect() as connection:
        query = text("SELECT ST_AsBinary(geom) FROM blocks WHERE plan_id = :id")
        wkb = [bytes(one) for one in connection.scalars(query, {"id": head["id"]})]
    blocks = shapely.from_wkb(np.array(wkb, dtype=object))
    assert shapely.is_valid(blocks).all()
    assert shapely.coverage_is_valid(blocks)
    outline = town_plan().communities.geometry.iloc[0]
    off = shapely.symmetric_difference(shapely.union_all(blocks), outline)
    assert shapely.is_empty(shapely.buffer(off, -5e-7))  # 5 cm of noise at straight borders
