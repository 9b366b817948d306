"""A vertex moved takes all its blocks along, or nothing moves."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import OptionError
from geo.redraw import Draft, apply
from tests.geo.conftest import SIDE, place
from tests.geo.redraw.held import both_ways, counts_stay, tiles


def inner_vertices(draft: Draft) -> list[tuple[float, float]]:
    """The vertices that are not on the community's border."""
    xy = shapely.get_coordinates([block.shape for block in draft.blocks.values()])
    rim = {(x, y) for x, y in shapely.get_coordinates(draft.ground.outline).tolist()}
    return sorted({(x, y) for x, y in xy.tolist()} - rim)


def holding(draft: Draft, vertex: tuple[float, float]) -> list[str]:
    """The blocks that have a vertex."""
    return [
        key
        for key, block in draft.blocks.items()
        if (shapely.get_coordinates(block.shape) == vertex).all(axis=1).any()
    ]


def test_all_blocks_of_a_corner_move(draft: Draft) -> None:
    vertex = max(inner_vertices(draft), key=lambda one: len(holding(draft, one)))
    blocks = holding(draft, vertex)
    assert len(blocks) >= 3
    to = (vertex[0] + 2e-5, vertex[1] + 1e-5)
    after = both_ways(draft, {"op": "move_vertex", "from": vertex, "to": to})
    assert holding(after, to) == blocks and holding(after, vertex) == []
    counts_stay(draft, after)
    untouched = [key for key in draft.blocks if key not in blocks]
    assert [after.blocks[key].wkb for key in untouched] == [
        draft.blocks[key].wkb for key in untouched
    ]


def test_a_vertex_told_to_seven_digits_is_found(draft: Draft) -> None:
    vertex = inner_vertices(draft)[7]
    told = [round(one, 7) for one in vertex]
    after, step = apply(draft, {"op": "move_vertex", "from": told, "to": [told[0] + 1e-5, told[1]]})
    assert not step.empty
    tiles(after)


@given(st.data(), st.floats(-SIDE / 8, SIDE / 8), st.floats(-SIDE / 8, SIDE / 8))
def test_wherever_it_goes_the_blocks_tile(
    draft: Draft, data: st.DataObject, east: float, north: float
) -> None:
    vertex = data.draw(st.sampled_from(inner_vertices(draft)))
    to = [vertex[0] + east, vertex[1] + north]
    try:
        after = both_ways(draft, {"op": "move_vertex", "from": vertex, "to": to})
    except OptionError as refused:
        assert refused.code == "vertex-tears"
        return
    counts_stay(draft, after)


def test_buildings_go_to_the_block_that_covers_them(draft: Draft) -> None:
    homes = draft.ground.homes
    vertex = max(inner_vertices(draft), key=lambda one: len(holding(draft, one)))
    names = holding(draft, vertex)
    home = next(row for key in names for row in homes.rows(draft.blocks[key].buildings))
    at = homes.points[home]
    to = (vertex[0] + 1.05 * (at.x - vertex[0]), vertex[1] + 1.05 * (at.y - vertex[1]))
    after = both_ways(draft, {"op": "move_vertex", "from": vertex, "to": to})
    was, now = ({b: k for k, x in d.blocks.items() for b in x.buildings} for d in (draft, after))
    assert now[homes.ids[home]] != was[homes.ids[home]]


def test_what_must_stay_stays(draft: Draft) -> None:
    corner = shapely.get_coordinates(draft.ground.outline)[3].tolist()
    vertex = inner_vertices(draft)[0]
    grid = draft.blocks[holding(draft, vertex)[0]].grid
    locked, _ = apply(draft, {"op": "lock", "grid": grid})
    for one, told, code in (
        (draft, corner, "vertex-on-border"),
        (draft, list(place(0.5001, 0.48)), "vertex-unknown"),
        (locked, list(vertex), "draft-grid-locked"),
    ):
        with pytest.raises(OptionError, match=code):
            apply(one, {"op": "move_vertex", "from": told, "to": [told[0] + 1e-6, told[1]]})


def test_two_vertices_do_not_fall_together(draft: Draft) -> None:
    vertex = inner_vertices(draft)[0]
    block = draft.blocks[holding(draft, vertex)[0]]
    xy = shapely.get_coordinates(block.shape)
    near = xy[np.argsort(np.hypot(*(xy - vertex).T))]
    other = next(one for one in near.tolist() if tuple(one) != vertex)
    with pytest.raises(OptionError, match="vertex-tears"):
        apply(draft, {"op": "move_vertex", "from": vertex, "to": other})
