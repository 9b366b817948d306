"""Counting incidents: whatever is asked, it is what adding them up one by one gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import quadkeys
from geo.incident_table import IncidentTable, Wanted
from tests.geo.test_territory import town

MATTERS = (("", ""), ("matter", "噪声"), ("matter", "垃圾"))
GRIDS = (("340881001001001", "340881001001"), ("340881001001009", "340881001001"), ("1", "2"))


def table(
    count: int, seed: int, *, unplaced: int = 0
) -> tuple[IncidentTable, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    lng, lat = rng.uniform(116.9, 117.0, count), rng.uniform(31.0, 31.1, count)
    lng[:unplaced] = np.nan
    grid = rng.integers(-1, len(GRIDS), count).astype(np.int32)
    grid[:unplaced] = -1
    made = IncidentTable(
        key=quadkeys.keys(lng, lat),
        month=rng.integers(0, 13, count).astype(np.int32),
        matter=rng.integers(0, len(MATTERS), count).astype(np.int32),
        grid=grid,
        months=tuple(range(24299, 24312)),
        matters=MATTERS,
        grids=GRIDS,
    )
    return made.ordered(), lng, lat


@given(st.integers(0, 200), st.integers(0, 9), st.integers(0, 20))
def test_the_cube_holds_every_incident_once(count: int, seed: int, unplaced: int) -> None:
    made, _, _ = table(count, seed, unplaced=min(count, unplaced))
    at, counts = made.cube()
    assert counts.sum() == len(made) == count
    assert made.unplaced == min(count, unplaced)
    assert made.outside + made.unplaced == int((made.grid < 0).sum())
    month = at // len(MATTERS) % 13
    for wanted in range(13):
        assert counts[month == wanted].sum() == (made.month == wanted).sum()


@given(st.integers(1, 300), st.integers(0, 9), st.integers(10, 16))
def test_the_tiles_of_a_zoom_hold_every_placed_incident_once(
    count: int, seed: int, zoom: int
) -> None:
    made, lng, lat = table(count, seed, unplaced=1)
    column, row = quadkeys.square(
        quadkeys.keys(lng[1:], lat[1:]) >> np.uint64(2 * (quadkeys.ZOOM - zoom))
    )
    total = 0
    for x, y in set(zip(column.tolist(), row.tolist(), strict=True)):
        tile = made.tile(x, y, zoom=zoom)
        assert ((tile.x >= 0) & (tile.x <= 256) & (tile.y >= 0) & (tile.y <= 256)).all()
        assert tile.count.sum() == ((column == x) & (row == y)).sum()
        total += tile.count.sum()
    assert total == count - 1


def test_a_tile_counts_what_is_wanted() -> None:
    made, _, _ = table(4000, 1)
    whole = made.tile(
        0,
        0,
        zoom=0,
        wanted=Wanted(2, 4, np.array([False, True, False]), np.array([True, False, True])),
    )
    kept = (made.month >= 2) & (made.month <= 4) & (made.matter == 1) & np.isin(made.grid, [0, 2])
    assert whole.count.sum() == kept.sum() > 0
    none = made.tile(0, 0, zoom=0, wanted=Wanted(5, 4))
    assert len(none.count) == 0


def test_a_lone_incident_stays_where_it_is() -> None:
    made, lng, lat = table(1, 3)
    column, row = quadkeys.square(made.key >> np.uint64(2 * (quadkeys.ZOOM - 18)))
    tile = made.tile(int(column[0]), int(row[0]), zoom=18)
    x, y = (column[0] + tile.x[0] / 256) / 2**18, (row[0] + tile.y[0] / 256) / 2**18
    back = quadkeys.degrees(np.array([x]), np.array([y]))
    assert back[0][0] == pytest.approx(lng[0], abs=1e-5)
    assert back[1][0] == pytest.approx(lat[0], abs=1e-5)


def test_grids_that_are_no_more_count_in_their_community() -> None:
    made, _, _ = table(10, 0)
    places = [town().places[row].code for row in made.places(town())]
    assert places == ["340881001001001", "340881001001", "340881"]
