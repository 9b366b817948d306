"""Codes and numbering.

Two profiles. ``cn``: digits only, 6 a city, 9 a street, 12 a community, 15 a grid, each the parent's code
plus three; a statistics table pads with 000, which is dropped. ``plain``: any text names a community, and
its grids are numbered ``<community>-001``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from geo.errors import CodeError

LAST_NUMBER = 999
"""The most grids that a community can ever number."""


class Profile(StrEnum):
    """Whose codes: the Chinese administrative ones, or any city's own."""

    CN = "cn"
    PLAIN = "plain"


class Level(StrEnum):
    """市, 街道 (镇, 开发区), 社区 (村), 网格."""

    CITY = "city"
    STREET = "street"
    COMMUNITY = "community"
    GRID = "grid"


_LEVEL_OF_LENGTH = {6: Level.CITY, 9: Level.STREET, 12: Level.COMMUNITY, 15: Level.GRID}
_PLAIN_GRID = re.compile(r"(?P<parent>.+)-(?P<number>\d{3})")


def normalize_code(value: object, *, profile: Profile = Profile.CN) -> str:
    """The code that a cell means: trimmed, full-width digits narrowed, a spreadsheet's ``.0`` and (cn) the
    table's trailing 000 dropped. CodeError where nothing is left or (cn) it is not 6, 9, 12 or 15 digits."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = unicodedata.normalize("NFKC", str(value)).strip()
    if profile is Profile.CN:
        text = _unpadded(re.sub(r"\.0+$", "", text))
    if not is_code(text, profile=profile):
        raise CodeError("code-malformed", value=value)
    return text


def _unpadded(text: str) -> str:
    while len(text) in (9, 12, 15) and text.endswith("000"):
        text = text[:-3]
    return text


def is_code(text: str, *, level: Level | None = None, profile: Profile = Profile.CN) -> bool:
    """Whether ``text`` is a well-formed code, of ``level`` if given (plain knows no levels)."""
    if profile is Profile.PLAIN:
        return bool(text) and text == text.strip()
    found = level_of(text)
    return found is not None and level in (None, found)


def level_of(code: str, *, profile: Profile = Profile.CN) -> Level | None:
    """The level that a code's form tells; None where it tells none."""
    if profile is Profile.PLAIN:
        return Level.GRID if _PLAIN_GRID.fullmatch(code) else None
    if not (code.isascii() and code.isdigit()) or (len(code) > 6 and code.endswith("000")):
        return None
    return _LEVEL_OF_LENGTH.get(len(code))


def parent_code(code: str, *, profile: Profile = Profile.CN) -> str | None:
    """The code one level up: a grid's community, a community's street, a street's city; None above."""
    if profile is Profile.PLAIN:
        match = _PLAIN_GRID.fullmatch(code)
        return match["parent"] if match else None
    level = level_of(code)
    if level is None:
        raise CodeError("code-malformed", value=code)
    return None if level is Level.CITY else code[:-3]


def grid_number(code: str, community_code: str, *, profile: Profile = Profile.CN) -> int | None:
    """The number that a grid's code has in its community; None where it is not one of that community's."""
    prefix = _prefix(community_code, profile)
    number = code.removeprefix(prefix)
    if not code.startswith(prefix) or not re.fullmatch("[0-9]{3}", number):
        return None
    return int(number) or None


def grid_code(number: int, community_code: str, *, profile: Profile = Profile.CN) -> str:
    """The code of the grid that has a number in its community."""
    return f"{_prefix(community_code, profile)}{number:03d}"


def number_grids(
    points: ArrayLike,
    community_code: str,
    *,
    used: Iterable[str] = (),
    profile: Profile = Profile.CN,
) -> list[str]:
    """Codes for new grids of one community, in the caller's order.

    ``points``: (n, 2) representative points; they are numbered by x, then by -y (west to east, then north to
    south). ``used``: every code ever used there; each grid takes the lowest number that is in none of them.
    CodeError where numbers run out, or (cn) where ``community_code`` is not a community's.
    """
    if not is_code(community_code, level=Level.COMMUNITY, profile=profile):
        raise CodeError("code-malformed", value=community_code)
    places = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    taken = {grid_number(code, community_code, profile=profile) for code in used}
    free = [number for number in range(1, LAST_NUMBER + 1) if number not in taken]
    if len(places) > len(free):
        raise CodeError("grid-numbers-exhausted", community=community_code, wanted=len(places))
    codes = [""] * len(places)
    for number, position in zip(free, np.lexsort((-places[:, 1], places[:, 0])), strict=False):
        codes[position] = grid_code(number, community_code, profile=profile)
    return codes


def _prefix(community_code: str, profile: Profile) -> str:
    return community_code if profile is Profile.CN else f"{community_code}-"
