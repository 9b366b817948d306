"""What there is to draw plans on, and what of it is lacking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row

from data.store import drawable
from geo.errors import InputError, NotFound


@dataclass(frozen=True, slots=True)
class Drawable:
    """communities: as `data.store.drawable.communities` tells. roads, rivers, bridges: how many there are."""

    communities: Sequence[Row[Any]]
    roads: int
    rivers: int
    bridges: int

    @property
    def lacking(self) -> tuple[str, ...]:
        """What is not there at all, what hinders most first: communities, outlines, buildings, roads."""
        told = self.communities
        there = {
            "communities": bool(told),
            "outlines": any(one.outline for one in told),
            "buildings": any(one.buildings for one in told),
            "roads": self.roads > 0,
        }
        if not told:
            return ("communities",)
        return tuple(what for what, is_there in there.items() if not is_there)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which communities are asked for. left_out: of a street or city those that can't be drawn, and what they lack."""

    codes: tuple[str, ...]
    left_out: dict[str, str]


def drawable_now(engine: Engine) -> Drawable:
    """What there is."""
    with engine.connect() as connection:
        return read(connection)


def read(connection: Connection) -> Drawable:
    """What there is, in a transaction."""
    lines = drawable.lines(connection)
    return Drawable(
        drawable.communities(connection), int(lines.roads), int(lines.rivers), int(lines.bridges)
    )


def scope(ground: Drawable, communities: Sequence[str] | None, street: str | None) -> Scope:
    """The communities that are asked for: some, those of a street, or all.

    NotFound "place-unknown"; InputError "draw-no-…" for one by name that can't be drawn, or where none can.
    """
    known = {str(one.code): one for one in ground.communities}
    for code in communities or ():
        if code not in known:
            raise NotFound("place-unknown", code=code)
    wanted = [one for code, one in known.items() if communities is None or code in communities]
    if street is not None:
        wanted = [one for one in wanted if one.street == street]
        if not wanted:
            raise NotFound("place-unknown", code=street)
    lacks = {str(one.code): what for one in wanted if (what := _lack(one)) is not None}
    codes = tuple(str(one.code) for one in wanted if str(one.code) not in lacks)
    if not wanted:
        raise InputError("draw-no-communities")
    if not codes or (communities is not None and lacks):
        code, what = next(iter(lacks.items()))
        error = {"outline": "draw-no-outline", "buildings": "draw-no-buildings"}[what]
        raise InputError(error, code=code, name=known[code].name, count=len(lacks))
    return Scope(codes, lacks)


def _lack(community: Row[Any]) -> str | None:
    """Why a community can't be drawn: it has no outline, or no building to count (None: it can)."""
    if not community.outline:
        return "outline"
    return None if community.buildings or community.in_force else "buildings"
