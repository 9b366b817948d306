"""What a file that we wrote says beyond outlines: facts of grids, and the blocks that they were made of."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from api.services.adopting.naming import Named
from data.readers.drawing import Drawing
from data.readers.words import column_for, grid_kind
from geo.drawn.areas import TOGETHER
from geo.model import CRS, GRID_COLUMNS, CityPlan, GridKind

KEPT = ("reason", "locked", "predecessors", "lineage", "residents_basis")


def grids_frame(drawing: Drawing, areas: Sequence[Named]) -> gpd.GeoDataFrame:
    """Areas as grids: GRID_COLUMNS, and the columns of ours that the file has of their rows."""
    rows = drawing.rows
    table: dict[str, list[object]] = {
        "code": [one.code for one in areas],
        "name": [one.name for one in areas],
        "community_code": [one.outline.community for one in areas],
        "kind": [_kind(rows, one.outline.source) for one in areas],
        "households": [one.households for one in areas],
        "residents": [None for _ in areas],
    }
    assert tuple(table) == GRID_COLUMNS
    for column in KEPT:
        if column in rows.columns:
            table[column] = [_cell(rows, one.outline.source, column) for one in areas]
    shapes = np.empty(len(areas), dtype=object)
    shapes[:] = [one.outline.shape for one in areas]
    return gpd.GeoDataFrame(pd.DataFrame(table, dtype=object), geometry=shapes, crs=CRS)


def own_plan(drawing: Drawing, grids: gpd.GeoDataFrame) -> CityPlan | None:
    """The plan of a file that has its blocks too, where just these grids are it; None for any other."""
    plan = drawing.own
    if plan is None or sorted(plan.grids["code"]) != sorted(grids["code"]):
        return None
    home = dict(zip(grids["code"], grids["community_code"], strict=True))
    name = dict(zip(grids["code"], grids["name"], strict=True))
    own = plan.grids.assign(
        community_code=[home[code] for code in plan.grids["code"]],
        name=[name[code] for code in plan.grids["code"]],
    )
    shapes = dict(zip(grids["code"], grids.geometry, strict=True))
    same = all(
        shapes[code].equals(shape) for code, shape in zip(own["code"], own.geometry, strict=True)
    )
    return CityPlan(own, plan.blocks, plan.communities) if same else None


def _kind(rows: gpd.GeoDataFrame, source: int) -> str:
    column = column_for("kind", [str(name) for name in rows.columns if name != "geometry"])
    told = None if column is None else _cell(rows, source, column)
    return GridKind.BASIC.value if told is None else grid_kind(told).value


def _cell(rows: gpd.GeoDataFrame, source: int, column: str) -> object:
    """What a row says in a column, as a plain value; None where nothing."""
    if source == TOGETHER:
        return None
    value = rows[column].iloc[source]
    if isinstance(value, list | tuple):
        return value
    if pd.isna(value):
        return None
    return bool(value) if column == "locked" else str(value)
