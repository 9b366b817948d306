"""The two shifted coordinate systems of Chinese web maps, GCJ-02 and BD-09, against WGS84.

Both take and give longitude, latitude in degrees as float64 arrays of one shape; NaN in, NaN out.
The forward formulas are the ones published with the open "eviltransform" and "coordtransform"
projects; the official ones are secret, these agree with the vendors to some centimetres. The
inverses here are fixed-point iterations to the last bits (one step leaves up to 2.65 m).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Pair: TypeAlias = tuple[NDArray[np.float64], NDArray[np.float64]]

_A_M = 6378245.0  # Krasovsky 1940, which the shift was fitted on
_EE = 0.00669342162296594323
_X_PI = np.pi * 3000.0 / 180.0
_ROUNDS = 10  # each round gains three digits or more
_PIECES_A_THREAD = 4  # fewer are not worth one
_PIECE = 1 << 13  # points at a time, so that what lies between two formulas stays in the cache

# The rectangle outside of which map vendors leave coordinates as they are.
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271


def wgs84_to_gcj02(lng: NDArray[np.float64], lat: NDArray[np.float64]) -> Pair:
    """WGS84 to GCJ-02; the identity outside the vendors' rectangle around China."""
    d_lng, d_lat = _gcj_shift(lng, lat)
    return lng + d_lng, lat + d_lat


def gcj02_to_wgs84(lng: NDArray[np.float64], lat: NDArray[np.float64]) -> Pair:
    """GCJ-02 to WGS84, the inverse of `wgs84_to_gcj02` to far less than a millimetre."""
    return _invert(_gcj_shift, lng, lat)


def gcj02_to_bd09(lng: NDArray[np.float64], lat: NDArray[np.float64]) -> Pair:
    """GCJ-02 to BD-09 (Baidu's longitude, latitude)."""
    d_lng, d_lat = _bd_shift(lng, lat)
    return lng + d_lng, lat + d_lat


def bd09_to_gcj02(lng: NDArray[np.float64], lat: NDArray[np.float64]) -> Pair:
    """BD-09 to GCJ-02, the inverse of `gcj02_to_bd09` to far less than a millimetre."""
    return _invert(_bd_shift, lng, lat)


def _invert(
    shift: Callable[[NDArray[np.float64], NDArray[np.float64]], Pair],
    lng: NDArray[np.float64],
    lat: NDArray[np.float64],
) -> Pair:
    """The points that ``shift`` moves to (lng, lat), by fixed point: each until it stays where it is."""
    x, y = np.array(lng, dtype=np.float64), np.array(lat, dtype=np.float64)
    flat = x.reshape(-1), y.reshape(-1), np.ravel(lng), np.ravel(lat)

    def settle(start: int) -> None:
        _settle(shift, *(part[start : start + _PIECE] for part in flat))

    starts = range(0, x.size, _PIECE)
    workers = min(len(os.sched_getaffinity(0)), len(starts) // _PIECES_A_THREAD)
    if workers < 2:
        for start in starts:
            settle(start)
    else:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(settle, starts))
    return x, y


def _settle(
    shift: Callable[[NDArray[np.float64], NDArray[np.float64]], Pair],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    lng: NDArray[np.float64],
    lat: NDArray[np.float64],
) -> None:
    """Move x, y in place to where ``shift`` leads to lng, lat."""
    placed = np.isfinite(lng) & np.isfinite(lat)
    x[~placed] = y[~placed] = np.nan
    moving = np.flatnonzero(placed)
    for _ in range(_ROUNDS):
        if not moving.size:
            return
        d_x, d_y = shift(x[moving], y[moving])
        new_x, new_y = lng[moving] - d_x, lat[moving] - d_y
        moved = (new_x != x[moving]) | (new_y != y[moving])
        x[moving], y[moving] = new_x, new_y
        moving = moving[moved]


def _gcj_shift(lng: NDArray[np.float64], lat: NDArray[np.float64]) -> Pair:
    """What GCJ-02 adds to a WGS84 position, in degrees."""
    inside = (lng >= _WEST) & (lng <= _EAST) & (lat >= _SOUTH) & (lat <= _NORTH)
    x, y = lng - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    ripple = 20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north_m += (ripple + 20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    north_m += 160.0 * np.sin(y / 12.0 * np.pi) * 2.0 / 3.0
    north_m += 320.0 * np.sin(y * np.pi / 30.0) * 2.0 / 3.0
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east_m += (ripple + 20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    east_m += 150.0 * np.sin(x / 12.0 * np.pi) * 2.0 / 3.0
    east_m += 300.0 * np.sin(x / 30.0 * np.pi) * 2.0 / 3.0
    lat_rad = np.radians(lat)
    magic = 1.0 - _EE * np.sin(lat_rad) ** 2
    d_lat = np.degrees(north_m * magic * np.sqrt(magic) / (_A_M * (1.0 - _EE)))
    d_lng = np.degrees(east_m * np.sqrt(magic) / (_A_M * np.cos(lat_rad)))
    return np.where(inside, d_lng, 0.0), np.where(inside, d_lat, 0.0)


def _bd_shift(lng: NDArray[np.float64], lat: NDArray[np.float64]) -> Pair:
    """What BD-09 adds to a GCJ-02 position, in degrees."""
    radius = np.hypot(lng, lat) + 0.00002 * np.sin(lat * _X_PI)
    angle = np.arctan2(lat, lng) + 0.000003 * np.cos(lng * _X_PI)
    return radius * np.cos(angle) + 0.0065 - lng, radius * np.sin(angle) + 0.006 - lat
