"""Numbers, badges and what changes hands: held against the check of the whole, and against plain counting."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.coverage import check
from geo.model import CRS, City, CityPlan, Finding, Severity
from geo.redraw import Draft, apply, open_drafts
from geo.redraw.badges import BADGES, badges
from geo.redraw.hands import grids_at, moved
from geo.redraw.numbers import numbers
from tests.geo.conftest import place
from tests.geo.redraw.conftest import TINY


def checked(draft: Draft) -> list[Finding]:
    """What the check says of a draft, without what it says of officers, and without notes."""
    ground = draft.ground
    community = gpd.GeoDataFrame(
        {"code": [ground.code], "name": [ground.name]}, geometry=[ground.outline], crs=CRS
    )
    grids = gpd.GeoDataFrame(
        {
            "code": list(draft.grids),
            "name": [facts.name for facts in draft.grids.values()],
            "kind": [facts.kind for facts in draft.grids.values()],
            "community_code": ground.code,
        },
        geometry=[draft.shape(code) for code in draft.grids],
        crs=CRS,
    )
    homes = gpd.GeoDataFrame(ground.homes.table, geometry=ground.homes.points, crs=CRS)
    found = check(community, grids, homes, rule=ground.rule, profile=ground.profile)
    return [one for one in found if one.code in BADGES and one.severity is not Severity.NOTE]


def alike(found: list[Finding]) -> list[tuple[object, ...]]:
    """Everything of findings but their geometry, which is compared apart."""
    told = [
        (one.code, one.severity, one.codes, round(one.area_m2 or 0, 3), round(one.width_m or 0, 3),
         one.count, one.households, repr(sorted(one.params.items())))
        for one in found
    ]  # fmt: skip
    return sorted(told, key=repr)


def held_to_the_check(draft: Draft) -> list[str]:
    """The codes of a draft's badges, which are those of the check."""
    mine = [one for one in badges(draft) if one.code != "post-missing"]
    theirs = checked(draft)
    assert alike(mine) == alike(theirs)
    for code in {one.code for one in mine}:
        places = [
            shapely.union_all([one.geometry for one in found if one.code == code])
            for found in (mine, theirs)
        ]
        assert shapely.hausdorff_distance(*places) < 1e-8
    return [one.code for one in mine]


def test_badges_are_what_the_check_finds(drafts: dict[str, Draft]) -> None:
    rng, seen = np.random.default_rng(0), set[str]()
    for draft in drafts.values():
        now = draft
        for _ in range(25):
            block = str(rng.choice(list(now.blocks)))
            grid = str(rng.choice(sorted(now.grids)))
            now, _ = apply(now, {"op": "paint", "blocks": [block], "grid": grid})
            seen.update(held_to_the_check(now))
    assert seen >= {"multipart", "size-households", "size-residents"}


def test_an_exclave_is_told(draft: Draft) -> None:
    first, *_ = sorted(draft.grids)
    rim = draft.ground.outline.exterior
    inner = next(key for key, b in draft.blocks.items() if not b.shape.intersects(rim))
    ring = [key for key, b in draft.blocks.items() if b.shape.intersects(draft.blocks[inner].shape)]
    parted, _ = apply(draft, {"op": "paint", "blocks": list(draft.blocks), "grid": first})
    parted, _ = apply(parted, {"op": "paint", "blocks": ring, "grid": None})
    parted, _ = apply(parted, {"op": "paint", "blocks": [inner], "grid": first})
    assert {"multipart", "exclave"} <= {*held_to_the_check(parted)}


def test_a_building_outside_is_told_whatever_the_grids_are(
    small_plan: CityPlan, small_city: City
) -> None:
    codes = small_city.buildings["community_code"].to_numpy(object).copy()
    shapes = np.asarray(small_city.buildings.geometry.array).copy()
    codes[:25], shapes[3] = "340881001001", shapely.Point(*place(-0.5, 0.5))
    buildings = small_city.buildings.assign(community_code=codes)
    buildings = buildings.set_geometry(gpd.GeoSeries(shapes, crs=CRS))
    city = replace(small_city, buildings=buildings)
    draft = open_drafts(small_plan, city, rule=TINY)["340881001001"]
    assert "building-uncovered" in held_to_the_check(draft)
    after, _ = apply(draft, {"op": "merge", "grids": sorted(draft.grids), "into": min(draft.grids)})
    (told,) = [one for one in badges(after) if one.code == "building-uncovered"]
    assert told.codes == ("B3",)
    held_to_the_check(after)


def test_a_grid_without_an_officer_is_told(small_plan: CityPlan, small_city: City) -> None:
    officers = dict.fromkeys(small_plan.grids["code"], ("张三",))
    draft = open_drafts(small_plan, small_city, rule=TINY, officers=officers)["340881001001"]
    assert "post-missing" not in {one.code for one in badges(draft)}
    after, _ = apply(draft, {"op": "paint", "blocks": [min(draft.blocks)], "grid": None})
    (new,) = set(after.grids) - set(draft.grids)
    (told,) = [one for one in badges(after) if one.code == "post-missing"]
    assert told.codes == (new,)
    assert numbers(after)[new].officers == () and numbers(after)[min(draft.grids)].officers == (
        "张三",
    )
    assert moved(draft, after).officers is not None


def test_a_dedicated_grid_has_no_size(draft: Draft) -> None:
    first, second, *_ = sorted(draft.grids)
    full, _ = apply(draft, {"op": "merge", "grids": [first, second], "into": first})
    assert "size-households" in held_to_the_check(full)
    named, _ = apply(full, {"op": "dedicate", "grid": first, "reason": "园区"})
    held_to_the_check(named)
    assert first not in {code for one in badges(named) for code in one.codes}


def test_renaming_is_told_at_once(draft: Draft) -> None:
    first, second, *_ = sorted(draft.grids)
    torn = draft
    for block in draft.members[first][:2]:
        torn, _ = apply(torn, {"op": "paint", "blocks": [block], "grid": second})
    held_to_the_check(torn)
    for code in (first, second):
        torn, _ = apply(torn, {"op": "rename", "grid": code, "name": "另一个名字"})
        held_to_the_check(torn)


def test_numbers_are_what_stands_there(draft: Draft, small_city: City) -> None:
    for code, one in numbers(draft).items():
        inside = shapely.covers(draft.shape(code), np.asarray(small_city.buildings.geometry.array))
        rows = small_city.buildings[inside]
        assert one.households == rows["households"].sum()
        assert one.residents == rows["residents"].sum()
        assert one.buildings == len(rows)
        metric = gpd.GeoSeries([draft.shape(code)], crs=CRS).to_crs(draft.ground.metric_crs)
        assert one.area_m2 == pytest.approx(metric.area.iloc[0])
        for other, metres in one.neighbours.items():
            line = shapely.intersection(draft.metric(code), draft.metric(other))
            assert metres == pytest.approx(line.length)
        assert one.households_limits == draft.ground.bounds.households


def test_what_changes_hands(draft: Draft) -> None:
    first, second, *_ = sorted(draft.grids)
    block = next(b for b in draft.of(first) if b.households)
    after, _ = apply(draft, {"op": "paint", "blocks": [block.block_id], "grid": second})
    change = moved(draft, after)
    assert {home.building_id for home in change.homes} == set(block.buildings)
    assert change.households == block.households and change.residents == block.residents
    assert {(home.from_grid, home.to_grid) for home in change.homes} == {(first, second)}
    assert moved(after, draft).households == block.households


def test_another_number_moves_nobody(draft: Draft) -> None:
    first, second, *_ = sorted(draft.grids)
    codes = {first: second, second: first}
    after, _ = apply(draft, {"op": "renumber", "codes": codes})
    assert moved(draft, after).homes == ()


def test_points_find_their_grid(draft: Draft, small_city: City) -> None:
    points = np.asarray(small_city.buildings.geometry.array)
    for point, code in zip(points, grids_at(draft, points), strict=True):
        if code is None:
            assert not draft.ground.outline.covers(point)
        else:
            assert draft.shape(code).covers(point)
