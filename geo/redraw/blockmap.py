"""Some blocks of a draft as the drawing engine sees them."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np

from geo.blocks import BlockMap
from geo.blocks.adjacency import shared_borders
from geo.blocks.noding import merge
from geo.blocks.pieces import OUTSIDE
from geo.model import CRS
from geo.redraw.draft import Block, Draft, objects


def block_map(draft: Draft, blocks: Sequence[Block]) -> BlockMap:
    """Blocks as the map of one community, in their order."""
    ground = draft.ground
    shapes = objects([block.shape for block in blocks])
    metric = ground.metres(shapes)
    at = np.full(len(ground.homes.ids), OUTSIDE, dtype=np.intp)
    for row, block in enumerate(blocks):
        at[ground.homes.rows(block.buildings)] = row
    outline = merge(shapes)
    community = gpd.GeoDataFrame(
        {"code": [ground.code], "name": [ground.name], "planned_grids": [None]},
        geometry=[outline],
        crs=CRS,
    )
    return BlockMap(
        communities=community,
        geometry=shapes,
        metric=metric,
        metric_crs=ground.metric_crs,
        community=np.zeros(len(blocks), dtype=np.intp),
        households=np.array([block.households for block in blocks], dtype=np.int64),
        residents=np.array([block.residents for block in blocks], dtype=np.int64),
        estate=np.array([block.estate for block in blocks] + [None], dtype=object)[:-1],
        label=np.array([block.label for block in blocks] + [None], dtype=object)[:-1],
        building_block=at,
        borders=shared_borders(metric, ground.lines).regrouped(np.arange(len(blocks))),
        findings=(),
    )
