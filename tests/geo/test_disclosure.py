"""What may leave the house: no small count, and none that sums give away."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from geo.disclosure import FLOOR, hidden, publishable
from tests.geo.test_territory import town

tables = hnp.arrays(
    np.int64, st.tuples(st.integers(2, 7), st.integers(2, 7)), elements=st.integers(0, 12)
)


@given(tables)
def test_no_small_count_is_shown_and_no_line_tells_a_hidden_one(table: np.ndarray) -> None:
    gone = hidden(table)
    assert gone[(table > 0) & (table < FLOOR)].all()
    for counts, flags in [*zip(table, gone, strict=True), *zip(table.T, gone.T, strict=True)]:
        if flags.any() and not flags.all():
            assert flags.sum() >= 2
            assert counts[flags].sum() >= FLOOR


@given(tables)
def test_what_need_not_be_hidden_is_shown(table: np.ndarray) -> None:
    if not ((table > 0) & (table < FLOOR)).any():
        assert not hidden(table).any()


@given(hnp.arrays(np.int64, (6, 5), elements=st.integers(0, 30)))
def test_of_a_territory_every_sum_is_right_or_kept_back(own: np.ndarray) -> None:
    tree = town()
    shown = publishable(tree, own)
    sums = np.stack([tree.summed(np.arange(6), column) for column in own.T], axis=1)
    told = shown.counts >= 0
    assert (shown.counts[told] == sums[told]).all()
    assert not ((shown.counts > 0) & (shown.counts < FLOOR)).any()
    assert not ((shown.totals > 0) & (shown.totals < FLOOR)).any()
    for row in range(len(tree)):
        gone = ~told[row]
        if shown.totals[row] >= 0 and gone.any():
            assert gone.sum() >= 2 or gone.all()
    # A place that is shown tells the sum of its parts: of one part that isn't, if nothing lies in none of them; and of
    # what lies in none of them, if every part is shown. Neither may be small.
    for row, below in enumerate(tree.children()):
        for column in range(own.shape[1]):
            lost = [child for child in below if not told[child, column]]
            if not told[row, column] or not below:
                continue
            if not lost:
                assert not 0 < own[row, column] < FLOOR
            if len(lost) == 1 and own[row, column] == 0:
                assert not 0 < sums[lost[0], column] < FLOOR
