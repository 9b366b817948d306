"""Which links a chain of responsibility must have, by level and kind of grid: a value that is read from data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from geo.model import GridKind


@dataclass(frozen=True, slots=True)
class GridDemand:
    """What a grid must have: exactly one officer (A post), and at least so many of the party's units."""

    officer: bool = False
    branches: int = 0
    groups: int = 0
    households: int = 0


@dataclass(frozen=True, slots=True)
class ChainRules:
    """version: what reports name. lines, liaisons: B posts that every community must have filled. branch: whether it
    must have a party branch of its own. grids: by kind; a kind that is not there demands nothing."""

    version: str
    lines: tuple[str, ...] = ()
    liaisons: tuple[str, ...] = ()
    branch: bool = False
    grids: Mapping[GridKind, GridDemand] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, kind: object) -> GridDemand:
        """The demand on a grid of that kind; one without a kind is basic."""
        known = GridKind(str(kind)) if kind in tuple(GridKind) else GridKind.BASIC
        return self.grids.get(known, GridDemand())

    @property
    def demands(self) -> bool:
        """Whether anything is demanded at all."""
        asked = any(one != GridDemand() for one in self.grids.values())
        return bool(self.lines or self.liaisons or self.branch or asked)
