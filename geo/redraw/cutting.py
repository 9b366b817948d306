"""Polygons of one coverage cut along a line. What they had stays to the last bit; new vertices are shared by all.

Where the line leaves them it gets a vertex of its own, which polygons beside them take in too; where nothing beside
them may change (the border of a community, a locked grid) it goes to the nearest vertex that is there already.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.blocks.noding import Geometries, boundary_lines, merge

Floats = NDArray[np.float64]
Vertex = tuple[float, float]
Segment = tuple[Vertex, Vertex]

SNAP_DEG = 2e-5
"""About two metres: a line drawn by hand that comes so near to a vertex means it."""
ON_LINE_DEG = 1e-10
"""Some ten micrometres: what is nearer lies on it."""
BEYOND_DEG = 1e-8
"""By how much a line crosses what it ends at, so that both certainly meet."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """of: the pieces of each polygon (itself where the line misses it). beside: the neighbours, with new vertices.
    touched: which of these changed. line: what the line became."""

    of: tuple[tuple[shapely.Polygon, ...], ...]
    beside: tuple[shapely.Polygon, ...]
    touched: tuple[bool, ...]
    line: shapely.MultiLineString


def cut_polygons(
    polygons: Sequence[shapely.Polygon],
    line: shapely.LineString,
    beside: Sequence[shapely.Polygon] = (),
) -> Pieces | None:
    """Polygons (EPSG:4490) cut along a line. ``beside``: neighbours that may get new vertices on what they share.

    None where the pieces do not fit any more: a line that runs too close to what is there.
    """
    own = _segments(polygons)
    shared = {(b, a) for a, b in own} & own.keys()
    shared |= {(b, a) for a, b in _segments(beside)} & own.keys()
    closed = [one for one in own if one not in shared]
    drawn = _fitted(polygons, line, closed)
    if not drawn:
        return _uncut(polygons, beside)
    lines = [*boundary_lines(_array(polygons)), *drawn]
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all(lines)]))
    pieces = _sorted_out(polygons, faces)
    inserted = _inserted(own, pieces)
    if pieces is None or not inserted.keys().isdisjoint(closed):
        return None
    neighbours = [_with_vertices(one, inserted) for one in beside]
    whole = [_with_vertices(one, inserted) for one in polygons]
    if not _fits(whole, pieces, neighbours):
        return None
    return Pieces(
        of=tuple(tuple(own) for own in pieces),
        beside=tuple(neighbours),
        touched=tuple(a is not b for a, b in zip(neighbours, beside, strict=True)),
        line=shapely.MultiLineString(drawn),
    )


def _uncut(polygons: Sequence[shapely.Polygon], beside: Sequence[shapely.Polygon]) -> Pieces:
    nothing = shapely.MultiLineString()
    whole = tuple((one,) for one in polygons)
    return Pieces(whole, tuple(beside), (False,) * len(beside), nothing)


def _array(shapes: Iterable[shapely.Geometry]) -> Geometries:
    listed = list(shapes)
    array: Geometries = np.empty(len(listed), dtype=object)
    array[:] = listed
    return array


def rings(polygon: shapely.Polygon) -> list[list[Vertex]]:
    """The vertices of every ring, the outer one first; the last is the first again."""
    found = (polygon.exterior, *polygon.interiors)
    return [list(map(tuple, shapely.get_coordinates(ring).tolist())) for ring in found]


def _segments(polygons: Sequence[shapely.Polygon]) -> dict[Segment, int]:
    """Every segment as its polygon runs along it (on its right: rings are turned), and which polygon that is."""
    found = {}
    for index, polygon in enumerate(polygons):
        for ring in rings(shapely.orient_polygons(polygon)):
            found.update(dict.fromkeys(pairwise(ring), index))
    return found


def _lines(segments: Sequence[Segment]) -> Geometries:
    return np.asarray(shapely.linestrings(np.array(segments, dtype=float).reshape(-1, 2, 2)))


def _fitted(
    polygons: Sequence[shapely.Polygon], line: shapely.LineString, closed: Sequence[Segment]
) -> list[shapely.LineString]:
    """The line as it will cut: drawn to vertices that it passes closely, its ends brought to where they belong."""
    region = merge(_array(polygons))
    vertices = shapely.MultiPoint(shapely.get_coordinates(_array(polygons)))
    near = shapely.snap(line, vertices, SNAP_DEG)
    inside = shapely.intersection(near, shapely.buffer(region, ON_LINE_DEG))
    parts = shapely.get_parts(shapely.line_merge(inside))
    known = {(x, y) for x, y in shapely.get_coordinates(vertices)}
    ends = shapely.STRtree(_lines(closed))
    found = []
    for part in parts:
        if not isinstance(part, shapely.LineString) or part.length < BEYOND_DEG:
            continue
        xy = [(x, y) for x, y in part.coords]
        first = _end(xy[0], xy[1], closed, ends, known)
        last = _end(xy[-1], xy[-2], closed, ends, known)
        whole = [first, *xy[1:-1], last]
        if len(set(whole)) > 1:
            found.append(shapely.LineString(whole))
    return found


def _end(
    end: Vertex, inner: Vertex, closed: Sequence[Segment], tree: shapely.STRtree, known: set[Vertex]
) -> Vertex:
    """Where a line ends: at a vertex that is there, if it must; else a hair beyond what it meets."""
    if (vertex := _known(end, known)) is not None:
        return vertex
    at = tree.query(shapely.Point(end), predicate="dwithin", distance=10 * ON_LINE_DEG)
    if len(at):
        corners: list[Vertex] = [corner for one in at.tolist() for corner in closed[one]]
        return min(corners, key=lambda corner: _apart(corner, end))
    length = _apart(end, inner)
    grow = 1 + BEYOND_DEG / length
    return inner[0] + (end[0] - inner[0]) * grow, inner[1] + (end[1] - inner[1]) * grow


def _known(point: Vertex, known: set[Vertex]) -> Vertex | None:
    if point in known:
        return point
    near = 10 * ON_LINE_DEG
    return next(
        (one for one in known if abs(one[0] - point[0]) < near and abs(one[1] - point[1]) < near),
        None,
    )


def _apart(a: Vertex, b: Vertex) -> float:
    return float(np.hypot(a[0] - b[0], a[1] - b[1]))


def _sorted_out(
    polygons: Sequence[shapely.Polygon], faces: Geometries
) -> list[list[shapely.Polygon]] | None:
    """The faces that each polygon came to; None where one is lost. A polygon that came whole is itself."""
    points = shapely.point_on_surface(faces)
    face, owner = shapely.STRtree(_array(polygons)).query(points, predicate="within")
    found: list[list[shapely.Polygon]] = [[] for _ in polygons]
    for one, index in zip(face.tolist(), owner.tolist(), strict=True):
        found[index].append(faces[one])
    if not all(found):
        return None
    return [
        [polygon] if len(own) == 1 and own[0].equals(polygon) and _as_many(own[0], polygon) else own
        for own, polygon in zip(found, polygons, strict=True)
    ]


def _as_many(a: shapely.Polygon, b: shapely.Polygon) -> bool:
    return int(shapely.get_num_coordinates(a)) == int(shapely.get_num_coordinates(b))


def _inserted(
    own: dict[Segment, int], pieces: list[list[shapely.Polygon]] | None
) -> dict[Segment, list[Vertex]]:
    """The new vertices on segments that were there, in their order along each."""
    if pieces is None:
        return {}
    old = {vertex for segment in own for vertex in segment}
    made = shapely.get_coordinates(_array(one for group in pieces for one in group))
    new = sorted({(x, y) for x, y in made.tolist()} - old)
    if not new:
        return {}
    segments = list(own)
    tree = shapely.STRtree(_lines(segments))
    at, segment = tree.query(shapely.points(new), predicate="dwithin", distance=ON_LINE_DEG)
    found: dict[Segment, list[Vertex]] = {}
    for point, one in zip(at.tolist(), segment.tolist(), strict=True):
        found.setdefault(segments[one], []).append(new[point])
    for (start, _), points in found.items():
        points.sort(key=lambda point, start=start: _apart(point, start))  # type: ignore[misc]
    return found


def _with_vertices(
    polygon: shapely.Polygon, inserted: dict[Segment, list[Vertex]]
) -> shapely.Polygon:
    """A polygon with vertices that its neighbours got on what it shares with them; itself where there are none."""
    made, changed = [], False
    for ring in rings(polygon):
        kept = [ring[0]]
        for a, b in pairwise(ring):
            new = inserted.get((a, b)) or inserted.get((b, a), [])[::-1]
            changed |= bool(new)
            kept += [*new, b]
        made.append(kept)
    return shapely.Polygon(made[0], made[1:]) if changed else polygon


def _fits(
    whole: Sequence[shapely.Polygon],
    pieces: list[list[shapely.Polygon]],
    beside: Sequence[shapely.Polygon],
) -> bool:
    """Whether pieces and neighbours tile what was there (``whole``: with the new vertices): nothing torn or turned
    over, and no face lost that is too thin to have a point inside."""
    cut = _array(one for own in pieces for one in own)
    made = _array([*cut, *beside])
    if not (shapely.is_valid(made).all() and shapely.coverage_is_valid(made)):
        return False
    areas = [sum(one.area for one in own) for own in pieces]
    if any(
        abs(area - polygon.area) > 1e-9 * polygon.area + 1e-16
        for area, polygon in zip(areas, whole, strict=True)
    ):
        return False
    before, after = merge(_array(whole)).normalize(), merge(cut).normalize()
    return bool(shapely.equals_exact(before, after, 0.0))
