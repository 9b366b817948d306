"""Cutting along any line: pieces and neighbours tile what was there, nobody is lost, and it can be undone."""

from __future__ import annotations

import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

from geo.errors import OptionError
from geo.redraw import Draft, apply
from tests.geo.conftest import place
from tests.geo.redraw.held import both_ways, counts_stay, tiles

Place = tuple[float, float]
coordinate = st.floats(-0.2, 1.2, allow_nan=False)
places = st.tuples(coordinate, coordinate)


def line(*points: Place) -> list[list[float]]:
    """Points counted in communities, as JSON."""
    return [list(place(x, y)) for x, y in points]


def test_a_grid_is_cut_in_two(draft: Draft) -> None:
    whole, _ = apply(draft, {"op": "merge", "grids": sorted(draft.grids), "into": min(draft.grids)})
    (code,) = whole.grids
    after = both_ways(whole, {"op": "cut", "grid": code, "line": line((0.31, -0.1), (0.31, 1.1))})
    (new,) = set(after.grids) - {code}
    west = shapely.box(*place(0, 0), *place(0.31, 1))
    got = shapely.intersection(after.shape(new), west).area
    assert got == pytest.approx(west.area, rel=0.01)
    assert got == pytest.approx(after.shape(new).area, rel=0.01)
    assert after.grids[new].predecessors == (code,)
    assert after.used == whole.used | {new}


def test_a_line_that_ends_inside_goes_on_to_the_border(draft: Draft) -> None:
    code = min(draft.grids)
    whole, _ = apply(draft, {"op": "merge", "grids": sorted(draft.grids), "into": code})
    short = both_ways(whole, {"op": "cut", "grid": code, "line": line((0.31, 0.2), (0.31, 0.7))})
    long, _ = apply(whole, {"op": "cut", "grid": code, "line": line((0.31, -0.1), (0.31, 1.1))})
    (new,) = set(short.grids) - {code}
    assert short.shape(new).symmetric_difference(long.shape(new)).area < 1e-2 * long.shape(new).area


def test_the_ends_go_to_vertices_of_the_border(draft: Draft) -> None:
    """Nothing of a neighbouring community changes."""
    code = min(draft.grids)
    rim = set(shapely.get_coordinates(draft.ground.outline).view(complex).ravel().tolist())
    whole, _ = apply(draft, {"op": "merge", "grids": sorted(draft.grids), "into": code})
    after, _ = apply(whole, {"op": "cut", "grid": code, "line": line((0.2, -0.1), (0.7, 1.1))})
    tiles(after)
    made = shapely.get_coordinates([b.shape for b in after.blocks.values()]).view(complex).ravel()
    on_rim = [
        one
        for one in made.tolist()
        if draft.ground.outline.exterior.distance(shapely.Point(one.real, one.imag)) < 1e-9
    ]
    assert set(on_rim) <= rim


def test_pieces_of_blocks_stay_in_their_grid(draft: Draft) -> None:
    asked = {
        "op": "cut_blocks",
        "blocks": list(draft.blocks),
        "line": line((-0.1, 0.33), (1.1, 0.35)),
    }
    after = both_ways(draft, asked)
    counts_stay(draft, after)
    assert set(after.grids) == set(draft.grids)
    cut = [b for b in after.blocks.values() if b.parent is not None]
    assert len(cut) >= 10
    assert all(draft.blocks[b.parent].grid == b.grid for b in cut if b.parent)


def test_a_locked_neighbour_keeps_its_bytes(draft: Draft) -> None:
    first, *others = sorted(draft.grids)
    locked = draft
    for code in others:
        locked, _ = apply(locked, {"op": "lock", "grid": code})
    asked = {
        "op": "cut_blocks",
        "blocks": list(draft.members[first]),
        "line": line((-0.1, 0.21), (1.1, 0.83)),
    }
    after = both_ways(locked, asked)
    assert {code: after.wkb(code) for code in others} == {code: draft.wkb(code) for code in others}


def test_along_a_border_nothing_is_cut_but_the_grid(draft: Draft) -> None:
    """A line drawn by hand along a border that is there follows it, and makes no slivers."""
    first, second, *_ = sorted(draft.grids)
    path = _border(draft, first, second)
    beside = [[x + 7e-6, y - 5e-6] for x, y in path.coords]
    whole, _ = apply(draft, {"op": "merge", "grids": [first, second], "into": first})
    after = both_ways(whole, {"op": "cut", "grid": first, "line": beside})
    assert len(after.blocks) == len(whole.blocks)
    (new,) = set(after.grids) - set(whole.grids)
    assert after.wkb(new) in (draft.wkb(first), draft.wkb(second))


def _border(draft: Draft, first: str, second: str) -> shapely.LineString:
    shared = shapely.intersection(draft.shape(first).boundary, draft.shape(second).boundary)
    path = shapely.line_merge(shared)
    assert isinstance(path, shapely.LineString)
    return path


@given(st.lists(places, min_size=2, max_size=5, unique=True))
@example(
    [(1.0, 0.0), (0.0, 0.25), (0.0, 0.6119230647089178), (0.0, 0.0)]
)  # along the border, and back
@example(
    [(0.0, 0.0), (0.65625, 1.125), (0.71875, -0.0234375), (0.0, 0.5078125)]
)  # crosses itself beside a border: a face one double wide
def test_any_line_keeps_the_tiling(draft: Draft, points: list[Place]) -> None:
    try:
        after = both_ways(
            draft, {"op": "cut_blocks", "blocks": list(draft.blocks), "line": line(*points)}
        )
    except OptionError as refused:
        assert refused.code in ("cut-misses", "cut-too-close")
        return
    counts_stay(draft, after)


@given(places, places)
def test_any_cut_makes_one_grid_more(draft: Draft, start: Place, end: Place) -> None:
    code = sorted(draft.grids)[1]
    try:
        after = both_ways(draft, {"op": "cut", "grid": code, "line": line(start, end)})
    except OptionError as refused:
        assert refused.code in ("cut-misses", "cut-parts-nothing", "cut-too-close")
        return
    counts_stay(draft, after)
    (new,) = set(after.grids) - set(draft.grids)
    people = {c: sum(b.households for b in after.of(c)) for c in (code, new)}
    assert people[new] <= people[code]
    both = shapely.union(after.shape(code), after.shape(new))
    assert both.symmetric_difference(draft.shape(code)).area < 1e-13


@pytest.mark.parametrize(
    ("points", "code"),
    [([(3, 3), (4, 4)], "cut-misses"), ([(0.5, 0.5), (0.5, 0.5)], "cut-misses")],
)
def test_a_line_elsewhere_is_refused(draft: Draft, points: list[Place], code: str) -> None:
    with pytest.raises(OptionError, match=code):
        apply(draft, {"op": "cut", "grid": min(draft.grids), "line": line(*points)})


@given(st.lists(places, min_size=2, max_size=6), st.booleans())
def test_all_blocks_that_a_line_or_ring_crosses_are_cut_and_nothing_changes_hands(
    draft: Draft, points: list[Place], closed: bool
) -> None:
    drawn = line(*points, *points[:1]) if closed else line(*points)
    try:
        after, step = apply(draft, {"op": "cut_blocks", "blocks": None, "line": drawn})
    except OptionError as refused:
        assert refused.code in {"cut-misses", "cut-too-close"}
        return
    tiles(after)
    counts_stay(draft, after)
    assert step.blocks_after
    assert after.grids == draft.grids
    for code in draft.grids:
        moved = shapely.symmetric_difference(after.shape(code), draft.shape(code))
        assert (
            moved.area < 1e-14
        )  # square degrees: a square centimetre, of new vertices on old borders


def test_blocks_of_a_locked_grid_are_left_alone_where_no_blocks_are_named(draft: Draft) -> None:
    locked, _ = apply(draft, {"op": "lock", "grid": min(draft.grids)})
    drawn = line((-0.1, 0.47), (0.3, 0.47), (0.7, 0.53), (1.1, 0.53))
    after = both_ways(locked, {"op": "cut_blocks", "blocks": None, "line": drawn})
    code = min(draft.grids)
    assert after.members[code] == draft.members[code]
    assert len(after.blocks) > len(draft.blocks)


def test_a_traced_line_that_falls_a_little_short_meets_what_it_should(draft: Draft) -> None:
    block = max(draft.blocks.values(), key=lambda one: one.shape.area)
    west, south, east, north = block.shape.bounds
    y, x = (south + north) / 2, (west + east) / 2
    across = block.shape.intersection(shapely.LineString([(west - 1, y), (east + 1, y)]))
    whole = max(shapely.get_parts(across), key=lambda part: part.length)
    west, east = whole.bounds[0], whole.bounds[2]
    asked = {"op": "cut_blocks", "blocks": None}
    short = [[west + 5e-5, y], [x, y], [east - 5e-5, y]]
    after = both_ways(draft, {**asked, "line": short})
    assert block.block_id not in after.blocks
    counts_stay(draft, after)
    with pytest.raises(OptionError, match="cut-misses"):
        apply(draft, {**asked, "line": [[x - 1e-5, y], [x + 2e-5, y]]})
