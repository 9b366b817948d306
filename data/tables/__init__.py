"""The tables, by subject. Ids and codes are text or numbers that people see; shapes are EPSG:4490; times are UTC."""

from data.tables.base import SRID, Base
from data.tables.ground_imports import GroundImport
from data.tables.incidents import (
    CatalogueItem,
    Department,
    Happening,
    Incident,
    IncidentEvent,
    IncidentNews,
    IncidentStatus,
    PendingRow,
    SettledRow,
)
from data.tables.people import EstateContact, PartyUnit, Post
from data.tables.places import (
    Address,
    Building,
    CityChange,
    Component,
    Green,
    Level,
    Line,
    Region,
    RegionKind,
    SearchChoice,
)
from data.tables.plan_drawings import DrawingState, PlanDrawing
from data.tables.plan_imports import PlanImport
from data.tables.plan_life import (
    CommentKind,
    PlanComment,
    PlanEvent,
    PlanHappening,
    PlanStage,
    PlanStageFile,
    Stage,
)
from data.tables.plans import Block, Plan, PlanEpoch, PlanGrid, PlanOperation, PlanStatus
from data.tables.tracing import Backdrop, Placement, Trace, TraceKind

__all__ = [
    "SRID",
    "Address",
    "Backdrop",
    "Base",
    "Block",
    "Building",
    "CatalogueItem",
    "CityChange",
    "CommentKind",
    "Component",
    "Department",
    "DrawingState",
    "EstateContact",
    "Green",
    "GroundImport",
    "Happening",
    "Incident",
    "IncidentEvent",
    "IncidentNews",
    "IncidentStatus",
    "Level",
    "Line",
    "PartyUnit",
    "PendingRow",
    "Placement",
    "Plan",
    "PlanComment",
    "PlanDrawing",
    "PlanEpoch",
    "PlanEvent",
    "PlanGrid",
    "PlanHappening",
    "PlanImport",
    "PlanOperation",
    "PlanStage",
    "PlanStageFile",
    "PlanStatus",
    "Post",
    "Region",
    "RegionKind",
    "SearchChoice",
    "SettledRow",
    "Stage",
    "Trace",
    "TraceKind",
]
