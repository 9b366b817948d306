"""What must stay together: buildings as arrays, estates that fit a grid, and where each one's cell begins."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo.blocks.cells import Sites, place_sites
from geo.blocks.noding import LONLAT, Geometries
from geo.blocks.pieces import OUTSIDE
from geo.crs import project
from geo.model import SizeRule

Ints = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Stock:
    """Buildings as arrays. points: one inside each (EPSG:4490, empty where it has no place); metric: the same.

    sited: whether it gets a cell of its own; what holds no one and is known to goes with its neighbours.
    """

    points: Geometries
    metric: Geometries
    households: NDArray[np.int64]
    residents: NDArray[np.int64]
    sited: NDArray[np.bool_]
    estate: NDArray[np.object_]


def stock(buildings: gpd.GeoDataFrame, crs: pyproj.CRS) -> Stock:
    """Tidied buildings as arrays, in their order."""
    points = shapely.point_on_surface(np.asarray(buildings.geometry.array))
    points[shapely.is_missing(points)] = shapely.Point()
    households = buildings["households"].to_numpy(np.int64)
    residents = buildings["residents"].to_numpy(np.int64)
    empty = (households == 0) & (residents == 0) & buildings["counted"].to_numpy(bool)
    names = buildings["estate"].astype(object)
    estate = names.where(names.notna(), None).to_numpy(dtype=object)
    metric = project(points, source=LONLAT, target=crs)
    sited = ~empty & ~shapely.is_empty(points)
    return Stock(points, metric, households, residents, sited, estate)


def units(stock: Stock, community: Ints, rule: SizeRule) -> Ints:
    """The unit of each building (0, 1, …): its estate where the whole of it in one community fits the ceilings of
    ``rule``, else the building itself."""
    frame = pd.DataFrame(
        {
            "community": community,
            "estate": stock.estate,
            "households": stock.households,
            "residents": stock.residents,
        }
    )
    named = frame.dropna(subset=["estate"])
    named = named[named["community"] != OUTSIDE]
    groups = named.groupby(["community", "estate"], sort=True)
    size = groups[["households", "residents"]].transform("sum")
    fits = (size["households"] <= rule.households[1]) & (size["residents"] <= rule.residents[1])
    unit = np.arange(len(frame), dtype=np.intp)
    unit[named.index] = np.where(fits, len(frame) + groups.ngroup(), named.index)
    return np.asarray(np.unique(unit, return_inverse=True)[1], dtype=np.intp)


def sites(stock: Stock, unit: Ints, face: Ints) -> Sites:
    """Where cells begin: every building that gets one, in its face."""
    placed = np.flatnonzero(stock.sited & (face != OUTSIDE))
    xy = shapely.get_coordinates(stock.metric[placed])
    return place_sites(xy, face[placed], unit[placed])


def block_estates(stock: Stock, block: Ints, count: int) -> NDArray[np.object_]:
    """The estate that most buildings of each block belong to, or None."""
    names: NDArray[np.object_] = np.full(count, None, dtype=object)
    frame = pd.DataFrame({"block": block, "estate": stock.estate}).dropna(subset=["estate"])
    placed = frame[frame["block"] != OUTSIDE].groupby(["block", "estate"])
    sizes = placed.size().reset_index(name="buildings")
    ranked = sizes.sort_values(["buildings", "estate"], ascending=[False, True])
    first = ranked.drop_duplicates("block")
    names[first["block"].to_numpy(np.intp)] = first["estate"].to_numpy(object)
    return names
