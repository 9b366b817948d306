"""Dedicated grids: named ground in one piece, exempt from bounds, numbered with the rest; wrong names are helped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely

from api.services.draw import Wanted, draw
from geo.errors import OptionError
from geo.model import CRS, City, SizeRule
from geo.partition.assignment import State
from geo.partition.dedicated import wishes
from maps.findings import describe

Town = Callable[..., City]


@pytest.fixture
def city(town: Town) -> City:
    at = [((i + 0.5) / 8, (j + 0.5) / 8) for i in range(8) for j in range(8)]
    homes: list[dict[str, object]] = [
        {"at": one, "households": 20, "residents": 44, "community_code": "340881001001"}
        for one in at
    ]
    school = {"at": (0.49, 0.51), "households": 0, "residents": 0, "kind": "public"}
    homes.append({**school, "name": "明德学校", "community_code": "340881001001"})
    return town(1, 1, homes=homes)


def test_a_school_without_residents_gets_its_ground(city: City) -> None:
    plan = draw(city, wanted=Wanted(dedicated=["明德学校"])).plan
    own = plan.grids[plan.grids["kind"] == "dedicated"]
    assert own["name"].tolist() == ["明德学校"]
    assert own.geom_type.tolist() == ["Polygon"]
    assert own.geometry.iloc[0].covers(city.buildings.geometry.iloc[-1])
    assert own["households"].iloc[0] == 0
    assert shapely.coverage_is_valid(np.asarray(plan.grids.geometry.array))
    assert plan.grids["code"].tolist() == [
        f"340881001001{n + 1:03d}" for n in range(len(plan.grids))
    ]
    assert plan.grids["households"].sum() == 1280


def test_an_outline_is_cut_exactly_and_what_it_parts_stays_in_pieces(city: City) -> None:
    west, south, east, north = city.communities.total_bounds
    middle = (west + east) / 2
    strip = shapely.box(middle - 2e-4, south - 1e-3, middle + 2e-4, north + 1e-3)
    areas = gpd.GeoDataFrame({"name": ["工业园"]}, geometry=[strip], crs=CRS)
    plan = draw(city, wanted=Wanted(areas=areas)).plan
    assert set(plan.grids.geom_type) == {"Polygon"}
    (park,) = plan.grids.geometry[plan.grids["kind"] == "dedicated"]
    wanted = shapely.intersection(strip, city.communities.geometry.iloc[0])
    assert park.symmetric_difference(wanted).area < 0.01 * wanted.area
    assert shapely.coverage_is_valid(np.asarray(plan.grids.geometry.array))


def test_land_without_people_that_is_cut_off_makes_nothing_impossible(town: Town) -> None:
    """A park along the river bank: nobody lives beyond it."""
    at = [((i + 0.5) / 8, (j + 0.5) / 12) for i in range(8) for j in range(8)]
    homes = [
        {"at": one, "households": 20, "residents": 44, "community_code": "340881001001"}
        for one in at
    ]
    bank = {"at": (0.5, 0.95), "households": 0, "residents": 0, "kind": "public"}
    city = town(1, 1, homes=[*homes, {**bank, "community_code": "340881001001"}])
    west, south, east, north = city.communities.total_bounds
    strip = shapely.box(
        west - 1e-3, south + 0.75 * (north - south), east + 1e-3, south + 0.85 * (north - south)
    )
    areas = gpd.GeoDataFrame({"name": ["滨河公园"]}, geometry=[strip], crs=CRS)
    done = draw(city, wanted=Wanted(areas=areas))
    (result,) = done.results
    assert (result.state, result.inside) == (State.FEASIBLE, result.grids)
    assert set(done.plan.grids.geom_type) == {"Polygon"}
    park = done.plan.grids[done.plan.grids["kind"] == "dedicated"]
    assert park["households"].tolist() == [0]
    assert park.geometry.iloc[0].covers(city.buildings.geometry.iloc[-1])
    (noted,) = [one for one in done.findings if one.code == "draw-dedicated-took"]
    assert "滨河公园" in describe(noted, "zh")
    assert shapely.coverage_is_valid(np.asarray(done.plan.grids.geometry.array))


def test_parts_that_fit_no_grid_have_one_way_out_that_helps_all(town: Town) -> None:
    at = [((i + 0.5) / 8, (j + 0.5) / 8) for i in range(8) for j in range(8)]
    code = "340881001001"
    city = town(1, 1, homes=[
        {"at": one, "households": 6, "residents": 13, "community_code": code} for one in at
    ])  # fmt: skip
    west, south, east, north = city.communities.total_bounds
    strip = shapely.box(
        west + 0.51 * (east - west), south - 1e-3, west + 0.56 * (east - west), north + 1e-3
    )
    wanted = Wanted(areas=gpd.GeoDataFrame({"name": ["工业园"]}, geometry=[strip], crs=CRS))
    made = draw(city, wanted=wanted)
    (result,) = made.results
    assert (result.state, result.grids, result.inside) == (State.IMPOSSIBLE, 2, 0)
    assert [one.kind for one in result.offers] == ["approve", "bounds"]
    told = [one for one in made.findings if one.code == "draw-too-few"]
    assert ["隔开的一部分" in describe(one, "zh") for one in told] == [True, True]
    ends = result.offers[1].params
    own = SizeRule(
        (ends["low_households"], ends["high_households"]),  # type: ignore[arg-type]
        (ends["low_residents"], ends["high_residents"]),  # type: ignore[arg-type]
    )
    again = draw(city, wanted=replace(wanted, rule=SizeRule(own={code: own})))
    assert again.results[0].state is State.FEASIBLE


def test_the_column_says_the_same(city: City) -> None:
    marked = city.buildings.assign(dedicated=[None] * 64 + ["是"])
    named = City(city.communities, marked, city.roads, city.rivers, city.bridges)
    assert wishes(named).names == ("明德学校",)


def test_a_wrong_name_is_answered_with_near_ones(city: City) -> None:
    with pytest.raises(OptionError) as wrong:
        wishes(city, ["明德小学校"])
    assert wrong.value.code == "dedicated-unknown"
    assert "明德学校" in str(wrong.value.params["near"])


def test_a_name_in_two_communities_needs_its_community(town: Town) -> None:
    rows = [
        {"at": (x + 0.5, 0.5), "estate": "阳光小区", "community_code": f"34088100100{x + 1}"}
        for x in range(2)
    ]
    city = town(2, 1, homes=rows)
    with pytest.raises(OptionError, match="dedicated-several"):
        wishes(city, ["阳光小区"])
    assert wishes(city, ["社区2/阳光小区"]).apart.tolist() == [-1, 0]
