"""The shapes of what dispatchers do with incidents (routes/handling.py)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.schemas import DatumName, IncidentOut, Key, Lat, Lng, Place, Text
from api.services.joining import MOST_PARTS
from data.tables import Happening

Version = Annotated[int, Field(ge=0, le=2**31 - 1, examples=[0])]


class _Change(BaseModel):
    model_config = ConfigDict(extra="forbid")

    by: Key | None = Field(None, examples=["王芳"])


class TakeIn(_Change):
    """Who takes an incident or gives it back."""

    version: Version | None = None


class ChangeIn(_Change):
    """What is undone, of the version that was seen."""

    version: Version


class PlaceIn(ChangeIn):
    """Where an incident is."""

    lng: Lng
    lat: Lat
    datum: DatumName = "wgs84"
    address: Text | None = Field(None, examples=["和平路12号门口"])
    said: Text | None = Field(None, examples=["农行对面"])
    kind: Key | None = Field(None, examples=["building"])
    key: Key | None = Field(None, examples=["340881001001-0012"])


class JoinIn(ChangeIn):
    """The incident that a call is about as well."""

    to: UUID = Field(examples=["019abcde-0000-7000-8000-000000000001"])


class PartIn(BaseModel):
    """One more matter that a caller told; where it says nothing of the place, the place of the call."""

    model_config = ConfigDict(extra="forbid")

    category: Text | None = Field(None, examples=["市容环境"])
    catalogue_code: Key | None = None
    note: Text | None = Field(None, examples=["垃圾没人清"])
    address: Text | None = None
    lng: Lng | None = None
    lat: Lat | None = None
    datum: DatumName = "wgs84"


class SplitIn(ChangeIn):
    """What else a caller told."""

    parts: list[PartIn] = Field(min_length=1, max_length=MOST_PARTS)


class EventOut(BaseModel):
    """Something done to an incident."""

    incident_id: str
    other_id: str | None
    at: datetime
    actor: str
    what: Happening
    detail: dict[str, Any]


class DeliveredPlace(BaseModel):
    """Coordinates just as they were delivered, and the datum or coordinate system that they refer to."""

    x: float
    y: float
    datum: str | None


class Handled(BaseModel):
    """An incident with its place, what was done to it, the calls joined to it and the parts split from it.

    ``delivered``: the place that it was last told at; null where it has none."""

    incident: IncidentOut
    place: Place | None
    delivered: DeliveredPlace | None
    events: list[EventOut]
    calls: list[IncidentOut]
    parts: list[IncidentOut]


class SameOut(BaseModel):
    """An open incident that a call may be about."""

    incident: IncidentOut
    metres: float | None
    minutes: float
    same_building: bool
    alike: bool
    same_category: bool
    score: float
    why: str


class Nearby(BaseModel):
    """Within which distance and time was looked, and what may be the same, the likeliest first."""

    radius_m: float
    window_h: float
    rules: str
    items: list[SameOut]


class FeedbackPlace(BaseModel):
    """A place that says something about the plan, as a GeoJSON feature."""

    type: str = "Feature"
    geometry: dict[str, Any]
    properties: dict[str, Any]


class FeedbackOut(BaseModel):
    """What answers say about the plan, as a GeoJSON FeatureCollection; total: how many places there are."""

    type: str = "FeatureCollection"
    total: int
    features: list[FeedbackPlace]
