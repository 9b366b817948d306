"""Words that people say for places."""

from __future__ import annotations

import unicodedata

import geopandas as gpd
import pandas as pd
from sqlalchemy import Connection

from data.store import bulk
from data.tables import Address

FIELDS = ("kind", "said", "building_id", "estate", "community_code", "source")


def merge(connection: Connection, addresses: gpd.GeoDataFrame) -> bulk.Merged:
    """Add addresses (FIELDS and points, which may be missing), or update what the same words say of the same thing."""
    rows = pd.DataFrame(addresses[[name for name in FIELDS if name in addresses]])
    rows["normalised"] = [normalise(said) for said in rows["said"]]
    rows["point"] = bulk.hexes(addresses.geometry)
    key = ["kind", "normalised", "building_id", "estate"]
    return bulk.merge(connection, Address, rows, key=key)


def normalise(said: str) -> str:
    """What stays of words when width, case and spaces don't matter (Unicode NFKC, folded)."""
    return "".join(unicodedata.normalize("NFKC", said).casefold().split())
