"""The shapes of plans drawn elsewhere (routes/plan_imports.py)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.plan_schemas import Layer
from api.schemas import FindingOut, Key, Text
from api.services.adopting.wishes import MOST_WITHIN_M, Wishes
from geo.repair import RepairFigures

AreaId = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00]*$")]
NOTHING = "#none"
"""The column that is none: nothing in the file says it."""


class ImportWishes(BaseModel):
    """What a person says of a file; what is null is found out, or asked for."""

    model_config = ConfigDict(extra="forbid")

    layers: list[Text] | None = Field(None, min_length=1, max_length=500, examples=[["网格界线"]])
    datum: Key | None = Field(None, examples=["EPSG:4548"])
    swapped: bool = False
    encoding: Key | None = Field(None, examples=[None])
    code_column: Text | None = Field(None, examples=["网格编码"])
    name_column: Text | None = Field(None, examples=["网格名称"])
    within_m: float | None = Field(None, gt=0, le=MOST_WITHIN_M, examples=[0.5])
    codes: dict[AreaId, Key] = Field(default_factory=dict, max_length=3000)
    left_out: list[AreaId] = Field(default_factory=list, max_length=3000)
    complete: bool = False

    def wishes(self) -> Wishes:
        """The same, for the use case."""
        columns = {"code": self.code_column, "name": self.name_column}
        return Wishes(
            layers=None if self.layers is None else tuple(self.layers),
            datum=self.datum,
            swapped=self.swapped,
            encoding=self.encoding,
            columns={
                ours: None if theirs == NOTHING else theirs
                for ours, theirs in columns.items()
                if theirs is not None
            },
            within_m=self.within_m,
            codes=dict(self.codes),
            left_out=frozenset(self.left_out),
            complete=self.complete,
        )


class ImportAccept(ImportWishes):
    """What was said last, and ``seen``: what was shown then. by: who does it; name: what the drafts are called."""

    seen: Key = Field(examples=["5f0c9d3b7a1e4c2f8b6d0e9a7c5f3b1d"])
    by: Key | None = Field(None, examples=["张三"])
    name: Text | None = Field(None, examples=["测绘院方案"])


class ImportLayer(BaseModel):
    """One layer of the file."""

    name: str
    areas: int
    lines: int
    texts: int


class ImportColumn(BaseModel):
    """A column that can hold codes or names, with the first of what it holds."""

    name: str
    samples: list[str]


class ImportReading(BaseModel):
    """One way to read the coordinates (title: what a CRS calls itself): how many of ``total`` points it puts inside
    known communities, and how many of these within 5 m of a border of one."""

    datum: str
    title: str | None
    swapped: bool
    inside: int
    near: int
    total: int


class ShareOut(BaseModel):
    """Ground of a grid in force, and who lives there."""

    code: str
    name: str
    area_m2: float
    households: int


class CompletionOut(BaseModel):
    """A community whose other grids stay as in force. drawn, kept: codes; cut: what of kept ones the drawing takes;
    gone: grids that it takes altogether; stays: ground of a drawn grid outside of what was drawn, which stays its
    own."""

    community_code: str
    drawn: list[str]
    kept: list[str]
    cut: list[ShareOut]
    gone: list[ShareOut]
    stays: list[ShareOut]


class PublishedGrid(BaseModel):
    """A grid in force, whose code an area may get."""

    code: str
    name: str
    community_code: str


class ImportOut(BaseModel):
    """What a file holds, its faults, and what a repair would do. needs: what must be said first. notes: about the
    drawing as such; findings: of its areas as they came; remaining: after the repair. completable: communities
    of which only some grids were drawn, and whose others can stay as in force; completion: those where they do, with
    the grids that are ``kept``. ready: whether drafts can be made."""

    id: int | None
    file: str
    created_by: str
    created_at: datetime | None
    expires_at: datetime | None
    wishes: ImportWishes
    needs: list[Literal["layers", "datum"]]
    layers: list[ImportLayer]
    chosen: list[str]
    columns: list[ImportColumn]
    code_column: str | None
    name_column: str | None
    datum: str | None
    datum_by: Literal["file", "kind", "person"] | None
    readings: list[ImportReading]
    within_m: float | None
    grids: Layer
    mended: Layer
    communities: Layer
    published: list[PublishedGrid]
    notes: list[FindingOut]
    findings: list[FindingOut]
    remaining: list[FindingOut]
    changes: list[RepairFigures]
    completable: list[str]
    completion: list[CompletionOut]
    kept: Layer
    blocking: int
    ready: bool
    seen: str


class ImportHead(BaseModel):
    """A file that waits to be accepted."""

    id: int
    file: str
    size: int
    created_by: str
    created_at: datetime
    expires_at: datetime


class ImportsOut(BaseModel):
    """Files that wait to be accepted, the latest first."""

    imports: list[ImportHead]
