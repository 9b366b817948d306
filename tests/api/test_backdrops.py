"""Images to trace over, over HTTP: kept with their control points, fitted, thrown away."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from api.app import create_app
from data.settings import Settings
from tests.api.blocks_town import SOUTH, west_of
from tests.data.store.conftest import EAST, WEST
from tests.pictures import png

WIDE, HIGH, DEGREES = 400, 300, 0.01
"""The image shows the western community, a hundredth of a degree each way."""


@pytest.fixture(scope="module")
def template(town_of_blocks: str) -> str:
    """The town of blocks: each test has a copy."""
    return town_of_blocks


@pytest.fixture
def client(db_url: str) -> Iterator[TestClient]:
    """The service on the town of blocks."""
    with TestClient(create_app(Settings(database_url=db_url))) as client:
        yield client


def kept(client: TestClient, content: bytes | None = None, **said: Any) -> Response:
    image = b64encode(png(WIDE, HIGH) if content is None else content).decode()
    body = {"community": WEST, "name": "规划图.png", "image": image, "by": "张三", **said}
    return client.post("/backdrops", json=body)


def pinned(client: TestClient, row: dict[str, Any], *points: Any, **said: Any) -> Response:
    body = {"version": row["version"], "points": points, "by": "张三", **said}
    return client.post(f"/backdrops/{row['id']}/points", json=body)


def point(x: float, y: float, **more: Any) -> dict[str, Any]:
    """A control point where the image lies true."""
    lng, lat = west_of(WEST) + x / WIDE * DEGREES, SOUTH + (1 - y / HIGH) * DEGREES
    return {"x": x, "y": y, "lng": lng, "lat": lat, **more}


CORNERS = [point(0, 0), point(WIDE, 0), point(WIDE, HIGH), point(0, HIGH)]


def test_an_image_is_kept_fitted_and_seen_again(client: TestClient) -> None:
    made = kept(client)
    assert made.status_code == 200, made.text
    row = made.json()
    assert (row["width"], row["height"], row["points"], row["fit"]) == (WIDE, HIGH, [], None)
    seen = client.get(row["image"])
    assert (seen.content, seen.headers["content-type"]) == (png(WIDE, HIGH), "image/png")
    assert seen.headers["x-content-type-options"] == "nosniff"

    fitted = pinned(client, row, *CORNERS)
    assert fitted.status_code == 200, fitted.text
    fit = fitted.json()["fit"]
    assert (fit["kind"], fitted.json()["version"]) == ("affine", 2)
    assert fit["rms_m"] < 0.2
    for corner, told in zip(fit["corners"], CORNERS, strict=True):
        assert corner == pytest.approx([told["lng"], told["lat"]], abs=3e-6)
    assert all(one["residual_m"] < 0.2 for one in fitted.json()["points"])
    listed = client.get("/backdrops", params={"community": [WEST, EAST]}).json()["backdrops"]
    assert listed == [fitted.json()]
    assert client.get("/backdrops", params={"community": EAST}).json()["backdrops"] == []

    gone = client.delete(f"/backdrops/{row['id']}", params={"by": "张三"})
    assert gone.json()["id"] == row["id"]
    assert client.get(row["image"]).json()["title"] == "backdrop-unknown"
    assert client.get("/backdrops").json()["backdrops"] == []


def test_what_is_doubtful_is_said(client: TestClient) -> None:
    row = kept(client).json()
    two = pinned(client, row, *CORNERS[:2]).json()
    assert (two["fit"]["kind"], two["fit"]["doubts"]) == ("similarity", ["unchecked"])
    assert "控制点" in two["fit"]["said"][0]
    wrong = {**CORNERS[3], "lng": CORNERS[3]["lng"] + 0.002}
    far = pinned(client, two, *CORNERS[:3], wrong).json()
    assert "far" in far["fit"]["doubts"]
    assert far["fit"]["rms_m"] > 20
    line = [point(x, 100) for x in (0, 150, 400)]
    flat = pinned(client, far, *line).json()
    assert flat["fit"]["doubts"][0] == "collinear"


def test_coordinates_may_be_typed_in_a_datum(client: TestClient) -> None:
    row = kept(client).json()
    told = pinned(client, row, point(0, 0, datum="gcj02"), *CORNERS[1:]).json()["points"][0]
    assert (told["raw_lng"], told["datum"]) == (CORNERS[0]["lng"], "gcj02")
    assert 0.003 < told["raw_lng"] - told["lng"] < 0.008


@pytest.mark.parametrize(
    ("points", "code"),
    [
        ([point(0, 0), point(0, 0)], "control-points-same"),
        ([point(WIDE + 1, 0)], "control-point-outside"),
    ],
)
def test_points_that_tell_nothing_are_refused(
    client: TestClient, points: list[Any], code: str
) -> None:
    row = kept(client).json()
    refused = pinned(client, row, *points)
    assert (refused.status_code, refused.json()["title"]) == (422, code)
    assert client.get("/backdrops").json()["backdrops"] == [row]


def test_whoever_is_late_is_told_what_it_is_now(client: TestClient) -> None:
    row = kept(client).json()
    assert pinned(client, row, *CORNERS, by="李四").status_code == 200
    late = pinned(client, row, CORNERS[0])
    assert (late.status_code, late.json()["title"]) == (409, "backdrop-stale")
    assert late.json()["backdrop"]["version"] == 2


def test_what_is_no_image_is_refused(client: TestClient) -> None:
    for content in (b"", b"%PDF-1.7", png(40, 40)[:60]):
        assert kept(client, content).json()["title"] == "image-unreadable"
    assert kept(client, image="no base64!").json()["title"] == "image-unreadable"
    assert kept(client, community="340881999").json()["title"] == "place-unknown"
    assert client.get("/backdrops").json()["backdrops"] == []
    absent = {"version": 1, "points": []}
    assert client.post("/backdrops/9/points", json=absent).json()["title"] == "backdrop-unknown"
    assert client.delete("/backdrops/9").status_code == 404
