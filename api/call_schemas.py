"""The shapes of a hotline's sheet over HTTP."""

from __future__ import annotations

from pydantic import BaseModel


class OpenCall(BaseModel):
    """A row that somebody must look at."""

    key: str
    state: str
    reason: str
    candidates: list[str]


class CallsOut(BaseModel):
    """What became of a sheet, or would."""

    file: str
    written: bool
    counts: dict[str, int]
    added: int
    updated: int
    unchanged: int
    open: list[OpenCall]
    sheet: str | None = None
