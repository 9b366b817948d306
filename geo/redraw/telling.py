"""What is said of grids: locks, names, numbers, what they are dedicated to. No block changes its shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import shapely

from geo.codes import grid_number, number_grids
from geo.errors import OptionError
from geo.model import GridKind
from geo.redraw.asked import grid_named
from geo.redraw.draft import Change, Draft, objects
from geo.redraw.naming import default_name
from geo.redraw.operations import Dedicate, Lock, Rename, Renumber, Undedicate, Unlock


def lock(draft: Draft, asked: Lock) -> Change:
    """A grid locked."""
    return Change(grids={asked.grid: replace(grid_named(draft, asked.grid), locked=True)})


def unlock(draft: Draft, asked: Unlock) -> Change:
    """A grid unlocked."""
    return Change(grids={asked.grid: replace(grid_named(draft, asked.grid), locked=False)})


def rename(draft: Draft, asked: Rename) -> Change:
    """A grid named otherwise."""
    return Change(grids={asked.grid: replace(grid_named(draft, asked.grid), name=asked.name)})


def dedicate(draft: Draft, asked: Dedicate) -> Change:
    """A grid made a dedicated one."""
    facts = grid_named(draft, asked.grid)
    made = replace(
        facts,
        kind=GridKind.DEDICATED.value,
        reason=asked.reason,
        name=asked.name or facts.name,
    )
    return Change(grids={asked.grid: made})


def undedicate(draft: Draft, asked: Undedicate) -> Change:
    """A dedicated grid made a basic one."""
    facts = grid_named(draft, asked.grid)
    return Change(grids={asked.grid: replace(facts, kind=GridKind.BASIC.value, reason=None)})


def renumber(draft: Draft, asked: Renumber) -> Change:
    """Grids under other codes; each says in its predecessors what it was called. A name that only told the number tells
    the new one."""
    codes = _numbered(draft) if asked.all else dict(asked.codes)
    codes = {old: new for old, new in codes.items() if old != new}
    for old in codes:
        grid_named(draft, old)
    _refuse_codes(draft, codes)
    blocks = [
        replace(block, grid=codes[block.grid])
        for block in draft.blocks.values()
        if block.grid in codes
    ]
    facts = {}
    for old, new in codes.items():
        told = draft.grids[old]
        named = default_name(draft, new) if told.name == default_name(draft, old) else told.name
        former = tuple(sorted({*told.predecessors, old}))
        facts[new] = replace(told, name=named, predecessors=former)
    return Change(tuple(blocks), grids={**dict.fromkeys(codes), **facts})


def _numbered(draft: Draft) -> dict[str, str]:
    """All grids numbered from 1, as a plan is that was never changed."""
    codes = sorted(draft.grids)
    points = shapely.get_coordinates(
        shapely.point_on_surface(objects([draft.shape(code) for code in codes]))
    )
    ground = draft.ground
    return dict(zip(codes, number_grids(points, ground.code, profile=ground.profile), strict=True))


def _refuse_codes(draft: Draft, codes: Mapping[str, str]) -> None:
    """OptionError for codes that are not of this community, or that two grids would have."""
    ground = draft.ground
    staying = {code for code in draft.grids if code not in codes}
    for old, new in codes.items():
        if grid_number(new, ground.code, profile=ground.profile) is None:
            raise OptionError("renumber-foreign", old=old, new=new, community=ground.code)
        if new in staying or list(codes.values()).count(new) > 1:
            raise OptionError("renumber-taken", old=old, new=new)
