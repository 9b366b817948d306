"""What changes hands between two drafts of one ground: buildings, who lives in them, incidents, officers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.blocks.noding import Geometries
from geo.blocks.pieces import OUTSIDE, holders
from geo.redraw.draft import Block, Draft, objects
from geo.redraw.ground import Ground


@dataclass(frozen=True, slots=True)
class MovedHome:
    """A building that another grid answers for. label: its name, else its number."""

    building_id: str
    label: str | None
    estate: str | None
    from_grid: str | None
    to_grid: str | None
    households: int
    residents: int

    def to_json(self) -> dict[str, Any]:
        """Everything, JSON-ready."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Moved:
    """homes: those with most households first. load: incidents of last year that lie in another grid now. officers:
    for each grid that lost or got something who answers for it; None where that is not known."""

    homes: tuple[MovedHome, ...]
    load: int
    officers: Mapping[str, tuple[str, ...]] | None

    @property
    def households(self) -> int:
        """How many change their grid."""
        return sum(home.households for home in self.homes)

    @property
    def residents(self) -> int:
        """How many people change their grid."""
        return sum(home.residents for home in self.homes)


def moved(before: Draft, after: Draft) -> Moved:
    """What changes hands. A grid that only got another code, with all that it has, is the same grid."""
    same = renumbered(before, after)
    was = {key: block for key, block in before.blocks.items() if after.blocks.get(key) is not block}
    now = {key: block for key, block in after.blocks.items() if before.blocks.get(key) is not block}
    homes = _homes(before, _held(was, same), _held(now, {}))
    touched = sorted({code for home in homes for code in (home.from_grid, home.to_grid) if code})
    officers = before.ground.officers
    return Moved(
        homes=homes,
        load=_load(before.ground, list(was.values()), list(now.values()), same),
        officers=None if officers is None else {one: officers.get(one, ()) for one in touched},
    )


def renumbered(before: Draft, after: Draft) -> dict[str, str]:
    """The new code of each grid that goes by another one, but has just the blocks of an old one, or its buildings."""
    found: dict[str, str] = {}
    for what in (_blocks_of, _buildings_of):
        now = {what(after, code): code for code in after.grids}
        for code in before.grids:
            new = now.get(what(before, code))
            if new is not None and new != code and what(before, code):
                found.setdefault(code, new)
    return found


def _blocks_of(draft: Draft, code: str) -> frozenset[str]:
    return frozenset(draft.members[code])


def _buildings_of(draft: Draft, code: str) -> frozenset[str]:
    return frozenset(one for block in draft.of(code) for one in block.buildings)


def grids_at(draft: Draft, points: Geometries) -> NDArray[np.object_]:
    """The grid of each point (EPSG:4490): the lowest code that covers it, None where none does."""
    codes = sorted(draft.grids)
    at = holders(points, objects([draft.shape(code) for code in codes]))
    named = np.array([*codes, None], dtype=object)
    found: NDArray[np.object_] = named[np.where(at == OUTSIDE, len(codes), at)]
    return found


def _held(blocks: Mapping[str, Block], same: Mapping[str, str]) -> dict[str, str]:
    """The grid of each building in some blocks, under its new code where it only got one."""
    return {
        one: same.get(block.grid, block.grid)
        for block in blocks.values()
        for one in block.buildings
    }


def _homes(draft: Draft, was: Mapping[str, str], now: Mapping[str, str]) -> tuple[MovedHome, ...]:
    homes = draft.ground.homes
    found = []
    for one in sorted({*was, *now}):
        if was.get(one) == now.get(one) or one not in homes.row_of:
            continue
        row = homes.row_of[one]
        found.append(
            MovedHome(
                building_id=one,
                label=homes.label[row],
                estate=homes.estate[row],
                from_grid=was.get(one),
                to_grid=now.get(one),
                households=int(homes.households[row]),
                residents=int(homes.residents[row]),
            )
        )
    return tuple(sorted(found, key=lambda home: (-home.households, home.building_id)))


def _load(
    ground: Ground, was: Sequence[Block], now: Sequence[Block], same: Mapping[str, str]
) -> int:
    """Incidents that change hands, of those that lie in some blocks."""
    if not (was and now and len(ground.incidents)):
        return 0
    shapes = [objects([block.shape for block in blocks]) for blocks in (was, now)]
    near = np.unique(ground.incidents_tree.query(np.concatenate(shapes), predicate="intersects")[1])
    points = ground.incidents[near]
    before = [*(same.get(block.grid, block.grid) for block in was), ""]
    after = [*(block.grid for block in now), ""]
    at = zip(*(holders(points, one).tolist() for one in shapes), strict=True)
    return sum(before[a] != after[b] for a, b in at)


def centre(draft: Draft, code: str) -> tuple[float, float]:
    """A point inside a grid, lng and lat: where its label goes."""
    lng, lat = shapely.get_coordinates(shapely.point_on_surface(draft.shape(code)))[0].tolist()
    return lng, lat
