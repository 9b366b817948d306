"""A polygon cut to pieces without touching its outline: not a vertex of it is added, moved or lost.

Cut lines end where they like. Here their ends go to the nearest vertex that the outline has already, so that whatever
lies next to the polygon, to the last double, still fits.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo.blocks.noding import LONLAT, Geometries, merge, vertex_ids
from geo.crs import project

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

SAME_M = 0.003
"""Noding on a millimetre grid moves a vertex by less than this."""


def weld(pieces: Geometries, outline: shapely.Polygon, *, metric: pyproj.CRS) -> Geometries | None:
    """Pieces (EPSG:4490, a coverage of about ``outline``) made to tile the outline exactly; None where they can't be.

    A piece that collapses is None in its place.
    """
    vertices, ids = vertex_ids(pieces)
    rim = np.unique(ids[_on_rim(pieces)])
    anchors = shapely.get_coordinates(outline)
    spots, known = _metres(vertices[rim], metric), _metres(anchors, metric)
    away, nearest = (np.asarray(one) for one in cKDTree(known).query(spots))
    same = _same(away, nearest)
    to, other = _between(merge(pieces), vertices[rim], np.where(same, nearest, -1), (spots, known))
    moved = vertices.copy()
    moved[rim] = anchors[np.where(to < 0, nearest, to)]
    loose = rim[~same]
    # A vertex of one piece alone on a straight stretch of the outline is there for nothing.
    owners = np.bincount(_distinct(pieces, ids), minlength=len(vertices))
    dropped = np.zeros(len(vertices), dtype=bool)
    dropped[loose[owners[loose] < 2]] = True
    made = _rebuilt(pieces, ids, moved, dropped)
    torn = ids[_of_torn(pieces, made)]
    again = np.isin(rim, torn) & ~same & (other >= 0)
    if again.any():  # the nearer one was too near: something turned over
        moved[rim[again]] = anchors[other[again]]
        made = _rebuilt(pieces, ids, moved, dropped)
    return made if _tiles(made, outline) else None


def _of_torn(pieces: Geometries, made: Geometries) -> NDArray[np.bool_]:
    """For each coordinate of the pieces, whether what became of its piece is no valid shape."""
    torn = ~np.asarray(shapely.is_valid(made)) & ~np.asarray(shapely.is_missing(made))
    found: NDArray[np.bool_] = torn[shapely.get_coordinates(pieces, return_index=True)[1]]
    return found


def _same(away: Floats, nearest: Ints) -> NDArray[np.bool_]:
    """Whether each vertex is the anchor beside it: so near as noding moves one, and none is nearer."""
    least = np.full(int(nearest.max(initial=-1)) + 1, np.inf)
    np.minimum.at(least, nearest, away)
    same: NDArray[np.bool_] = (away <= SAME_M) & (away == least[nearest])
    return same


def _between(
    whole: shapely.Geometry, rim: Floats, anchor: Ints, metres: tuple[Floats, Floats]
) -> tuple[Ints, Ints]:
    """The anchor of each vertex of a rim: its own, else the nearer of those before and after it, so that none goes past
    another, and the farther of these; -1 where there is none. ``metres``: where vertices and anchors lie."""
    place = {complex(*xy): n for n, xy in enumerate(rim.tolist())}
    found, other = anchor.copy(), np.full(len(anchor), -1, dtype=np.intp)
    for ring in shapely.get_rings(whole):
        order = [place[complex(*xy)] for xy in shapely.get_coordinates(ring)[:-1].tolist()]
        fixed = [n for n, one in enumerate(order) if anchor[one] >= 0]
        if not fixed:
            continue
        ends = [fixed[-1] - len(order), *fixed, fixed[0] + len(order)]
        for before, after in pairwise(ends):
            two = [anchor[order[end % len(order)]] for end in (before, after)]
            for n in range(before + 1, after):
                one = order[n % len(order)]
                apart = np.hypot(*(metres[1][two] - metres[0][one]).T)
                nearer = int(apart.argmin())
                found[one], other[one] = two[nearer], two[1 - nearer]
    return found, other


def _metres(points: Floats, metric: pyproj.CRS) -> Floats:
    shapes = np.asarray(shapely.points(points), dtype=object)
    moved: Floats = shapely.get_coordinates(project(shapes, source=LONLAT, target=metric))
    return moved


def _on_rim(pieces: Geometries) -> NDArray[np.bool_]:
    """For each coordinate, whether it is on the outline of all pieces together."""
    whole = shapely.get_coordinates(merge(pieces))
    known = np.unique(whole[:, 0] + 1j * whole[:, 1])
    xy = shapely.get_coordinates(pieces)
    return np.isin(xy[:, 0] + 1j * xy[:, 1], known)


def _distinct(pieces: Geometries, ids: Ints) -> Ints:
    """The vertices of every piece, each once a piece."""
    _, piece = shapely.get_coordinates(pieces, return_index=True)
    pairs = np.unique(np.column_stack([piece, ids]), axis=0)
    found: Ints = pairs[:, 1]
    return found


def _rebuilt(
    pieces: Geometries, ids: Ints, moved: Floats, dropped: NDArray[np.bool_]
) -> Geometries:
    made: Geometries = np.full(len(pieces), None, dtype=object)
    rings, owner = shapely.get_rings(pieces, return_index=True)
    start = 0
    kept: dict[int, list[Floats]] = {}
    for ring, piece in zip(rings, owner.tolist(), strict=True):
        count = shapely.get_num_coordinates(ring)
        own = ids[start : start + count]
        start += count
        xy = moved[own[~dropped[own]]]
        different = np.append(True, (np.diff(xy, axis=0) != 0).any(axis=1))
        xy = xy[different]
        if len(xy) and (xy[0] != xy[-1]).any():
            xy = np.vstack([xy, xy[:1]])
        kept.setdefault(piece, [])
        if len(xy) >= 4:
            kept[piece].append(xy)
    for piece, coordinates in kept.items():
        if coordinates:
            made[piece] = shapely.Polygon(coordinates[0], coordinates[1:])
    return made


def _tiles(pieces: Geometries, outline: shapely.Polygon) -> bool:
    there = pieces[~shapely.is_missing(pieces)]
    if len(there) == 0 or not shapely.is_valid(there).all():
        return False
    if not shapely.coverage_is_valid(there):
        return False
    whole = merge(there)
    return bool(shapely.equals_exact(whole.normalize(), outline.normalize(), 0.0))
