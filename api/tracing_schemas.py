"""The shapes of tracing (routes/tracing.py): ledger rows put on the map, images to trace over, what is drawn there."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.schemas import DatumName, Key, Lat, Lng, Place

Number = Annotated[int, Field(ge=1, le=2**63 - 1, examples=[3])]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")

    by: Key | None = Field(None, examples=["张三"])


class WaitingRow(BaseModel):
    """A row of a ledger that waits for its place. told: the community, as the row names it."""

    key: str
    name: str | None
    estate: str | None
    address: str | None
    told: str | None
    community_code: str | None
    kind: str | None
    households: int | None
    residents: int | None
    reasons: list[str]
    source: str | None
    kept_at: datetime


class WaitingPage(BaseModel):
    """Rows that wait for their place; total: of all pages."""

    rows: list[WaitingRow]
    total: int
    next: str | None


class PutIn(_Asked):
    """Which row is put where. anyway: also outside the community that it names."""

    key: Key
    lng: Lng
    lat: Lat
    datum: DatumName = "wgs84"
    anyway: bool = False


class UndoIn(_Asked):
    """Who takes it back."""


class PlacementOut(BaseModel):
    """A row that somebody put on the map. key: the number of the building that it became."""

    id: int
    key: str
    name: str | None
    community_code: str | None
    source: str | None
    lng: float
    lat: float
    actor: str
    at: datetime
    undone_by: str | None
    undone_at: datetime | None


class PlacementsOut(BaseModel):
    """What was put on the map and stands, the latest first."""

    placements: list[PlacementOut]


class DraftGridOut(BaseModel):
    """The grid of a draft in which a building lies; version: the draft's, counted again."""

    plan: int
    version: int
    grid_code: str | None


class PlacedOut(BaseModel):
    """What came of it: who answers for it, and where it lies in each draft."""

    placement: PlacementOut
    place: Place | None
    drafts: list[DraftGridOut]
