"""Squares of the web map, by number: those of points at every zoom, and small counts joined into larger squares.

The square of zoom z is cut in four at zoom z + 1. A key interleaves the bits of a square's column and row, so that the
squares inside a square are one range of keys, and a shift by two bits leads from a square to the one around it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ZOOM = 26
"""The zoom of keys: squares of 0.6 m at the equator."""
NOWHERE = np.uint64(1) << np.uint64(2 * ZOOM)
"""The key of what has no place (or one beyond the web map's 85.05 degrees): after all others."""
LIMIT_DEG = 85.05112877980659

Keys = NDArray[np.uint64]
Floats = NDArray[np.float64]
_SHIFTS = (16, 8, 4, 2, 1)
_MASKS = (
    0x0000FFFF0000FFFF,
    0x00FF00FF00FF00FF,
    0x0F0F0F0F0F0F0F0F,
    0x3333333333333333,
    0x5555555555555555,
)


def keys(lng: Floats, lat: Floats) -> Keys:
    """The key at ZOOM of each point (degrees, WGS84 or what equals it); NOWHERE for NaN and beyond the web map."""
    somewhere = (np.abs(lng) <= 180) & (np.abs(lat) <= LIMIT_DEG)
    x, y = world(np.where(somewhere, lng, 0.0), np.where(somewhere, lat, 0.0))
    side = 1 << ZOOM
    column, row = (np.clip(value * side, 0, side - 1).astype(np.uint64) for value in (x, y))
    return np.where(somewhere, _spread(column) | (_spread(row) << np.uint64(1)), NOWHERE)


def world(lng: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Degrees to the web map's square: from 0 in the west and north to 1."""
    y = np.arctanh(np.sin(np.radians(lat))) / (2 * np.pi)
    return lng / 360 + 0.5, 0.5 - y


def degrees(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """The way back from `world`."""
    return (x - 0.5) * 360, np.degrees(np.arcsin(np.tanh((0.5 - y) * 2 * np.pi)))


def key_of(x: int, y: int, *, zoom: int) -> int:
    """The key at ``zoom`` of the tile in column x and row y."""
    both = _spread(np.array([x, y], dtype=np.uint64))
    return (int(both[0]) | int(both[1]) << 1) & ((1 << (2 * zoom)) - 1)


def square(found: Keys) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Column and row of keys (of any one zoom)."""
    return _gather(found), _gather(found >> np.uint64(1))


def joined(
    found: Keys, *, finest: int, coarsest: int, least: int
) -> dict[int, tuple[Keys, NDArray[np.int64]]]:
    """Keys at ZOOM gathered into squares that hold at least ``least`` each: zoom -> keys and counts at that zoom.

    What is too few for a square of ``finest`` is joined with what is left over around it, zoom by zoom; what is too
    few even at ``coarsest`` is left out. Nobody is counted twice: the counts say nothing of any smaller group.
    """
    rest, counts = np.unique(found[found < NOWHERE] >> _bits(ZOOM - finest), return_counts=True)
    made: dict[int, tuple[Keys, NDArray[np.int64]]] = {}
    for zoom in range(finest, coarsest - 1, -1):
        enough = counts >= least
        if enough.any():
            made[zoom] = rest[enough], counts[enough]
        rest, place = np.unique(rest[~enough] >> _bits(1), return_inverse=True)
        counts = np.bincount(place, weights=counts[~enough], minlength=len(rest)).astype(np.int64)
    return made


def _bits(zooms: int) -> np.uint64:
    return np.uint64(2 * zooms)


def _spread(value: Keys) -> Keys:
    """A zero bit before each bit."""
    for shift, mask in zip(_SHIFTS, _MASKS, strict=True):
        value = (value | (value << np.uint64(shift))) & np.uint64(mask)
    return value


def _gather(value: Keys) -> NDArray[np.int64]:
    """Every other bit."""
    value = value & np.uint64(_MASKS[-1])
    for shift, mask in zip(_SHIFTS[::-1], (*_MASKS[-2::-1], 0xFFFFFFFF), strict=True):
        value = (value | (value >> np.uint64(shift))) & np.uint64(mask)
    return value.astype(np.int64)
