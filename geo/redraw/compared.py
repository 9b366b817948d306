"""How much two plans differ: the households that would have to change their grid."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from scipy.optimize import linear_sum_assignment

from geo.blocks.pieces import OUTSIDE, holders
from geo.blocks.tidy import tidy_buildings


def households_moved(
    before: gpd.GeoDataFrame, after: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame
) -> int:
    """Households whose grid in ``after`` is not the one that stands for theirs in ``before`` (EPSG:4490, all three).

    Which grid stands for which is chosen so that as few as possible move, whatever they are called. A household that
    only one of the plans covers moves.
    """
    homes = tidy_buildings(buildings)[0]
    households = homes["households"].to_numpy(np.int64)
    places = np.asarray(shapely.point_on_surface(np.asarray(homes.geometry.array)), dtype=object)
    places[shapely.is_missing(places)] = shapely.Point()
    was, now = (
        holders(places, shapely.make_valid(np.asarray(grids.geometry.array)))
        for grids in (before, after)
    )
    both = (was != OUTSIDE) & (now != OUTSIDE)
    shared = np.zeros((len(before), len(after)), dtype=np.int64)
    np.add.at(shared, (was[both], now[both]), households[both])
    kept = int(shared[linear_sum_assignment(shared, maximize=True)].sum())
    known = (was != OUTSIDE) | (now != OUTSIDE)
    return int(households[known].sum()) - kept
