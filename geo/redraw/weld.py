"""A polygon cut to pieces without touching its outline: not a vertex of it is added, moved or lost.

Cut lines end where they like. Here their ends go to the nearest vertex that the outline has already, so that whatever
lies next to the polygon, to the last double, still fits.
"""

from __future__ import annotations

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
    known = cKDTree(_metres(anchors, metric))
    away, nearest = known.query(_metres(vertices[rim], metric))
    moved = vertices.copy()
    moved[rim] = anchors[np.asarray(nearest)]
    loose = rim[np.asarray(away) > SAME_M]
    # A vertex of one piece alone on a straight stretch of the outline is there for nothing.
    owners = np.bincount(_distinct(pieces, ids), minlength=len(vertices))
    dropped = np.zeros(len(vertices), dtype=bool)
    dropped[loose[owners[loose] < 2]] = True
    made = _rebuilt(pieces, ids, moved, dropped)
    return made if _tiles(made, outline) else None


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
