"""Cutting land in two along a slightly curved line, again and again: streets, lanes and walls."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import shapely
from shapely import ops
from shapely.geometry import LineString, Polygon

BOW_POINTS = 9


def halve(land: Polygon, rng: np.random.Generator) -> tuple[list[Polygon], list[LineString]]:
    """Cuts ``land`` across its long side. Returns the pieces and the cut (several parts on concave land)."""
    cut = _across(land, rng)
    inside = [part for part in shapely.get_parts(cut.intersection(land)) if part.length > 1.0]
    pieces = [land]
    for part in inside:
        longer = _stretch(part)
        pieces = [q for piece in pieces for q in _polygons(ops.split(piece, longer))]
    return pieces, inside


def parcel(
    land: Polygon, big_enough: Callable[[Polygon], bool], rng: np.random.Generator
) -> tuple[list[Polygon], list[LineString]]:
    """Halves ``land`` while ``big_enough`` says so. Returns all pieces and all cuts, first cut first."""
    waiting, done, cuts = [land], list[Polygon](), list[LineString]()
    while waiting:
        piece = waiting.pop(0)
        if not big_enough(piece):
            done.append(piece)
            continue
        halves, lines = halve(piece, rng)
        if len(halves) < 2:
            done.append(piece)
            continue
        cuts.extend(lines)
        waiting.extend(halves)
    return done, cuts


def axes(land: Polygon) -> tuple[float, float, float]:
    """Long side, short side (m) and bearing of the long side (radians, counter-clockwise from east)."""
    box = shapely.get_coordinates(shapely.oriented_envelope(land))
    first, second = box[1] - box[0], box[2] - box[1]
    lengths = float(np.hypot(*first)), float(np.hypot(*second))
    longer = first if lengths[0] >= lengths[1] else second
    return max(lengths), min(lengths), float(np.arctan2(longer[1], longer[0]))


def _across(land: Polygon, rng: np.random.Generator) -> LineString:
    long_m, short_m, bearing = axes(land)
    middle = shapely.get_coordinates(shapely.oriented_envelope(land).centroid)[0]
    ahead = np.array([np.cos(bearing), np.sin(bearing)])
    through = middle + ahead * long_m * rng.uniform(-0.13, 0.13)
    heading = bearing + np.pi / 2 + rng.normal(0, 0.07)
    side = np.array([np.cos(heading), np.sin(heading)])
    t = np.linspace(-1.0, 1.0, BOW_POINTS)
    bow = rng.normal(0, 0.03) * short_m * (1 - t**2)
    reach = 0.75 * short_m + 30.0
    return LineString(through + t[:, None] * reach * side + bow[:, None] * ahead)


def _stretch(line: LineString) -> LineString:
    """The line with both ends a little longer, so that it surely leaves the land."""
    points = shapely.get_coordinates(line)
    points[0] += (points[0] - points[1]) / np.hypot(*(points[0] - points[1])) * 1e-4
    points[-1] += (points[-1] - points[-2]) / np.hypot(*(points[-1] - points[-2])) * 1e-4
    return LineString(points)


def _polygons(collection: shapely.GeometryCollection) -> list[Polygon]:
    return [part for part in collection.geoms if isinstance(part, Polygon) and part.area > 1.0]
