"""What the engine does in a draft: dividing a grid, and mending what broke its bounds."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
import shapely

from geo.errors import OptionError
from geo.model import City, CityPlan, SizeRule
from geo.redraw import Draft, apply, open_drafts
from geo.redraw.badges import badges
from tests.geo.redraw.conftest import TINY
from tests.geo.redraw.held import both_ways, counts_stay, same


def sizes(draft: Draft) -> dict[str, int]:
    return {code: sum(b.households for b in draft.of(code)) for code in draft.grids}


def test_a_grid_is_divided(draft: Draft) -> None:
    first, *rest = sorted(draft.grids)
    whole, _ = apply(draft, {"op": "merge", "grids": [first, *rest], "into": first})
    after = both_ways(whole, {"op": "split", "grid": first, "n": 4})
    counts_stay(whole, after)
    assert len(after.grids) == 4 and first in after.grids
    assert all(isinstance(after.shape(code), shapely.Polygon) for code in after.grids)
    assert not [one for one in badges(after) if one.code.startswith("size-")]
    assert all(
        facts.predecessors == (first,) for code, facts in after.grids.items() if code != first
    )
    same(apply(whole, {"op": "split", "grid": first, "n": 4})[0], after)


def test_a_grid_too_small_for_the_bounds_is_divided_evenly(draft: Draft) -> None:
    first = min(draft.grids)
    after = both_ways(draft, {"op": "split", "grid": first, "n": 2})
    (new,) = set(after.grids) - set(draft.grids)
    now = sizes(after)
    assert now[new] <= now[first] <= 2 * now[new]


def test_what_can_not_be_divided_is_refused(draft: Draft) -> None:
    first = min(draft.grids)
    for n, code in ((1, "split-too-few"), (99, "split-too-many")):
        with pytest.raises(OptionError, match=code):
            apply(draft, {"op": "split", "grid": first, "n": n})
    locked, _ = apply(draft, {"op": "lock", "grid": first})
    with pytest.raises(OptionError, match="draft-grid-locked"):
        apply(locked, {"op": "split", "grid": first, "n": 2})


def test_drawn_anew_a_grid_keeps_the_code_of_the_one_it_is_most_like(draft: Draft) -> None:
    after = both_ways(draft, {"op": "draw"})
    counts_stay(draft, after)
    assert set(after.grids) == set(draft.grids)
    shared = {
        (was, now): sum(
            block.households for block in after.of(now) if draft.blocks[block.block_id].grid == was
        )
        for was in draft.grids
        for now in after.grids
    }
    kept = sum(shared[code, code] for code in draft.grids)
    for a, b in combinations(sorted(draft.grids), 2):
        assert shared[a, a] + shared[b, b] >= shared[a, b] + shared[b, a]
    assert kept > 0
    more = both_ways(draft, {"op": "draw", "n": len(draft.grids) + 1})
    assert len(more.grids) == len(draft.grids) + 1
    first = min(draft.grids)
    locked, _ = apply(draft, {"op": "lock", "grid": first})
    assert both_ways(locked, {"op": "draw"}).wkb(first) == draft.wkb(first)
    for n, code in ((0, "draw-too-few"), (999, "draw-too-many")):
        with pytest.raises(OptionError, match=code):
            apply(draft, {"op": "draw", "n": n})


def broken(draft: Draft) -> list[str]:
    return [code for one in badges(draft) if one.code.startswith("size-") for code in one.codes]


def test_bounds_hold_again(draft: Draft) -> None:
    first, second, *_ = sorted(draft.grids)
    worse, _ = apply(draft, {"op": "merge", "grids": [first, second], "into": first})
    assert broken(worse)
    after = both_ways(worse, {"op": "mend"})
    counts_stay(worse, after)
    assert not broken(after)
    same(apply(after, {"op": "mend"})[0], after)


def test_mending_leaves_locked_grids_alone(draft: Draft) -> None:
    first, second, third, *_ = sorted(draft.grids)
    worse, _ = apply(draft, {"op": "merge", "grids": [first, second], "into": first})
    locked, _ = apply(worse, {"op": "lock", "grid": third})
    after = both_ways(locked, {"op": "mend"})
    assert after.wkb(third) == draft.wkb(third)
    every = draft
    for code in draft.grids:
        every, _ = apply(every, {"op": "lock", "grid": code})
    with pytest.raises(OptionError, match="mend-nothing-free"):
        apply(every, {"op": "mend"})


def test_a_community_has_bounds_of_its_own(small_plan: CityPlan, small_city: City) -> None:
    own = SizeRule(households=(1, 10_000), residents=(1, 20_000))
    rule = replace(TINY, own={"340881001001": own})
    draft = open_drafts(small_plan, small_city, rule=rule)["340881001001"]
    first, *rest = sorted(draft.grids)
    whole, _ = apply(draft, {"op": "merge", "grids": [first, *rest], "into": first})
    assert not broken(whole)
    same(apply(whole, {"op": "mend"})[0], whole)
