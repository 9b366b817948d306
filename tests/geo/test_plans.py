"""A plan tiles its communities double by double, numbers its grids from the west, and counts everyone once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.blocks import cut_blocks
from geo.blocks.noding import merge
from geo.codes import Profile
from geo.errors import CodeError
from geo.model import BLOCK_COLUMNS, COMMUNITY_COLUMNS, GRID_COLUMNS, City, CityPlan, SizeRule
from geo.partition.draw import draw_grids
from geo.plans import assemble

Town = Callable[..., City]
SMALL = SizeRule(households=(20, 60), residents=(40, 150))

inside = st.integers(1, 299).map(lambda value: value / 100)
homes = st.lists(
    st.fixed_dictionaries(
        {
            "at": st.tuples(inside, inside),
            "households": st.integers(0, 12),
            "residents": st.integers(0, 30),
            "estate": st.sampled_from([None, "甲"]),
        }
    ),
    max_size=40,
)
roads = st.lists(
    st.tuples(
        st.sampled_from(["arterial", "street"]),
        st.lists(st.tuples(inside, inside), min_size=2, max_size=3, unique=True),
    ),
    max_size=6,
)


def planned(city: City, rule: SizeRule = SMALL, **options: object) -> CityPlan:
    block_map = cut_blocks(city, rule=rule)
    return assemble(block_map, draw_grids(block_map, rule=rule), **options)  # type: ignore[arg-type]


def assert_tiles(plan: CityPlan) -> None:
    """Grids and blocks are coverages, and share every vertex of the outlines they make up."""
    for layer in (plan.grids, plan.blocks, plan.communities):
        assert shapely.coverage_is_valid(np.asarray(layer.geometry.array))
    for parent, code, child, column in (
        (plan.communities, "code", plan.grids, "community_code"),
        (plan.grids, "code", plan.blocks, "grid_code"),
    ):
        for name, outline in zip(parent[code], parent.geometry, strict=True):
            parts = np.asarray(child.geometry[child[column] == name].array)
            union = shapely.normalize(merge(parts))
            assert shapely.equals_exact(union, shapely.normalize(outline), tolerance=0)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(homes=homes, roads=roads)
def test_random_towns_are_tiled_exactly(
    town: Town, homes: list[dict[str, object]], roads: list[object]
) -> None:
    plan = planned(town(homes=homes, roads=roads))
    assert_tiles(plan)
    assert set(shapely.get_type_id(plan.grids.geometry.array)) == {3}
    for layer in (plan.grids, plan.blocks):
        assert layer["households"].sum() == sum(int(str(home["households"])) for home in homes)
        assert layer["residents"].sum() == sum(int(str(home["residents"])) for home in homes)


def test_columns_codes_and_names(town: Town) -> None:
    at = [((x + 0.5) / 6, (y + 0.5) / 6) for x in range(6) for y in range(6)]
    home = {"households": 4, "residents": 9}
    plan = planned(
        town(1, 1, homes=[{"at": point, **home} for point in at]),
        grid_name="{community}第{number}网格",
    )
    assert tuple(plan.grids.columns) == (*GRID_COLUMNS, "geometry")
    assert tuple(plan.blocks.columns) == (*BLOCK_COLUMNS, "geometry")
    assert tuple(plan.communities.columns) == (*COMMUNITY_COLUMNS, "geometry")
    assert list(plan.grids["code"]) == [
        f"340881001001{n:03}" for n in range(1, len(plan.grids) + 1)
    ]
    assert plan.grids["name"].iloc[1] == "社区1第2网格"
    west = shapely.get_x(shapely.point_on_surface(np.asarray(plan.grids.geometry.array)))
    assert (np.diff(west) >= 0).all()
    assert plan.blocks["block_id"].is_unique


def test_any_code_serves_in_plain_and_only_twelve_digits_in_cn(town: Town) -> None:
    city = town(1, 1)
    city.communities["code"] = "Riverside"
    assert list(planned(city, profile=Profile.PLAIN).grids["code"]) == ["Riverside-001"]
    with pytest.raises(CodeError, match="code-malformed"):
        planned(city)
