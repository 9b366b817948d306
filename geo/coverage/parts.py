"""The shape of single grids and communities: in one part, nowhere inside another, not a mere strip."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.coverage.faults import Concern, noise_note
from geo.coverage.layers import Layer
from geo.coverage.shapes import (
    ROUNDING_M,
    Pieces,
    Shapes,
    mean_widths_m,
    merge,
    separate,
    widths_m,
)
from geo.model import Finding, Severity

SLIVER_M = 5.0
"""A grid that is nowhere wider than this is a leftover of drawing, not a place to walk."""

_ENCLOSED = 0.99


def parts(
    layer: Layer,
    *,
    tolerance_m: float,
    of: NDArray[np.bool_] | None = None,
    ground: Shapes | None = None,
) -> list[Finding]:
    """multipart: all but the largest part of each shape; exclave: those of them that one neighbour encloses.

    A grid in parts blocks, but where only its community's own lie apart (``ground``: the communities): a warning. A
    community may well be in parts (an enclosed village): a note. ``of``: the rows to be looked at, all unless told.
    """
    wanted = shapely.get_num_geometries(layer.shapes) > 1
    several = np.flatnonzero(wanted if of is None else wanted & of)
    lesser = np.array([_lesser(shape) for shape in layer.shapes[several]], dtype=object)
    pieces = separate(lesser, tolerance_m=tolerance_m).of(several)
    found: list[Finding] = []
    if len(several) == 0:
        return found
    isles, home = shapely.get_parts([] if ground is None else ground, return_index=True)
    isles_tree = shapely.STRtree(isles)
    for owner in np.unique(pieces.real.owners):
        own = pieces.real.where(pieces.real.owners == owner)
        every = np.array([_largest(layer.shapes[owner]), *own.faces], dtype=object)
        apart = _on_isles(every, isles_tree, home)
        found.append(_multipart(layer, int(owner), own, apart=apart))
    tree = shapely.STRtree(layer.shapes)
    for row in range(len(pieces.real.shapes)):
        found += _exclave(layer, tree, pieces.real, row)

    def describe(_: BaseGeometry, owner: int) -> Concern:
        return Concern((str(layer.codes[owner]),), {"labels": [layer.label(owner)]})

    return found + noise_note(
        "multipart", pieces.noise, describe, layer=layer.kind, tolerance_m=tolerance_m
    )


def _largest(shape: shapely.Polygon | shapely.MultiPolygon) -> shapely.Polygon:
    polygons = shapely.get_parts(shape)
    largest: shapely.Polygon = polygons[int(np.argmax(shapely.area(polygons)))]
    return largest


def _on_isles(polygons: Shapes, isles: shapely.STRtree, home: NDArray[np.intp]) -> bool:
    """Whether polygons lie each in another of the parts of one community (``home``: of each part)."""
    polygon, isle = isles.query(shapely.point_on_surface(polygons), predicate="intersects")
    distinct = len(np.unique(polygon)) == len(polygon) == len(np.unique(isle)) == len(polygons)
    return distinct and len(np.unique(home[isle])) == 1


def _lesser(shape: shapely.Polygon | shapely.MultiPolygon) -> shapely.MultiPolygon:
    polygons = shapely.get_parts(shape)
    rest = np.delete(polygons, np.argmax(shapely.area(polygons)))
    return shapely.MultiPolygon(list(rest))


def _severity(layer: Layer, grids: Severity) -> Severity:
    return grids if layer.kind == "grids" else Severity.NOTE


def _multipart(layer: Layer, owner: int, own: Pieces, *, apart: bool) -> Finding:
    """``apart``: no two parts lie in one part of the community."""
    return Finding(
        "multipart",
        _severity(layer, Severity.WARNING if apart else Severity.BLOCKING),
        codes=(str(layer.codes[owner]),),
        area_m2=float(shapely.area(own.faces).sum()),
        width_m=float(own.widths_m.max()),
        geometry=merge(own.shapes),
        params={
            "layer": layer.kind,
            "label": layer.label(owner),
            "parts": len(own.shapes) + 1,
            **({"case": "isles"} if apart else {}),
        },
    )


def _exclave(layer: Layer, tree: shapely.STRtree, pieces: Pieces, row: int) -> list[Finding]:
    """A finding if one other polygon of the layer runs all around the piece."""
    piece, owner = pieces.faces[row], int(pieces.owners[row])
    near = tree.query(piece, predicate="dwithin", distance=ROUNDING_M)
    near = near[near != owner]
    rim = shapely.get_exterior_ring(piece)
    around = shapely.buffer(layer.shapes[near], ROUNDING_M)
    along = shapely.length(shapely.intersection(rim, around))
    if len(near) == 0 or along.max() < _ENCLOSED * rim.length:
        return []
    host = int(near[np.argmax(along)])
    return [
        Finding(
            "exclave",
            _severity(layer, Severity.WARNING),
            codes=(str(layer.codes[owner]), str(layer.codes[host])),
            area_m2=float(piece.area),
            width_m=float(pieces.widths_m[row]),
            geometry=piece,
            params={"layer": layer.kind, "label": layer.label(owner), "host": layer.label(host)},
        )
    ]


def slivers(grids: Layer) -> list[Finding]:
    """Grids that are nowhere wider than `SLIVER_M`."""
    rows: NDArray[np.intp] = np.flatnonzero(mean_widths_m(grids.shapes) < SLIVER_M)
    widths = widths_m(grids.shapes[rows])
    return [
        Finding(
            "sliver",
            Severity.WARNING,
            codes=(str(grids.codes[row]),),
            area_m2=float(grids.shapes[row].area),
            width_m=float(width),
            geometry=grids.shapes[row],
            params={"layer": grids.kind, "label": grids.label(row), "at_least_m": SLIVER_M},
        )
        for row, width in zip(rows, widths, strict=True)
        if width < SLIVER_M
    ]
