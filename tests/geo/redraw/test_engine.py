"""Operations on a draft: what they change, what they refuse, and that they can be undone to the last bit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo.errors import OptionError
from geo.model import City, CityPlan
from geo.redraw import Draft, apply, open_drafts, redo, undo
from geo.redraw.layers import plan_of
from geo.redraw.operations import KINDS, parse
from tests.geo.conftest import place
from tests.geo.redraw.conftest import TINY
from tests.geo.redraw.held import both_ways, same, tiles, told

CODE = "340881001001"


def test_an_opened_draft_is_the_plan(drafts: dict[str, Draft], small_plan: CityPlan) -> None:
    for draft in drafts.values():
        tiles(draft)
    assert {
        block.block_id: (block.wkb, block.grid, block.households)
        for draft in drafts.values()
        for block in draft.blocks.values()
    } == {
        row.block_id: (row.geometry.wkb, row.grid_code, row.households)
        for row in small_plan.blocks.itertuples()
    }
    assert {code: draft.wkb(code) for draft in drafts.values() for code in draft.grids} == {
        row.code: row.geometry.wkb for row in small_plan.grids.itertuples()
    }


def test_blocks_are_painted(draft: Draft) -> None:
    first, second, *_ = sorted(draft.grids)
    block = draft.members[first][0]
    after = both_ways(draft, {"op": "paint", "blocks": [block], "grid": second})
    assert after.blocks[block].grid == second
    assert block in after.members[second] and block not in after.members[first]


def test_a_new_grid_takes_the_lowest_number_never_used(draft: Draft) -> None:
    number = max(draft.grids)
    blocks = draft.members[number]
    painted = {"op": "paint", "blocks": [blocks[0]], "grid": None}
    after = both_ways(draft, painted)
    (new,) = set(after.grids) - set(draft.grids)
    assert int(new) == int(number) + 1
    assert after.grids[new].predecessors == (number,)
    assert after.grids[new].name.endswith(f"-{int(new[-3:])}")
    back, _ = apply(after, {"op": "paint", "blocks": [blocks[0]], "grid": number})
    assert new not in back.grids and new in back.used
    again, _ = apply(back, painted)
    assert int(max(again.grids)) == int(number) + 2


def test_an_undone_grid_was_never_used(draft: Draft) -> None:
    blocks = draft.members[max(draft.grids)]
    after, step = apply(draft, {"op": "paint", "blocks": [blocks[0]], "grid": None})
    again, _ = apply(undo(after, step), {"op": "paint", "blocks": [blocks[1]], "grid": None})
    assert set(again.grids) == set(after.grids)


def test_grids_are_merged(draft: Draft) -> None:
    first, second, *_ = sorted(draft.grids)
    after = both_ways(draft, {"op": "merge", "grids": [first, second], "into": second})
    assert first not in after.grids and first in after.used
    assert after.grids[second].predecessors == (first, second)
    assert len(after.members[second]) == len(draft.members[first]) + len(draft.members[second])


def test_painting_what_is_painted_changes_nothing(draft: Draft) -> None:
    code = sorted(draft.grids)[0]
    after, step = apply(draft, {"op": "paint", "blocks": list(draft.members[code]), "grid": code})
    assert step.empty
    same(after, draft)


def test_a_locked_grid_keeps_its_blocks(draft: Draft) -> None:
    first, second, *_ = sorted(draft.grids)
    locked = both_ways(draft, {"op": "lock", "grid": first})
    for operation in (
        {"op": "paint", "blocks": [draft.members[first][0]], "grid": second},
        {"op": "paint", "blocks": [draft.members[second][0]], "grid": first},
        {"op": "merge", "grids": [first, second], "into": second},
    ):
        with pytest.raises(OptionError, match="draft-grid-locked"):
            apply(locked, operation)
    free = both_ways(locked, {"op": "unlock", "grid": first})
    same(free, draft)


def test_facts_are_told(draft: Draft) -> None:
    code = sorted(draft.grids)[0]
    after = both_ways(draft, {"op": "rename", "grid": code, "name": "东河网格"})
    assert after.grids[code].name == "东河网格"
    asked = {"op": "dedicate", "grid": code, "reason": "园区", "name": "园区专属"}
    after = both_ways(draft, asked)
    facts = after.grids[code]
    assert (facts.kind, facts.reason, facts.name) == ("dedicated", "园区", "园区专属")
    back, _ = apply(after, {"op": "undedicate", "grid": code})
    assert (back.grids[code].kind, back.grids[code].reason) == ("basic", None)


def test_codes_are_exchanged(draft: Draft) -> None:
    first, second, *_ = sorted(draft.grids)
    codes = {first: second, second: first}
    after = both_ways(draft, {"op": "renumber", "codes": codes})
    assert after.members[first] == draft.members[second]
    assert after.grids[first].predecessors == (second,)
    assert after.wkb(first) == draft.wkb(second)


def test_all_are_numbered_anew(draft: Draft) -> None:
    first, second, *_ = sorted(draft.grids)
    merged, _ = apply(draft, {"op": "merge", "grids": [first, second], "into": second})
    after = both_ways(merged, {"op": "renumber", "all": True})
    assert sorted(after.grids) == [
        f"{draft.ground.code}{n + 1:03d}" for n in range(len(merged.grids))
    ]
    same(apply(after, {"op": "renumber", "all": True})[0], after)


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ({"op": "fly"}, "operation-unknown"),
        (["paint"], "operation-unknown"),
        ({"op": "paint", "blocks": []}, "operation-malformed"),
        ({"op": "paint", "blocks": ["x"]}, "operation-malformed"),
        ({"op": "paint", "blocks": "x", "grid": None}, "operation-malformed"),
        ({"op": "paint", "blocks": ["x"], "grid": None}, "draft-block-unknown"),
        ({"op": "merge", "grids": ["x"], "into": "y"}, "draft-grid-unknown"),
        ({"op": "rename", "grid": "x", "name": " "}, "operation-malformed"),
        ({"op": "rename", "grid": "x", "name": "y", "z": 1}, "operation-malformed"),
        ({"op": "cut", "grid": "x", "line": [[1, 2]]}, "operation-malformed"),
        ({"op": "cut", "grid": "x", "line": [[1, 2], [3, float("nan")]]}, "operation-malformed"),
        ({"op": "cut", "grid": "x", "line": [[1, 2], [1e300, 2]]}, "operation-malformed"),
        ({"op": "cut", "grid": "x", "line": [[1, 2]] * 10_001}, "operation-malformed"),
        ({"op": "move_vertex", "from": [1, 91], "to": [1, 2]}, "operation-malformed"),
        ({"op": "move_vertex", "from": [1, 2, 3], "to": [1, 2]}, "operation-malformed"),
        ({"op": "split", "grid": "x", "n": True}, "operation-malformed"),
        ({"op": "renumber", "codes": {"a": 1}}, "operation-malformed"),
        ({"op": "paint_estate", "estate": "无此小区", "grid": None}, "draft-estate-unknown"),
    ],
)
def test_what_can_not_be_done_is_named(draft: Draft, operation: object, code: str) -> None:
    with pytest.raises(OptionError) as raised:
        apply(draft, operation)  # type: ignore[arg-type]
    assert raised.value.code == code


def test_codes_of_elsewhere_or_given_twice_are_refused(draft: Draft) -> None:
    first, second, *_ = sorted(draft.grids)
    for codes, why in (
        ({first: "340881001002001"}, "renumber-foreign"),
        ({first: second}, "renumber-taken"),
    ):
        with pytest.raises(OptionError, match=why):
            apply(draft, {"op": "renumber", "codes": codes})


def test_operations_go_through_json() -> None:
    asked: list[dict[str, object]] = [
        {"op": "paint", "blocks": ["a", "b"], "grid": None},
        {"op": "paint_estate", "estate": "e", "grid": "g"},
        {"op": "cut", "grid": "g", "line": [[1.0, 2.0], [3.0, 4.0]]},
        {"op": "cut_blocks", "blocks": ["a"], "line": [[1.0, 2.0], [3.0, 4.0]]},
        {"op": "split", "grid": "g", "n": 2},
        {"op": "draw", "n": 3, "aims": "even", "seed": 2},
        {"op": "merge", "grids": ["g", "h"], "into": "g"},
        {"op": "move_vertex", "from": [1.0, 2.0], "to": [3.0, 4.0]},
        {"op": "lock", "grid": "g"},
        {"op": "unlock", "grid": "g"},
        {"op": "rename", "grid": "g", "name": "n"},
        {"op": "renumber", "codes": {"a": "b"}, "all": False},
        {"op": "dedicate", "grid": "g", "reason": "r", "name": None},
        {"op": "undedicate", "grid": "g"},
        {"op": "mend"},
        {"op": "open_block", "block": "a"},
    ]
    assert [parse(one).to_json() for one in asked] == asked
    assert {one["op"] for one in asked} == set(KINDS)


@pytest.mark.parametrize("op", ["paint", "cut_blocks"])
def test_who_moved_in_meanwhile_stays_when_a_step_is_undone(
    small_city: City, small_plan: CityPlan, op: str
) -> None:
    """A step that was kept before buildings changed gives back shapes, not the people of that day."""
    before = open_drafts(small_plan, small_city, rule=TINY)[CODE]
    asked: dict[str, dict[str, object]] = {
        "paint": {"op": op, "blocks": list(before.members[min(before.grids)]), "grid": None},
        "cut_blocks": {
            "op": op,
            "blocks": list(before.blocks),
            "line": [place(-0.1, 0.4), place(1.1, 0.37)],
        },
    }
    after, step = apply(before, asked[op])
    buildings = small_city.buildings.iloc[1:].copy()
    buildings["households"] += 3
    today = replace(small_city, buildings=buildings)
    others = [
        one for code, one in open_drafts(small_plan, today, rule=TINY).items() if code != CODE
    ]
    now = open_drafts(plan_of([after, *others]), today, rule=TINY)[CODE]
    back, fresh = undo(now, told(step)), open_drafts(small_plan, today, rule=TINY)[CODE]
    same(back, fresh)
    same(redo(back, told(step)), now)
