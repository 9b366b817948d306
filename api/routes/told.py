"""Long work told while it goes on, to whoever asks for server-sent events: how far it is, then its answer, or the
problem that ended it. Others wait for the answer alone."""

from __future__ import annotations

import asyncio
import logging
from asyncio import AbstractEventLoop, Future, Queue
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

from fastapi import Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel
from pydantic_core import to_json
from starlette.concurrency import run_in_threadpool

from api.errors import answer, defect, language
from api.services.progress import Progress, silent
from maps.texts import text

Made = TypeVar("Made", bound=BaseModel)

MEDIA = "text/event-stream"
HEADERS = {"cache-control": "no-cache", "x-accel-buffering": "no"}
TOLD = {
    "type": "object",
    "properties": {
        "event": {"enum": ["progress", "done", "problem"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
    "required": ["event", "data"],
}
"""An event, for the description of the API."""


class _Left(Exception):
    """Nobody waits for the answer any more."""


class _Telling:
    """What a thread that works says of its progress; None at the end. ``left``: there is nobody to tell."""

    def __init__(self, loop: AbstractEventLoop, lang: str) -> None:
        self.events: Queue[bytes | None] = Queue()
        self.left = False
        self._loop, self._lang = loop, lang

    def __call__(self, step: str, done: int, total: int | None) -> None:
        if self.left:
            raise _Left
        said = text(f"progress.{step}", self._lang)
        event = _event("progress", to_json({"said": said, "done": done, "of": total}))
        self._loop.call_soon_threadsafe(self.events.put_nowait, event)

    def over(self, task: Future[Made]) -> None:
        task.exception()  # looked at, though nobody may be there to be told
        self.events.put_nowait(None)


async def told(request: Request, work: Callable[[Progress], Made]) -> Made | Response:
    """The answer of ``work``, done in a thread. Who goes away before the end stops it: nothing is half written."""
    if MEDIA not in request.headers.get("accept", ""):
        return await run_in_threadpool(work, silent)
    telling = _Telling(asyncio.get_running_loop(), language(request))
    task = asyncio.ensure_future(run_in_threadpool(work, telling))
    task.add_done_callback(telling.over)
    first = await telling.events.get()
    if first is None and task.exception() is not None:
        return await task  # refused before it began: by a status like any other
    return StreamingResponse(
        _events(first, telling, task, request), media_type=MEDIA, headers=HEADERS
    )


async def _events(
    event: bytes | None, telling: _Telling, task: Future[Made], request: Request
) -> AsyncIterator[bytes]:
    try:
        while event is not None:
            yield event
            event = await telling.events.get()
        yield _end(task, request)
    finally:
        telling.left = True


def _end(task: Future[Made], request: Request) -> bytes:
    error = task.exception()
    if error is None:
        return _event("done", task.result().model_dump_json().encode())
    reply = answer(request, error) if isinstance(error, Exception) else None
    if reply is None:
        logging.getLogger("uvicorn.error").error("told as a defect", exc_info=error)
        reply = defect(request)
    return _event("problem", bytes(reply.body))


def _event(name: str, data: bytes) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (name.encode(), data)
