"""How well each way to read a drawing's coordinates fits the borders of communities that are known: for a person who
decides, as `geo.evidence`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.blocks.noding import LONLAT, Geometries
from geo.crs import metric_crs, project, to_lonlat
from geo.evidence import Reading, datum_evidence

NEAR_M = 5.0
MOST_POINTS = 3000
MOST_READINGS = 6


@dataclass(frozen=True, slots=True)
class Fit:
    """One way to read coordinates. near: of the points that it puts inside, how many lie within NEAR_M of a border."""

    reading: Reading
    near: int


def fits(xy: NDArray[np.float64], communities: Geometries) -> list[Fit]:
    """The ways that put anything into the communities (EPSG:4490), best first; an even sample of the points stands for
    all of them."""
    if len(xy) == 0 or len(communities) == 0:
        return []
    step = max(1, len(xy) // MOST_POINTS)
    x, y = np.ascontiguousarray(xy[::step, 0]), np.ascontiguousarray(xy[::step, 1])
    outline = shapely.union_all(shapely.make_valid(communities))
    readings = [one for one in datum_evidence(x, y, outline=outline) if one.inside]
    lng, lat = shapely.get_coordinates(outline.centroid)[0]
    metric = metric_crs(lng, lat)
    borders = np.asarray(shapely.get_parts(shapely.boundary(communities)), dtype=object)
    tree = shapely.STRtree(project(borders, source=LONLAT, target=metric))
    found, places = [], list[tuple[NDArray[np.float64], NDArray[np.float64]]]()
    for reading in readings[: 2 * MOST_READINGS]:
        lng, lat = to_lonlat(*((y, x) if reading.swapped else (x, y)), datum=reading.datum)
        if any(np.array_equal(lng, a, True) and np.array_equal(lat, b, True) for a, b in places):
            continue  # a zone of six degrees and one of three around the same meridian
        places.append((lng, lat))
        known = np.isfinite(lng) & shapely.intersects_xy(outline, lng, lat)
        points = np.asarray(shapely.points(lng[known], lat[known]), dtype=object)
        moved = project(points, source=LONLAT, target=metric)
        hit = tree.query(moved, predicate="dwithin", distance=NEAR_M)[0]
        found.append(Fit(reading, len(np.unique(hit))))
    return sorted(found, key=lambda fit: (-fit.reading.inside, -fit.near))[:MOST_READINGS]
