"""A plan that is being changed: the blocks of one community, the grid of each, and what is known of every grid.

A `Draft` is a value: an operation makes another one. What never changes while one draws (who lives where, what runs
through) is its `Ground`. A block's EPSG:4490 doubles are the truth; everything else follows from them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.blocks.noding import Geometries, merge
from geo.model import GridKind
from geo.redraw.ground import Ground

__all__ = ["Block", "Change", "Draft", "GridFacts", "Ground", "objects"]


@dataclass(frozen=True, slots=True)
class Block:
    """One 地块 of a draft. parent: the block that it was cut from. load: incidents of last year that lie in it.
    buildings: the ids of those that stand in it. shape: a polygon, EPSG:4490."""

    block_id: str
    grid: str
    shape: shapely.Polygon
    parent: str | None = None
    estate: str | None = None
    label: str | None = None
    households: int = 0
    residents: int = 0
    load: int = 0
    buildings: tuple[str, ...] = ()

    @property
    def wkb(self) -> bytes:
        """Its shape as it is kept."""
        return bytes(shapely.to_wkb(self.shape, byte_order=1))

    def to_json(self) -> dict[str, Any]:
        """Everything, JSON-ready; ``wkb`` in hexadecimal."""
        return {
            "block_id": self.block_id,
            "grid": self.grid,
            "parent": self.parent,
            "estate": self.estate,
            "label": self.label,
            "households": self.households,
            "residents": self.residents,
            "load": self.load,
            "buildings": list(self.buildings),
            "wkb": self.wkb.hex(),
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Block:
        """The block that `to_json` told, to the last bit."""
        rest = {name: told[name] for name in told if name not in ("wkb", "buildings")}
        shape = shapely.from_wkb(bytes.fromhex(told["wkb"]))
        assert isinstance(shape, shapely.Polygon)
        return cls(shape=shape, buildings=tuple(told["buildings"]), **rest)


@dataclass(frozen=True, slots=True)
class GridFacts:
    """What is said of a grid. reason: why it is dedicated. predecessors: the grids that it was made from. locked: no
    operation may change its blocks. basis: on which its residents are counted."""

    name: str
    kind: str = GridKind.BASIC.value
    reason: str | None = None
    predecessors: tuple[str, ...] = ()
    locked: bool = False
    basis: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Everything, JSON-ready."""
        return {
            "name": self.name,
            "kind": self.kind,
            "reason": self.reason,
            "predecessors": list(self.predecessors),
            "locked": self.locked,
            "basis": self.basis,
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> GridFacts:
        """The facts that `to_json` told."""
        return cls(**{**told, "predecessors": tuple(told["predecessors"])})


@dataclass(frozen=True, slots=True)
class Change:
    """What an operation wants. blocks: new ones, and those that are otherwise now. gone: ids of those that are no more.
    grids: facts that are otherwise now."""

    blocks: tuple[Block, ...] = ()
    gone: tuple[str, ...] = ()
    grids: Mapping[str, GridFacts | None] | None = None


@dataclass(frozen=True)  # no slots: cached properties
class Draft:
    """blocks: by id; grids: by code, each with at least one block. used: every code that ever meant a grid here."""

    ground: Ground
    blocks: Mapping[str, Block]
    grids: Mapping[str, GridFacts]
    used: frozenset[str]

    @cached_property
    def members(self) -> Mapping[str, tuple[str, ...]]:
        """The ids of the blocks of every grid."""
        found: dict[str, list[str]] = {code: [] for code in sorted(self.grids)}
        for block in self.blocks.values():
            found[block.grid].append(block.block_id)
        return {code: tuple(ids) for code, ids in found.items()}

    @cached_property
    def _shapes(self) -> dict[str, shapely.Geometry]:
        return {}

    def of(self, grid: str) -> list[Block]:
        """The blocks of a grid."""
        return [self.blocks[one] for one in self.members[grid]]

    def shape(self, grid: str) -> shapely.Geometry:
        """A grid's outline (EPSG:4490), made of its blocks: no vertex is lost or made."""
        if grid not in self._shapes:
            self._shapes[grid] = merge(objects([block.shape for block in self.of(grid)]))
        return self._shapes[grid]

    @cached_property
    def _metric(self) -> dict[str, shapely.Geometry]:
        return {}

    @cached_property
    def known(self) -> dict[str, Any]:
        """What was found out about this draft, by who found it out; handed on to what becomes of it."""
        return {}

    def metric(self, grid: str) -> shapely.Geometry:
        """A grid's outline in metres."""
        if grid not in self._metric:
            self._metric[grid] = self.ground.metres(objects([self.shape(grid)]))[0]
        return self._metric[grid]

    def wkb(self, grid: str) -> bytes:
        """A grid's outline as it is kept."""
        return bytes(shapely.to_wkb(self.shape(grid), byte_order=1))

    def changed(self, change: Change, *, used: frozenset[str] | None = None) -> Draft:
        """This draft with a change made: a grid that has no block any more is gone. ``used``: the codes ever used,
        where they are not simply these and the new ones."""
        gone = {*change.gone}
        blocks = {key: block for key, block in self.blocks.items() if key not in gone}
        blocks.update({block.block_id: block for block in change.blocks})
        blocks = dict(sorted(blocks.items()))  # in one order, whatever was done
        grids: dict[str, GridFacts | None] = {**self.grids, **(change.grids or {})}
        living = {block.grid for block in blocks.values()}
        facts = {code: one for code, one in sorted(grids.items()) if one and code in living}
        ever = self.used | facts.keys() if used is None else used
        made = replace(self, blocks=blocks, grids=facts, used=ever)
        made._keep(self, self.touched(change))
        return made

    def touched(self, change: Change) -> set[str]:
        """The grids that lose, get or see changed a block."""
        ids = {*change.gone, *(block.block_id for block in change.blocks)}
        before = {self.blocks[one].grid for one in ids if one in self.blocks}
        return before | {block.grid for block in change.blocks}

    def _keep(self, other: Draft, touched: Collection[str]) -> None:
        """What was made for the grids of another draft that are the same here."""
        self.known.update(other.known)
        pairs = ((other._shapes, self._shapes), (other._metric, self._metric))
        for code in self.grids.keys() - touched:
            for known, own in pairs:
                if code in known:
                    own[code] = known[code]


def objects(shapes: Iterable[shapely.Geometry]) -> Geometries:
    """Shapes as an array of objects, however many there are."""
    listed = list(shapes)
    array: NDArray[np.object_] = np.empty(len(listed), dtype=object)
    array[:] = listed
    return array
