"""The shapes of the ground handed over as files (routes/ground_imports.py)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.plan_schemas import Layer
from api.schemas import FindingOut, Key, Text
from api.services.ground_imports import Wishes
from data.intake import RATIO_LIMITS
from geo.model import ResidentsBasis

GroundNoun = Literal["regions", "buildings", "roads", "rivers", "bridges", "greens"]
ColumnName = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


class GroundWishes(BaseModel):
    """What a person says of a file; what is null is found out, or asked for."""

    model_config = ConfigDict(extra="forbid")

    part: ColumnName | None = Field(None, examples=["buildings"])
    datum: Key | None = Field(None, examples=["gcj02"])
    swapped: bool = False
    encoding: Key | None = Field(None, examples=[None])
    columns: dict[Key, ColumnName] = Field(
        default_factory=dict, max_length=50, examples=[{"households": "住户"}]
    )
    basis: ResidentsBasis | None = Field(None, examples=["usual"])
    ratio: float | None = Field(None, ge=RATIO_LIMITS[0], le=RATIO_LIMITS[1], examples=[2.7])
    code: Key | None = Field(None, examples=[None])
    name: Text | None = Field(None, examples=[None])

    def wishes(self) -> Wishes:
        """The same, for the use case."""
        return Wishes(
            **self.model_dump(include=set(GroundWishes.model_fields)) | {"basis": self.basis}
        )


class GroundAccept(GroundWishes):
    """What was said last, and ``seen``: what was shown then. by: who does it."""

    seen: Key = Field(examples=["5f0c9d3b7a1e4c2f8b6d0e9a7c5f3b1d"])
    by: Key | None = Field(None, examples=["张三"])

    def said(self) -> GroundWishes:
        """What was said of the file alone."""
        return GroundWishes.model_validate(self.model_dump(include=set(GroundWishes.model_fields)))


class GroundColumn(BaseModel):
    """A column of the file, what it is taken for (null: nothing), and the first of what it holds."""

    name: str
    ours: str | None
    samples: list[str]


class GroundWay(BaseModel):
    """One way to read the coordinates (title: what a CRS calls itself): how many of ``total`` places are inside the
    known communities (``total`` is 0 where none is known), and how far all of it lies from where WGS84 would put it."""

    datum: str
    title: str | None
    swapped: bool
    inside: int
    total: int
    shift_m: float | None


class GroundBasis(BaseModel):
    """On what basis (null: nobody says) how many counts of residents are."""

    basis: ResidentsBasis | None
    count: int


class GroundState(BaseModel):
    """How many rows are of one state, in words. A row may have several."""

    state: str
    text: str
    count: int


class GroundRow(BaseModel):
    """A row about which something is to be done: its number in the file, and why."""

    row: int
    key: str | None
    state: str
    reason: str


class GroundNote(BaseModel):
    """What is said of several rows; alike: of the others something alike is said."""

    text: str
    count: int
    rows: list[int]
    alike: bool


class GroundFigures(BaseModel):
    """What the store does, or did: records added, updated, there already, replaced, and rows kept to be completed."""

    added: int
    updated: int
    unchanged: int
    replaced: int
    kept: int


class GroundBefore(BaseModel):
    """That the very same file was imported before."""

    by: str
    at: datetime


class GroundHead(BaseModel):
    """A file that waits, or that was imported: by whom, when, and what came of it. open: whether there are rows that
    somebody must complete, as a sheet."""

    id: int
    noun: GroundNoun
    file: str
    size: int
    created_by: str
    created_at: datetime
    expires_at: datetime
    imported_by: str | None
    imported_at: datetime | None
    result: GroundFigures | None
    open: bool


class GroundFiles(BaseModel):
    """Files that wait or were imported, the latest first."""

    imports: list[GroundHead]


class GroundLooked(BaseModel):
    """What a file holds and what would come of it. needs: what must be said first. problem: why it can't be imported as
    it was said. targets: our columns that may be named. rows: the gravest; more: how many open rows are not listed.
    ready: whether it can be imported."""

    id: int
    noun: GroundNoun
    file: str
    size: int
    created_by: str
    created_at: datetime
    expires_at: datetime
    wishes: GroundWishes
    needs: list[Literal["part", "datum"]]
    problem: str | None
    parts: list[str]
    part: str | None
    table: bool
    encoding: str | None
    columns: list[GroundColumn]
    targets: list[str]
    datum: str | None
    datum_by: Literal["file", "person"] | None
    ways: list[GroundWay]
    bases: list[GroundBasis]
    counts: list[GroundState]
    figures: GroundFigures | None
    rows: list[GroundRow]
    more: int
    notes: list[GroundNote]
    findings: list[FindingOut]
    shapes: Layer
    before: GroundBefore | None
    ready: bool
    seen: str


class GroundDone(GroundHead):
    """A file that was imported. again: it had been already, and nothing was done; text: what came of it in words."""

    again: bool
    text: str
