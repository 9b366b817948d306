"""Planar shapes in metres: how wide they are, and what of them is only digitising noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

Shapes = NDArray[np.object_]
"""Shapely geometries in a metric CRS."""

ROUNDING_M = 5e-4
"""Narrower than this is not even noise: it is what doubles and the bend between two planes make of one line."""

NODING_M = 2e-3
"""Noding communities and grids moves their borders by less than this, away from outlines that are left as they are."""

_HALVINGS = 14
_POLYGON, _MULTIPOLYGON, _COLLECTION = 3, 6, 7


@dataclass(frozen=True, slots=True)
class Pieces:
    """Connected polygons, with the position of the shape that each came from and its width in metres.

    faces: the polygons whole, whose area is the piece's. shapes: where they are wide enough to be seen, in one or
    several places.
    """

    shapes: Shapes
    faces: Shapes
    owners: NDArray[np.intp]
    widths_m: NDArray[np.float64]

    def where(self, rows: NDArray[np.bool_]) -> Pieces:
        """The pieces of some rows."""
        return Pieces(self.shapes[rows], self.faces[rows], self.owners[rows], self.widths_m[rows])

    def of(self, rows: NDArray[np.intp]) -> Pieces:
        """The same pieces, owned by ``rows`` of something that their owners are."""
        return Pieces(self.shapes, self.faces, rows[self.owners], self.widths_m)

    def plus(self, other: Pieces) -> Pieces:
        """These pieces, then the other ones."""
        return Pieces(
            np.concatenate([self.shapes, other.shapes]),
            np.concatenate([self.faces, other.faces]),
            np.concatenate([self.owners, other.owners]),
            np.concatenate([self.widths_m, other.widths_m]),
        )

    def parted(self) -> Pieces:
        """Each wide place a piece of its own, without what ties them together."""
        places, rows = shapely.get_parts(self.shapes, return_index=True)
        return Pieces(places, places, self.owners[rows], widths_m(places))


@dataclass(frozen=True, slots=True)
class Sorted:
    """Pieces wider than the tolerance, and those that are noise."""

    real: Pieces
    noise: Pieces

    def of(self, rows: NDArray[np.intp]) -> Sorted:
        """The same pieces of shapes that are themselves these ``rows`` of something."""
        return Sorted(self.real.of(rows), self.noise.of(rows))


def polygonal(shapes: Shapes) -> Shapes:
    """Only the polygons of each shape, dissolved into one (multi)polygon; empty where there is none."""
    kinds = shapely.get_type_id(shapes)
    result = shapes.copy()
    flat = ~np.isin(kinds, (_POLYGON, _MULTIPOLYGON))
    result[flat] = shapely.Polygon()
    for row in np.flatnonzero(kinds == _COLLECTION):
        inner = shapely.get_parts(shapes[row])
        result[row] = shapely.union_all(inner[np.isin(shapely.get_type_id(inner), (3, 6))])
    return result


def mean_widths_m(shapes: Shapes) -> NDArray[np.float64]:
    """Area by half the perimeter: the width of a long strip; never above the true greatest width."""
    lengths = shapely.length(shapes)
    return np.divide(
        2 * shapely.area(shapes), lengths, out=np.zeros(len(shapes)), where=lengths > 0
    )


def widths_m(shapes: Shapes) -> NDArray[np.float64]:
    """Diameter of the largest circle inside each polygon, within 0.1 %.

    Found by eroding: the circle's radius is where nothing is left. Unlike a search for the circle's
    centre, its cost does not grow with length by width (Cambridge has a gap 2.3 km long and 11 mm wide).
    """
    low = mean_widths_m(shapes) / 4
    high = np.sqrt(shapely.area(shapes) / np.pi) + 1e-12
    low = np.maximum(low, 1e-12)
    for _ in range(_HALVINGS):
        middle = np.sqrt(low * high)
        alive = ~shapely.is_empty(shapely.buffer(shapes, -middle, quad_segs=2))
        low, high = np.where(alive, middle, low), np.where(alive, high, middle)
    return np.asarray(2 * np.sqrt(low * high), dtype=np.float64)


def separate(shapes: Shapes, *, tolerance_m: float, rounding_m: float = ROUNDING_M) -> Sorted:
    """The connected pieces of ``shapes``, those wider than the tolerance apart from the noise.

    A piece is one however narrow its middle is, and its area is all of it; it is shown where it is wide. Pieces
    narrower than ``rounding_m`` are dropped.
    """
    parts, owners = shapely.get_parts(polygonal(shapes), return_index=True)
    wider = _wider_than(parts, rounding_m)
    parts, owners = parts[wider], owners[wider]
    real = _wider_than(parts, tolerance_m)
    faces, noise = parts[real], parts[~real]
    places = _opened(faces, tolerance_m)
    return Sorted(
        real=Pieces(places, faces, owners[real], widths_m(places)),
        # There may be thousands of them and nobody acts on one: the mean width is exact enough to rank.
        noise=Pieces(noise, noise, owners[~real], mean_widths_m(noise)),
    )


def _wider_than(parts: Shapes, width_m: float) -> NDArray[np.bool_]:
    """Whether a circle of this diameter fits; eroded only where the mean width leaves it open."""
    wider = mean_widths_m(parts) / 2 > width_m
    open_ = ~wider & (np.sqrt(shapely.area(parts) / np.pi) * 2 > width_m)
    wider[open_] = ~shapely.is_empty(shapely.buffer(parts[open_], -width_m / 2, quad_segs=2))
    return np.asarray(wider, dtype=np.bool_)


def _opened(parts: Shapes, tolerance_m: float) -> Shapes:
    """Each part without its hairs, in one or several places; untouched where that changes next to nothing."""
    half = tolerance_m / 2
    core = shapely.buffer(parts, -half, join_style="mitre")
    grown = shapely.buffer(core, half, join_style="mitre")
    opened = polygonal(shapely.intersection(grown, parts))
    same = (shapely.area(opened) > 0.98 * shapely.area(parts)) & (
        shapely.get_num_geometries(opened) == 1
    )
    return np.where(same | shapely.is_empty(opened), parts, opened)


def merge(shapes: Shapes) -> shapely.MultiPolygon | shapely.Polygon | None:
    """Several pieces as one place to show, not dissolved; None for none."""
    if len(shapes) == 0:
        return None
    polygons: list[shapely.Polygon] = list(shapely.get_parts(shapes))
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)
