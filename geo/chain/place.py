"""One place of a town: what breaks the chain of its grid or of a building there, by the rules of the whole check."""

from __future__ import annotations

from datetime import datetime

from geo.chain.check import breaks
from geo.chain.kept import Kept
from geo.chain.rules import ChainRules
from geo.chain.terms import Break
from geo.chain.town import Ladder, Registers


def check_place(
    part: Ladder,
    registers: Registers,
    *,
    rules: ChainRules,
    at: datetime,
    told: Kept,
    grid: str,
    building: str | None = None,
) -> list[Break]:
    """What `check_chain` finds of a grid and of a building (which may stand in another), the topmost level first.

    ``part``: `Ladder.part` of the town with these grids, the building and all houses of its estate. ``registers``: at
    least the posts of the grids and of the regions above, and all in force where anybody of these is stood in for; the
    units of these, of the grids and of their houses, with the groups that they belong to; the contacts of the estate.
    ``told``: what the whole town's registers tell of.
    """
    found = breaks(part, registers, rules=rules, at=at, told=told, unchecked=[])
    mine = [one for one in found if one.level is not None and _concerns(one, grid, building)]
    return sorted(mine, key=lambda one: one.level or 0)


def _concerns(one: Break, grid: str, building: str | None) -> bool:
    return grid in one.grids if one.buildings is None else building in one.buildings
