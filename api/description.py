"""The OpenAPI document in the reader's language, with an example of every answer.

FastAPI makes it from routes and shapes; what it says in words is put in here, from the catalogue ``openapi.toml``: an
operation by ``op-<tag>-<function>``, a field or parameter by its name (``field-<name>``; where it means something else
in one shape, ``field-<shape>-<name>``), a shape by ``shape-<name>``.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from api.examples import ANSWERS, BODIES, INCIDENT
from api.services.incidents import ATTEMPTS
from maps.texts import catalogue, text

Json = dict[str, Any]

PROBLEM = "application/problem+json"
_NOTHING: Mapping[str, object] = {}
_Refusal: TypeAlias = tuple[str, Mapping[str, object]]
_REFUSED: Mapping[str, _Refusal] = {
    "404": ("place-unknown", {"code": "340881999"}),
    "409": ("incident-taken", {"id": INCIDENT["id"], "by": "王芳"}),
    "404 incidents": ("incident-unknown", {"id": INCIDENT["id"]}),
    "404 card": ("building-unknown", {"value": "340881001001-0999"}),
    "404 search": ("choice-unknown", {"key": "building:340881001001-0999"}),
    "404 plans": ("plan-unknown", {"plan": 27}),
    "404 plans-show_import": ("import-unknown", {"number": 12}),
    "404 plans-preview_import": ("import-unknown", {"number": 12}),
    "404 plans-accept_import": ("import-unknown", {"number": 12}),
    "404 plans-discard_import": ("import-unknown", {"number": 12}),
    "404 plans-show_drawing": ("drawing-unknown", {"number": 5}),
    "404 plans-cancel_drawing": ("drawing-unknown", {"number": 5}),
    "409 plans-create": ("ground-changed", {}),
    "409 plans-accept_import": ("import-changed", {"file": "plan.dxf"}),
    "409 plans-import_file": ("imports-full", {"most_mb": 1024}),
    "404 ground": ("ground-import-unknown", {"number": 12}),
    "404 ground-open_ground": ("ground-nothing-open", {"number": 12}),
    "409 ground": ("ground-import-done", {"file": "buildings.xlsx", "by": "Zhang San"}),
    "409 ground-put_ground": ("ground-full", {"most_mb": 1024}),
    "409 ground-accept_ground": ("ground-import-changed", {"file": "buildings.xlsx"}),
    "409 plans": ("draft-stale", {"plan": 27, "seen": 7, "version": 9}),
    "404 tracing": ("row-not-waiting", {"key": "k3f1b2c4d5e6f708"}),
    "409 tracing-place": (
        "placed-elsewhere",
        {"key": "k3f1b2c4d5e6f708", "named": "和平社区", "found": "文昌社区"},
    ),
    "409 tracing-pin_backdrop": ("backdrop-stale", {"id": 3, "seen": 4, "version": 5}),
    "404 tracing-add_backdrop": ("place-unknown", {"code": "340881999"}),
    "404 tracing-pin_backdrop": ("backdrop-unknown", {"id": 3}),
    "404 tracing-remove_backdrop": ("backdrop-unknown", {"id": 3}),
    "404 tracing-backdrop_image": ("backdrop-unknown", {"id": 3}),
    "404 tracing-draw_trace": ("place-unknown", {"code": "340881999"}),
    "404 tracing-remove_trace": ("trace-unknown", {"id": 3}),
    "404 tracing-restore_trace": ("trace-unknown", {"id": 3}),
    "409 tracing-remove_trace": ("trace-gone", {"id": 3}),
    "409 tracing-restore_trace": ("trace-there", {"id": 3}),
    "404 tracing-inside_trace": ("trace-unknown", {"id": 4}),
    "404 tracing-name_estate": ("trace-unknown", {"id": 4}),
    "404 tracing-unname_estate": ("trace-unknown", {"id": 4}),
    "409 tracing-name_estate": ("trace-gone", {"id": 4}),
    "409 tracing-unname_estate": ("trace-named-nothing", {"id": 4}),
    "409 tracing-take_off": ("placement-used", {"key": "k3f1b2c4d5e6f708"}),
    "404 tracing-take_off": ("placement-unknown", {"id": 3}),
    "409 incidents-report": ("plans-moving", {"attempts": ATTEMPTS}),
}
"""Examples of what is refused because of how things stand: by the status, of a noun or of one operation."""
_UNUSED = ("HTTPValidationError", "ValidationError")
"""FastAPI's own shapes of a malformed request; ours is Problem."""


def operation_id(route: APIRoute) -> str:
    """What an operation is called: ``locate-locate``."""
    return f"{route.tags[0]}-{route.name}" if route.tags else route.name


def describe(app: FastAPI, lang: str) -> Json:
    """The document in one language."""
    made = get_openapi(
        title=app.title, version=app.version, description=text("api.description", lang),
        routes=app.routes,
    )  # fmt: skip
    document: Json = copy.deepcopy(made)
    schemas = document["components"]["schemas"]
    for name in _UNUSED:
        schemas.pop(name, None)
    schemas["Problem"] = _problem_shape(lang)
    for name, shape in schemas.items():
        _say_shape(name, shape, lang)
    tags: dict[str, str] = {}
    for operation in operations(document):
        _say_operation(operation, lang)
        for tag in operation["tags"]:
            tags[tag] = _text(f"tag-{tag}", lang, tag)
        operation["tags"] = [tags[tag] for tag in operation["tags"]]
    document["tags"] = [
        {"name": said, "description": _text(f"tag-{tag}-more", lang)} for tag, said in tags.items()
    ]
    return document


def operations(document: Mapping[str, Any]) -> Iterator[Json]:
    """Every operation of a document."""
    for path in document["paths"].values():
        yield from path.values()


def _text(name: str, lang: str, otherwise: str = "") -> str:
    return catalogue(lang).get(f"openapi.{name}", otherwise)


def _say_shape(name: str, shape: Json, lang: str) -> None:
    shape["description"] = _text(f"shape-{name}", lang, shape.get("description", ""))
    shape.pop("title", None)
    for field, told in shape.get("properties", {}).items():
        if name != "Problem":
            _say_field(field, told, lang, shape=name)


def _say_field(name: str, told: Json, lang: str, *, shape: str = "") -> None:
    """A field as it is called everywhere, or as it is in one shape (``field-<shape>-<name>``)."""
    told.pop("title", None)
    usual = _text(f"field-{name}", lang, told.get("description", ""))
    told["description"] = _text(f"field-{shape}-{name}", lang, usual)


def _say_operation(operation: Json, lang: str) -> None:
    name = operation["operationId"]
    operation["summary"] = _text(f"op-{name}", lang, operation.get("summary", ""))
    operation["description"] = _text(f"op-{name}-more", lang)
    for parameter in operation.get("parameters", ()):
        said = _text(f"field-{parameter['name']}", lang, parameter.get("description", ""))
        parameter["description"] = said
        parameter["schema"].pop("title", None)
        parameter["schema"].pop("description", None)
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if body is not None and name in BODIES:
        body["example"] = BODIES[name]
    operation["responses"] = _answers(operation["responses"], name, lang)


def _answers(given: Mapping[str, Json], name: str, lang: str) -> Json:
    """The answers of an operation: success with an example, and the problems that it may meet."""
    answers: Json = {}
    for status, answer in given.items():
        if status == "422":
            continue
        if status in _REFUSED:
            code, params = _refused(status, name)
            answers[status] = _problem(code, int(status), lang, params=params)
            continue
        answers[status] = answer | {"description": _text(f"status-{status}", lang)}
        content = answer.get("content", {}).get("application/json")
        if content is not None and name in ANSWERS:
            wanted = f"{name} {status}"
            content["example"] = ANSWERS[wanted if wanted in ANSWERS else name](lang)
    if "422" in given:
        field = {"where": "query.lng", "message": text("validation.missing", lang)}
        said = f"{field['where']}: {field['message']}"
        answers["422"] = _problem("request-malformed", 422, lang, fields=[field], said=said)
    if name != "health-healthz":
        answers["503"] = _problem("database-away", 503, lang, said="connection refused")
    return answers


def _refused(status: str, name: str) -> _Refusal:
    """The nearest example for an operation."""
    keys = (f"{status} {name}", f"{status} {name.split('-', maxsplit=1)[0]}", status)
    return next(_REFUSED[key] for key in keys if key in _REFUSED)


def _problem(
    code: str,
    status: int,
    lang: str,
    *,
    said: str = "",
    params: Mapping[str, object] = _NOTHING,
    **extra: object,
) -> Json:
    detail = text(f"error.{code}", lang, **(params or {"fields": said, "reason": said}))
    example = {"type": f"urn:wangge:{code}", "title": code, "status": status, "detail": detail}
    shape = {"$ref": "#/components/schemas/Problem"}
    content = {PROBLEM: {"schema": shape, "example": example | extra}}
    return {"description": _text(f"status-{status}", lang), "content": content}


def _problem_shape(lang: str) -> Json:
    """RFC 9457, with the fields of a malformed request."""
    words: Json = {name: {"type": "string"} for name in ("type", "title", "detail")}
    words["incident"] = {"type": "object"}
    words["plan"] = {"type": "object"}
    words["backdrop"] = {"type": "object"}
    one = {"where": {"type": "string"}, "message": {"type": "string"}}
    for name, told in one.items():
        _say_field(name, told, lang)
    fields = {"type": "array", "items": {"type": "object", "properties": one}}
    numbers = {name: {"type": "integer"} for name in ("status", "index")}
    properties = words | numbers | {"fields": fields}
    for name, told in properties.items():
        told["description"] = _text(f"problem-{name}", lang)
    required = ["type", "title", "status", "detail"]
    return {"type": "object", "properties": properties, "required": required}
