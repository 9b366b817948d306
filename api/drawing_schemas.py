"""The shapes of drawing plans anew (routes/drawings.py), and what there is to draw them on."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from data.tables import DrawingState


class KindDrawn(BaseModel):
    """The drafts of one kind, and how good they are. inside: how many grids hold both bounds."""

    kind: str
    plans: list[int]
    grids: int
    inside: int
    evenness: float
    compactness: float
    on_lines: float


class LeftOut(BaseModel):
    """A community that could not be drawn, and what it lacks."""

    community_code: str
    lacks: Literal["outline", "buildings"]
    text: str


class SaidOut(BaseModel):
    """What the engine says: why bounds do not hold, counts that could not be used."""

    code: str
    text: str
    codes: list[str]


class DrawingOut(BaseModel):
    """A drawing: how far it is, or what came of it. lost: its process is no more; begin again."""

    id: int
    state: DrawingState
    lost: bool
    step: str | None
    text: str
    done: int
    total: int | None
    by: str
    at: datetime
    asked: dict[str, Any]
    plans: list[int]
    choices: list[KindDrawn]
    left_out: list[LeftOut]
    said: list[SaidOut]
    error: str | None


class DrawingsOut(BaseModel):
    """The drawings that run."""

    drawings: list[DrawingOut]


class CommunityGround(BaseModel):
    """What there is of a community to draw on. uncounted: homes of which nobody said how many households live there."""

    code: str
    name: str
    street: str | None
    street_name: str | None
    outline: bool
    in_force: bool
    drafts: int
    buildings: int
    uncounted: int
    households: int


class GroundOut(BaseModel):
    """What there is to draw plans on, and (``lacking``) what is not there at all."""

    communities: list[CommunityGround]
    buildings: int
    households: int
    roads: int
    rivers: int
    bridges: int
    lacking: list[Literal["communities", "outlines", "buildings", "roads"]]
