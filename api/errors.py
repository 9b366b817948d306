"""Errors as HTTP answers: application/problem+json (RFC 9457) in the reader's language."""

from __future__ import annotations

from functools import lru_cache

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.routing import Match

from api.shown import incident_fields
from api.validation import complaint
from data.database import is_away
from geo.errors import Conflict, EnvironmentMissing, Forbidden, InputError, NotFound, WanggeError
from maps.texts import DEFAULT_LANGUAGE, LANGUAGES, short, text

STATUS: dict[type[WanggeError], int] = {
    InputError: 422,
    NotFound: 404,
    Conflict: 409,
    Forbidden: 403,
    EnvironmentMissing: 503,
}

MOST_FIELDS, MOST_LETTERS = 20, 100
"""How much of a malformed request is said back: so many fields, and so much of the name of one that we don't know."""
METHODS = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")


def language(request: Request) -> str:
    """The language that a request asks for."""
    return language_of(request.headers.get("accept-language", ""))


@lru_cache(maxsize=256)
def language_of(accepted: str) -> str:
    """The first language of an Accept-Language header that has a catalogue, else Chinese."""
    for item in accepted.split(","):
        tag = item.split(";")[0].strip()[:2].lower()
        if tag in LANGUAGES:
            return tag
    return DEFAULT_LANGUAGE


def install(app: FastAPI) -> None:
    """Let every error leave as a problem."""
    app.add_exception_handler(WanggeError, _known)
    app.add_exception_handler(DBAPIError, _database)
    app.add_exception_handler(PoolTimeout, _busy)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _plain)
    app.add_exception_handler(Exception, defect)


def answer(request: Request, error: Exception) -> Response | None:
    """What is said of an error that a use case raised; None for a defect."""
    if isinstance(error, WanggeError):
        return _known(request, error)
    if isinstance(error, DBAPIError) and is_away(error):
        return _database(request, error)
    if isinstance(error, PoolTimeout):
        return _busy(request, error)
    return None


def problem(status: int, code: str, detail: str, **extra: object) -> JSONResponse:
    """One problem+json answer; ``type`` is the stable code, ``detail`` the sentence for a person."""
    body = {"type": f"urn:wangge:{code}", "title": code, "status": status, "detail": detail}
    headers = {"retry-after": "1"} if status == 503 else None
    media_type = "application/problem+json"
    return JSONResponse(body | extra, status_code=status, headers=headers, media_type=media_type)


def _known(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, WanggeError)
    status = next(code for kind, code in STATUS.items() if isinstance(error, kind))
    detail = text(f"error.{error.code}", language(request), **short(error.params))
    return problem(status, error.code, detail, **_now(error))


def _now(error: WanggeError) -> dict[str, object]:
    """What the thing is now that a conflict is about, where it tells that; which of several operations failed."""
    if "index" in error.params:
        return {"index": error.params["index"]}
    if not isinstance(error, Conflict) or error.now is None:
        return {}
    shown = incident_fields(error.now) if error.of == "incident" else dict(error.now)
    return {error.of: jsonable_encoder(shown)}


def _database(request: Request, error: Exception) -> JSONResponse:
    """A database that is away is no defect of ours; any other complaint of its is."""
    assert isinstance(error, DBAPIError)
    if not is_away(error):
        raise error
    reason = str(error.orig).strip()
    detail = text("error.database-away", language(request), reason=reason)
    return problem(503, "database-away", detail)


def _busy(request: Request, _error: Exception) -> JSONResponse:
    """No connection came free in time: that passes too."""
    return problem(503, "database-busy", text("error.database-busy", language(request)))


def _malformed(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    lang = language(request)
    fields = [
        {"where": ".".join(map(_part, item["loc"])), "message": complaint(item, lang)}
        for item in error.errors()
    ]
    return _complaint(fields[:MOST_FIELDS], lang)


def _part(part: object) -> str:
    """A step on the way to a field. A field that we don't know is called whatever the request says: anything."""
    return str(part).encode(errors="replace").decode()[:MOST_LETTERS]


def _complaint(fields: list[dict[str, str]], lang: str) -> JSONResponse:
    where = "; ".join(f"{item['where']}: {item['message']}" for item in fields)
    detail = text("error.request-malformed", lang, fields=where)
    return problem(422, "request-malformed", detail, fields=fields)


def _plain(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.status_code == 400:  # the framework's, of a body that nobody can read as JSON
        lang = language(request)
        return _complaint(
            [{"where": "body", "message": text("validation.json_invalid", lang)}], lang
        )
    code = {404: "no-such-page", 405: "method-not-allowed"}.get(error.status_code, "http-error")
    detail = text(
        f"error.{code}", language(request), path=request.url.path, status=error.status_code
    )
    reply = problem(error.status_code, code, detail)
    reply.headers.update(error.headers or {})
    if "allow" in reply.headers:
        reply.headers["allow"] = ", ".join(_methods(request))
    return reply


def _methods(request: Request) -> list[str]:
    """What a path takes: of several routes on it the framework names one's methods alone."""
    routes, scope = request.app.routes, dict(request.scope)
    return [
        method
        for method in METHODS
        if any(route.matches(scope | {"method": method})[0] is Match.FULL for route in routes)
    ]


def defect(request: Request, _error: Exception | None = None) -> JSONResponse:
    """A defect of ours: said in general here, in full in the server's log (it is raised on)."""
    return problem(500, "defect", text("error.defect", language(request), path=request.url.path))
