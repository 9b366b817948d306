"""The description of the API: whole in both languages, with examples that are true to the shapes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from pydantic import TypeAdapter

from api.app import create_app
from api.description import PROBLEM, describe, operation_id, operations
from api.examples import ANSWERS, BODIES
from api.routes import ROUTERS
from api.schemas import IncidentIn
from data.settings import Settings
from maps.texts import catalogue

HAN = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def app() -> FastAPI:
    return create_app(Settings())


class Opened:
    """A service about to open: nothing here comes so far as to ask for what it holds."""

    state = None

    async def get(self) -> None:
        """Nothing."""


def words(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Everything that the document says, and where."""
    for operation in operations(document):
        name = operation["operationId"]
        yield f"{name} summary", operation["summary"]
        yield f"{name} description", operation["description"]
        for one in operation.get("parameters", ()):
            yield f"{name} {one['name']}", one["description"]
        for status, answer in operation["responses"].items():
            yield f"{name} {status}", answer["description"]
    for name, shape in document["components"]["schemas"].items():
        yield name, shape["description"]
        for field, told in shape.get("properties", {}).items():
            yield f"{name}.{field}", told["description"]
    for tag in document["tags"]:
        yield f"tag {tag['name']}", tag["description"]


def test_everything_is_said_in_both_languages(app: FastAPI) -> None:
    chinese, english = dict(words(describe(app, "zh"))), dict(words(describe(app, "en")))
    assert [where for where, said in chinese.items() if not HAN.search(said)] == []
    assert [where for where, said in english.items() if not said or HAN.search(said)] == []


def test_nothing_is_said_of_what_is_not_there(app: FastAPI) -> None:
    document = describe(app, "zh")
    names = {f"op-{one['operationId']}" for one in operations(document)}
    said = {
        key.removeprefix("openapi.") for key in catalogue("zh") if key.startswith("openapi.op-")
    }
    assert {key.removesuffix("-more") for key in said} == names


def test_every_operation_shows_what_it_takes_and_answers(app: FastAPI) -> None:
    for operation in operations(describe(app, "zh")):
        name = operation["operationId"]
        files = "application/json" not in operation["responses"]["200"]["content"]
        assert (name in ANSWERS) != files, name  # a file shows itself
        for status, answer in operation["responses"].items():
            kind = PROBLEM if int(status) >= 400 else "application/json"
            if int(status) == 200 and files:
                continue
            assert "example" in answer["content"][kind], (name, status)
        if "requestBody" in operation:
            assert name in BODIES
        needed = [one for one in operation.get("parameters", ()) if one["required"]]
        assert all("example" in one or "examples" in one["schema"] for one in needed), name


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_examples_are_true_to_the_shapes(app: FastAPI, lang: str) -> None:
    every = [one for router in ROUTERS for one in router.routes if isinstance(one, APIRoute)]
    routes = [one for one in every if one.include_in_schema]
    assert {operation_id(one) for one in routes} == {
        one["operationId"] for one in operations(describe(app, lang))
    }
    routes = [one for one in routes if one.response_model is not None]  # the others answer a file
    for route in routes:
        example = ANSWERS[operation_id(route)](lang)
        shape = TypeAdapter(route.response_model)
        known = shape.dump_python(shape.validate_python(example), mode="json")
        pairs = (
            zip(known, example, strict=True) if isinstance(example, list) else [(known, example)]
        )
        for whole, told in pairs:
            assert told.keys() <= whole.keys(), operation_id(route)
    IncidentIn.model_validate(BODIES["incidents-report"])


def test_malformed_requests_are_complained_of_in_the_readers_language() -> None:
    app = create_app(Settings())
    app.state.opening = Opened()
    client = TestClient(app)
    cases = {
        "/locate?lat=1": "query.lng: 没有给出",
        "/locate?lng=181&lat=1": "query.lng: 不能大于 180.0",
        "/locate?lng=x&lat=1": "query.lng: 应为数字",
        "/locate?lng=1&lat=nan": "query.lat: 应为有限的数",
        "/incidents?limit=0": "query.limit: 不能小于 1",
        "/incidents?how=x": "query.how: 应为 inside | boundary | outside | invalid 之一",
        "/incidents?since=yesterday": "query.since: 应为时间",
    }
    for path, said in cases.items():
        reply = client.get(path)
        assert (reply.status_code, reply.headers["content-type"]) == (422, PROBLEM)
        assert said in reply.json()["detail"], reply.json()
        english = client.get(path, headers={"accept-language": "en"}).json()
        assert not HAN.search(english["detail"])
    sent = client.post("/incidents", json={"source": "热线", "colour": "red"}).json()
    assert sent["fields"] == [{"where": "body.colour", "message": "不认识这一项"}]
    broken = client.post("/incidents", content="{", headers={"content-type": "application/json"})
    assert "请求内容不是完整的 JSON" in broken.json()["detail"]


def test_every_refusal_is_a_problem(app: FastAPI) -> None:
    client = TestClient(app, raise_server_exceptions=False)
    nothing, method, asset = client.get("/nothing"), client.put("/locate"), client.get("/assets/x")
    assert [one.status_code for one in (nothing, method, asset)] == [404, 405, 404]
    assert {one.headers["content-type"] for one in (nothing, method, asset)} == {PROBLEM}
    assert method.headers["allow"] == "GET"
    failed = client.get("/readyz")  # the service was never opened: a defect of this test's making
    assert (failed.status_code, failed.headers["content-type"]) == (500, PROBLEM)
    assert "服务日志" in failed.json()["detail"]
