"""What must stay together: buildings as arrays, estates that fit a grid, and where each one's cell begins."""

from __future__ import annotations

from collections.abc import Sequence
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
    label: what a user can call it: its name, else its number (building_id), else None.
    """

    points: Geometries
    metric: Geometries
    households: NDArray[np.int64]
    residents: NDArray[np.int64]
    sited: NDArray[np.bool_]
    estate: NDArray[np.object_]
    label: NDArray[np.object_]


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
    label = buildings["building_id"].astype(object)
    if "name" in buildings:
        label = buildings["name"].astype(object).where(buildings["name"].notna(), label)
    label = label.where(label.notna(), None)
    return Stock(points, metric, households, residents, sited, estate, label.to_numpy(dtype=object))


def units(
    stock: Stock, community: Ints, rules: Sequence[SizeRule], loose: NDArray[np.bool_]
) -> Ints:
    """The unit of each building (0, 1, …): its estate where the whole of it in one community fits the ceilings there
    (``rules``: of each community), else the building itself; ``loose`` buildings always are their own."""
    frame = pd.DataFrame(
        {
            "community": community,
            "estate": stock.estate,
            "households": stock.households,
            "residents": stock.residents,
        }
    )
    named = frame.dropna(subset=["estate"])
    named = named[(named["community"] != OUTSIDE) & ~loose[named.index]]
    groups = named.groupby(["community", "estate"], sort=True)
    size = groups[["households", "residents"]].transform("sum")
    most = np.array([(one.households[1], one.residents[1]) for one in rules]).reshape(-1, 2)
    fits = (size.to_numpy() <= most[named["community"].to_numpy(np.intp)]).all(axis=1)
    unit = np.arange(len(frame), dtype=np.intp)
    unit[named.index] = np.where(fits, len(frame) + groups.ngroup(), named.index)
    return np.asarray(np.unique(unit, return_inverse=True)[1], dtype=np.intp)


def sites(stock: Stock, unit: Ints, face: Ints) -> Sites:
    """Where cells begin: every building that gets one, in its face."""
    placed = np.flatnonzero(stock.sited & (face != OUTSIDE))
    xy = shapely.get_coordinates(stock.metric[placed])
    return place_sites(xy, face[placed], unit[placed])


def block_labels(stock: Stock, block: Ints, count: int) -> NDArray[np.object_]:
    """What a user can call each block: its estate, else the building in it that holds most, else None."""
    names = block_estates(stock, block, count)
    weight = stock.households + stock.residents
    for row in np.lexsort((np.arange(len(block)), -weight)).tolist():
        if block[row] != OUTSIDE and names[block[row]] is None:
            names[block[row]] = stock.label[row]
    return names


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
