"""Drafts of plans as they come: with blocks, as polygons only, torn, with counts that changed."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.errors import GeometryError
from geo.model import BLOCK_COLUMNS, COMMUNITY_COLUMNS, City, CityPlan, empty_layer
from geo.redraw import Draft, apply, open_drafts
from geo.redraw.layers import plan_of
from tests.geo.conftest import place
from tests.geo.redraw.conftest import TINY
from tests.geo.redraw.held import both_ways, same, tiles

CODE = "340881001001"


def grids_only(plan: CityPlan) -> CityPlan:
    return CityPlan(plan.grids, empty_layer(BLOCK_COLUMNS), empty_layer(COMMUNITY_COLUMNS))


def test_a_plan_of_polygons_is_a_draft_of_one_block_a_grid(
    small_plan: CityPlan, small_city: City
) -> None:
    city = replace(small_city, communities=small_plan.communities)
    draft = open_drafts(grids_only(small_plan), city, rule=TINY)[CODE]
    tiles(draft)
    assert all(len(blocks) == 1 for blocks in draft.members.values())
    own = small_plan.grids[small_plan.grids["community_code"] == CODE]
    assert {code: draft.wkb(code) for code in draft.grids} == {
        code: shape.wkb for code, shape in zip(own["code"], own.geometry, strict=True)
    }
    line = [list(place(-0.1, 0.3)), list(place(1.1, 0.31))]
    both_ways(draft, {"op": "cut", "grid": min(draft.grids), "line": line})


def test_torn_polygons_are_noded_in_and_then_a_draft_like_any_other(
    small_plan: CityPlan, small_city: City
) -> None:
    torn = np.asarray(small_plan.grids.geometry.array).copy()
    torn[0] = torn[0].buffer(-2e-5)
    loose = small_plan.grids.set_geometry(gpd.GeoSeries(torn, crs=small_plan.grids.crs))
    drafts = open_drafts(grids_only(replace(small_plan, grids=loose)), small_city, rule=TINY)
    for draft in drafts.values():
        tiles(draft)
    again = open_drafts(plan_of(drafts.values()), small_city, rule=TINY)
    for code, draft in drafts.items():
        same(again[code], draft)


def test_a_plan_noded_in_alone_fits_the_plans_beside_it(
    small_plan: CityPlan, small_city: City, drafts: dict[str, Draft]
) -> None:
    """Not a vertex of the community's border comes or goes: the city is tiled as before."""
    own = small_plan.grids[small_plan.grids["community_code"] == CODE].reset_index(drop=True)
    shapes = np.asarray(own.geometry.array).copy()
    shapes[0] = shapely.segmentize(shapes[0].buffer(3e-6), 1e-4)
    loose = own.set_geometry(gpd.GeoSeries(shapes, crs=own.crs))
    outlines = small_plan.communities
    city = replace(small_city, communities=outlines[outlines["code"] == CODE])
    draft = open_drafts(grids_only(replace(small_plan, grids=loose)), city, rule=TINY)[CODE]
    tiles(draft)
    assert draft.ground.outline.wkb == outlines.geometry[outlines["code"] == CODE].iloc[0].wkb
    others = [one for code, one in drafts.items() if code != CODE]
    plan = plan_of([draft, *others])
    for layer in (plan.grids, plan.blocks, plan.communities):
        assert shapely.coverage_is_valid(np.asarray(layer.geometry.array))


def test_a_community_without_grids_is_named(small_plan: CityPlan, small_city: City) -> None:
    rest = small_plan.grids[small_plan.grids["community_code"] != CODE]
    with pytest.raises(GeometryError, match="community-no-grids"):
        open_drafts(grids_only(replace(small_plan, grids=rest)), small_city, rule=TINY)


def test_one_community_is_opened_by_itself_as_among_all(
    small_plan: CityPlan, small_city: City, draft: Draft
) -> None:
    def own(frame: gpd.GeoDataFrame, column: str) -> gpd.GeoDataFrame:
        return frame[frame[column] == CODE].reset_index(drop=True)

    plan = CityPlan(
        own(small_plan.grids, "community_code"),
        own(small_plan.blocks, "community_code"),
        own(small_plan.communities, "code"),
    )
    city = replace(small_city, communities=own(small_city.communities, "code"))
    same(open_drafts(plan, city, rule=TINY)[CODE], draft)


def test_counts_are_todays(small_plan: CityPlan, small_city: City) -> None:
    grown = small_city.buildings.assign(households=20)
    draft = open_drafts(small_plan, replace(small_city, buildings=grown), rule=TINY)[CODE]
    tiles(draft)
    assert sum(block.households for block in draft.blocks.values()) == 20 * 25


def test_a_building_a_hair_outside_stands_in_the_block_beside_it(
    small_plan: CityPlan, small_city: City
) -> None:
    """As the check has it: within its tolerance of five centimetres."""
    x, y = place(0, 0.5)
    shapes = np.asarray(small_city.buildings.geometry.array).copy()
    shapes[0], shapes[1] = shapely.Point(x - 2e-7, y), shapely.Point(x - 2e-5, y)
    moved = small_city.buildings.set_geometry(gpd.GeoSeries(shapes, crs=small_plan.grids.crs))
    draft = open_drafts(small_plan, replace(small_city, buildings=moved), rule=TINY)[CODE]
    held = {one for block in draft.blocks.values() for one in block.buildings}
    assert "B0" in held and "B1" not in held


def test_a_building_is_of_the_community_that_it_stands_in(
    small_plan: CityPlan, small_city: City
) -> None:
    """Whatever its record says; one that stands nowhere is of the one that its record names."""
    shapes = np.asarray(small_city.buildings.geometry.array).copy()
    shapes[0] = shapely.Point(*place(-1, 0.5))
    buildings = small_city.buildings.assign(community_code=CODE)
    buildings = buildings.set_geometry(gpd.GeoSeries(shapes, crs=small_plan.grids.crs))
    drafts = open_drafts(small_plan, replace(small_city, buildings=buildings), rule=TINY)
    assert [len(draft.ground.homes.ids) for draft in drafts.values()] == [25, 25]
    assert "B0" in drafts[CODE].ground.homes.ids


def test_buildings_without_a_number_of_their_own_are_told_apart(
    small_plan: CityPlan, small_city: City
) -> None:
    names = small_city.buildings["building_id"].astype(object).to_numpy().copy()
    names[0], names[1], names[2] = None, "B9", "B9"
    odd = small_city.buildings.assign(building_id=names)
    draft = open_drafts(small_plan, replace(small_city, buildings=odd), rule=TINY)[CODE]
    tiles(draft)
    assert len(set(draft.ground.homes.ids)) == len(draft.ground.homes.ids)
    after, _ = apply(draft, {"op": "paint", "blocks": list(draft.blocks), "grid": min(draft.grids)})
    assert sum(block.households for block in after.blocks.values()) == 8 * 25


def test_facts_of_grids_come_along(small_plan: CityPlan, small_city: City) -> None:
    first = small_plan.grids["code"].iloc[0]
    grids = small_plan.grids.assign(
        reason=None, locked=False, predecessors=[[]] * len(small_plan.grids)
    )
    grids = grids.astype({"reason": object})
    grids.loc[0, ["kind", "reason", "locked"]] = ["dedicated", "园区", True]
    grids.at[0, "predecessors"] = ["340881001001009"]
    used = {CODE: ["340881001001044"]}
    draft = open_drafts(replace(small_plan, grids=grids), small_city, rule=TINY, used=used)[CODE]
    facts = draft.grids[first]
    assert (facts.kind, facts.reason, facts.locked) == ("dedicated", "园区", True)
    assert facts.predecessors == ("340881001001009",)
    assert "340881001001044" in draft.used
