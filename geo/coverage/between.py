"""Gaps between the polygons of one layer, where nothing else says what they should cover."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.coverage.faults import Concern, Describe, noise_note, real_faults
from geo.coverage.layers import Layer
from geo.coverage.shapes import ROUNDING_M, Pieces, Shapes, Sorted, separate
from geo.model import Finding, Severity

REACH = 0.15
"""Neighbours stand at most this far apart, as a share of the side of a middling polygon of the layer: a
wider opening to the outside is open country, not a gap."""


def union(shapes: Shapes) -> BaseGeometry:
    """All polygons as one; the quick way where they are a clean coverage."""
    if len(shapes) and shapely.coverage_is_valid(shapes):
        return shapely.coverage_union_all(shapes)
    return shapely.union_all(shapes)


def filled(whole: BaseGeometry) -> BaseGeometry:
    """A union without its holes."""
    shells = shapely.polygons(shapely.get_exterior_ring(shapely.get_parts(whole)))
    return shapely.union_all(shells)


def gaps_between(
    layer: Layer, *, tolerance_m: float, told: BaseGeometry | None = None
) -> list[Finding]:
    """Gaps among the polygons of one layer.

    Holes of their union, and strips between neighbours that open to the outside. The latter are what a
    closing (grow, then shrink by half of `REACH`) fills and neighbours face across: the strip's rim runs
    along them for at least four fifths, and along no single one for more than seven tenths. A bay in
    one outline or a corner between two does not pass, a border digitised twice does.

    ``told``: where an outline says what is to be covered; gaps that lie in there are found by it.
    """
    if len(layer) < 1:
        return []
    whole = union(layer.shapes)
    full = filled(whole)
    holes = separate(np.array([shapely.difference(full, whole)]), tolerance_m=tolerance_m)
    strips = _strips(layer, full, tolerance_m=tolerance_m)
    holes, strips = _untold(holes, told), _untold(strips, told)
    describe, kind = _neighbours(layer), layer.kind
    return [
        *real_faults("gap", holes.real, describe, layer=kind, severity=Severity.BLOCKING),
        *real_faults("gap", strips.real, describe, layer=kind, severity=Severity.WARNING),
        *noise_note(
            "gap", holes.noise.plus(strips.noise), describe, layer=kind, tolerance_m=tolerance_m
        ),
    ]


def _untold(found: Sorted, told: BaseGeometry | None) -> Sorted:
    """The pieces that lie mostly outside ``told``."""
    if told is None:
        return found

    def rest(pieces: Pieces) -> Pieces:
        inside = shapely.area(shapely.intersection(pieces.shapes, told))
        return pieces.where(inside < 0.5 * shapely.area(pieces.shapes))

    return Sorted(rest(found.real), rest(found.noise))


def open_strips(layer: Layer, *, tolerance_m: float) -> Shapes:
    """The strips between facing neighbours that open to the outside and are no wider than the tolerance."""
    return _strips(layer, filled(union(layer.shapes)), tolerance_m=tolerance_m).noise.shapes


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
            for pieces in (filled.real.parted(), filled.noise)
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
        case = "between" if len(near) > 1 else "hole"
        return Concern(codes, {"labels": [layer.label(row) for row in near], "case": case})

    return describe
