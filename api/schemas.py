"""The shapes that go in and out over HTTP. Coordinates are degrees; answers are EPSG:4490 (lng, lat)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.moments import Moment
from data.tables import IncidentStatus
from geo.codes import Level
from geo.model import How, Severity

Lng = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False, examples=[116.951])]
Lat = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False, examples=[31.046])]
DatumName = Annotated[
    str,
    Field(
        max_length=16,
        examples=["gcj02"],
    ),
]
# PostgreSQL keeps no NUL.
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=2000)]
Key = Annotated[
    str,
    StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$", min_length=1, max_length=100),
]


class PlaceQuery(BaseModel):
    """A place that is asked for."""

    lng: Lng
    lat: Lat
    datum: DatumName = "wgs84"


class Person(BaseModel):
    """Who answers, with the duty that makes it so: ``A`` a grid's officer (A岗), ``stand-in`` who stands in (代班)."""

    name: str
    phone: str | None
    duty: str


class Place(BaseModel):
    """Which grid a point belongs to, and why."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "how": "inside",
                "grid_code": "340881001001003",
                "grid_name": "和平社区第3网格",
                "community_code": "340881001001",
                "community_name": "和平社区",
                "edge_m": 41.7,
                "runner_up": "340881001001004",
                "nearest_code": None,
                "nearest_m": None,
                "people": [{"name": "江文秀", "phone": None, "duty": "A"}],
                "why": "位于和平社区第3网格内，距边界 42 米。",
            }
        }
    )

    how: How
    grid_code: str | None
    grid_name: str | None
    community_code: str | None
    community_name: str | None
    edge_m: float | None
    runner_up: str | None
    nearest_code: str | None
    nearest_m: float | None
    people: list[Person]
    why: str


class Chosen(BaseModel):
    """The place that was chosen of those that a search offered."""

    model_config = ConfigDict(extra="forbid")

    kind: Key = Field(examples=["building"])
    key: Text = Field(min_length=1, examples=["building:340881001001-0012"])


class ChoiceIn(Chosen):
    """What a dispatcher meant by some words."""

    q: Text = Field(min_length=1, examples=["老纺织厂宿舍"])


class ChoiceOut(BaseModel):
    """Whether there was something to remember."""

    remembered: bool


class IncidentIn(BaseModel):
    """A matter as it is reported. Without coordinates its place is unknown and it is kept to be placed."""

    model_config = ConfigDict(extra="forbid")

    source: Key = Field(examples=["12345热线"])
    source_id: Key | None = Field(None, examples=["HX-20261123-0001"])
    category: Text | None = Field(None, examples=["公用设施"])
    catalogue_code: Key | None = None
    note: Text | None = Field(None, examples=["路灯不亮"])
    address: Text | None = Field(None, examples=["和平路12号门口"])
    lng: Lng | None = None
    lat: Lat | None = None
    datum: DatumName = "wgs84"
    reported_at: Moment | None = None
    said: Text | None = Field(None, examples=["和平小区3栋"])
    chosen: Chosen | None = None


class IncidentOut(BaseModel):
    """A recorded incident."""

    id: str
    source: str
    source_id: str | None
    category: str | None
    catalogue_code: str | None
    note: str | None
    address: str | None
    lng: float | None
    lat: float | None
    how: How | None
    grid_code: str | None
    status: IncidentStatus
    reported_at: datetime
    recorded_at: datetime
    closed_at: datetime | None
    joined_to: str | None
    call_id: str | None
    taken_by: str | None
    taken_at: datetime | None
    version: int


class Recorded(BaseModel):
    """The answer to a report: the incident, its place, and whether it was there already."""

    incident: IncidentOut
    place: Place | None
    repeated: bool


class Page(BaseModel):
    """One page of a list; ``next`` is the cursor of the following page, null on the last."""

    next: str | None


class IncidentPage(Page):
    items: list[IncidentOut]


class Feature(BaseModel):
    """A GeoJSON feature; geometry is null unless asked for."""

    type: str = "Feature"
    id: str
    geometry: dict[str, Any] | None
    properties: dict[str, Any]


class FeaturePage(Page):
    """A GeoJSON FeatureCollection that pages."""

    type: str = "FeatureCollection"
    features: list[Feature]


class HeadlineOut(BaseModel):
    """A figure that leaders ask for: part of whole, and the findings that lower it."""

    name: str
    part: int
    whole: int
    share: float | None
    rules: str | None
    exceptions: list[str]


class FirstBreak(BaseModel):
    """How many grids' chains break first at one level by one kind of finding."""

    level: str
    code: str
    count: int


class ChainOut(BaseModel):
    """纵向到底: whose chains are whole, and where the others break first, from the top down."""

    grids: int
    grids_whole: int
    buildings: int
    buildings_whole: int
    rules: str
    first_breaks: list[FirstBreak]
    unchecked: list[str]


class ChainLink(BaseModel):
    """One grid or building, and the first broken link of its chain; null where it is whole."""

    id: str
    level: str | None
    finding: str | None
    text: str | None


class ChainPage(Page):
    total: int
    items: list[ChainLink]


class PartOut(BaseModel):
    """How much of something is in exactly one grid: a count, metres or square metres."""

    counted_in: str
    covered: float
    total: float


class AgeOut(BaseModel):
    """Of which days the records of a layer are."""

    oldest: date | None
    newest: date | None
    dated: int
    undated: int
    oldest_days: int | None


class PlaceName(BaseModel):
    """A city, street, community or grid."""

    code: str
    name: str | None
    level: Level


class PlaceFigures(PlaceName):
    """The figures of one place and all that lies in it; the same on the map."""

    headlines: list[HeadlineOut]
    by_kind: dict[str, tuple[int, int]]
    components: dict[str, tuple[int, int]]
    grids: int
    inside: int
    counted: int
    households: int | None
    residents: int | None
    households_outside: int | None
    residents_outside: int | None


class CoverageOut(PlaceFigures):
    """Whether the net is whole under a place, as things stood at ``as_of``."""

    as_of: datetime
    things: dict[str, list[PartOut]]
    ages: dict[str, AgeOut]
    chain: ChainOut | None
    path: list[PlaceName]
    findings: dict[str, Any]
    parts: list[PlaceFigures]


class HouseOut(BaseModel):
    """A building of a list."""

    building_id: str | None
    name: str | None
    kind: str | None
    estate: str | None
    households: float | None
    residents: float | None
    lng: float
    lat: float


class HousesOut(BaseModel):
    total: int
    items: list[HouseOut]


class AnsweringOut(BaseModel):
    """Who answers for a place now: A岗 for a grid, B岗 for a line of business in its community."""

    kind: str
    line: str | None
    title: str | None
    person: str
    phone: str | None


class HitOut(BaseModel):
    """A place or building that was searched for."""

    kind: str
    code: str
    name: str | None
    lng: float | None
    lat: float | None


class CellsOut(BaseModel):
    """How many incidents lie where in a tile: count, and pixels from its north-western corner (of 256)."""

    count: list[int]
    x: list[int]
    y: list[int]


class FindingOut(BaseModel):
    """One thing that the check found, in words."""

    code: str
    severity: Severity
    title: str
    text: str
    codes: list[str]
    area_m2: float | None
    width_m: float | None
    count: int | None
    households: int | None
    geometry: Any
    params: dict[str, Any]


class FindingPage(Page):
    total: int
    items: list[FindingOut]


class Parts(BaseModel):
    """What else was understood of the words."""

    building: str
    unit: str
    room: str
    door: str
    tail: str


class Hit(BaseModel):
    """A place that may be meant."""

    said: str
    kind: str
    key: str
    building_id: str | None
    lng: float | None
    lat: float | None
    datum: str | None
    raw_lng: float | None
    raw_lat: float | None
    score: float | None
    match: str | None
    lack: str | None
    radius_m: float | None
    parts: Parts | None
    place: Place | None
    office: str | None
    why: str


class Search(BaseModel):
    """What a text was understood as, and the places it may mean, the likeliest first."""

    understood: str
    choose: bool
    advice: str | None
    hits: list[Hit]


class Health(BaseModel):
    """What the service can say of itself."""

    status: str
    epoch: int | None = None
    grids: int | None = None
