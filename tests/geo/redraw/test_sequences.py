"""R10: after any operations, in any order, each block is in one grid, the plan tiles exactly, all can be undone to the
last bit, and a GeoPackage gives the same plan back."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.readers.plan import read_plan
from data.writers.layers import write_layers
from geo.errors import OptionError
from geo.model import City
from geo.redraw import Draft, Step, apply, open_drafts, redo, undo
from geo.redraw.layers import plan_of
from tests.geo.conftest import SIDE, place
from tests.geo.redraw.conftest import TINY
from tests.geo.redraw.held import counts_stay, same, tiles, told
from tests.geo.redraw.test_badges import held_to_the_check

Json = dict[str, object]
inside = st.floats(-0.2, 1.2, allow_nan=False)
step_deg = st.floats(-SIDE / 10, SIDE / 10)
names = st.text("东西南北网格 a'\"<${", min_size=1, max_size=8).filter(str.strip)


def any_operation(draft: Draft, draw: st.DataObject) -> Json:
    """One operation of some kind on what is there, mostly one that can be done."""
    grids, blocks = st.sampled_from(sorted(draft.grids)), st.sampled_from(sorted(draft.blocks))
    some = st.lists(blocks, min_size=1, max_size=12)
    either = st.one_of(st.none(), grids)
    kinds: list[st.SearchStrategy[Json]] = [
        st.fixed_dictionaries({"op": st.just("paint"), "blocks": some, "grid": either}),
        st.fixed_dictionaries(
            {"op": st.just("paint_estate"), "estate": st.just("路边小区"), "grid": either}
        ),
        st.fixed_dictionaries({"op": st.just("cut"), "grid": grids, "line": paths(draft)}),
        st.fixed_dictionaries({"op": st.just("cut_blocks"), "blocks": some, "line": paths(draft)}),
        st.fixed_dictionaries(
            {
                "op": st.just("merge"),
                "grids": st.lists(grids, min_size=1, max_size=3),
                "into": grids,
            }
        ),
        vertices(draft, blocks),
        st.fixed_dictionaries({"op": st.just("split"), "grid": grids, "n": st.integers(2, 3)}),
        st.fixed_dictionaries(
            {"op": st.sampled_from(["lock", "unlock", "undedicate"]), "grid": grids}
        ),
        st.fixed_dictionaries({"op": st.just("rename"), "grid": grids, "name": names}),
        st.fixed_dictionaries({"op": st.just("dedicate"), "grid": grids, "reason": names}),
        st.tuples(grids, grids).map(
            lambda pair: {"op": "renumber", "codes": {pair[0]: pair[1], pair[1]: pair[0]}}
        ),
        st.sampled_from([{"op": "renumber", "all": True}, {"op": "mend"}, {"op": "draw"}]),
        blocks.map(lambda one: {"op": "open_block", "block": one}),
    ]
    return draw.draw(st.one_of(kinds))


def paths(draft: Draft) -> st.SearchStrategy[list[list[float]]]:
    """Lines across a community, from anywhere to anywhere."""
    column = int(draft.ground.code[-3:]) - 1
    point = st.tuples(inside, inside).map(lambda at: list(place(at[0] + column, at[1])))
    return st.lists(point, min_size=2, max_size=4)


def vertices(draft: Draft, blocks: st.SearchStrategy[str]) -> st.SearchStrategy[Json]:
    """A vertex of some block moved a little."""

    def moved(told: tuple[str, int, float, float]) -> Json:
        xy = shapely.get_coordinates(draft.blocks[told[0]].shape)
        x, y = xy[told[1] % len(xy)].tolist()
        return {"op": "move_vertex", "from": [x, y], "to": [x + told[2], y + told[3]]}

    return st.tuples(blocks, st.integers(0, 50), step_deg, step_deg).map(moved)


def done(draft: Draft, draw: st.DataObject, most: int) -> tuple[list[Draft], list[Step]]:
    """Drafts one after another, and the steps between them."""
    drafts, steps = [draft], list[Step]()
    for _ in range(draw.draw(st.integers(1, most))):
        try:
            after, step = apply(drafts[-1], any_operation(drafts[-1], draw))
        except OptionError:
            continue
        tiles(after)
        counts_stay(draft, after)
        drafts.append(after)
        steps.append(step)
    return drafts, steps


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_sequence_can_be_undone_and_done_again(draft: Draft, draw: st.DataObject) -> None:
    drafts, steps = done(draft, draw, 12)
    now = drafts[-1]
    for before, step in zip(drafts[-2::-1], steps[::-1], strict=True):
        now = undo(now, told(step))
        same(now, before)
    for after, step in zip(drafts[1:], steps, strict=True):
        now = redo(now, told(step))
        same(now, after)


@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_after_any_sequence_badges_are_the_checks(draft: Draft, draw: st.DataObject) -> None:
    for one in done(draft, draw, 6)[0][1:]:
        held_to_the_check(one)


@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_geopackage_gives_the_same_plan_back(
    drafts: dict[str, Draft], small_city: City, draw: st.DataObject
) -> None:
    """The drafts of all communities together tile the city; written and read, they are what they were."""
    after = {code: done(one, draw, 6)[0][-1] for code, one in drafts.items()}
    plan = plan_of(after.values())
    for layer in (plan.grids, plan.blocks, plan.communities):
        assert shapely.coverage_is_valid(np.asarray(layer.geometry.array))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.gpkg"
        layers = {"grids": plan.grids, "blocks": plan.blocks, "communities": plan.communities}
        write_layers(path, layers)
        again = open_drafts(read_plan(path), small_city, rule=TINY)
    assert again.keys() == after.keys()
    for code, draft in after.items():
        same(again[code], draft)


@pytest.mark.parametrize("undone", [1, 2])
def test_a_step_is_small(draft: Draft, undone: int) -> None:
    """What is kept of painting one block is that block."""
    blocks = draft.members[min(draft.grids)][:undone]
    _, step = apply(draft, {"op": "paint", "blocks": list(blocks), "grid": max(draft.grids)})
    assert [block.block_id for block in step.blocks_after] == sorted(blocks)
    assert step.grids_after == {} and step.used == ()
