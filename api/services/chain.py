"""纵向到底 of what is at hand: layers and registers from files, or from the store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import geopandas as gpd
import pandas as pd
import shapely

from geo.chain import ChainResult, ChainRules, GridDemand, check_chain
from geo.errors import OptionError
from geo.locate import Locator
from geo.model import COMMUNITY_COLUMNS, CRS, GridKind, empty_layer

ONE_OFFICER = ChainRules("officer", grids={kind: GridDemand(officer=True) for kind in GridKind})
"""What is demanded where no rules are handed over."""


def chain_of_layers(
    layers: Mapping[str, gpd.GeoDataFrame | None],
    register: pd.DataFrame,
    units: pd.DataFrame | None,
    *,
    rules: ChainRules,
    now: datetime,
) -> ChainResult:
    """The chain of the grids; communities that are called by name in the registers are found by it."""
    grids, communities, buildings = (layers[name] for name in ("grids", "communities", "buildings"))
    if grids is None:
        raise OptionError("posts-without-grids")
    if "community_code" not in grids.columns:
        grids = grids.assign(community_code=grids["code"].astype(str).str[:-3])
    if communities is None:
        communities = empty_layer(COMMUNITY_COLUMNS)
    if "name" in communities.columns:
        codes = dict(zip(communities["name"], communities["code"].astype(str), strict=True))
        register = register.assign(community_code=register["community_code"].replace(codes))
        if units is not None:
            units = units.assign(community_code=units["community_code"].replace(codes))
    standing: dict[str, str] = {}
    if units is not None and buildings is not None and "building_id" in buildings.columns:
        standing = standing_in(grids, buildings, units)
    return check_chain(communities, grids, register, units, rules=rules, at=now, standing=standing)


def standing_in(
    grids: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, units: pd.DataFrame
) -> dict[str, str]:
    """The grid of each building that a party unit lives in, by where it stands."""
    homes = buildings[buildings["building_id"].isin(units["building_id"].dropna())]
    points = shapely.point_on_surface(homes.geometry.to_numpy())
    codes = [str(code) for code in grids["code"]]
    at = Locator(grids.geometry.to_numpy(), codes, crs=CRS).indices(
        *shapely.get_coordinates(points).T
    )
    pairs = zip(homes["building_id"], at.tolist(), strict=True)
    return {str(home): codes[row] for home, row in pairs if row >= 0}
