"""Coordinates in any writing: decimal degrees, degrees and minutes, signs or letters or 东经北纬, in either order."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MAX_LENGTH = 200
CHINA = (73.0, 136.0, 3.0, 54.0)
"""West, east, south, north: where a pair in the wrong order gives itself away."""

_FIRST = r"(?P<first>东经|西经|北纬|南纬|经度|纬度|lng|lon|lat|[nsew])?[:=为是]?"
_DEGREES = r"(?P<degrees>[+-]?\d{1,3}(?:\.\d+)?)(?:°|度|º|d)?"
_MINUTES = r"(?:(?P<minutes>\d{1,2}(?:\.\d+)?)(?:['′’‘]|分|m))?"
_SECONDS = r"(?:(?P<seconds>\d{1,2}(?:\.\d+)?)(?:[\"″”“]|['′’‘]{2}|秒|s))?"
_LAST = r"(?P<last>[nsew](?![a-z]))?"
_VALUE = re.compile(_FIRST + _DEGREES + _MINUTES + _SECONDS + _LAST)
_BETWEEN = re.compile(r"[,;、/|&]?(?:和|以及)?(?<!\d)|(?=\D)")
"""Digits that nothing parts are one number: a code, not two coordinates."""
_EAST, _NORTH = ("东经", "经度", "lng", "lon", "e"), ("北纬", "纬度", "lat", "n")
_WEST, _SOUTH = ("西经", "w"), ("南纬", "s")


@dataclass(frozen=True, slots=True)
class Pair:
    """Longitude and latitude in degrees, of a datum that the writing does not tell."""

    lng: float
    lat: float


def coordinates(text: str) -> list[Pair]:
    """The places that a pair of numbers may mean: [] for words, one where the order is plain, else both orders.

    The order is plain by letters or words (E, 北纬, lat=), or where only one way round can be in China. Values beyond
    180 and 90 degrees, minutes and seconds from 60 on, are no coordinates.
    """
    said = _folded(text)
    if said is None:
        return []
    one = _VALUE.match(said)
    if one is None:
        return []
    gap = _BETWEEN.match(said, one.end())
    other = None if gap is None else _VALUE.fullmatch(said, gap.end())
    if other is None:
        return []
    values = [_value(found) for found in (one, other)]
    if None in values:
        return []
    (a, a_axis), (b, b_axis) = (value for value in values if value is not None)
    return _ordered(a, a_axis, b, b_axis)


def degrees(text: str) -> float | None:
    """One value in degrees: 117°5'38"E, 东经117.09 …; south and west below zero. None where it is none."""
    said = _folded(text)
    found = None if said is None else _VALUE.fullmatch(said)
    value = None if found is None else _value(found)
    return None if value is None else value[0]


def _folded(text: str) -> str | None:
    if len(text) > MAX_LENGTH:
        return None
    plain = unicodedata.normalize("NFKC", text).casefold().strip().strip("()[]{}<>【】。.;,!?")
    # Two numbers with only space between them; space elsewhere says nothing.
    plain = re.sub(r"(?<=[\d°度'′\"″秒分nsew])\s+(?=[+\-\dnsew东西南北])", ",", plain)
    return re.sub(r"\s+|,(?=,)", "", plain)


def _value(found: re.Match[str]) -> tuple[float, str] | None:
    """The value and its axis, "x", "y" or "" where it is not said."""
    minutes, seconds = float(found["minutes"] or 0), float(found["seconds"] or 0)
    if minutes >= 60 or seconds >= 60:
        return None
    degrees = float(found["degrees"])
    size = abs(degrees) + minutes / 60 + seconds / 3600
    value = -size if found["degrees"].startswith("-") else size
    said = {found["first"], found["last"]} - {None}
    east, north = said & {*_EAST, *_WEST}, said & {*_NORTH, *_SOUTH}
    if east and north:
        return None
    if said & {*_WEST, *_SOUTH}:
        value = -value
    return value, "x" if east else "y" if north else ""


def _ordered(a: float, a_axis: str, b: float, b_axis: str) -> list[Pair]:
    if a_axis and a_axis == b_axis:
        return []
    straight, turned = Pair(a, b), Pair(b, a)
    if a_axis == "x" or b_axis == "y":
        pairs = [straight]
    elif a_axis == "y" or b_axis == "x":
        pairs = [turned]
    else:
        pairs = [straight, turned]
    possible = [one for one in pairs if abs(one.lng) <= 180 and abs(one.lat) <= 90]
    west, east, south, north = CHINA
    here = [one for one in possible if west <= one.lng <= east and south <= one.lat <= north]
    return here if len(here) == 1 else list(dict.fromkeys(possible))
