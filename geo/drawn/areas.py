"""What the shapes of a drawing enclose: polygons as they are, closed lines, or the faces that lines make together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.blocks.noding import Geometries, faces, node
from geo.errors import GeometryError

TOGETHER = -1
"""The source of an area that no single shape of the drawing is: lines enclose it together."""
ALIKE = 0.005
"""By what share of its ground an outline may differ from the filled area that it is drawn around."""
_POLYGONS, _LINES, _COLLECTION = (3, 6), (1, 2, 5), 7
_FEWEST = 4
"""Coordinates of a ring."""
MOST_CROSSINGS = 20_000
"""Of lines that make areas together: as many areas, and more, than a city has grids."""
MOST_NEAR = 2_000_000
"""Pairs of their segments whose boxes overlap: what it takes to find crossings."""
_AT_ONCE = 2_000
SPECK_M2 = 0.01
"""A face of lines that is smaller is where two of them nearly coincide."""


@dataclass(frozen=True, slots=True)
class Areas:
    """shapes: polygons. source: the row of the drawing that each is, or TOGETHER. closed: rows of lines whose ends were
    joined because they lay within the tolerance. loose: rows of lines that enclose nothing; points: rows of points."""

    shapes: Geometries
    source: NDArray[np.intp]
    closed: tuple[int, ...]
    loose: tuple[int, ...]
    points: tuple[int, ...]


def areas_of(shapes: Geometries, *, close_m: float = 0.0) -> Areas:
    """The areas of a drawing (metric; a row may be missing or empty).

    A line that closes on itself, or misses that by no more than ``close_m``, is an area of its own, so that what two of
    them share is a fault that can be told. Where other lines divide these, or no line closes, the faces of all lines
    together are the areas; ends that miss a line by no more than ``close_m`` are led on to it.

    GeometryError "lines-cross-much" where these cross so often that they are no borders (a hatching, a scribble).
    """
    kinds = np.array([_kind(shape) for shape in shapes], dtype=object)
    polygons = np.flatnonzero(kinds == "area")
    lines = np.flatnonzero(kinds == "line")
    found = [_areal(shape) for shape in shapes[polygons]]
    rings, closed = _rings(shapes[lines], close_m)
    once = ~_filled(rings, _objects(found))
    lines, rings, closed = lines[once], rings[once], closed[once]
    is_ring = ~shapely.is_missing(rings)
    faces_, loose = _network(shapes[lines], rings, close_m)
    source = polygons.tolist()
    if faces_ is None:
        found += rings[is_ring].tolist()
        source += lines[is_ring].tolist()
        closed_rows = lines[is_ring & closed]
    else:
        found += faces_.tolist()
        source += [TOGETHER] * len(faces_)
        closed_rows = lines[:0]
    return Areas(
        _objects(found),
        np.array(source, dtype=np.intp),
        tuple(closed_rows.tolist()),
        tuple(lines[loose].tolist()),
        tuple(np.flatnonzero(kinds == "point").tolist()),
    )


def _kind(shape: BaseGeometry | None) -> str:
    """What a row of a drawing is: area, line, point, or nothing."""
    if shape is None or shape.is_empty:
        return ""
    kind = int(shapely.get_type_id(shape))
    if kind == _COLLECTION:
        kinds = {_kind(one) for one in shapely.get_parts(shape)}
        return next((one for one in ("area", "line", "point") if one in kinds), "")
    return "area" if kind in _POLYGONS else "line" if kind in _LINES else "point"


def _areal(shape: BaseGeometry) -> BaseGeometry:
    """A polygon as it came; of a collection its polygons."""
    if int(shapely.get_type_id(shape)) != _COLLECTION:
        return shape
    parts = [one for one in shapely.get_parts(shape) if _kind(one) == "area"]
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)


def _rings(lines: Geometries, close_m: float) -> tuple[Geometries, NDArray[np.bool_]]:
    """The polygon of each line that closes (None where it does not), and whether its ends had to be joined."""
    rings = np.full(len(lines), None, dtype=object)
    joined = np.zeros(len(lines), dtype=np.bool_)
    for row, line in enumerate(lines):
        whole = shapely.line_merge(line) if shapely.get_type_id(line) == 5 else line
        if shapely.get_type_id(whole) not in (1, 2):
            continue
        xy = shapely.get_coordinates(whole)
        gap = float(np.hypot(*(xy[0] - xy[-1])))
        if gap > close_m:
            continue
        if gap > 0:
            xy = np.vstack([xy, xy[:1]])
        if len(xy) >= _FEWEST:
            rings[row], joined[row] = shapely.Polygon(xy), gap > 0
    return rings, joined


def _filled(rings: Geometries, polygons: Geometries) -> NDArray[np.bool_]:
    """Which rings are the outline of a polygon of the same drawing: an area that was filled is one area, not two."""
    twice = np.zeros(len(rings), dtype=np.bool_)
    there = np.flatnonzero(~shapely.is_missing(rings))
    if len(there) == 0 or len(polygons) == 0:
        return twice
    valid, other = shapely.make_valid(rings[there]), shapely.make_valid(polygons)
    ring, polygon = shapely.STRtree(other).query(valid, predicate="intersects")
    apart = shapely.area(shapely.symmetric_difference(valid[ring], other[polygon]))
    twice[there[ring[apart <= ALIKE * shapely.area(valid[ring])]]] = True
    return twice


def _network(
    lines: Geometries, rings: Geometries, close_m: float
) -> tuple[Geometries | None, NDArray[np.bool_]]:
    """The faces of all lines together, None where open ones divide nothing; and which lines enclose nothing."""
    is_open = shapely.is_missing(rings)
    if not is_open.any():
        return None, is_open
    closed = np.asarray(shapely.boundary(rings[~is_open]), dtype=object)
    _refuse_tangle(np.concatenate([closed, lines[is_open]]))
    led_on = _led_on(lines[is_open], closed, close_m)
    together = _sizeable(faces(np.concatenate([closed, led_on])))
    alone = _sizeable(faces(closed)) if len(closed) else closed
    if len(together) == len(alone):
        return None, is_open
    borders = shapely.union_all(shapely.boundary(together))
    shapely.prepare(borders)
    ends = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    return together, is_open & (shapely.distance(ends, borders) > max(close_m, 0.01))


def _refuse_tangle(lines: Geometries) -> None:
    """What would take minutes, and gigabytes, to be noded."""
    xy, owner = shapely.get_coordinates(shapely.get_parts(lines), return_index=True)
    inside = owner[:-1] == owner[1:]
    ends = np.stack([xy[:-1][inside], xy[1:][inside]], axis=1)
    segments = np.asarray(shapely.linestrings(ends), dtype=object)
    tree, near, crossings = shapely.STRtree(segments), 10 * len(segments) + MOST_NEAR, 0
    for start in range(0, len(segments), _AT_ONCE):
        some = segments[start : start + _AT_ONCE]
        near -= len(tree.query(some)[0])
        if near >= 0:
            crossings += len(tree.query(some, predicate="crosses")[0])
        if near < 0 or crossings > 2 * MOST_CROSSINGS:  # each is found from both sides
            raise GeometryError("lines-cross-much", most=MOST_CROSSINGS)


def _sizeable(found: Geometries) -> Geometries:
    return found[shapely.area(found) > SPECK_M2]


def _led_on(lines: Geometries, others: Geometries, close_m: float) -> Geometries:
    """Open lines, and short pieces from their loose ends to the nearest line within reach."""
    parts = np.asarray(shapely.get_parts(lines), dtype=object)
    every = np.concatenate([parts, others])
    if not close_m > 0 or len(every) < 2:
        return parts
    tree, ends = shapely.STRtree(every), [(i, end) for i in range(len(parts)) for end in (0, -1)]
    pieces = []
    for own, end in ends:
        point = shapely.get_point(parts[own], end)
        near = tree.query(point, predicate="dwithin", distance=close_m)
        near = near[near != own]
        if len(near) == 0:
            continue
        nearest = every[near[np.argmin(shapely.distance(every[near], point))]]
        piece = shapely.shortest_line(point, nearest)
        if shapely.length(piece) > 0:
            pieces.append(piece)
    if not pieces:
        return parts
    # An end that lies on the other line by arithmetic alone is noded with it only where that has a vertex there.
    snapped = [
        shapely.snap(one, shapely.MultiPoint([shapely.get_point(p, -1) for p in pieces]), 1e-6)
        for one in parts
    ]
    return np.concatenate([node(_objects(snapped)), _objects(pieces)])


def _objects(values: list[BaseGeometry]) -> Geometries:
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made
