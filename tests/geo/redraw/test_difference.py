"""Two plans side by side, and last year's incidents under both."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.model import City, CityPlan
from geo.redraw import Draft, apply, open_drafts
from geo.redraw.borders import grid_sides
from geo.redraw.difference import plan_diff
from geo.redraw.hands import grids_at, moved
from geo.redraw.layers import plan_of
from geo.redraw.replay import replay, spread
from geo.sides import Side
from tests.geo.conftest import place
from tests.geo.redraw.conftest import TINY
from tests.geo.redraw.held import same

CODE = "340881001001"


@pytest.fixture(scope="module")
def reported(small_city: City, small_plan: CityPlan) -> Draft:
    """The first community, with incidents here and there."""
    rng = np.random.default_rng(0)
    west, south, east, north = small_plan.communities.geometry.iloc[0].bounds
    xy = rng.uniform((west, south), (east, north), (200, 2))
    places = np.asarray(shapely.points(xy), dtype=object)
    return open_drafts(small_plan, small_city, rule=TINY, incidents=places)[CODE]


def test_incidents_are_shared_as_they_lie(reported: Draft) -> None:
    first, second, *_ = sorted(reported.grids)
    merged, _ = apply(reported, {"op": "merge", "grids": [first, second], "into": second})
    told = replay([reported], [merged])
    places = reported.ground.incidents
    for draft, part in ((reported, told.before), (merged, told.after)):
        at = grids_at(draft, places)
        assert part.loads == {code: int((at == code).sum()) for code in draft.grids}
        assert sum(part.loads.values()) == 200
    assert told.moved == told.before.loads[first]
    assert (told.after.max_to_mean or 0) > (told.before.max_to_mean or 0)
    assert json.loads(json.dumps(told.to_json()))["moved"] == told.moved


def test_incidents_move_even_where_sums_do_not(reported: Draft) -> None:
    first, second, *_ = sorted(reported.grids)
    one, other = reported.of(first)[0], reported.of(second)[0]
    after, _ = apply(reported, {"op": "paint", "blocks": [one.block_id], "grid": second})
    after, _ = apply(after, {"op": "paint", "blocks": [other.block_id], "grid": first})
    assert moved(reported, after).load == one.load + other.load > 0


def test_how_even_is_told_by_the_textbook() -> None:
    assert spread({"a": 5, "b": 5}).gini == 0
    assert spread({"a": 0, "b": 0, "c": 0, "d": 8}).gini == pytest.approx(0.75)
    assert spread({"a": 1, "b": 3}).max_to_mean == 1.5
    assert spread({"a": 0}).gini is None and spread({}).max_to_mean is None


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=30).filter(any))
def test_gini_is_half_the_mean_difference(loads: list[int]) -> None:
    values = np.array(loads, dtype=float)
    differences = np.abs(values[:, None] - values[None, :]).mean()
    told = spread({str(n): one for n, one in enumerate(loads)}).gini
    assert told == pytest.approx(differences / 2 / values.mean(), abs=1e-12)


def test_a_plan_differs_from_itself_in_nothing(draft: Draft) -> None:
    diff = plan_diff(draft, draft)
    assert not (diff.new or diff.gone or diff.renumbered or diff.renamed or diff.ground)
    assert diff.moved.homes == () and diff.least_households == 0
    assert diff.scores[0] == diff.scores[1]


def test_what_moved_is_listed(draft: Draft) -> None:
    first, second, *_ = sorted(draft.grids)
    block = next(one for one in draft.of(first) if one.households)
    after, _ = apply(draft, {"op": "paint", "blocks": [block.block_id], "grid": second})
    after, _ = apply(after, {"op": "rename", "grid": second, "name": "新名"})
    diff = plan_diff(draft, after)
    (ground,) = diff.ground
    assert (ground.from_grid, ground.to_grid) == (first, second)
    assert ground.households == block.households == diff.moved.households == diff.least_households
    assert shapely.symmetric_difference(ground.shape, block.shape).area < 1e-15
    assert diff.renamed == {second: (draft.grids[second].name, "新名")}
    assert json.loads(json.dumps(diff.to_json()))["ground"][0]["households"] == ground.households


def test_a_merge_moves_no_more_than_it_must(draft: Draft) -> None:
    first, second, *_ = sorted(draft.grids)
    people = {code: sum(b.households for b in draft.of(code)) for code in (first, second)}
    small, large = sorted(people, key=lambda code: people[code])
    after, _ = apply(draft, {"op": "merge", "grids": [first, second], "into": small})
    diff = plan_diff(draft, after)
    assert diff.gone == (large,) and diff.moved.households == people[large]
    assert diff.least_households == people[small]


def test_numbers_alone_move_nobody(draft: Draft) -> None:
    first, second, *_ = sorted(draft.grids)
    after, _ = apply(draft, {"op": "renumber", "codes": {first: second, second: first}})
    line = [
        list(one)
        for one in draft.blocks[draft.members[first][0]].shape.envelope.exterior.coords[::2]
    ]
    after, _ = apply(after, {"op": "cut_blocks", "blocks": list(after.blocks), "line": line[:2]})
    diff = plan_diff(draft, after)
    assert diff.renumbered == {first: second, second: first}
    assert diff.ground == () and diff.moved.homes == () and diff.moved.load == 0


def test_plans_opened_apart_are_compared(
    draft: Draft, drafts: dict[str, Draft], small_city: City
) -> None:
    first, second, *_ = sorted(draft.grids)
    after, _ = apply(draft, {"op": "merge", "grids": [first, second], "into": second})
    others = [one for code, one in drafts.items() if code != draft.ground.code]
    again = open_drafts(plan_of([after, *others]), small_city, rule=TINY)[draft.ground.code]
    same(again, after)
    apart, together = plan_diff(draft, again), plan_diff(draft, after)
    assert apart.moved.homes == together.moved.homes
    assert [one.to_json() for one in apart.ground] == [one.to_json() for one in together.ground]


def test_sides_of_a_grid_are_named(draft: Draft) -> None:
    """The road in the middle, who lies beyond the border of the community, and the grids beside."""
    around = {"社区2": shapely.box(*place(1, 0), *place(2, 1))}
    told = {code: grid_sides(draft, code, around=around) for code in draft.grids}
    every = {one.name for own in told.values() for along in own.values() for one in along}
    assert {"中街", "社区2"} <= every
    assert every <= {"中街", "社区2", *(facts.name for facts in draft.grids.values())}
    for code, own in told.items():
        if shapely.bounds(draft.shape(code))[2] == shapely.bounds(draft.ground.outline)[2]:
            assert "社区2" in [one.name for one in own[Side.EAST]]
