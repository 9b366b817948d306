"""What is odd about a city before anything is drawn: no roads, many buildings on one point, lines that are none.

None of it stops a drawing; each is said with its place.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from geo.model import City, Finding, Severity

CROWD = 5
"""So many buildings on exactly one point are an address list, not places."""
FAR_DEG = 0.05
"""A line this far from every community (about five kilometres) belongs to another place."""


def oddities(city: City) -> list[Finding]:
    """The findings about a city (EPSG:4490) as delivered."""
    found = []
    if len(city.roads) == 0 and len(city.communities):
        place = shapely.point_on_surface(shapely.make_valid(city.communities.geometry.iloc[0]))
        found.append(Finding("city-no-roads", Severity.WARNING, geometry=place))
    found += _crowds(city.buildings)
    for layer, frame in (("roads", city.roads), ("rivers", city.rivers)):
        found += _lines(layer, frame, city.communities)
    return found


def _crowds(buildings: gpd.GeoDataFrame) -> list[Finding]:
    """One finding for each point on which many buildings stand."""
    shapes = np.asarray(buildings.geometry.array)
    point = shapely.get_type_id(shapes) == shapely.GeometryType.POINT
    rows = np.flatnonzero(point & ~shapely.is_empty(shapes))
    xy = shapely.get_coordinates(shapes[rows])
    places, at, count = np.unique(xy, axis=0, return_inverse=True, return_counts=True)
    found = []
    for place in np.flatnonzero(count >= CROWD):
        mine = rows[at.reshape(-1) == place]
        names = [str(one) for one in buildings["building_id"].iloc[mine]]
        found.append(
            Finding(
                "city-same-place",
                Severity.WARNING,
                codes=tuple(names),
                count=len(mine),
                geometry=shapely.Point(places[place]),
                params={"count": len(mine), "examples": ", ".join(names[:5])},
            )
        )
    return found


def _lines(layer: str, frame: gpd.GeoDataFrame, communities: gpd.GeoDataFrame) -> list[Finding]:
    """Lines without length, and lines far from every community; one finding of each kind."""
    shapes = np.asarray(frame.geometry.array)
    there = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
    short = there & (shapely.length(shapes) == 0)
    west, south, east, north = communities.total_bounds
    around = shapely.box(west - FAR_DEG, south - FAR_DEG, east + FAR_DEG, north + FAR_DEG)
    far = there & ~shapely.intersects(shapes, around)
    found = []
    for code, rows in (("city-line-zero", short), ("city-line-far", far & ~short)):
        if rows.any():
            ends = shapely.get_coordinates(shapes[rows])
            found.append(
                Finding(
                    code,
                    Severity.NOTE,
                    count=int(rows.sum()),
                    geometry=shapely.MultiPoint(ends[:100]),
                    params={
                        "layer": layer,
                        "count": int(rows.sum()),
                        "examples": ", ".join(f"#{row + 1}" for row in np.flatnonzero(rows)[:5]),
                    },
                )
            )
    return found
