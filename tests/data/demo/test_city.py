"""The demo city: counts, borders, houses, and that the same seed gives the same city."""

from __future__ import annotations

from functools import cache

import geopandas as gpd
import numpy as np
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from data import demo
from data.demo.households import ESTATE_CEILING, GRIDS, planned_grids
from geo.model import BUILDING_COLUMNS, COMMUNITY_COLUMNS, CRS, LINE_COLUMNS

OTHER_SEEDS = (1, 7)


@cache
def other(seed: int) -> demo.DemoCity:
    return demo.build_city(seed)


@pytest.fixture(scope="module", params=[0, *OTHER_SEEDS])
def any_city(request: pytest.FixtureRequest, city: demo.DemoCity) -> demo.DemoCity:
    return city if request.param == 0 else other(request.param)


def towns(city: demo.DemoCity) -> gpd.GeoDataFrame:
    return city.regions[city.regions["kind"] == "town"]


def test_counts_are_those_promised(any_city: demo.DemoCity) -> None:
    layers = any_city.city
    assert len(layers.communities) == 26
    assert layers.communities["planned_grids"].sum() == GRIDS == 165
    assert any_city.regions["kind"].value_counts().to_dict() == {
        "city": 1, "street": 3, "zone": 2, "town": 12, "community": 26,
    }  # fmt: skip
    assert (layers.buildings["kind"] == "employer").sum() == 175
    assert set(layers.buildings["residents_basis"]) == {"usual"}
    assert 55_000 < layers.buildings["households"].sum() < 70_000


def test_columns_crs_and_mark_of_every_layer(any_city: demo.DemoCity) -> None:
    layers = any_city.city
    wanted = {
        "communities": COMMUNITY_COLUMNS, "buildings": BUILDING_COLUMNS, "roads": LINE_COLUMNS,
        "rivers": LINE_COLUMNS, "bridges": ("name",),
    }  # fmt: skip
    for name, columns in wanted.items():
        layer = getattr(layers, name)
        assert set(columns) <= set(layer.columns)
        assert layer.crs == CRS
        assert set(layer["source"]) == {"演示数据"}
    assert set(any_city.regions["source"]) == set(any_city.greens["source"]) == {"演示数据"}
    assert set(layers.roads["class"]) == {"arterial", "street", "lane"}


def test_borders_are_shared_exactly(any_city: demo.DemoCity) -> None:
    communities = any_city.city.communities.geometry.to_numpy()
    for shapes in (
        communities,
        np.concatenate([towns(any_city).geometry.to_numpy(), communities]),
        any_city.regions.loc[any_city.regions["level"] == "street"].geometry.to_numpy(),
    ):
        assert shapely.is_valid(shapes).all()
        assert shapely.coverage_is_valid(shapes)
    assert (shapely.get_type_id(communities) == 3).all()


def test_codes_hang_together(any_city: demo.DemoCity) -> None:
    regions = any_city.regions.set_index("code")
    assert regions.index.is_unique
    below = regions[regions["parent_code"].notna()]
    assert set(below["parent_code"]) <= set(regions.index)
    streets = regions[regions["kind"].isin(["street", "zone"])]
    summed = below[below["level"] == "community"].groupby("parent_code")["planned_grids"].sum()
    assert summed.to_dict() == streets["planned_grids"].to_dict()
    assert any_city.city.communities["name"].is_unique


def test_each_house_stands_in_its_community_but_the_planted_one(any_city: demo.DemoCity) -> None:
    layers = any_city.city
    for shape in ("geometry", "footprint"):
        houses = layers.buildings[["building_id", "community_code", shape]].set_geometry(shape)
        found = houses.sjoin(layers.communities[["code", "geometry"]], predicate="within")
        assert len(found) == len(houses)
        assert (found["code"] != found["community_code"]).sum() == 1


def test_houses_do_not_overlap(city: demo.DemoCity) -> None:
    footprints = city.city.buildings["footprint"].to_numpy()
    one, other = shapely.STRtree(footprints).query(footprints, predicate="intersects")
    apart = one < other
    shared = shapely.intersection(footprints[one[apart]], footprints[other[apart]])
    assert len(shared) < 0.01 * len(footprints)


def test_planned_grids_can_hold_both_bounds(any_city: demo.DemoCity) -> None:
    houses = any_city.city.buildings
    home = houses["building_id"].str[:12]
    summed = houses.groupby(home)[["households", "residents"]].sum()
    planned = any_city.city.communities.set_index("code")["planned_grids"]
    each = summed.div(planned, axis=0)
    assert each["households"].between(300, 500).all()
    assert each["residents"].between(600, 1000).all()
    assert summed["residents"].sum() / summed["households"].sum() == pytest.approx(2.16, abs=0.06)
    assert planned.between(3, 15).all()


def test_estates_mostly_fit_the_ceiling(any_city: demo.DemoCity) -> None:
    houses = any_city.city.buildings
    sizes = houses.groupby("estate")["households"].sum()
    assert len(sizes) > 150
    assert 3 <= (sizes > 500).sum() <= 8
    assert (sizes <= ESTATE_CEILING + 5).mean() > 0.95
    assert houses.dropna(subset=["estate"])["name"].is_unique


def test_addresses_read_as_people_say_them(city: demo.DemoCity) -> None:
    houses = city.city.buildings
    own = houses[houses["estate"].isna()]["address"]
    assert own.is_unique
    assert own.str.fullmatch(r"\D+(\d+巷)?\d+号").all()
    assert houses.dropna(subset=["estate"])["name"].str.fullmatch(r".+\d+栋").all()
    said = demo.build_addresses(city)
    assert not said.duplicated(["kind", "normalised", "building_id", "estate"]).any()
    assert {"address", "name", "estate"} == set(said["kind"])


def test_same_seed_same_city_other_seed_another(city: demo.DemoCity) -> None:
    again = demo.build_city(0)
    for name in ("communities", "buildings", "roads", "rivers", "bridges"):
        assert_geodataframe_equal(getattr(city.city, name), getattr(again.city, name))
    assert_geodataframe_equal(city.regions, again.regions)
    assert_geodataframe_equal(city.greens, again.greens)
    assert not other(OTHER_SEEDS[0]).outline.equals(city.outline)


def test_every_bridge_is_on_road_and_river(any_city: demo.DemoCity) -> None:
    layers = any_city.city
    assert len(layers.bridges) >= 4
    for lines in (layers.roads, layers.rivers):
        gaps = shapely.distance(
            layers.bridges.geometry.to_numpy(), shapely.union_all(lines.geometry.to_numpy())
        )
        assert gaps.max() < 1e-7


def test_planned_grids_share_out_all() -> None:
    counts = planned_grids(np.array([1.0] * 20 + [50.0] * 6))
    assert counts.sum() == GRIDS
    assert counts.min() == 3
