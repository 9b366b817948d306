"""Blocks that somebody else has cut (census blocks, precincts, parcels): polygons with one number -> a block map."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geo.blocks.adjacency import Borders, Lines, shared_borders
from geo.blocks.cut import BlockMap, objects
from geo.blocks.noding import (
    BORDER_STEP_M,
    LONLAT,
    Geometries,
    boundary_lines,
    carry,
    faces,
    merge,
    node,
)
from geo.blocks.pieces import OUTSIDE, close_noise, holders
from geo.blocks.tidy import polygon_part
from geo.crs import metric_crs
from geo.errors import GeometryError

NO_LINES = Lines(np.empty(0, dtype=object), np.empty(0, dtype=np.int8), np.empty((0, 2)))


def given_blocks(blocks: gpd.GeoDataFrame, weight: NDArray[np.int64], *, code: str) -> BlockMap:
    """The block map of polygons (EPSG:4490) as they stand, all in one community ``code``; both counts are ``weight``.

    Rows keep their order. What two polygons both cover goes to the earlier one; a gap stays outside, unless it is so
    narrow that it can only be digitising noise. Blocks touch where they share a line, not a corner alone.
    Raises GeometryError for a row that is no polygon, or that lies wholly under others.
    """
    shapes = polygon_part(np.asarray(blocks.geometry.array))
    _refuse(
        ~np.isin(shapely.get_type_id(shapes), (3, 6)) | shapely.is_empty(shapes), "block-no-polygon"
    )
    west, south, east, north = shapely.total_bounds(shapes)
    crs = metric_crs((west + east) / 2, (south + north) / 2)
    metric = carry(shapes, source=LONLAT, target=crs)
    if shapely.coverage_is_valid(shapes):
        geometry, borders = shapes, shared_borders(metric, NO_LINES)
    else:
        geometry, metric, borders = _noded(metric, crs)
    community = gpd.GeoDataFrame(
        {"code": [code], "name": [code]}, geometry=[merge(geometry)], crs=LONLAT
    )
    return BlockMap(
        communities=community,
        geometry=geometry,
        metric=metric,
        metric_crs=crs,
        community=np.zeros(len(shapes), dtype=np.intp),
        households=weight,
        residents=weight,
        estate=np.full(len(shapes), None, dtype=object),
        label=np.full(len(shapes), None, dtype=object),
        building_block=np.empty(0, dtype=np.intp),
        borders=borders.regrouped(np.arange(len(shapes))),
        findings=(),
    )


def _noded(outlines: Geometries, crs: pyproj.CRS) -> tuple[Geometries, Geometries, Borders]:
    """Outlines (metric) that do not fit one another made to: the blocks in EPSG:4490 and metric, and their borders."""
    pieces = faces(node(boundary_lines(outlines), step_m=BORDER_STEP_M))
    borders = shared_borders(pieces, NO_LINES)
    block = close_noise(pieces, holders(shapely.point_on_surface(pieces), outlines), borders)
    kept = np.zeros(len(outlines), dtype=bool)
    kept[block[block != OUTSIDE]] = True
    _refuse(~kept, "block-covered")
    carried = carry(pieces, source=crs, target=LONLAT)
    parts = [np.flatnonzero(block == one) for one in range(len(outlines))]
    geometry, metric = (objects([merge(of[part]) for part in parts]) for of in (carried, pieces))
    if not shapely.coverage_is_valid(geometry):
        raise GeometryError("blocks-torn")
    return geometry, metric, borders.regrouped(block)


def _refuse(wrong: NDArray[np.bool_], code: str) -> None:
    if wrong.any():
        raise GeometryError(code, row=int(np.flatnonzero(wrong)[0]) + 1, count=int(wrong.sum()))
