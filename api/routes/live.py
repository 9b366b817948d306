"""``/incidents/stream``: server-sent events for whoever shows the live list."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header
from fastapi.responses import StreamingResponse
from pydantic_core import to_json
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from api.services.live import Follower, Live
from api.state import State, state
from data.store.news import News

router = APIRouter(tags=["incidents"])

HEARTBEAT_S = 15.0
RETRY_MS = 2000
"""After how long a browser whose connection broke comes back."""
_MEDIA = "text/event-stream"
_CHANGED = {
    "type": "object",
    "properties": {"id": {"type": "string"}, "version": {"type": "integer"}},
    "required": ["id", "version"],
}
_NEWS = {
    "type": "object",
    "properties": {
        "changed": {"type": "array", "items": _CHANGED},
        "many": {"type": "boolean"},
    },
    "required": ["changed", "many"],
}
_EVENT = {
    "type": "object",
    "properties": {
        "event": {"const": "incidents"},
        "id": {"type": "string"},
        "data": {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": _NEWS,
        },
        "retry": {"const": RETRY_MS},
    },
    "required": ["event", "id", "data"],
}
"""One event, as documents tell of a stream: field by field."""


class _Stream(StreamingResponse):
    """Server-sent events until the reader or the service goes."""

    media_type = _MEDIA

    def __init__(self, live: Live, follower: Follower, missed: News) -> None:
        headers = {"cache-control": "no-cache", "x-accel-buffering": "no"}
        super().__init__(_said(follower, missed), headers=headers)
        self._live, self._follower = live, follower

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._live.leave(self._follower)


@router.get(
    "/incidents/stream",
    response_class=StreamingResponse,
    responses={200: {"content": {_MEDIA: {"schema": _EVENT}}}},
)
async def stream(
    service: Annotated[State, Depends(state)],
    after: Annotated[str | None, Header(alias="Last-Event-ID", max_length=100_000)] = None,
) -> StreamingResponse:
    """Which incidents came in or changed, from now on or from where a former stream broke off."""
    loop = asyncio.get_running_loop()
    follower, missed = await run_in_threadpool(service.live.follow, loop, after)
    return _Stream(service.live, follower, missed)


async def _said(follower: Follower, missed: News) -> AsyncIterator[bytes]:
    yield b"retry: %d\n" % RETRY_MS + _event(missed)
    while not follower.over:
        told = await follower.news(HEARTBEAT_S)
        if told is not None:
            yield _event(told)
        elif not follower.over:
            yield b":\n\n"


def _event(told: News) -> bytes:
    changed = [{"id": str(number), "version": version} for number, version in told.changed.items()]
    data = to_json({"changed": changed, "many": told.many})
    return b"event: incidents\nid: %s\ndata: %s\n\n" % (told.position.encode(), data)
