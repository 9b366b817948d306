"""The tables, by subject. Ids and codes are text or numbers that people see; shapes are EPSG:4490; times are UTC."""

from data.tables.base import SRID, Base
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
    Component,
    Green,
    Level,
    Line,
    Region,
    RegionKind,
    SearchChoice,
)
from data.tables.plans import Block, Plan, PlanEpoch, PlanGrid, PlanStatus

__all__ = [
    "SRID",
    "Address",
    "Base",
    "Block",
    "Building",
    "CatalogueItem",
    "Component",
    "Department",
    "EstateContact",
    "Green",
    "Happening",
    "Incident",
    "IncidentEvent",
    "IncidentNews",
    "IncidentStatus",
    "Level",
    "Line",
    "PartyUnit",
    "PendingRow",
    "Plan",
    "PlanEpoch",
    "PlanGrid",
    "PlanStatus",
    "Post",
    "Region",
    "RegionKind",
    "SearchChoice",
    "SettledRow",
]
