"""Which links a chain of responsibility must have, by level and kind: a value that is read from data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from geo.model import BuildingKind, GridKind


@dataclass(frozen=True, slots=True)
class RegionDemand:
    """What a city, a street or a community must have. lines, liaisons: B posts that must be filled. branch: a branch
    of its own. stand_in: who holds such a post and is on leave must be stood in for."""

    branch: bool = False
    lines: tuple[str, ...] = ()
    liaisons: tuple[str, ...] = ()
    stand_in: bool = False


@dataclass(frozen=True, slots=True)
class GridDemand:
    """What a grid must have: exactly one officer (A post), somebody who stands in while the officer is on leave, and at
    least so many of the party's units."""

    officer: bool = False
    stand_in: bool = False
    branches: int = 0
    groups: int = 0
    households: int = 0


@dataclass(frozen=True, slots=True)
class EstateDemand:
    """Whom an estate of at least so many households must name: contacts by kind (物业, 业委会 …)."""

    contacts: tuple[str, ...] = ()
    from_households: int = 0


@dataclass(frozen=True, slots=True)
class BuildingDemand:
    """What a building of at least so many households must have. group: a party group that it belongs to. households:
    so many party households of its own. units: one in each of its units, as far as their number is recorded."""

    group: bool = False
    households: int = 0
    units: bool = False
    from_households: int = 0

    @property
    def demands(self) -> bool:
        """Whether anything is demanded."""
        return self.group or self.units or self.households > 0


@dataclass(frozen=True, slots=True)
class ChainRules:
    """version: what reports name. grids, buildings: by kind; a kind that is not there demands nothing."""

    version: str
    city: RegionDemand = RegionDemand()
    street: RegionDemand = RegionDemand()
    community: RegionDemand = RegionDemand()
    grids: Mapping[GridKind, GridDemand] = field(default_factory=lambda: MappingProxyType({}))
    estate: EstateDemand = EstateDemand()
    buildings: Mapping[BuildingKind, BuildingDemand] = field(
        default_factory=lambda: MappingProxyType({})
    )

    def of(self, kind: object) -> GridDemand:
        """The demand on a grid of that kind; one without a kind is basic."""
        known = GridKind(str(kind)) if kind in tuple(GridKind) else GridKind.BASIC
        return self.grids.get(known, GridDemand())

    @property
    def demands(self) -> bool:
        """Whether anything is demanded at all."""
        regions = (self.city, self.street, self.community)
        return (
            any(one != RegionDemand() for one in regions)
            or any(one != GridDemand() for one in self.grids.values())
            or bool(self.estate.contacts)
            or any(one.demands for one in self.buildings.values())
        )

    @property
    def demands_party(self) -> bool:
        """Whether any unit of the party is demanded."""
        regions = (self.city, self.street, self.community)
        return (
            any(one.branch for one in regions)
            or any(one.branches or one.groups or one.households for one in self.grids.values())
            or any(one.demands for one in self.buildings.values())
        )
