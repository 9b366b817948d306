"""Some grids of a community, drawn elsewhere, completed from the plan in force."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import affinity

from geo.redraw import Draft, apply
from geo.redraw.completing import Completed, DrawnGrid, completed
from geo.redraw.draft import objects
from tests.geo.redraw.held import counts_stay, same, tiles
from tests.geo.redraw.test_sequences import done

slow = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])


def drawn(draft: Draft, codes: list[str]) -> list[DrawnGrid]:
    return [DrawnGrid(code, draft.grids[code].name, draft.shape(code)) for code in codes]


@slow
@given(st.data())
def test_any_subset_of_a_plan_gives_the_plan_back(draft: Draft, draw: st.DataObject) -> None:
    """Whatever was done to the plan before: some of its grids, exported and imported, change nothing at all."""
    before = done(draft, draw, 4)[0][-1]
    codes = draw.draw(st.lists(st.sampled_from(sorted(before.grids)), unique=True, min_size=1))
    found = completed(before, drawn(before, codes))
    same(found.draft, before)
    assert set(found.drawn) == set(codes) and set(found.kept) == set(before.grids) - set(codes)
    assert found.cut == found.gone == found.stays == () == found.lost == found.uncut


@slow
@given(st.data())
def test_grids_drawn_otherwise_win_and_the_rest_stays(draft: Draft, draw: st.DataObject) -> None:
    """Grids of another plan laid over it: it tiles, nobody is lost, blocks outside are what they were."""
    other = done(draft, draw, 6)[0][-1]
    codes = draw.draw(
        st.lists(st.sampled_from(sorted(other.grids)), unique=True, min_size=1, max_size=2)
    )
    found = completed(draft, drawn(other, codes))
    holds(found, draft, objects([other.shape(code) for code in codes]))


@slow
@given(
    st.tuples(st.floats(-0.6, 0.6), st.floats(-0.6, 0.6), st.floats(0.3, 1.4), st.floats(-40, 40)),
    st.data(),
)
def test_a_new_shape_is_cut_out_of_what_is_there(
    draft: Draft, where: tuple[float, float, float, float], draw: st.DataObject
) -> None:
    """Any rectangle of a grid's size, as a new grid or as one that is there."""
    right, up, size, turned = where
    code = draw.draw(st.sampled_from(sorted(draft.grids)))
    west, south, east, north = draft.shape(code).bounds
    box = affinity.scale(shapely.box(west, south, east, north), size, size)
    box = affinity.translate(
        affinity.rotate(box, turned), right * (east - west), up * (north - south)
    )
    shape = shapely.intersection(box, draft.ground.outline)
    if not isinstance(shape, shapely.Polygon) or shape.area < 1e-9:
        return
    new = f"{draft.ground.code}777"
    named = draw.draw(st.sampled_from([code, new]))
    found = completed(draft, [DrawnGrid(named, "画的", shape)])
    holds(found, draft, objects([shape]))
    if found.drawn:
        assert found.draft.grids[named].name == "画的"
        if not found.uncut and named == new:
            off = shapely.symmetric_difference(found.draft.shape(new), shape)
            metric = found.draft.ground.metres(objects([off]))[0]
            # Nothing wider than what a hand that comes near to a corner means.
            assert shapely.is_empty(shapely.buffer(metric, -5.0))


def holds(found: Completed, before: Draft, areas: np.ndarray) -> None:
    """What is true of every completed drawing."""
    tiles(found.draft)
    counts_stay(before, found.draft)
    touched = shapely.buffer(shapely.union_all(areas), 1e-6)
    for one, block in before.blocks.items():
        if not shapely.intersects(block.shape, touched):
            assert found.draft.blocks[one] == block
    for share in (*found.cut, *found.gone, *found.stays):
        assert share.area_m2 > 0 and share.code in before.grids


def test_locked_grids_are_no_obstacle_and_stay_locked(draft: Draft) -> None:
    first, *rest = sorted(draft.grids)
    locked = draft
    for code in draft.grids:
        locked = apply(locked, {"op": "lock", "grid": code})[0]
    shape = shapely.buffer(draft.shape(first), 5e-5).intersection(draft.ground.outline)
    found = completed(locked, [DrawnGrid(first, "北片", shape)])
    holds(found, locked, objects([shape]))
    assert all(found.draft.grids[code].locked for code in rest)
    assert found.draft.grids[first].name == "北片"
