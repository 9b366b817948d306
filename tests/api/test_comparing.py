"""Plans beside each other, tested on the past, asked for at other moments; steps of their life and what people say."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from api.app import create_app
from data.settings import Settings
from tests.api.blocks_town import FIRST, SECOND, THIRD, block_id, middle, report
from tests.api.test_publishing import in_days, published, publishes
from tests.api.test_redrawing import done, drafted, paint, refused
from tests.data.store.conftest import EAST

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
)


@pytest.fixture(scope="module")
def template(town_of_blocks: str) -> str:
    """The town of blocks: each test has a copy."""
    return town_of_blocks


@pytest.fixture
def client(engine: Engine, db_url: str) -> Iterator[TestClient]:
    """The service on the town of blocks, with three incidents of this year."""
    with engine.begin() as connection:
        for name, column in (("a", 0), ("b", 1), ("c", 1)):
            report(connection, name, *middle(column, 0))
    with TestClient(create_app(Settings(database_url=db_url))) as client:
        yield client


def redrawn(client: TestClient) -> dict[str, Any]:
    head: dict[str, Any] = done(client, drafted(client), paint(1, 0, SECOND))["plan"]
    return head


def test_what_a_draft_does_otherwise(client: TestClient) -> None:
    head = redrawn(client)
    edit = done(
        client, head, paint(3, 3, None), {"op": "rename", "grid": FIRST, "name": "桥头网格"}
    )
    found = client.get(f"/plans/{head['id']}/diff").json()
    assert (found["before"]["id"], found["after"]["version"]) == (
        head["copied_from"],
        edit["version"],
    )
    assert (found["new"], found["gone"]) == ([THIRD], [])
    assert found["renamed"] == {FIRST: ["第1网格", "桥头网格"]}
    assert found["households"] == found["least_households"] == 100
    pairs = {
        (one["properties"]["from_grid"], one["properties"]["to_grid"]) for one in found["ground"]
    }
    assert pairs == {(FIRST, SECOND), (SECOND, THIRD)}
    assert {one["building_id"][-2:] for one in found["buildings"]} == {"10", "33"}
    back = client.get(f"/plans/{head['copied_from']}/diff", params={"against": head["id"]}).json()
    assert (back["new"], back["gone"], back["households"]) == ([], [THIRD], 100)
    few = client.get(f"/plans/{head['id']}/diff", params={"limit": 1}).json()
    assert len(few["buildings"]) == 1
    (east,) = client.post("/plans", json={"communities": [EAST]}).json()["plans"]
    refused(
        client.get(f"/plans/{head['id']}/diff", params={"against": east["id"]}),
        "plans-elsewhere",
        422,
    )
    refused(client.get("/plans/1000000/diff"), "plan-unknown", 404)


def test_last_year_under_a_draft(client: TestClient) -> None:
    head = redrawn(client)
    found = client.get(f"/plans/{head['id']}/replay").json()
    assert found["before"]["loads"] == {FIRST: 3, SECOND: 0}
    assert found["after"]["loads"] == {FIRST: 1, SECOND: 2}
    assert found["moved"] == 2
    assert found["after"]["gini"] < found["before"]["gini"]
    assert (found["before"]["max_to_mean"], found["after"]["max_to_mean"]) == (
        2.0,
        pytest.approx(4 / 3),
    )


def test_whose_a_place_was_then(client: TestClient) -> None:
    head = redrawn(client)
    published(client, head, since=in_days(20))
    lng, lat = middle(1, 0)

    def whose(days: float, **place: float) -> dict[str, Any]:
        asked = {"lng": lng, "lat": lat, "at": in_days(days), **place}
        reply = client.get("/whose", params=asked)
        assert reply.status_code == 200, reply.text
        answer: dict[str, Any] = reply.json()
        return answer

    before, now, then = whose(-365), whose(0), whose(21)
    assert (before["how"], before["grid_code"], before["nearest_m"]) == ("outside", None, None)
    assert (now["grid_code"], now["plan"]["status"]) == (FIRST, "published")
    assert (then["grid_code"], then["plan"]["id"]) == (SECOND, head["id"])
    assert [one["person"] for one in then["people"]] == ["网格员1"]
    beside = whose(0, lng=116.94)
    assert (beside["how"], beside["nearest_code"]) == ("outside", FIRST)
    assert beside["nearest_m"] > 900


def test_the_steps_of_a_plan_and_what_the_rules_want(db_url: str, tmp_path: Path) -> None:
    rules = tmp_path / "stages.toml"
    rules.write_text(
        'version = "here"\n[stage.approved]\nfrom_households = 0\n[stage.notice]\nfrom_households = 80\n',
        "utf-8",
    )
    with TestClient(create_app(Settings(database_url=db_url, stage_rules=rules))) as client:
        head = redrawn(client)
        told = client.get(f"/plans/{head['id']}/stages").json()
        assert (told["stages"], told["missing"], told["rules"]) == ([], ["approved"], "here")
        said = refused(publishes(client, head), "plan-unready")
        assert said["plan"]["lacking"] == ["stage-approved"]
        head = done(client, head, {"op": "paint", "blocks": [block_id(1, 1)], "grid": SECOND})[
            "plan"
        ]
        assert client.get(f"/plans/{head['id']}/stages").json()["missing"] == ["approved", "notice"]
        step = {
            "stage": "approved",
            "day": "2026-11-20",
            "number": "桐政办〔2026〕18号",
            "by": "张三",
        }
        kept = client.post(f"/plans/{head['id']}/stages", json=step).json()
        assert (kept["number"], kept["actor"]) == ("桐政办〔2026〕18号", "张三")
        refused(publishes(client, head), "plan-unready")
        skipped = {"code": "stage-notice", "reason": "面积很小，街道同意免公示"}
        size = [
            {"code": f"size-{what}", "reason": "整改期"} for what in ("households", "residents")
        ]
        published(client, head, exceptions=[skipped, *size])
        late = {"stage": "registered", "day": "2026-12-01"}
        assert client.post(f"/plans/{head['id']}/stages", json=late).status_code == 200
        refused(client.post("/plans/1000000/stages", json=late), "plan-unknown", 404)
        slip = {"stage": "registered", "day": "9999-12-31"}
        refused(client.post(f"/plans/{head['id']}/stages", json=slip), "stage-day-ahead", 422)


def test_what_people_say_is_pinned_and_an_objection_wants_an_answer(client: TestClient) -> None:
    head = redrawn(client)
    lng, lat = middle(1, 0)
    said = {"kind": "objection", "said": "<b>不同意</b>", "name": "陈阿姨", "lng": lng, "lat": lat}
    objection = client.post(f"/plans/{head['id']}/comments", json=said).json()
    assert (objection["said"], objection["lng"], objection["answer"]) == (
        "<b>不同意</b>",
        lng,
        None,
    )
    walk = {"kind": "walk", "said": "界桩在树下", "grid_code": FIRST, "photo": PIXEL}
    noted = client.post(f"/plans/{head['id']}/comments", json=walk).json()
    photo = client.get(noted["photo"])
    assert (photo.headers["content-type"], photo.content[:4]) == ("image/png", b"\x89PNG")
    assert photo.headers["x-content-type-options"] == "nosniff"
    refused(client.get(noted["photo"].replace(str(noted["id"]), "99")), "photo-unknown", 404)
    for bad in ("###", b64encode(b"<svg onload=alert(1)>").decode(), ""):
        reply = client.post(f"/plans/{head['id']}/comments", json=walk | {"photo": bad})
        refused(reply, "photo-unreadable", 422)
    assert client.get(f"/plans/{head['id']}/stages").json()["open_objections"] == 1
    refused(publishes(client, head), "plan-unready")
    where = f"/plans/{head['id']}/comments"
    answered = client.post(
        f"{where}/{objection['id']}/answer", json={"answer": "已当面说明", "by": "张三"}
    )
    assert answered.json()["answered_by"] == "张三"
    refused(client.post(f"{where}/99/answer", json={"answer": "x"}), "comment-unknown", 404)
    listed = {
        key: [one["id"] for one in client.get(where, params=params).json()["comments"]]
        for key, params in {
            "all": {}, "walk": {"kind": "walk"}, "open": {"answered": "false"},
        }.items()
    }  # fmt: skip
    assert listed == {
        "all": [objection["id"], noted["id"]],
        "walk": [noted["id"]],
        "open": [noted["id"]],
    }
    assert published(client, head)["status"] == "published"


def test_a_plan_is_asked_for_by_its_age(client: TestClient) -> None:
    head = redrawn(client)
    published(client, head)
    lng, lat = middle(1, 0)
    moments = {days: (datetime.now(UTC) - timedelta(days=days)).isoformat() for days in (10, 0)}
    codes = {
        days: client.get("/whose", params={"lng": lng, "lat": lat, "at": at}).json()["grid_code"]
        for days, at in moments.items()
    }
    assert codes == {10: FIRST, 0: SECOND}
