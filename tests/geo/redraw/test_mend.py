"""A mended plan holds where it can, moves no more than it must, and leaves everything else byte for byte."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.blocks import cut_blocks
from geo.coverage import check
from geo.errors import GeometryError
from geo.model import BLOCK_COLUMNS, COMMUNITY_COLUMNS, City, CityPlan, SizeRule, empty_layer
from geo.partition.assignment import State
from geo.partition.draw import draw_grids
from geo.partition.mend import mended_labels
from geo.partition.problem import Problem, components, make_problem
from geo.partition.prove import Cause
from geo.partition.regroup import broken, moved
from geo.plans import assemble
from geo.redraw import Mended, mend_plan

Town = Callable[..., City]
TINY = SizeRule(households=(30, 60), residents=(60, 120))


def lattice(side: int, households: list[int]) -> Problem:
    """Blocks as on a chessboard, two residents a household."""
    number = np.arange(side * side).reshape(side, side)
    pairs = np.concatenate(
        [
            np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()]),
            np.column_stack([number[:-1].ravel(), number[1:].ravel()]),
        ]
    )
    counts = np.array(households)
    return make_problem(counts, 2 * counts, pairs, np.ones(len(pairs)), rule=TINY)


def halves(side: int) -> np.ndarray:
    return (np.arange(side * side) % side >= side // 2).astype(np.intp)


@settings(max_examples=40)
@given(st.lists(st.integers(0, 12), min_size=16, max_size=16))
def test_grids_stay_in_one_piece_and_never_get_worse(households: list[int]) -> None:
    problem, home = lattice(4, households), halves(4)
    label = mended_labels(problem, home, np.random.default_rng(0)).label
    inner = problem.pairs[label[problem.pairs[:, 0]] == label[problem.pairs[:, 1]]]
    assert len(set(components(problem.size, inner))) == len(set(label))
    assert broken(problem, label) <= broken(problem, home) + 1e-9
    if broken(problem, home) == 0:
        assert (label == home).all()


@settings(max_examples=25)
@given(st.lists(st.integers(1, 14), min_size=9, max_size=9))
def test_no_partition_in_two_moves_fewer(households: list[int]) -> None:
    """Held to plain enumeration, where both grids stay; and then it says that it is proved."""
    problem, home = lattice(3, households), halves(3)
    made = mended_labels(problem, home, np.random.default_rng(0))
    label = made.label
    if broken(problem, label) or set(label) != {0, 1}:
        return
    best = problem.totals[0]
    for code in range(2**9):
        other = np.array([code >> bit & 1 for bit in range(9)], dtype=np.intp)
        inner = problem.pairs[other[problem.pairs[:, 0]] == other[problem.pairs[:, 1]]]
        whole = len(set(components(9, inner))) == len(set(other)) == 2
        if whole and broken(problem, other) == 0:
            best = min(best, moved(problem, home, other))
    assert made.least
    assert moved(problem, home, label) == best


def test_a_city_that_grew_many_times_gets_as_many_grids_as_it_needs() -> None:
    problem, home = lattice(8, [6] * 64), halves(8)
    label = mended_labels(problem, home, np.random.default_rng(0)).label
    assert broken(problem, label) == 0
    assert 7 <= len(set(label)) <= 12
    inner = problem.pairs[label[problem.pairs[:, 0]] == label[problem.pairs[:, 1]]]
    assert len(set(components(problem.size, inner))) == len(set(label))


def test_what_no_partition_can_hold_is_proved() -> None:
    """The first block is too small for a grid, and its only neighbour too full to share one with it."""
    counts = np.array([20, 59, 40, 50])
    pairs = np.array([[0, 1], [1, 2], [2, 3]])
    problem = make_problem(counts, 2 * counts, pairs, np.ones(3), rule=TINY)
    made = mended_labels(problem, np.array([0, 0, 1, 2]), np.random.default_rng(0))
    assert made.proof is not None
    assert made.proof.cause is Cause.TRAPPED
    assert made.proof.blocks == (0,)
    assert broken(problem, made.label) > 0


def homes(x: int, households: int = 12) -> list[dict[str, object]]:
    at = [(x + (i + 0.5) / 4, (j + 0.5) / 4) for i in range(4) for j in range(4)]
    return [{"at": one, "households": households, "residents": 2 * households} for one in at]


def drawn(city: City) -> CityPlan:
    block_map = cut_blocks(city, rule=TINY)
    return assemble(block_map, draw_grids(block_map, rule=TINY))


def grown(city: City, rows: range, factor: float) -> City:
    buildings = city.buildings.copy()
    for name in ("households", "residents"):
        values = buildings[name].to_numpy(float).copy()
        values[rows] = np.rint(values[rows] * factor)
        buildings[name] = values.astype(int)
    return replace(city, buildings=buildings)


@pytest.fixture
def city(town: Town) -> City:
    return town(3, 1, homes=[*homes(0), *homes(1), *homes(2)])


def exact(mended: Mended) -> None:
    plan = mended.plan
    for layer in (plan.grids, plan.blocks, plan.communities):
        assert shapely.coverage_is_valid(np.asarray(layer.geometry.array))
    for code, own in plan.grids.groupby("community_code"):
        outline = plan.communities.geometry[plan.communities["code"] == code].iloc[0]
        whole = shapely.coverage_union_all(np.asarray(own.geometry.array))
        assert shapely.equals_exact(whole.normalize(), outline.normalize())


def test_what_holds_is_left_alone(city: City) -> None:
    plan = drawn(city)
    mended = mend_plan(plan, city, rule=TINY)
    assert mended.moves == () and mended.mended == ()
    assert [g.wkb for g in mended.plan.grids.geometry] == [g.wkb for g in plan.grids.geometry]
    assert mended.plan.grids["code"].tolist() == plan.grids["code"].tolist()


@pytest.mark.parametrize("as_polygons", [False, True])
def test_growth_is_mended_and_the_neighbours_keep_their_bytes(
    city: City, as_polygons: bool
) -> None:
    plan = drawn(city)
    given = plan
    if as_polygons:
        given = CityPlan(plan.grids, empty_layer(BLOCK_COLUMNS), empty_layer(COMMUNITY_COLUMNS))
    today = grown(city, range(16, 24), 1.5)
    mended = mend_plan(given, today, rule=TINY)
    exact(mended)
    assert mended.mended == ("340881001002",)
    old = {
        code: shape.wkb for code, shape in zip(plan.grids.code, plan.grids.geometry, strict=True)
    }
    for code, home, shape in zip(
        mended.plan.grids["code"],
        mended.plan.grids["community_code"],
        mended.plan.grids.geometry,
        strict=True,
    ):
        assert home == "340881001002" or old[code] == shape.wkb
    assert sum(move.households for move in mended.moves) == mended.moved["households"].sum() > 0
    assert mended.plan.grids["households"].sum() == today.buildings["households"].sum()
    assert all(result.state is State.FEASIBLE for result in mended.results)
    assert not [one for one in check(today.communities, mended.plan.grids, rule=TINY)
                if one.code.startswith("size-")]  # fmt: skip


def test_a_new_grid_takes_a_number_never_used_and_one_that_goes_is_remembered(city: City) -> None:
    plan = drawn(city)
    shrunk = grown(city, range(16), 0.4)
    fewer = mend_plan(plan, shrunk, rule=TINY)
    assert fewer.gone
    assert [f.code for f in fewer.findings].count("mend-grid-gone") == len(fewer.gone)
    again = mend_plan(fewer.plan, city, rule=TINY)
    assert again.new
    assert not {*again.new} & {*plan.grids["code"]}
    exact(again)


def test_polygons_that_do_not_tile_are_noded_in(city: City) -> None:
    plan = drawn(city)
    torn = np.asarray(plan.grids.geometry.array).copy()
    torn[0] = torn[0].buffer(-2e-5)
    loose = plan.grids.set_geometry(gpd.GeoSeries(torn, crs=plan.grids.crs))
    given = CityPlan(loose, empty_layer(BLOCK_COLUMNS), empty_layer(COMMUNITY_COLUMNS))
    mended = mend_plan(given, city, rule=TINY)
    exact(mended)
    assert "mend-renoded" in [finding.code for finding in mended.findings]
    assert set(mended.plan.grids["code"]) == set(plan.grids["code"])


def test_an_estate_that_outgrew_every_grid_is_cut_open(town: Town) -> None:
    estate = [{**one, "estate": "新村"} for one in homes(0, 3)]
    city = town(2, 1, homes=[*estate, *homes(1)])
    plan = drawn(city)
    mended = mend_plan(plan, grown(city, range(16), 2.0), rule=TINY)
    exact(mended)
    assert len(mended.plan.blocks) > len(plan.blocks)
    assert mended.results[0].state is State.FEASIBLE


def test_a_community_without_grids_is_named(city: City) -> None:
    plan = drawn(city)
    rest = plan.grids[plan.grids["community_code"] != "340881001003"]
    given = CityPlan(rest, empty_layer(BLOCK_COLUMNS), empty_layer(COMMUNITY_COLUMNS))
    with pytest.raises(GeometryError, match="community-no-grids"):
        mend_plan(given, city, rule=TINY)


def test_same_input_same_bytes(city: City) -> None:
    plan, today = drawn(city), grown(city, range(20, 30), 1.6)
    first, second = (mend_plan(plan, today, rule=TINY) for _ in range(2))
    assert first.moves == second.moves
    assert [g.wkb for g in first.plan.grids.geometry] == [g.wkb for g in second.plan.grids.geometry]
