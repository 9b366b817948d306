"""A block that is more than any grid may have, cut between its buildings: grids can be made of it then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import geopandas as gpd
import pytest
import shapely

from geo.errors import OptionError
from geo.model import CRS, City, CityPlan
from geo.redraw import Draft, apply, open_drafts, undo
from tests.geo.redraw.conftest import TINY, homes
from tests.geo.redraw.held import counts_stay, same, tiles

CODE = "340881001001"


def whole(city: City) -> Draft:
    """A community that is one block in one grid."""
    outline = city.communities.geometry.iloc[0]
    row = {"community_code": CODE, "grid_code": f"{CODE}001", "block_id": "B1", "estate": None}
    counts = {"households": 200, "residents": 400}
    grid = {"code": f"{CODE}001", "name": "第1网格", "community_code": CODE, "kind": "basic"}
    plan = CityPlan(
        grids=gpd.GeoDataFrame([grid | counts], geometry=[outline], crs=CRS),
        blocks=gpd.GeoDataFrame([row | counts], geometry=[outline], crs=CRS),
        communities=city.communities.iloc[[0]],
    )
    (draft,) = open_drafts(plan, city, rule=TINY).values()
    return draft


def test_it_is_cut_until_every_piece_fits(town: Callable[..., City]) -> None:
    draft = whole(town(1, 1, homes=homes(0)))
    (block,) = draft.blocks
    mended, step = apply(draft, {"op": "mend"})
    assert step.empty, "no moving about helps where one block is all"
    after, step = apply(mended, {"op": "open_block", "block": block})
    tiles(after)
    counts_stay(draft, after)
    assert all(one.households <= 60 and one.residents <= 120 for one in after.blocks.values())
    assert {one.grid for one in after.blocks.values()} == {f"{CODE}001"}
    assert shapely.coverage_is_valid([one.shape for one in after.blocks.values()])
    same(undo(after, step), draft)
    again, _ = apply(after, {"op": "split", "grid": f"{CODE}001", "n": 5})
    assert all(30 <= sum(b.households for b in again.of(code)) <= 60 for code in again.grids)


def test_what_fits_or_is_one_place_is_not_cut(draft: Draft, town: Callable[..., City]) -> None:
    small = min(draft.blocks)
    with pytest.raises(OptionError) as told:
        apply(draft, {"op": "open_block", "block": small})
    assert told.value.code == "open-fits"
    one = {"at": (0.5, 0.5), "households": 200, "residents": 400, "estate": None}
    single = whole(town(1, 1, homes=[one]))
    with pytest.raises(OptionError) as told:
        apply(single, {"op": "open_block", "block": min(single.blocks)})
    assert told.value.code == "open-one-place"
    locked = replace(
        single, grids={code: replace(facts, locked=True) for code, facts in single.grids.items()}
    )
    with pytest.raises(OptionError) as told:
        apply(locked, {"op": "open_block", "block": min(single.blocks)})
    assert told.value.code == "draft-grid-locked"


def test_a_grid_where_nobody_lives_can_be_split(town: Callable[..., City]) -> None:
    draft = whole(town(1, 1, homes=homes(0, households=0)))
    west, south, east, north = shapely.bounds(draft.ground.outline).tolist()
    line = [[west, south], [east, north]]
    draft, _ = apply(draft, {"op": "cut_blocks", "blocks": list(draft.blocks), "line": line})
    after, _ = apply(draft, {"op": "split", "grid": f"{CODE}001", "n": 2})
    assert len(after.grids) == 2
