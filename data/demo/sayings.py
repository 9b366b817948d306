"""The words people say for places in the demo city: estates, landmarks, doors."""

from __future__ import annotations

import unicodedata

import geopandas as gpd
import pandas as pd
import shapely

from data.demo.city import DemoCity
from data.demo.layers import SOURCE
from geo.model import BuildingKind

COLUMNS = (
    "kind",
    "said",
    "normalised",
    "building_id",
    "estate",
    "community_code",
    "source",
    "geometry",
)


def build_addresses(city: DemoCity) -> gpd.GeoDataFrame:
    """What is said for each place: COLUMNS, points in EPSG:4490.

    kind ``address``: street and number of a house. ``name``: what a named house is called. ``estate``:
    an estate as a whole (building_id null), at the middle of its houses.
    """
    buildings = city.city.buildings
    doors = buildings.assign(kind="address", said=buildings["address"])
    named = buildings[buildings["name"].notna()]
    titles = named.assign(kind="name", said=named["name"])
    estates = _estates(buildings[buildings["kind"] == BuildingKind.RESIDENCE])
    kept = [name for name in COLUMNS if name not in ("normalised", "source")]
    table = pd.concat([part[kept] for part in (doors, titles, estates)], ignore_index=True)
    table["normalised"] = [normalised(said) for said in table["said"]]
    table["source"] = SOURCE
    return gpd.GeoDataFrame(table[[*COLUMNS]], geometry="geometry", crs=buildings.crs)


def normalised(said: str) -> str:
    """The words in one form: full-width letters and digits as plain ones, lower case, no spaces."""
    return "".join(unicodedata.normalize("NFKC", said).casefold().split())


def _estates(houses: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    rows = [
        {
            "kind": "estate",
            "said": name,
            "building_id": None,
            "estate": name,
            "community_code": group["community_code"].mode().iloc[0],
            "geometry": shapely.MultiPoint(group.geometry.to_numpy()).centroid,
        }
        for name, group in houses.dropna(subset=["estate"]).groupby("estate", sort=True)
    ]
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=houses.crs)
