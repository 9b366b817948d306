"""A cell that holds both coordinates: WKT, GeoJSON, named values, or two numbers, alone or behind an address.

``POINT (117.1 31.2)``, ``{"type": "Point", "coordinates": [117.1, 31.2]}``, ``{'latitude': '31.2', 'longitude': …}``,
``北纬31°12′ 东经117°6′``, ``12 MAIN ST (42.37, -71.11)``.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TypeAlias

import numpy as np

from data.readers.point_batch import Fault
from geo.coordinates import coordinates

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_QUOTE = r"""\\?["']?"""
_POINT = re.compile(
    rf"(?:SRID=\d+;)?\s*POINT\s*(?:Z|M|ZM)?\s*\(\s*({_NUMBER})\s+({_NUMBER})[^()]*\)\s*", re.I
)
_GEOJSON = re.compile(rf"coordinates{_QUOTE}\s*:\s*\[\s*({_NUMBER})\s*,\s*({_NUMBER})\s*[,\]]")
_LNG = re.compile(rf"(?:lng|lon|long|longitude){_QUOTE}\s*[:=]\s*{_QUOTE}({_NUMBER})", re.I)
_LAT = re.compile(rf"(?:lat|latitude){_QUOTE}\s*[:=]\s*{_QUOTE}({_NUMBER})", re.I)
_BRACKETS = re.compile(rf"\(\s*({_NUMBER})\s*[,;\s]\s*({_NUMBER})\s*\)\s*$")
_TWO = re.compile(rf"\s*({_NUMBER})\s*(?:[,;/|]|\s)\s*({_NUMBER})\s*")

Placed: TypeAlias = tuple[float, float, int]


class Order(StrEnum):
    """Which of two bare numbers comes first."""

    LNG_LAT = "lng-lat"
    LAT_LNG = "lat-lng"


class OrderOpen(Exception):
    """Two numbers that may be read either way; the reader knows file and row."""


def place(text: str, order: Order | None) -> Placed:
    """x, y and the fault of a cell; ``order``: of two bare numbers, where they do not give it away themselves.

    Raises OrderOpen where they don't and nobody says it.
    """
    if not text.strip():
        return np.nan, np.nan, Fault.EMPTY
    if found := _POINT.fullmatch(text) or _GEOJSON.search(text):
        return float(found[1]), float(found[2]), Fault.NONE
    lng, lat = _LNG.search(text), _LAT.search(text)
    if lng and lat:
        return float(lng[1]), float(lat[1]), Fault.NONE
    if found := _BRACKETS.search(text) or _TWO.fullmatch(text):
        return *_ordered(float(found[1]), float(found[2]), order), Fault.NONE
    read = coordinates(text)
    if len(read) == 1:
        return read[0].lng, read[0].lat, Fault.NONE
    if read:
        raise OrderOpen
    return np.nan, np.nan, Fault.NOT_A_PLACE


def _ordered(a: float, b: float, order: Order | None) -> tuple[float, float]:
    if order is None:
        order = _told(a, b)
    return (a, b) if order is Order.LNG_LAT else (b, a)


def _told(a: float, b: float) -> Order:
    """The order that two numbers give away, by being no latitude or by lying in China one way round."""
    read = coordinates(f"{a!r},{b!r}")
    if len(read) != 1:
        raise OrderOpen
    return Order.LNG_LAT if (read[0].lng, read[0].lat) == (a, b) else Order.LAT_LNG
