"""The tree of places, and numbers summed up it."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.codes import Level
from geo.model import CRS
from geo.territory import Place, Territory, standing, territory


def town() -> Territory:
    return Territory(
        [
            Place("340881", Level.CITY, "桐城市", None),
            Place("340881001", Level.STREET, "文昌街道", "340881"),
            Place("340881100", Level.STREET, "孔城镇", "340881"),
            Place("340881001001", Level.COMMUNITY, "和平社区", "340881001"),
            Place("340881001001002", Level.GRID, "第2网格", "340881001001"),
            Place("340881001001001", Level.GRID, "第1网格", "340881001001"),
        ]
    )


def test_places_stand_after_their_parents_by_level_and_code() -> None:
    assert [place.code for place in town().places] == [
        "340881", "340881001", "340881100", "340881001001", "340881001001001", "340881001001002",
    ]  # fmt: skip
    assert [place.name for place in town().path("340881001001002")] == [
        "桐城市", "文昌街道", "和平社区", "第2网格",
    ]  # fmt: skip


def test_sums_go_up_to_the_whole_and_what_is_unknown_counts_there_alone() -> None:
    tree = town()
    rows = tree.rows(["340881001001001", "340881001001002", "340881001001", "nobody's", None])
    assert tree.summed(rows).tolist() == [5, 3, 0, 3, 1, 1]
    assert tree.summed(rows, [1, 2, 4, 8, 16]).tolist() == [31, 7, 0, 7, 1, 2]


def test_a_word_that_means_no_level_is_taken_for_a_street() -> None:
    regions = gpd.GeoDataFrame(
        {"code": ["1", "2"], "level": ["住宅", "city"]},
        geometry=[shapely.box(0, 0, 1, 1)] * 2,
        crs=CRS,
    )
    grids = gpd.GeoDataFrame({"code": ["x-1"]}, geometry=[shapely.box(0, 0, 1, 1)], crs=CRS)
    levels = {place.code: place.level for place in territory(regions, grids, None).places}
    assert (levels["1"], levels["2"]) == (Level.STREET, Level.CITY)


def test_what_lies_in_a_place() -> None:
    tree = town()
    assert tree.below("340881001").tolist() == [False, True, False, True, True, True]
    assert tree.below("340881").all()
    with pytest.raises(KeyError):
        tree.below("1")


def test_without_regions_the_codes_of_grids_tell_their_communities() -> None:
    grids = gpd.GeoDataFrame(
        {"code": ["340881001001001", "x-001"]}, geometry=[shapely.box(0, 0, 1, 1)] * 2, crs=CRS
    )
    communities = gpd.GeoDataFrame(
        {"code": ["340881001001"], "name": ["和平社区"]},
        geometry=[shapely.box(0, 0, 1, 1)],
        crs=CRS,
    )
    tree = territory(None, grids, communities)
    assert tree.root == Place("", Level.CITY, None, None)
    assert [place.code for place in tree.path("340881001001001")] == [
        "",
        "340881001001",
        "340881001001001",
    ]
    assert [place.code for place in tree.path("x-001")] == ["", "x-001"]


codes = st.sampled_from("abcdef")


@given(
    st.lists(
        st.builds(Place, codes, st.sampled_from(Level), st.none(), st.none() | codes), max_size=12
    )
)
def test_any_links_make_one_tree(places: list[Place]) -> None:
    """Circles, orphans, doubles, several cities: every place has its way up to the whole, and nothing counts twice."""
    tree = Territory(places)
    assert {place.code for place in places} | {tree.root.code} == {
        place.code for place in tree.places
    }
    for row, place in enumerate(tree.places):
        line = tree.line(row)
        assert line[-1] == 0
        assert len(set(line)) == len(line)
        assert place.parent is None or tree.row(place.parent) < row
    rows = tree.rows([place.code for place in tree.places])
    assert tree.summed(rows)[0] == len(tree.places)


def test_points_stand_in_the_area_with_the_lowest_code() -> None:
    areas = np.array([shapely.box(1, 0, 2, 1), shapely.box(0, 0, 1, 1)])
    points = np.array([shapely.Point(0.5, 0.5), shapely.Point(1, 0.5), shapely.Point(9, 9), None])
    assert standing(areas, np.array(["a", "b"], dtype=object), points).tolist() == [
        "b",
        "a",
        "",
        "",
    ]
