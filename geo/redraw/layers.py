"""Drafts as the layers of a plan: what is published, exported, and opened again as the same drafts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import geopandas as gpd
import pandas as pd

from geo.model import BLOCK_COLUMNS, COMMUNITY_COLUMNS, CRS, GRID_COLUMNS, CityPlan
from geo.redraw.draft import Draft, objects
from geo.redraw.finished import RETIRED


def plan_of(drafts: Iterable[Draft]) -> CityPlan:
    """The plan that drafts of several communities are, in the order of codes.

    Beside the columns of every plan, grids have residents_basis, lineage (predecessors), reason and locked; blocks
    parent; communities the codes that are no more.
    """
    ordered = sorted(drafts, key=lambda draft: draft.ground.code)
    return CityPlan(
        grids=pd.concat([_grids(one) for one in ordered], ignore_index=True),
        blocks=pd.concat([_blocks(one) for one in ordered], ignore_index=True),
        communities=_communities(ordered),
    )


def _grids(draft: Draft) -> gpd.GeoDataFrame:
    rows = [
        (
            code,
            facts.name,
            draft.ground.code,
            facts.kind,
            sum(block.households for block in draft.of(code)),
            sum(block.residents for block in draft.of(code)),
            facts.basis,
            " ".join(facts.predecessors) or None,
            facts.reason,
            facts.locked,
        )
        for code, facts in draft.grids.items()
    ]
    columns = (*GRID_COLUMNS, "residents_basis", "lineage", "reason", "locked")
    shapes = objects(draft.shape(code) for code in draft.grids)
    return gpd.GeoDataFrame(_table(columns, rows), geometry=shapes, crs=CRS)


def _blocks(draft: Draft) -> gpd.GeoDataFrame:
    rows = [
        (
            block.block_id,
            draft.ground.code,
            block.grid,
            block.estate,
            block.households,
            block.residents,
            block.parent,
        )
        for block in draft.blocks.values()
    ]
    shapes = objects(block.shape for block in draft.blocks.values())
    table = _table((*BLOCK_COLUMNS, "parent"), rows)
    return gpd.GeoDataFrame(table, geometry=shapes, crs=CRS)


def _communities(drafts: list[Draft]) -> gpd.GeoDataFrame:
    rows = [
        (one.ground.code, one.ground.name, None, " ".join(sorted(one.used - one.grids.keys())) or None)
        for one in drafts
    ]  # fmt: skip
    shapes = objects(one.ground.outline for one in drafts)
    return gpd.GeoDataFrame(_table((*COMMUNITY_COLUMNS, RETIRED), rows), geometry=shapes, crs=CRS)


def _table(columns: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    """Rows as a table in which a column of texts stays one where none of them is known."""
    return pd.DataFrame(
        {name: [row[at] for row in rows] for at, name in enumerate(columns)}, dtype=object
    ).infer_objects()
