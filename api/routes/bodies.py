"""Files that are handed over as the body of a request."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Annotated, TypeVar

from fastapi import Query, Request
from starlette.concurrency import run_in_threadpool

from data.apart import Cancel
from geo.errors import FileUnreadable

T = TypeVar("T")

FileName = Annotated[
    str, Query(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$", examples=["方案.zip"])
]
BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


async def body(request: Request, *, most_bytes: int, refusal: FileUnreadable) -> bytes:
    """The bytes of a request, and no more of them than may be."""
    if int(request.headers.get("content-length") or 0) > most_bytes:
        raise refusal
    parts, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most_bytes:
            raise refusal
        parts.append(chunk)
    return b"".join(parts)


@asynccontextmanager
async def wanted(request: Request) -> AsyncIterator[Cancel]:
    """What is read in a child process meanwhile is given up when nobody waits for it any more."""
    cancel = Cancel()

    async def watch() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        cancel.give_up()

    watching = asyncio.create_task(watch())
    try:
        yield cancel
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


async def while_wanted(request: Request, act: Callable[[Cancel], T]) -> T:
    """What ``act`` answers in a thread."""
    async with wanted(request) as cancel:
        return await run_in_threadpool(act, cancel)
