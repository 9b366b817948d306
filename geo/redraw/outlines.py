"""Blocks that were noded anew, fitted into the outlines that their communities have, vertex by vertex."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import shapely

from geo.blocks.noding import Geometries
from geo.redraw.standing import Standing
from geo.redraw.weld import weld

FAR_DEG = 5e-5
"""About five metres, the longest way between two vertices of an outline of ours: an end of a border goes no farther."""


def on_outlines(standing: Standing, communities: gpd.GeoDataFrame) -> Standing:
    """The same blocks with the outlines of ``communities`` (EPSG:4490), which stay as they are to the last bit.

    Noding a community alone gives its border vertices that its neighbours lack. Where its outline has too few vertices
    for the ends of borders, or lies elsewhere, it keeps the new one.
    """
    shapes = np.asarray(standing.blocks.geometry.array).copy()
    home = standing.blocks["community_code"].to_numpy(str)
    told = dict(zip(communities["code"].astype(str), communities.geometry, strict=True))
    outlines = list(standing.communities.geometry)
    for position, code in enumerate(standing.communities["code"].astype(str)):
        mine = np.flatnonzero(home == code)
        fitted = _fitted(shapes[mine], told.get(code), standing)
        if fitted is not None:
            shapes[mine], outlines[position] = fitted, told[code]
    crs = standing.blocks.crs
    return replace(
        standing,
        blocks=standing.blocks.set_geometry(gpd.GeoSeries(shapes, crs=crs)),
        communities=standing.communities.set_geometry(gpd.GeoSeries(outlines, crs=crs)),
    )


def _fitted(
    pieces: Geometries, outline: shapely.Geometry | None, standing: Standing
) -> Geometries | None:
    if not isinstance(outline, shapely.Polygon):
        return None
    made = weld(pieces, outline, metric=standing.metric_crs)
    if made is None or shapely.is_missing(made).any():
        return None
    near = shapely.hausdorff_distance(made, pieces) <= FAR_DEG
    return made if bool(near.all()) else None
