"""Gaps, overlaps and spills between the polygons of a layer, and between grids and their communities."""

from __future__ import annotations

from functools import cache

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.coverage.faults import Concern, Describe, faults, noise_note, real_faults
from geo.coverage.layers import Layer
from geo.coverage.shapes import ROUNDING_M, Shapes, Sorted, separate
from geo.model import Finding, Severity

REACH = 0.15
"""Neighbours stand at most this far apart, as a share of the side of a middling polygon of the layer: a
wider opening to the outside is open country, not a gap."""

_LISTED_NEIGHBOURS = 6


def overlaps(layer: Layer, *, tolerance_m: float) -> list[Finding]:
    """Where two polygons of one layer lie on one another, pair by pair."""
    first, second = _torn_pairs(layer.shapes)
    shared = shapely.intersection(layer.shapes[first], layer.shapes[second])

    def describe(_: BaseGeometry, owner: int) -> Concern:
        pair = (int(first[owner]), int(second[owner]))
        codes = tuple(str(layer.codes[row]) for row in pair)
        return Concern(codes, {"labels": [layer.label(row) for row in pair]})

    return faults("overlap", shared, describe, layer=layer.kind, tolerance_m=tolerance_m)


def _torn_pairs(shapes: Shapes) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pairs that may share area. A clean coverage has none, and asking GEOS that is quicker than pairing."""
    if len(shapes) == 0 or shapely.coverage_is_valid(shapes):
        nobody = np.empty(0, dtype=np.intp)
        return nobody, nobody
    torn = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(shapes)))
    first, second = shapely.STRtree(shapes).query(shapes[torn], predicate="intersects")
    low, high = np.minimum(torn[first], second), np.maximum(torn[first], second)
    pairs = np.unique(np.column_stack([low, high])[low < high], axis=0)
    return pairs[:, 0], pairs[:, 1]


def union(shapes: Shapes) -> BaseGeometry:
    """All polygons as one; the quick way where they are a clean coverage."""
    if len(shapes) and shapely.coverage_is_valid(shapes):
        return shapely.coverage_union_all(shapes)
    return shapely.union_all(shapes)


def gaps_between(layer: Layer, *, tolerance_m: float) -> list[Finding]:
    """Gaps among the polygons of one layer, with nothing else to say what they should cover.

    Holes of their union, and strips between neighbours that open to the outside. The latter are what a
    closing (grow, then shrink by half of `REACH`) fills and neighbours face across: the strip's rim runs
    along them for at least four fifths, and along no single one for more than seven tenths. A bay in
    one outline or a corner between two does not pass, a border digitised twice does.
    """
    if len(layer) < 1:
        return []
    whole = union(layer.shapes)
    shells = shapely.polygons(shapely.get_exterior_ring(shapely.get_parts(whole)))
    full = shapely.union_all(shells)
    holes = separate(np.array([shapely.difference(full, whole)]), tolerance_m=tolerance_m)
    strips = _strips(layer, full, tolerance_m=tolerance_m)
    describe, kind = _neighbours(layer), layer.kind
    return [
        *real_faults("gap", holes.real, describe, layer=kind, severity=Severity.BLOCKING),
        *real_faults("gap", strips.real, describe, layer=kind, severity=Severity.WARNING),
        *noise_note(
            "gap", holes.noise.plus(strips.noise), describe, layer=kind, tolerance_m=tolerance_m
        ),
    ]


def _strips(layer: Layer, full: BaseGeometry, *, tolerance_m: float) -> Sorted:
    """Openings between facing neighbours, outside the shells ``full``."""
    reach = REACH * float(np.median(np.sqrt(shapely.area(layer.shapes))))
    grown = shapely.buffer(full, reach / 2, join_style="mitre", mitre_limit=3)
    closed = shapely.buffer(grown, -reach / 2, join_style="mitre", mitre_limit=3)
    filled = separate(np.array([shapely.difference(closed, full)]), tolerance_m=tolerance_m)
    tree = shapely.STRtree(layer.shapes)
    return Sorted(
        *(
            pieces.where(np.array([_faced(p, layer, tree) for p in pieces.shapes], dtype=np.bool_))
            for pieces in (filled.real, filled.noise)
        )
    )


def _faced(piece: shapely.Polygon, layer: Layer, tree: shapely.STRtree) -> bool:
    """Whether neighbours face each other across a strip (see `gaps_between`)."""
    near = tree.query(piece, predicate="dwithin", distance=ROUNDING_M)
    if len(near) < 2:
        return False
    west, south, east, north = shapely.bounds(piece)
    around = shapely.clip_by_rect(layer.shapes[near], west - 1, south - 1, east + 1, north + 1)
    rim = shapely.boundary(piece)
    along = shapely.length(shapely.intersection(rim, shapely.buffer(around, ROUNDING_M)))
    return bool(along.sum() >= 0.8 * rim.length and along.max() <= 0.7 * rim.length)


def _neighbours(layer: Layer) -> Describe:
    """Names who lies around a piece."""
    tree = shapely.STRtree(layer.shapes)

    def describe(piece: BaseGeometry, _: int) -> Concern:
        near = np.sort(tree.query(piece, predicate="dwithin", distance=ROUNDING_M))
        codes = tuple(str(layer.codes[row]) for row in near)
        return Concern(codes, {"labels": [layer.label(row) for row in near], "case": "between"})

    return describe


def gaps_inside(communities: Layer, grids: Layer, *, tolerance_m: float) -> list[Finding]:
    """What of each community no grid covers, whoever's grid it is."""
    covered = _covered(communities.shapes, grids.shapes)
    open_ = shapely.difference(communities.shapes, covered)
    tree = shapely.STRtree(grids.shapes)

    def describe(piece: BaseGeometry, owner: int) -> Concern:
        near = np.sort(tree.query(piece, predicate="dwithin", distance=ROUNDING_M))
        codes = tuple(str(grids.codes[row]) for row in near[:_LISTED_NEIGHBOURS])
        whole = bool(shapely.is_empty(covered[owner]))
        params: dict[str, object] = {
            "case": "empty" if whole else "inside",
            "community": communities.label(owner),
            "labels": [str(grids.codes[row]) for row in near[:_LISTED_NEIGHBOURS]],
        }
        return Concern((str(communities.codes[owner]), *(() if whole else codes)), params)

    return faults("gap", open_, describe, layer="grids", tolerance_m=tolerance_m)


def _covered(outlines: Shapes, shapes: Shapes) -> Shapes:
    """For each outline, the union of the shapes that meet its interior (empty where none does)."""
    result = np.full(len(outlines), shapely.Polygon(), dtype=object)
    if len(shapes) == 0:
        return result
    tree = shapely.STRtree(shapes)
    rows, near = tree.query(outlines, predicate="intersects")
    touching = shapely.touches(outlines[rows], shapes[near])
    rows, near = rows[~touching], near[~touching]
    for row in np.unique(rows):
        result[row] = union(shapes[near[rows == row]])
    return result


def spills(
    communities: Layer, grids: Layer, owners: NDArray[np.intp], *, tolerance_m: float
) -> list[Finding]:
    """What of each grid lies outside its own community; ``owners`` is that community's row, -1 for none."""
    own = np.full(len(grids), shapely.Polygon(), dtype=object)
    own[owners >= 0] = communities.shapes[owners[owners >= 0]]
    outside = shapely.difference(grids.shapes, own)
    tree = shapely.STRtree(communities.shapes)

    @cache
    def into(owner: int) -> list[int]:
        near: list[int] = np.sort(tree.query(outside[owner], predicate="intersects")).tolist()
        return near

    def describe(piece: BaseGeometry, owner: int) -> Concern:
        home = int(owners[owner])
        entered = [
            row
            for row in into(owner)
            if row != home
            and shapely.intersection(piece, communities.shapes[row]).area > 0.5 * piece.area
        ]
        params: dict[str, object] = {
            "label": grids.label(owner),
            "community": communities.label(home) if home >= 0 else "",
            "into": [communities.label(row) for row in entered],
            "whole": bool(piece.area > 0.999 * grids.shapes[owner].area),
            "case": "into" if entered else "outside",
        }
        return Concern((str(grids.codes[owner]),), params)

    return faults("spill", outside, describe, layer="grids", tolerance_m=tolerance_m)


def home_rows(communities: Layer, grids: Layer, parents: NDArray[np.object_]) -> NDArray[np.intp]:
    """Each grid's community: the one that its record names, else the one that holds most of it, else -1."""
    by_code = {str(code): row for row, code in reversed(list(enumerate(communities.codes)))}
    rows = np.array([by_code.get(str(parent), -1) for parent in parents], dtype=np.intp)
    lost = np.flatnonzero(rows < 0)
    if len(lost) and len(communities):
        tree = shapely.STRtree(communities.shapes)
        index, near = tree.query(grids.shapes[lost], predicate="intersects")
        areas = shapely.area(
            shapely.intersection(grids.shapes[lost[index]], communities.shapes[near])
        )
        for place in np.argsort(areas, kind="stable"):
            rows[lost[index[place]]] = near[place]
    return rows
