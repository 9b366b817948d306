"""Blocks tile a city exactly, whatever its lines; nobody is lost; estates stay whole; banks join at bridges."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.blocks import BlockMap, cut_blocks
from geo.blocks.adjacency import BORDER_KINDS, RIVER
from geo.blocks.noding import merge
from geo.errors import CodeError, GeometryError
from geo.model import City, SizeRule

Town = Callable[..., City]

inside = st.floats(0.01, 2.99, allow_nan=False).map(lambda value: round(value, 2))
anywhere = st.floats(-0.5, 3.5, allow_nan=False).map(lambda value: round(value, 5))
roads = st.lists(
    st.tuples(
        st.sampled_from(["arterial", "street", "lane"]),
        st.lists(st.tuples(anywhere, anywhere), min_size=2, max_size=4, unique=True),
    ),
    max_size=8,
)
homes = st.lists(
    st.fixed_dictionaries(
        {
            "at": st.tuples(inside, inside),
            "households": st.integers(0, 60),
            "residents": st.integers(0, 150),
            "estate": st.sampled_from([None, None, "甲", "乙"]),
        }
    ),
    max_size=25,
)


def assert_tiles(block_map: BlockMap) -> None:
    """Blocks are a valid coverage, and each community's outline is theirs, double by double."""
    assert shapely.coverage_is_valid(block_map.geometry)
    assert shapely.is_valid(block_map.geometry).all()
    for index, outline in enumerate(block_map.communities.geometry):
        blocks = block_map.geometry[block_map.community == index]
        assert shapely.equals_exact(
            shapely.normalize(outline), shapely.normalize(merge(blocks)), tolerance=0
        )
    assert shapely.coverage_is_valid(np.asarray(block_map.communities.geometry.array))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(roads=roads, homes=homes)
def test_random_linework_tiles_exactly_and_keeps_everyone(
    town: Town, roads: list[object], homes: list[dict[str, object]]
) -> None:
    city = town(homes=homes, roads=roads)
    block_map = cut_blocks(city)
    assert_tiles(block_map)
    assert (block_map.building_block >= 0).all()
    for index in range(len(homes)):
        block = block_map.geometry[block_map.building_block[index]]
        assert shapely.intersects(block, city.buildings.geometry.iloc[index])
    alone = [i for i, home in enumerate(homes) if home["estate"] is None and home["households"]]
    places = {homes[i]["at"] for i in alone}
    assert len(set(block_map.building_block[alone])) == len(places)
    assert block_map.households.sum() == sum(int(str(home["households"])) for home in homes)
    assert block_map.residents.sum() == sum(int(str(home["residents"])) for home in homes)


def test_every_home_of_a_face_has_its_cell_and_neighbours_on_one_point_share(town: Town) -> None:
    apart = [{"at": (0.2 + 0.15 * i, 0.4), "households": 5, "residents": 9} for i in range(4)]
    together = [{"at": (0.5, 0.8), "households": 5, "residents": 9} for _ in range(10)]
    block_map = cut_blocks(town(1, 1, homes=apart + together))
    assert len(block_map.geometry) == 5
    assert len(set(block_map.building_block[:4])) == 4
    assert len(set(block_map.building_block[4:])) == 1
    assert block_map.households.max() == 50


def test_an_estate_that_fits_is_one_block_and_a_larger_one_is_not(town: Town) -> None:
    estate = [
        {
            "at": (0.2 + 0.06 * i, 0.3 + 0.01 * (i % 3)),
            "households": 40,
            "residents": 90,
            "estate": "花园",
        }
        for i in range(10)
    ]
    others = [{"at": (0.23 + 0.06 * i, 0.5), "households": 4, "residents": 9} for i in range(10)]
    city = town(1, 1, homes=estate + others)
    whole = cut_blocks(city)
    assert len(set(whole.building_block[:10])) == 1
    assert whole.estate[whole.building_block[0]] == "花园"
    split = cut_blocks(city, rule=SizeRule(households=(100, 300), residents=(200, 700)))
    assert len(set(split.building_block[:10])) == 10


@pytest.mark.parametrize("line", ["street", "river"])
def test_an_estate_that_fits_stays_one_block_across_a_street_and_a_river(
    town: Town, line: str
) -> None:
    homes = [
        {"at": (x, 0.5), "households": 9, "residents": 20, "estate": "花园"} for x in (0.4, 0.6)
    ]
    way = {"roads" if line == "street" else "rivers": [(line, [(0.5, -0.1), (0.5, 1.1)])]}
    assert len(cut_blocks(town(1, 1, homes=homes, **way)).geometry) == 1
    large = SizeRule(households=(1, 17), residents=(1, 100))
    assert len(cut_blocks(town(1, 1, homes=homes, **way), rule=large).geometry) == 2


def test_neighbours_over_a_river_are_no_estate(town: Town) -> None:
    homes = [
        {"at": (x, 0.5), "households": 9, "residents": 20, "estate": name}
        for x, name in ((0.4, "花园"), (0.6, "新村"))
    ]
    river = [("river", [(0.5, -0.1), (0.5, 1.1)])]
    assert len(cut_blocks(town(1, 1, homes=homes, rivers=river)).geometry) == 2


def test_banks_join_only_at_bridges(town: Town) -> None:
    river = [("river", [(0.5, -0.1), (0.5, 1.1)])]
    roads = [("street", [(-0.1, 0.5), (0.45, 0.5)]), ("street", [(0.55, 0.5), (1.1, 0.5)])]
    split = [("street", [(0, 0.5), (0.5, 0.5)]), ("street", [(0.5, 0.5), (1, 0.5)])]
    none = cut_blocks(town(1, 1, rivers=river, roads=roads)).borders
    assert not none.passable[none.kind == RIVER].any()
    one = cut_blocks(town(1, 1, rivers=river, roads=split, bridges=[(0.5, 0.25)])).borders
    assert one.passable[one.kind == RIVER].sum() == 1
    assert BORDER_KINDS[int(one.kind.max())] == "street"


def test_overlaps_go_to_the_lower_code_and_gaps_stay_outside(
    town: Town, outline: Callable[..., shapely.Polygon]
) -> None:
    overlapping = [outline(0, 0, 1.2, 1), outline(1, 0, 1, 1)]
    ring = [outline(2, 0, 1, 0.4), outline(2, 0.4, 0.3, 0.2), outline(2.7, 0.4, 0.3, 0.2)]
    city = town(outlines=[*overlapping, *ring, outline(2, 0.6, 1, 0.4)])
    block_map = cut_blocks(city)
    assert_tiles(block_map)
    areas = shapely.area(np.asarray(block_map.communities.geometry.array))
    assert areas[1] == pytest.approx(areas[0] * 0.8 / 1.2, rel=1e-3)
    hole = shapely.point_on_surface(outline(2.3, 0.4, 0.4, 0.2))
    assert not shapely.intersects(block_map.geometry, hole).any()


def test_noise_between_communities_is_closed(
    town: Town, outline: Callable[..., shapely.Polygon]
) -> None:
    hair = 5e-6  # two millimetres
    pieces = [outline(0, 0, 0.5 - hair, 1), outline(0.5, 0, 0.5, 1), outline(0, 1, 1, 0.5)]
    block_map = cut_blocks(town(outlines=[*pieces, outline(0, -0.5, 1, 0.5)]))
    assert_tiles(block_map)
    union = merge(np.asarray(block_map.communities.geometry.array))
    assert isinstance(union, shapely.Polygon)
    assert len(union.interiors) == 0


def test_odd_buildings_are_reported_or_repaired_and_the_rest_is_cut(town: Town) -> None:
    bow = shapely.Polygon(
        [(116.951, 31.031), (116.952, 31.032), (116.952, 31.031), (116.951, 31.032)]
    )
    mixed = shapely.GeometryCollection(
        [shapely.Point(116.95, 31.03), shapely.box(116.951, 31.0325, 116.9515, 31.033)]
    )
    city = town(
        1,
        1,
        homes=[
            {"shape": bow, "households": 3, "residents": 5},
            {"shape": mixed, "households": 4, "residents": 5},
            {"at": (0.5, 0.2), "households": -4, "residents": 5},
            {"at": (0.5, 0.7), "households": None, "residents": None},
            {"at": (7, 7), "households": 9, "residents": 20},
        ],
    )
    before = city.buildings.copy()
    block_map = cut_blocks(city)
    assert {finding.code: finding.codes for finding in block_map.findings} == {
        "building-count-negative": ("B2",),
        "building-not-counted": ("B3",),
    }
    assert block_map.building_block[4] == -1
    assert block_map.households.sum() == 7
    assert city.buildings.equals(before)


def test_communities_without_shape_or_code_are_refused(town: Town) -> None:
    twice = town(2, 1)
    twice.communities["code"] = "340881001001"
    with pytest.raises(CodeError, match="community-code-repeated"):
        cut_blocks(twice)
    blank = town(2, 1)
    blank.communities.loc[0, "code"] = None
    with pytest.raises(CodeError, match="community-code-missing"):
        cut_blocks(blank)
    with pytest.raises(GeometryError, match="community-no-polygon"):
        cut_blocks(town(outlines=[shapely.LineString([(116.95, 31.03), (116.96, 31.03)])]))


def test_cambridge_with_its_real_gaps_and_overlaps_tiles(shared: object) -> None:
    city = cambridge(f"{shared}/cambridge/cambridge.gpkg")
    block_map = cut_blocks(city)
    assert_tiles(block_map)
    assert int(block_map.households.sum()) == 61340
    union = shapely.coverage_union_all(np.asarray(block_map.communities.geometry.array))
    assert all(len(shape.interiors) == 0 for shape in shapely.get_parts(union))


def cambridge(path: str) -> City:
    def read(name: str, **renamed: str) -> object:
        frame = pyogrio.read_dataframe(path, layer=name).rename(columns=renamed)
        return frame.to_crs("EPSG:4490")

    empty = read("streets").iloc[:0].assign(**{"class": None})
    return City(
        communities=read("communities"),
        buildings=read("parcels", parcel_id="building_id", community="community_code").assign(
            estate=None
        ),
        roads=read("streets").assign(**{"class": "street"}),
        rivers=empty,
        bridges=empty,
    )
