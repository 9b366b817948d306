"""Whatever is asked of any operation that the document tells of: never a defect, only statuses that the document
names, each refusal a problem that says what to do; and nothing is found or changed by it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import Engine, create_engine, text

from api.app import create_app
from api.description import PROBLEM, describe
from api.examples import BODIES
from data.cluster import Cluster
from data.settings import Settings
from maps.assets import build_assets
from tests.api.leader import RULES, fill
from tests.conftest import database
from tests.test_texts import TELLS_WHAT_TO_DO

Json = dict[str, Any]
NOBODY = "019abcde-0000-7000-8000-000000000001"
WORDS = (
    "\x00",
    "\x01\x08\x1b\x7f\x85",
    "\r\n\t\u2028",
    "\u202eevil\u2066\u200b\ufeff",
    "' OR 1=1; DROP TABLE incidents; --",
    "\\%_'\"",
    "{0}{lang}%s${x}",
    "9" * 400,
    "9223372036854775808",
    "9" * 18,
    "0001-01-01T00:00:00+15:59",
    "7410-07-31T02:02:50+18:45",
    "9999-12-31T23:59:59-15:59",
    "\U0010ffff\ufffe",
    "网" * 7_000,
)
"""In an address; the last is the longest address (64 kB) that the client of these tests sends."""
BROKEN = (
    b"",
    b"{",
    b"\xff\xfe{}",
    b'{"source": "\xed\xa0\x80"}',
    b"[" * 100_000,
    b'{"version":' * 20_000,
    b'{"version": ' + b"9" * 5000 + b"}",
    b'{"\\ud800": 1}',
    b"[" + b"{}," * 5_000 + b"{}]",
    b"{" + b",".join(b'"%d": 1' % n for n in range(2_000)) + b"}",
    b"null",
)
VALUES = (
    "\x00", "\ud800", "a\udfffb", "\u202e\x07'; DROP TABLE incidents; --", "网" * 33_000, 10**400, -(2**63) - 1,
    float("nan"), float("inf"), "0001-01-01T00:00:00+15:59", "9999-12-31T23:59:59-15:59",
)  # fmt: skip
"""What no schema thinks of; values of the wrong kind are Schemathesis' (test_documented.py)."""


class Asked:
    """The service on the town, and what its document says of each operation."""

    def __init__(self, client: TestClient, app: FastAPI) -> None:
        self.client = client
        self.paths: Json = describe(app, "en")["paths"]

    def operations(self, method: str) -> Iterator[tuple[str, Json]]:
        for path, operation in self.paths.items():
            if method in operation and path != "/incidents/stream":  # never ends: test_live.py
                yield path, operation[method]

    def get(self, path: str, operation: Json, **params: str) -> Response:
        """Ask with the examples of what is needed, and these."""
        needed = {
            one["name"]: _nobody(one) if one["name"] == "id" else str(_example(one))
            for one in operation.get("parameters", ())
            if one["required"]
        }
        said = needed | params
        for name in [one for one in said if f"{{{one}}}" in path]:
            path = path.replace(f"{{{name}}}", quote(said.pop(name), safe=""))
        return checked(self.client.get(path, params=said), operation)

    def post(self, path: str, operation: Json, content: bytes) -> Response:
        headers = {"content-type": "application/json"}
        ids = [one for one in operation.get("parameters", ()) if one["name"] == "id"]
        for one in ids:
            path = path.replace("{id}", _nobody(one))
        reply = self.client.post(path, content=content, headers=headers)
        return checked(reply, operation)


def _nobody(parameter: Json) -> str:
    """An id that nothing has, of the parameter's kind."""
    return "1000000" if parameter["schema"]["type"] == "integer" else NOBODY


def _example(parameter: Json) -> Any:
    shape = parameter["schema"]
    return shape["examples"][0] if "examples" in shape else parameter["example"]


def checked(reply: Response, operation: Json) -> Response:
    asked = f"{reply.request.method} {str(reply.request.url)[:300]} {reply.request.content[:80]!r}"
    assert reply.status_code < 500, (asked, reply.text[:500])
    assert str(reply.status_code) in operation["responses"], (asked, reply.text[:500])
    if reply.status_code >= 400:
        assert reply.headers["content-type"] == PROBLEM, asked
        said = reply.json()
        assert said["status"] == reply.status_code
        assert TELLS_WHAT_TO_DO["zh"].search(said["detail"]), (asked, said["detail"])
    return reply


@pytest.fixture(scope="module")
def asked(
    cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Asked]:
    build_assets()
    rules: Path = tmp_path_factory.mktemp("town") / "rules.toml"
    rules.write_text(RULES, "utf-8")
    with database(cluster, template) as url:
        engine = create_engine(url)
        with engine.begin() as connection:
            fill(connection, now=datetime.now(UTC))
        app = create_app(Settings(database_url=url, chain_rules=rules))
        with TestClient(app, raise_server_exceptions=False) as client:
            before = kept(engine)
            yield Asked(client, app)
            assert kept(engine) == before
        engine.dispose()


def kept(engine: Engine) -> list[int | None]:
    """How many rows there are of what no request here may change; drafts may be made."""
    in_force = "plan_grids JOIN plans ON id = plan_id AND status <> 'draft'"
    tables = ("incident_events", "regions", "buildings", in_force, "posts", "search_choices")
    with engine.connect() as connection:
        return [connection.scalar(text(f"SELECT count(*) FROM {table}")) for table in tables]


@pytest.mark.parametrize("word", WORDS, ids=range(len(WORDS)))
def test_no_word_in_an_address_harms(asked: Asked, word: str) -> None:
    for path, operation in asked.operations("get"):
        for parameter in operation.get("parameters", ()):
            asked.get(path, operation, **{parameter["name"]: word})


@pytest.mark.parametrize("word", WORDS, ids=range(len(WORDS)))
def test_no_word_finds_anything(asked: Asked, word: str) -> None:
    found = asked.client.get("/search", params={"q": word})
    assert found.status_code == 422 or not found.json()["hits"]
    found = asked.client.get("/places", params={"q": word})
    assert found.status_code == 422 or not found.json()


@pytest.mark.parametrize("content", BROKEN, ids=range(len(BROKEN)))
def test_no_body_harms(asked: Asked, content: bytes) -> None:
    for path, operation in asked.operations("post"):
        reply = asked.post(path, operation, content)
        assert reply.status_code == 422, (path, reply.text[:300])
        assert len(reply.content) < 10_000  # not all of it is said back


def test_no_value_in_a_body_harms(asked: Asked) -> None:
    for path, operation in asked.operations("post"):
        plain = BODIES[operation["operationId"]]
        if isinstance(plain, str):  # a file, whose bytes may be anything
            for value in VALUES:
                asked.post(f"{path}?file_name=a.geojson", operation, json.dumps(value).encode())
            continue
        for name in plain:
            for value in VALUES:
                number = {"source_id": str(uuid4())} if path == "/incidents" else {}
                asked.post(path, operation, json.dumps({**plain, **number, name: value}).encode())
    page = asked.client.get("/incidents", params={"limit": 1000})  # what was taken can be read
    assert page.status_code == 200
    assert asked.client.get("/nearby", params={"words": "路灯不亮"}).status_code == 200


@pytest.mark.parametrize("word", WORDS, ids=range(len(WORDS)))
def test_no_word_harms_what_the_pages_ask_for(asked: Asked, word: str) -> None:
    tile = "/tiles/incidents/12/3377/1674"
    pairs = [(tile, name) for name in ("first", "last", "kind", "category", "under", "v")]
    pairs += [("/tiles/buildings/17/108100/53600", "v"), ("/", "lang"), ("/docs", "lang")]
    for path, name in pairs:
        reply = asked.client.get(path, params={name: word})
        assert reply.status_code < 500, (path, name, reply.text[:300])
        if reply.status_code >= 400:
            assert reply.headers["content-type"] == PROBLEM
    for at in (f"{word[:400]}/0/0", f"0/{word[:400]}/0"):
        assert asked.client.get(f"/tiles/incidents/{quote(at)}").status_code in (404, 422)


@pytest.mark.parametrize(
    "moment",
    ["0001-01-01T00:00:00+15:59", "9999-12-31T23:59:59-15:59", "9999-12-31T23:59:59", "1e300"],
)
def test_a_time_that_nobody_could_read_again_is_refused(asked: Asked, moment: str) -> None:
    said = asked.client.post("/incidents", json={"source": "热线", "reported_at": moment})
    refused = [said]
    for path, name in (("/incidents", "since"), ("/feedback", "until"), ("/grids", "at")):
        refused.append(asked.client.get(path, params={name: moment}))
    assert [one.status_code for one in refused] == [422] * 4
    where = {one.json()["fields"][0]["where"] for one in refused}
    assert where == {"body.reported_at", "query.since", "query.until", "query.at"}


def test_a_time_far_from_greenwich_is_understood(asked: Asked) -> None:
    for path in ("/incidents", "/feedback"):  # PostgreSQL itself takes offsets below 16 hours
        reply = asked.client.get(path, params={"since": "2020-07-31T02:02:50+18:45"})
        assert reply.status_code == 200
    said = {"source": "热线", "reported_at": "2026-03-01T08:00:00+23:00"}
    recorded = asked.client.post("/incidents", json=said).json()
    assert recorded["incident"]["reported_at"] == "2026-02-28T09:00:00Z"


def test_a_body_that_is_no_json_is_said_where(asked: Asked) -> None:
    headers = {"content-type": "application/json", "accept-language": "en"}
    for path in ("/incidents", f"/incidents/{NOBODY}/take", "/search/choices"):
        said = asked.client.post(path, content=b"\xff{", headers=headers).json()
        assert said["fields"] == [{"where": "body", "message": "is no complete JSON"}]


def test_what_a_path_takes_is_all_named(asked: Asked) -> None:
    said = {
        "/incidents": "GET, POST",
        "/locate": "GET",
        "/search/choices": "POST",
        f"/incidents/{NOBODY}/take": "POST",
    }
    for path, methods in said.items():
        reply = asked.client.request("TRACE", path)
        assert (reply.status_code, reply.headers["allow"]) == (405, methods)


def test_what_is_not_there_is_documented_where_it_is_asked_for(asked: Asked) -> None:
    for path, name in (
        ("/coverage", "under"),
        ("/findings", "under"),
        ("/card", "building_id"),
        ("/places/{code}/buildings", "code"),
        ("/places/{code}/people", "code"),
        ("/reports/coverage.{form}", "under"),
    ):
        operation = asked.paths[path]["get"]
        reply = asked.get(path, operation, **{name: "340881999"})
        assert reply.status_code == 404
        example = operation["responses"]["404"]["content"][PROBLEM]["example"]
        assert example["title"] == reply.json()["title"]
