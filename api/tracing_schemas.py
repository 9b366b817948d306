"""The shapes of tracing (routes/tracing.py): ledger rows put on the map, images to trace over, what is drawn there."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from api.schemas import DatumName, Key, Lat, Lng, Place
from api.services.backdrops import MOST_POINTS
from data.readers.images import MOST_BYTES
from data.tables import TraceKind
from geo.fitting import Doubt, FitKind
from geo.model import LineClass

Number = Annotated[int, Field(ge=1, le=2**63 - 1, examples=[3])]
Pixel = Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False, examples=[812.5])]


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


class PointIn(BaseModel):
    """A control point: a pixel of the image, from its upper left corner, and where that is."""

    model_config = ConfigDict(extra="forbid")

    x: Pixel
    y: Pixel
    lng: Lng
    lat: Lat
    datum: DatumName = "wgs84"


class BackdropIn(_Asked):
    """An image to trace over; image: a PNG or JPEG, base64."""

    community: Key = Field(examples=["340881001001"])
    name: Key = Field(examples=["规划图.png"])
    image: Annotated[str, Field(max_length=4 * MOST_BYTES // 3 + 4)]


class PointsIn(_Asked):
    """The control points of an image, all of them; version: the one that was seen."""

    version: Number
    points: list[PointIn] = Field(max_length=MOST_POINTS)


class PointOut(BaseModel):
    """A control point. lng, lat: EPSG:4490; raw_lng, raw_lat: as they were told, in datum. residual_m: by how much the
    fit misses it."""

    x: float
    y: float
    lng: float
    lat: float
    raw_lng: float
    raw_lat: float
    datum: str
    residual_m: float | None


class FitOut(BaseModel):
    """How an image lies on the ground. corners: upper left, upper right, lower right, lower left."""

    kind: FitKind
    rms_m: float
    metres_per_pixel: float
    turned_deg: float
    doubts: list[Doubt]
    said: list[str]
    corners: list[tuple[float, float]]


class BackdropOut(BaseModel):
    """An image to trace over; image: where it can be seen; fit: null until two points tell how it lies."""

    id: int
    community_code: str
    name: str
    width: int
    height: int
    version: int
    actor: str
    at: datetime
    image: str
    points: list[PointOut]
    fit: FitOut | None


class BackdropsOut(BaseModel):
    """Images to trace over, the latest first."""

    backdrops: list[BackdropOut]


class TraceIn(_Asked):
    """A road, river or outline drawn by hand. closed: it is an area; roads and rivers are lines."""

    community: Key = Field(examples=["340881001001"])
    kind: TraceKind
    line_class: LineClass | None = Field(None, examples=["lane"])
    name: Key | None = Field(None, examples=["工农巷"])
    points: list[tuple[Lng, Lat]] = Field(min_length=2, max_length=1000)
    closed: bool = False
    datum: DatumName = "wgs84"


class TraceOut(BaseModel):
    """What was drawn by hand, as GeoJSON. given: how many buildings got their estate from it."""

    id: int
    community_code: str
    kind: TraceKind
    line_class: LineClass | None
    name: str | None
    actor: str
    at: datetime
    removed_by: str | None
    removed_at: datetime | None
    given: int
    geometry: dict[str, Any]


class InsideBuilding(BaseModel):
    """A building within an outline."""

    building_id: str
    name: str | None
    address: str | None
    estate: str | None
    households: int | None


class InsideOut(BaseModel):
    """What stands within an outline. unnamed: buildings of no estate; others: of another; same: how many bear its name;
    given: how many got it from the outline."""

    id: int
    estate: str
    unnamed: list[InsideBuilding]
    others: list[InsideBuilding]
    same: int
    given: int


class NameIn(_Asked):
    """Buildings of no estate get the outline's name. also: those of another estate that do, too."""

    also: list[Key] = Field(default_factory=list, max_length=5000, examples=[["340881001001-0012"]])


class NamedOut(BaseModel):
    """named: how many buildings got another estate; left: those that were named otherwise since and stay so; drafts:
    plans that follow."""

    id: int
    estate: str
    named: int
    left: int
    drafts: list[int]


class TracesOut(BaseModel):
    """What was drawn and stands, the latest first."""

    traces: list[TraceOut]
