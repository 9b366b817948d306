"""Blocks of a plan cut to pieces: an estate that grew past the ceiling, a grid that came without blocks."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.blocks import cut_blocks
from geo.blocks.noding import Geometries
from geo.model import CRS, City, SizeRule
from geo.redraw.standing import Standing, counted
from geo.redraw.weld import weld


def cut_open(standing: Standing, city: City, which: NDArray[np.bool_], rule: SizeRule) -> Standing:
    """Some blocks cut to pieces along roads, rivers and between homes, without touching their outlines.

    One that can't be cut stays whole.
    """
    rows = np.flatnonzero(which)
    blocks = standing.blocks
    if len(rows) == 0:
        return standing
    shapes = np.asarray(blocks.geometry.array)[rows]
    whole = gpd.GeoDataFrame(
        {"code": [f"{row:09d}" for row in rows], "name": "", "planned_grids": None},
        geometry=shapes,
        crs=CRS,
    )
    parts = cut_blocks(_around(city, shapes, whole), rule=rule)
    made = []
    for position, row in enumerate(rows):
        pieces = parts.geometry[parts.community == position]
        welded = (
            weld(pieces, shapes[position], metric=parts.metric_crs) if len(pieces) > 1 else None
        )
        if welded is not None:
            made.append(_pieces_of(blocks.iloc[int(row)], welded))
    if not made:
        return standing
    replaced = {frame.attrs["parent"] for frame in made}
    kept = blocks[~blocks["block_id"].isin(replaced)]
    joined = gpd.GeoDataFrame(pd.concat([kept, *made], ignore_index=True), crs=CRS)
    joined = joined.sort_values(["community_code", "block_id"], ignore_index=True)
    return replace(standing, blocks=counted(joined, standing.homes))


def _around(city: City, shapes: Geometries, communities: gpd.GeoDataFrame) -> City:
    """The part of the city that touches some polygons, which stand in for its communities."""
    tree = shapely.STRtree(shapes)

    def near(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        hit = np.unique(tree.query(np.asarray(frame.geometry.array), predicate="intersects")[0])
        return frame.iloc[hit].reset_index(drop=True)

    return City(
        communities, near(city.buildings), near(city.roads), near(city.rivers), city.bridges
    )


def _pieces_of(parent: pd.Series, pieces: Geometries) -> gpd.GeoDataFrame:
    there = pieces[~shapely.is_missing(pieces)]
    frame = gpd.GeoDataFrame(
        {
            "block_id": [f"{parent['block_id']}-{n + 1}" for n in range(len(there))],
            "community_code": parent["community_code"],
            "grid_code": parent["grid_code"],
            "estate": parent["estate"],
        },
        geometry=there,
        crs=CRS,
    )
    frame.attrs["parent"] = parent["block_id"]
    return frame
