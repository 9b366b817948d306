"""The two addresses that are asked all day, without the detours of a framework.

`Express` is the application with a short way before it. A request to one of its addresses that is plainly right goes
straight to the functions that the ordinary route calls as well; whatever is not (malformed, unplaceable, in pieces,
while the service is still starting) takes the ordinary way untouched and is answered there. So both ways say the same,
byte for byte (tests/api/test_express.py).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from fastapi import FastAPI, Request
from starlette.types import Message, Receive, Scope, Send

from api import errors
from api.state import State

Answered: TypeAlias = tuple[int, bytes]
"""Status and JSON."""
Handler: TypeAlias = Callable[[State, Scope, bytes], Awaitable[Answered | None]]
"""Answers a request with this body, or gives it back (None) before anything has happened. What it raises is said as the
ordinary route would say it."""

_JSON = (b"content-type", b"application/json")


class Express(FastAPI):
    """The application, and before it ``express``: handlers by method (GET or POST) and path."""

    def __init__(self, *, express: Mapping[tuple[str, str], Handler], **options: Any) -> None:
        super().__init__(**options)
        self._express = express

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer at once, or pass on what came."""
        handler, state = self._handler(scope)
        if handler is None or state is None:
            await super().__call__(scope, receive, send)
            return
        body = b""
        if scope["method"] == "POST":
            first = await receive()
            receive = _again(first, receive)
            if first["type"] != "http.request" or first.get("more_body"):
                await super().__call__(scope, receive, send)
                return
            body = first.get("body", b"")
        try:
            answered = await handler(state, scope, body)
        except Exception as error:
            request = Request(scope)
            said = errors.answer(request, error)
            await (said or errors.defect(request))(scope, receive, send)
            if said is None:
                raise
            return
        if answered is None:
            await super().__call__(scope, receive, send)
            return
        status, content = answered
        headers = [(b"content-length", b"%d" % len(content)), _JSON]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    def _handler(self, scope: Scope) -> tuple[Handler | None, State | None]:
        if scope["type"] != "http" or scope.get("root_path"):
            return None, None
        handler = self._express.get((scope["method"], scope["path"]))
        opening = getattr(self.state, "opening", None) if handler else None
        return handler, opening.state if opening else None


def header(scope: Scope, name: bytes) -> str:
    """The first header of that name (in small letters), or nothing."""
    for key, value in scope["headers"]:
        if key == name:
            return str(value, "latin-1")
    return ""


def _again(first: Message, rest: Receive) -> Receive:
    """What was received already, then the rest."""
    waiting = [first]

    async def receive() -> Message:
        return waiting.pop() if waiting else await rest()

    return receive
