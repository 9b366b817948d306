"""四至: what a grid borders on in the east, south, west and north, by the names of roads, rivers and neighbours.

A side is what one sees from there: of the outline, the stretches that face that way and have nothing of the grid before
them. A stretch is called after the named road or river that it follows, else after who lies beyond it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.blocks.adjacency import BORDER_KINDS, INNER, Lines

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

REACH_M = 12.0
"""A border drawn along a road keeps within its width."""
ASTRAY = 0.75
"""By how little of its length a stretch may advance along a line that it follows."""
BEYOND_M = 1.0
LEAST_SHARE = 0.12
"""What is less of a side is a corner of it."""


class Side(StrEnum):
    """In the order in which 四至 are told: 东, 南, 西, 北."""

    EAST = "east"
    SOUTH = "south"
    WEST = "west"
    NORTH = "north"


TOWARDS: Mapping[Side, tuple[float, float]] = {
    Side.EAST: (1.0, 0.0),
    Side.SOUTH: (0.0, -1.0),
    Side.WEST: (-1.0, 0.0),
    Side.NORTH: (0.0, 1.0),
}


@dataclass(frozen=True, slots=True)
class Along:
    """What a side follows. kind: river, arterial, street, lane, or neighbour for who lies beyond. metres: how far."""

    name: str
    kind: str
    metres: float

    def to_json(self) -> dict[str, object]:
        """Everything, JSON-ready."""
        return {"name": self.name, "kind": self.kind, "metres": round(self.metres, 1)}


@dataclass(frozen=True, slots=True)
class Stretches:
    """The segments of an outline, counter-clockwise: their ends, the way out, metres."""

    start: Floats
    end: Floats
    out: Floats
    length_m: Floats

    @property
    def middle(self) -> Floats:
        """The middle of each."""
        return (self.start + self.end) / 2


def sides(
    shape: shapely.Geometry, lines: Lines, beside: Mapping[str, shapely.Geometry]
) -> dict[Side, tuple[Along, ...]]:
    """What each side of a polygon follows (all in one metric CRS), in the order in which one passes it: north to south,
    west to east. ``beside``: neighbours by what they are called. A side of which nothing is known is empty.
    """
    stretches = stretches_of(shape)
    facing = _facing(shape, stretches)
    name, kind = called(stretches, lines, beside)
    return {
        side: _told(stretches, name, kind, np.flatnonzero(facing == at))
        for at, side in enumerate(Side)
    }


def stretches_of(shape: shapely.Geometry) -> Stretches:
    """The segments of a polygon's outer rings (metric CRS)."""
    parts = shapely.orient_polygons(shapely.get_parts(shape))
    xy, ring = shapely.get_coordinates(shapely.get_exterior_ring(parts), return_index=True)
    first = np.flatnonzero(ring[:-1] == ring[1:])
    start, end = xy[first], xy[first + 1]
    step = end - start
    length = np.hypot(*step.T)
    kept = length > 0
    out = np.column_stack([step[:, 1], -step[:, 0]])[kept] / length[kept, None]
    return Stretches(start[kept], end[kept], out, length[kept])


def _facing(shape: shapely.Geometry, stretches: Stretches) -> Ints:
    """The side that each stretch is seen from, as its position in `Side`; -1 where the shape itself hides it."""
    ways = np.array([TOWARDS[side] for side in Side])
    facing = (stretches.out @ ways.T).argmax(axis=1)
    west, south, east, north = shapely.bounds(shape)
    far = float(np.hypot(east - west, north - south)) + BEYOND_M
    towards = ways[facing]
    near = stretches.middle + 0.01 * stretches.out
    rays = shapely.linestrings(np.stack([near, near + far * towards], axis=1))
    shapely.prepare(shape)
    hidden = shapely.intersects(shape, rays)
    return np.where(hidden, -1, facing).astype(np.intp)


def called(
    stretches: Stretches, lines: Lines, beside: Mapping[str, shapely.Geometry]
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """The name and kind of what each stretch follows, or None."""
    count = len(stretches.length_m)
    name, kind = (np.full(count, None, dtype=object) for _ in range(2))
    line = _followed(stretches, lines)
    on = np.flatnonzero(line >= 0)
    if len(on) and lines.names is not None:
        name[on] = lines.names[line[on]]
        kind[on] = np.array(BORDER_KINDS, dtype=object)[lines.kinds[line[on]]]
    rest = np.flatnonzero([one is None for one in name])
    names = list(beside)
    beyond = shapely.points(stretches.middle[rest] + BEYOND_M * stretches.out[rest])
    shapes = np.array([*beside.values(), None], dtype=object)[:-1]
    point, other = shapely.STRtree(shapes).query(beyond, predicate="intersects")
    for at, row in zip(rest[point].tolist(), other.tolist(), strict=True):
        name[at], kind[at] = names[row], "neighbour"
    return name, kind


def _followed(stretches: Stretches, lines: Lines) -> Ints:
    """The named line that each stretch follows: the nearest that runs its way, the strongest of equals; -1 for none."""
    found = np.full(len(stretches.length_m), -1, dtype=np.intp)
    if lines.names is None:
        return found
    named = np.flatnonzero([one is not None for one in lines.names])
    runs, whose = shapely.get_parts(shapely.line_merge(lines.shapes[named]), return_index=True)
    start, middle, end = (
        np.asarray(shapely.points(at), dtype=object)
        for at in (stretches.start, stretches.middle, stretches.end)
    )
    row, run = shapely.STRtree(runs).query(middle, predicate="dwithin", distance=REACH_M)
    line, path = named[whose[run]], runs[run]
    locate = shapely.line_locate_point
    along = np.abs(locate(path, end[row]) - locate(path, start[row]))
    follows = along >= ASTRAY * stretches.length_m[row]
    away = np.rint(shapely.distance(path, middle[row]) * 10)
    order = np.lexsort((line, np.minimum(lines.kinds[line], INNER), away))
    for pair in order[follows[order]][::-1].tolist():
        found[row[pair]] = line[pair]
    return found


def _told(
    stretches: Stretches, name: NDArray[np.object_], kind: NDArray[np.object_], rows: Ints
) -> tuple[Along, ...]:
    """What some stretches follow, by name; what is only a corner of them is left out."""
    metres: dict[tuple[str, str], float] = {}
    place: dict[tuple[str, str], Floats] = {}
    for row in rows.tolist():
        if name[row] is None:
            continue
        key = (str(name[row]), str(kind[row]))
        length = float(stretches.length_m[row])
        metres[key] = metres.get(key, 0.0) + length
        place[key] = place.get(key, np.zeros(2)) + length * stretches.middle[row]
    least = LEAST_SHARE * float(stretches.length_m[rows].sum())
    kept = [key for key in metres if metres[key] >= least]
    east, north = np.abs(stretches.length_m[rows] @ stretches.out[rows]).tolist()
    at = {key: place[key] / metres[key] for key in kept}
    ordered = sorted(kept, key=lambda key: -at[key][1] if east > north else at[key][0])
    return tuple(Along(*key, metres=metres[key]) for key in ordered)
