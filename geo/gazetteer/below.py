"""Which of the entries of a name its numbers point to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from geo.gazetteer.parse import Parts

_UNNUMBERED = 6
"""Houses that are offered of a name that has no place of its own."""


class Lack(StrEnum):
    """What was said and is not known below a name that is."""

    BUILDING = "building"
    DOOR = "door"


def rows_below(
    below: Mapping[tuple[str, str], Sequence[int]], parts: Parts
) -> tuple[Sequence[int], Lack | None]:
    """The entries of a name that the numbers point to, and the number that is not known there."""
    if not parts.numbered:
        own = below.get(("", ""))
        return (own, None) if own else (_first(below), None)
    wanted = [(parts.door, parts.building), (parts.number, ""), ("", parts.number)]
    if not parts.building:  # 东方佳苑4号 is its building 4 where no house is numbered so
        wanted.append(("", parts.door))
    for key in wanted:
        if any(key) and key in below:
            return below[key], None
    if parts.door and not parts.building:  # 新华街58号, where a house is 新华街58号中央华庭1栋
        at_door = [n for (door, _), rows in below.items() if door == parts.door for n in rows]
        if at_door:
            return at_door[:_UNNUMBERED], None
    if parts.door and parts.building and (parts.door, "") in below:
        return below[(parts.door, "")], Lack.BUILDING
    lack = Lack.BUILDING if parts.building else Lack.DOOR
    near = _nearest_door(below, parts.door or parts.number)
    rows = [*below.get(("", ""), ()), *near]
    return (rows or _first(below)), lack


def _first(below: Mapping[tuple[str, str], Sequence[int]]) -> list[int]:
    return [n for rows in below.values() for n in rows][:_UNNUMBERED]


def _nearest_door(below: Mapping[tuple[str, str], Sequence[int]], door: str) -> Sequence[int]:
    """The houses of the nearest number, of the same side of the street where there is one."""
    asked = _number(door)
    if asked is None:
        return ()
    doors = [(n, key) for key in below if (n := _number(key[0])) is not None]
    if not doors:
        return ()
    return below[min(doors, key=lambda one: ((one[0] - asked) % 2, abs(one[0] - asked)))[1]]


def _number(door: str) -> int | None:
    digits = door.split("-", maxsplit=1)[0]
    return int(digits) if digits.isdigit() else None
