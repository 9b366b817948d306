"""Files that are handed over as the body of a request."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request

from geo.errors import FileUnreadable

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
