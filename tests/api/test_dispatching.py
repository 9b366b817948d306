"""A dispatcher's way over HTTP: the same matter called in twice, a place found later, two who want the same one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import Engine, text

from api.app import create_app
from api.services import plans
from api.services.actor import Actor
from data.settings import Settings
from data.store import regions
from tests.data.store.conftest import EAST, WEST, town, town_plan

INSIDE = {"lng": 116.953, "lat": 31.045}
EASTERN = {"lng": 116.963, "lat": 31.045}
NOBODY = "019abcde-0000-7000-8000-000000000001"


def publish(engine: Engine, *, cut: float = 0.005) -> None:
    with engine.begin() as connection:
        drafts = plans.store_city_plan(connection, town_plan(cut=cut), actor=Actor("test"))
        plans.publish_within(connection, drafts.values(), actor=Actor("test"))


@pytest.fixture
def client(engine: Engine, db_url: str) -> Iterator[TestClient]:
    """The service on the town with its grids in force."""
    with engine.begin() as connection:
        regions.merge(connection, town())
    publish(engine)
    with TestClient(create_app(Settings(database_url=db_url))) as client:
        yield client


def reported(client: TestClient, **said: Any) -> dict[str, Any]:
    reply = client.post("/incidents", json={"source": "12345热线", **said})
    assert reply.status_code == 201, reply.text
    incident: dict[str, Any] = reply.json()["incident"]
    return incident


def does(client: TestClient, incident: dict[str, Any], what: str, **said: Any) -> Response:
    body = {"by": "王芳", "version": incident["version"], **said}
    return client.post(f"/incidents/{incident['id']}/{what}", json=body)


def done(client: TestClient, incident: dict[str, Any], what: str, **said: Any) -> dict[str, Any]:
    reply = does(client, incident, what, **said)
    assert reply.status_code == 200, reply.text
    answer: dict[str, Any] = reply.json()
    return answer


def now(client: TestClient, incident: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = client.get(f"/incidents/{incident['id']}").json()
    return answer


def refused(reply: Response, code: str, status: int = 409) -> dict[str, Any]:
    assert (reply.status_code, reply.json()["title"]) == (status, code), reply.text
    assert reply.json()["detail"]
    said: dict[str, Any] = reply.json()
    return said


def open_ids(client: TestClient, **more: Any) -> set[str]:
    page = client.get("/incidents", params={"status": "open", **more}).json()
    return {one["id"] for one in page["items"]}


def test_of_two_dispatchers_one_takes_it(client: TestClient) -> None:
    incident = reported(client, **INSIDE)
    taken = done(client, incident, "take")
    assert (taken["taken_by"], taken["version"]) == ("王芳", 1)
    said = refused(does(client, incident, "take", by="李强", version=None), "incident-taken")
    assert "王芳" in said["detail"]
    assert said["incident"]["taken_by"] == "王芳"
    refused(does(client, incident, "take", by="李强"), "incident-stale")
    released = done(client, taken, "release")
    assert (released["taken_by"], released["version"]) == (None, 2)
    assert done(client, released, "take", by="李强")["taken_by"] == "李强"
    whats = [one["what"] for one in now(client, incident)["events"]]
    assert whats == ["taken", "released", "taken"]


def test_a_second_call_is_joined_and_comes_apart_again(client: TestClient) -> None:
    first, second = reported(client, note="路灯不亮", **INSIDE), reported(client, **INSIDE)
    joined = done(client, second, "join", to=first["id"])
    assert joined["incident"]["id"] == first["id"]
    assert [one["id"] for one in joined["calls"]] == [second["id"]]
    assert [one["what"] for one in joined["events"]] == ["joined"]
    assert open_ids(client) == {first["id"]}
    again = now(client, second)["incident"]
    assert (again["status"], again["joined_to"]) == ("joined", first["id"])
    refused(does(client, again, "take"), "incident-joined")
    refused(does(client, again, "join", to=first["id"]), "incident-joined")
    refused(does(client, joined["incident"], "join", to=second["id"]), "incident-joined")
    refused(does(client, first, "join", to=first["id"]), "join-itself", 422)
    apart = done(client, again, "unjoin")
    assert (apart["incident"]["status"], apart["incident"]["joined_to"]) == ("open", None)
    assert open_ids(client) == {first["id"], second["id"]}
    assert now(client, first)["calls"] == []
    refused(does(client, apart["incident"], "unjoin"), "incident-unjoined")


def test_calls_come_along_and_stay_where_they_were(client: TestClient) -> None:
    a, b, c = (reported(client, **INSIDE) for _ in range(3))
    b = done(client, a, "join", to=b["id"])["incident"]
    c = done(client, b, "join", to=c["id"])["incident"]
    assert {one["id"] for one in now(client, c)["calls"]} == {a["id"], b["id"]}
    b = done(client, now(client, b)["incident"], "unjoin")["incident"]
    assert [one["id"] for one in now(client, b)["calls"]] == [a["id"]]
    assert now(client, c)["calls"] == []


def test_a_call_that_is_unjoined_comes_to_the_grid_in_force_now(
    client: TestClient, engine: Engine
) -> None:
    near = {"lng": 116.954, "lat": 31.045}
    first, second = reported(client, **near), reported(client, **near)
    done(client, second, "join", to=first["id"])
    publish(engine, cut=0.003)
    assert now(client, first)["incident"]["grid_code"] == f"{WEST}002"
    assert now(client, second)["incident"]["grid_code"] == f"{WEST}001"
    apart = done(client, now(client, second)["incident"], "unjoin")
    assert apart["incident"]["grid_code"] == f"{WEST}002"
    with engine.connect() as connection:
        stale = "SELECT count(*) FROM incidents i JOIN plans p ON p.id = i.plan_id WHERE p.status <> 'published'"
        assert connection.scalar(text(stale)) == 0


def test_one_call_becomes_several_incidents_and_one_again(client: TestClient) -> None:
    call = reported(client, note="路灯不亮，垃圾没人清", address="和平路12号", **INSIDE)
    elsewhere = {"note": "井盖松动", "address": "和平路40号", **EASTERN}
    told = done(client, call, "split", parts=[{"category": "市容环境", "note": "垃圾"}, elsewhere])
    here, there = told["parts"]
    if here["note"] != "垃圾":
        here, there = there, here
    assert (here["grid_code"], here["address"]) == (call["grid_code"], "和平路12号")
    assert (there["grid_code"], there["address"]) == (f"{EAST}001", "和平路40号")
    assert {here["call_id"], there["call_id"]} == {call["id"]}
    assert open_ids(client) == {call["id"], here["id"], there["id"]}
    taken = done(client, here, "take")
    refused(does(client, told["incident"], "unsplit"), "part-moved-on")
    assert open_ids(client) == {call["id"], here["id"], there["id"]}
    done(client, taken, "release")
    whole = done(client, told["incident"], "unsplit")
    assert {one["status"] for one in whole["parts"]} == {"withdrawn"}
    assert open_ids(client) == {call["id"]}
    refused(does(client, whole["incident"], "unsplit"), "incident-whole")


def test_an_unknown_place_waits_in_its_list_until_it_is_found(client: TestClient) -> None:
    incident = reported(client, note="路灯不亮", address="农行对面")
    assert open_ids(client, placed=False) == {incident["id"]}
    placed = done(client, incident, "place", said="农行对面", address="农行桐城支行对面", **INSIDE)
    assert placed["place"]["grid_code"] == placed["incident"]["grid_code"] == f"{WEST}001"
    assert placed["incident"]["address"] == "农行桐城支行对面"
    assert open_ids(client, placed=False) == set()
    corrected = done(client, placed["incident"], "place", **EASTERN)
    first, second = corrected["events"]
    assert (first["what"], second["what"]) == ("placed", "corrected")
    assert second["detail"]["old"]["grid_code"] == f"{WEST}001"
    assert second["detail"]["new"]["grid_code"] == f"{EAST}001"
    assert corrected["incident"]["address"] == "农行桐城支行对面"
    refused(does(client, incident, "place", **INSIDE), "incident-stale")


def test_a_part_of_an_unplaced_call_is_unplaced(client: TestClient) -> None:
    call = reported(client, address="农行对面")
    told = done(client, call, "split", parts=[{"note": "垃圾"}])
    assert open_ids(client, placed=False) == {call["id"], told["parts"][0]["id"]}


@pytest.mark.parametrize("what", ["take", "release", "unjoin", "unsplit"])
def test_what_is_not_there_is_said(client: TestClient, what: str) -> None:
    refused(does(client, {"id": NOBODY, "version": 0}, what), "incident-unknown", 404)


def test_what_can_not_be_is_refused_and_changes_nothing(client: TestClient) -> None:
    incident = reported(client, **INSIDE)
    refused(client.get(f"/incidents/{NOBODY}"), "incident-unknown", 404)
    refused(does(client, incident, "join", to=NOBODY), "incident-unknown", 404)
    refused(does(client, incident, "release"), "incident-free")
    refused(does(client, incident, "place", lng=500, lat=31), "request-malformed", 422)
    refused(does(client, incident, "place", datum="mars", **INSIDE), "datum-unknown", 422)
    refused(does(client, incident, "split", parts=[]), "request-malformed", 422)
    refused(does(client, incident, "split", parts=[{"lng": 116.95}]), "place-half", 422)
    unknown = [{"catalogue_code": "none"}]
    refused(does(client, incident, "split", parts=unknown), "catalogue-unknown", 422)
    left = now(client, incident)
    assert (left["incident"]["version"], left["events"], left["parts"]) == (0, [], [])


def test_what_was_done_is_not_rewritten(client: TestClient, engine: Engine) -> None:
    done(client, reported(client, **INSIDE), "take")
    for change in ("DELETE FROM incident_events", "UPDATE incident_events SET actor = 'x'"):
        with engine.connect() as connection, pytest.raises(Exception, match="not rewritten"):
            connection.execute(text(change))


def test_a_place_is_shown_as_it_was_delivered_too(client: TestClient) -> None:
    """In the datum and with the digits that came; one that is told anew replaces it, one without place has none."""
    call = reported(client, note="路灯不亮", lng=116.9595, lat=31.0427, datum="gcj02")
    told = client.get(f"/incidents/{call['id']}").json()
    assert told["delivered"] == {"x": 116.9595, "y": 31.0427, "datum": "gcj02"}
    assert told["incident"]["lng"] != 116.9595
    placed = done(client, call, "place", **INSIDE)
    assert placed["delivered"] == {"x": INSIDE["lng"], "y": INSIDE["lat"], "datum": "wgs84"}
    nowhere = reported(client, note="咨询")
    assert client.get(f"/incidents/{nowhere['id']}").json()["delivered"] is None
