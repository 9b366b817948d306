"""What moved from where to where: block by block, and summed by pair of grids."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from geo.model import CRS

MOVE_COLUMNS = ("block_id", "from_grid", "to_grid", "households", "residents", "buildings")


@dataclass(frozen=True, slots=True)
class Move:
    """What went from one grid to another."""

    from_grid: str
    to_grid: str
    blocks: int
    households: int
    residents: int
    buildings: int


def moves_layer(rows: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The blocks that changed their grid (columns MOVE_COLUMNS) out of ``rows``: every block with both grids."""
    gone = rows[rows["from_grid"] != rows["to_grid"]]
    layer = gone[[*MOVE_COLUMNS, "geometry"]].reset_index(drop=True)
    return gpd.GeoDataFrame(layer, geometry="geometry", crs=CRS)


def summed(layer: gpd.GeoDataFrame) -> tuple[Move, ...]:
    """One move for each pair of grids, by code."""
    table = pd.DataFrame(layer.drop(columns="geometry"))
    return tuple(
        Move(
            from_grid=str(rows["from_grid"].iloc[0]),
            to_grid=str(rows["to_grid"].iloc[0]),
            blocks=len(rows),
            households=int(rows["households"].sum()),
            residents=int(rows["residents"].sum()),
            buildings=int(rows["buildings"].sum()),
        )
        for _, rows in table.groupby(["from_grid", "to_grid"], sort=True)
    )
