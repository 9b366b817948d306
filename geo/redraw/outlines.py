"""Blocks that were noded anew, fitted into the outlines that their communities have, vertex by vertex."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from geo.blocks.noding import Geometries, merge
from geo.model import CRS, CityPlan
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
        fitted = _welded(shapes[mine], told.get(code), standing.metric_crs)
        if fitted is not None:
            shapes[mine], outlines[position] = fitted, told[code]
    crs = standing.blocks.crs
    return replace(
        standing,
        blocks=standing.blocks.set_geometry(gpd.GeoSeries(shapes, crs=crs)),
        communities=standing.communities.set_geometry(gpd.GeoSeries(outlines, crs=crs)),
    )


def _welded(
    pieces: Geometries, outline: shapely.Geometry | None, metric: pyproj.CRS
) -> Geometries | None:
    if not isinstance(outline, shapely.Polygon):
        return None
    made = weld(pieces, outline, metric=metric)
    if made is None or shapely.is_missing(made).any():
        return None
    near = shapely.hausdorff_distance(made, pieces) <= FAR_DEG
    return made if bool(near.all()) else None


def plan_on_outlines(
    plan: CityPlan, outlines: Mapping[str, shapely.Geometry], *, metric: pyproj.CRS
) -> CityPlan:
    """A plan of blocks whose communities keep the ``outlines`` (EPSG:4490, by code) that their neighbours know; one
    whose blocks can't be fitted, or that none is told of, keeps its own."""
    shapes = np.asarray(plan.blocks.geometry.array).copy()
    home = plan.blocks["community_code"].to_numpy(str)
    made = dict(zip(plan.communities["code"].astype(str), plan.communities.geometry, strict=True))
    changed = np.zeros(len(shapes), dtype=bool)
    for code, outline in outlines.items():
        own = made.get(code)
        if own is None or shapely.equals_exact(
            shapely.normalize(own), shapely.normalize(outline), 0.0
        ):
            continue
        mine = np.flatnonzero(home == code)
        fitted = _welded(shapes[mine], outline, metric)
        if fitted is not None:
            shapes[mine], made[code] = fitted, outline
            changed[mine] = True
    if not changed.any():
        return plan
    grid = plan.blocks["grid_code"].to_numpy(str)
    other = set(grid[changed])
    ground = [
        merge(shapes[grid == code]) if code in other else shape
        for code, shape in zip(plan.grids["code"].astype(str), plan.grids.geometry, strict=True)
    ]
    communities = [made[str(code)] for code in plan.communities["code"]]
    return CityPlan(
        grids=plan.grids.set_geometry(gpd.GeoSeries(ground, crs=CRS)),
        blocks=plan.blocks.set_geometry(gpd.GeoSeries(shapes, crs=CRS)),
        communities=plan.communities.set_geometry(gpd.GeoSeries(communities, crs=CRS)),
    )
