"""The shapes of plans beside each other, of what people say of them, and of what becomes of them outside."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.moments import Moment
from api.plan_schemas import MovedBuilding, PlanHead
from api.schemas import AnsweringOut, DatumName, Feature, Key, Lat, Lng, PlaceQuery, Text
from api.services.plan_life import MOST_PHOTO_BYTES
from data.tables import CommentKind, Stage
from geo.model import How

Said = Annotated[Text, Field(min_length=1)]
Base64 = Annotated[str, StringConstraints(max_length=MOST_PHOTO_BYTES * 4 // 3 + 4)]


class ScoresOut(BaseModel):
    """How good a plan is, each from 0 to 1 but evenness: how even, how compact, how far borders follow lines."""

    evenness: float | None
    compactness: float | None
    on_lines: float | None


class DiffOut(BaseModel):
    """What differs between two plans of one community."""

    before: PlanHead
    after: PlanHead
    new: list[str]
    gone: list[str]
    renumbered: dict[str, str]
    renamed: dict[str, tuple[str, str]]
    ground: list[Feature]
    buildings: list[MovedBuilding]
    households: int
    residents: int
    load: int
    least_households: int
    scores: tuple[ScoresOut, ScoresOut]


class SpreadOut(BaseModel):
    """How incidents are shared among grids."""

    loads: dict[str, int]
    gini: float | None
    max_to_mean: float | None


class ReplayOut(BaseModel):
    """Last year's incidents under two plans of one community."""

    before_plan: PlanHead
    after_plan: PlanHead
    before: SpreadOut
    after: SpreadOut
    moved: int


class WhoseQuery(PlaceQuery):
    """A place at a moment; without a zone the moment is the city's."""

    at: Moment = Field(examples=["2026-03-01T08:00:00+08:00"])


class WhoseOut(BaseModel):
    """Whose a place was at a moment, by which plan, and who answered for it then."""

    at: datetime
    how: How
    grid_code: str | None
    grid_name: str | None
    edge_m: float | None
    nearest_code: str | None
    nearest_m: float | None
    plan: PlanHead | None
    people: list[AnsweringOut]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")

    by: Key | None = Field(None, examples=["张三"])


class StageIn(_Asked):
    """A step that a plan went, as the office keeps it."""

    stage: Stage
    day: date = Field(examples=["2026-11-20"])
    number: Key | None = Field(None, examples=["桐政办〔2026〕18号"])
    file_name: Key | None = Field(None, examples=["关于调整网格的批复.pdf"])
    note: Text | None = None


class StageOut(BaseModel):
    """A step that a plan went; file: where it can be had, if it was kept."""

    id: int
    stage: Stage
    day: date
    number: str | None
    file_name: str | None
    file: str | None
    file_type: str | None
    file_bytes: int | None
    file_sha256: str | None
    note: str | None
    actor: str
    at: datetime


class StagesOut(BaseModel):
    """The steps that a plan went, and those that the rules still want before it is published."""

    stages: list[StageOut]
    missing: list[Stage]
    open_objections: int
    rules: str


class CommentIn(_Asked):
    """What somebody says of a plan, at a place or of a grid."""

    kind: CommentKind
    said: Said = Field(examples=["这条巷子的住户一直走南门，划到南边更方便。"])
    name: Key | None = Field(None, examples=["陈阿姨"])
    contact: Key | None = None
    grid_code: Key | None = None
    lng: Lng | None = None
    lat: Lat | None = None
    datum: DatumName = "wgs84"
    photo: Base64 | None = Field(None, examples=[None])
    source_id: Key | None = Field(None, examples=[None])


class AnswerIn(_Asked):
    """What is answered to somebody."""

    answer: Said = Field(examples=["已把该巷划入第3网格。"])


class CommentOut(BaseModel):
    """What somebody said of a plan; photo: where it can be seen."""

    id: int
    plan_id: int
    kind: CommentKind
    said: str
    name: str | None
    contact: str | None
    grid_code: str | None
    lng: float | None
    lat: float | None
    photo: str | None
    actor: str
    at: datetime
    answer: str | None
    answered_by: str | None
    answered_at: datetime | None


class CommentsOut(BaseModel):
    """What was said of a plan, the earliest first."""

    comments: list[CommentOut]


class LegOut(BaseModel):
    """A stretch of a border that follows one thing beside one neighbour. new: it was no border before."""

    number: int
    along: str | None
    kind: str | None
    beyond: str | None
    metres: float
    new: bool
    path: dict[str, Any]
    notes: list[CommentOut]


class WalkedGrid(BaseModel):
    """A grid whose border may be walked."""

    code: str
    name: str
    changed: bool


class WalkOut(BaseModel):
    """A grid's border in legs, clockwise from its north-west; notes: those at no leg."""

    plan_id: int
    community_name: str
    grid_code: str
    grids: list[WalkedGrid]
    outline: dict[str, Any]
    legs: list[LegOut]
    notes: list[CommentOut]
