"""The shapes of redrawing (routes/plans.py)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.drawing_schemas import DrawingOut
from api.moments import Moment
from api.operation_schemas import OperationIn
from api.schemas import Feature, FindingOut, Key, Text
from api.services.alternatives import KINDS
from api.services.anew import Anew
from api.services.redrawing import MOST_OPERATIONS
from data.tables import PlanHappening, PlanStatus
from geo.bounds import checked_bounds
from geo.redraw.drawing import MOST_SEED

PlanId = Annotated[int, Field(ge=1, le=2**63 - 1, examples=[27])]
PlanVersion = Annotated[int, Field(ge=1, le=2**63 - 1, examples=[7])]
Bounds = tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=1)]]
Codes = Annotated[list[Key], Field(min_length=1, max_length=1000)]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", validate_by_name=True, validate_by_alias=True)

    by: Key | None = Field(None, examples=["张三"])


class DraftIn(_Asked):
    """Which communities are redrawn, and from what: the plans in force, or a plan by its number. drawn: the engine
    draws them, also where no plan is in force yet; the rest is what it is asked, from ``households`` on of first plans
    alone."""

    communities: Codes | None = Field(None, examples=[["340881001001"]])
    street: Key | None = None
    from_: Literal["published"] | PlanId = Field("published", alias="from")
    drawn: bool = False
    grids: int | None = Field(None, ge=1, le=999, examples=[None])
    name: Text | None = Field(None, examples=["方案甲"])
    alternatives: int = Field(0, ge=0, le=len(KINDS), examples=[0])
    seed: int = Field(0, ge=0, lt=MOST_SEED, examples=[0])
    households: Bounds | None = Field(None, examples=[[300, 500]])
    residents: Bounds | None = Field(None, examples=[[600, 1000]])
    dedicated: list[Text] = Field(default_factory=list, max_length=100, examples=[["桐城中学"]])
    load: dict[Key, float] = Field(default_factory=dict, max_length=10, examples=[{"residents": 1}])

    def anew(self) -> Anew:
        """What the engine is asked. OptionError for bounds that are no range."""
        for name, bounds in (("households", self.households), ("residents", self.residents)):
            if bounds is not None:
                checked_bounds(bounds, option=name)
        return Anew(
            communities=None if self.communities is None else tuple(self.communities),
            street=self.street,
            plan=None if self.from_ == "published" else self.from_,
            kinds=("balanced", *list(KINDS)[: self.alternatives]),
            grids=self.grids,
            name=self.name,
            seed=self.seed,
            households=self.households,
            residents=self.residents,
            dedicated=tuple(self.dedicated),
            load=dict(self.load),
        )


class StepIn(_Asked):
    """Which version of a draft is changed."""

    version: PlanVersion
    take_over: bool = False


class OperationsIn(StepIn):
    """What is done to a draft, one operation after another."""

    operations: list[OperationIn] = Field(min_length=1, max_length=MOST_OPERATIONS)


class PlanHead(BaseModel):
    """What is said of a plan. undo, redo: how many operations can be taken back, or done again."""

    id: int
    community_code: str
    community_name: str
    name: str | None
    status: PlanStatus
    version: int
    owner: str | None
    owner_at: datetime | None
    source: str | None
    copied_from: int | None
    drawn: str | None
    since: datetime | None
    until: datetime | None
    created_at: datetime
    created_by: str
    published_at: datetime | None
    published_by: str | None
    exceptions: list[dict[str, Any]]
    undo: int
    redo: int


class PlansOut(BaseModel):
    """Plans, by community. drawing: what goes on where the engine takes long; its plans are told there."""

    plans: list[PlanHead]
    drawing: DrawingOut | None = None


class Layer(BaseModel):
    """A GeoJSON FeatureCollection."""

    type: str = "FeatureCollection"
    features: list[Feature]


class LayersOut(BaseModel):
    """A plan as a map shows it: its grids with their numbers, blocks, buildings, and what is wrong."""

    plan: PlanHead
    version: int
    undo: int
    redo: int
    grids: Layer
    blocks: Layer
    buildings: Layer
    badges: list[FindingOut]


class MovedBuilding(BaseModel):
    """A building that another grid answers for."""

    building_id: str
    label: str | None
    estate: str | None
    from_grid: str | None
    to_grid: str | None
    households: int
    residents: int


class GridOfficers(BaseModel):
    """Who answers for a grid that lost or got something."""

    grid_code: str
    people: list[str]


class MovedOut(BaseModel):
    """What changes hands; buildings: the first of them. load: incidents of last year."""

    households: int
    residents: int
    buildings: list[MovedBuilding]
    buildings_count: int
    officers: list[GridOfficers] | None
    open_incidents: int
    load: int


class Changed(BaseModel):
    """What an edit did: the grids and blocks that are otherwise now, those that are gone, all badges."""

    plan: PlanHead
    version: int
    undo: int
    redo: int
    grids: list[Feature]
    gone: list[str]
    blocks: list[Feature]
    blocks_gone: list[str]
    badges: list[FindingOut]
    moved: MovedOut
    said: str


class PlanChange(BaseModel):
    """Something that was done to a plan."""

    version: int
    what: PlanHappening
    actor: str
    at: datetime
    detail: dict[str, Any]


class PlanHistory(BaseModel):
    """What was done to a plan after a version, the earliest first."""

    changes: list[PlanChange]


class ExceptionIn(BaseModel):
    """What somebody approved, and why: a kind of finding, or the one of these grids or this estate."""

    model_config = ConfigDict(extra="forbid")

    code: Key = Field(examples=["building-uncovered"])
    reason: Text = Field(min_length=1, examples=["在建楼栋，验收后划入"])
    grids: list[Key] = Field(default_factory=list, max_length=100, examples=[["340881001001003"]])
    estate: Key | None = Field(None, examples=[None])
    number: Key | None = Field(None, examples=["桐政办〔2026〕18号"])
    day: date | None = Field(None, examples=["2026-11-20"])


class ObstaclesOut(BaseModel):
    """What keeps a plan from coming into force: findings, and steps or answers that it lacks, as an exception names
    them."""

    findings: list[FindingOut]
    lacking: list[str]


class PublishIn(_Asked):
    """The version that comes into force: now, or from a moment on."""

    version: PlanVersion
    since: Moment | None = Field(None, examples=[None])
    exceptions: list[ExceptionIn] = Field(default_factory=list, max_length=100)


class RestoreIn(_Asked):
    """A plan that is over comes into force again: now, or from a moment on."""

    since: Moment | None = Field(None, examples=[None])
    exceptions: list[ExceptionIn] = Field(default_factory=list, max_length=100)


class WithdrawIn(_Asked):
    """A plan that waits for its time becomes a draft again."""


class VersionOf(BaseModel):
    """A plan, and the version of it that was seen."""

    model_config = ConfigDict(extra="forbid")

    id: PlanId
    version: PlanVersion


class PublishManyIn(_Asked):
    """Plans that come into force together, all or none."""

    plans: list[VersionOf] = Field(min_length=1, max_length=1000)
    since: Moment | None = Field(None, examples=[None])
    exceptions: list[ExceptionIn] = Field(default_factory=list, max_length=100)


class PostLeft(BaseModel):
    """A post whose grid is no more. successors: the grids that were made from it."""

    grid_code: str
    kind: str
    line: str | None
    title: str | None
    person: str | None
    successors: list[str]


class PublishedOut(BaseModel):
    """What a publication did. moved_incidents: open ones that changed hands; posts_left: whose grid is no more;
    grids_without_officer: codes that nobody answers for."""

    plans: list[PlanHead]
    status: PlanStatus
    since: datetime
    epoch: int | None
    retired: list[int]
    moved_incidents: int
    posts_left: list[PostLeft]
    grids_without_officer: list[str]
    approved: list[FindingOut]
    said: str
