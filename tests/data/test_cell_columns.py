"""Columns at once say what cells one by one say."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import cell_columns
from data.readers.ledger_cells import decimal
from data.readers.table import cell_text
from data.readers.words import BLANK_WORDS

SHANGHAI = ZoneInfo("Asia/Shanghai")
WORDS = st.one_of(
    st.sampled_from(["", "-", "无", "N/A", "'=1", " 甲\u3000乙 ", "\u00a0", "１１６.9°", "116.95", "-3", ".5",
                     "1e3", "+7", "nan", "inf", "１２", "2026/3/1 9:05", "2026-02-30 08:00", "2026-03-01T08:00Z"]),
    st.text(max_size=8),
    st.floats(allow_nan=False, allow_infinity=False).map(str),
    st.from_regex(r"20\d\d[-/]\d{1,2}[-/]\d{1,2}( \d{1,2}:\d{1,2}(:\d{1,2})?)?", fullmatch=True),
)  # fmt: skip


def column(cells: list[str]) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(cells, pa.string())])


def one(cell: str) -> str | None:
    text = cell_text(cell)
    return None if text.lower() in BLANK_WORDS else text


@given(st.lists(WORDS, min_size=1, max_size=8))
def test_texts_numbers_and_times_as_cell_by_cell(cells: list[str]) -> None:
    texts = [one(cell) for cell in cells]
    assert cell_columns.texts(column(cells)).to_pylist() == texts
    values, odd = cell_columns.numbers(column(cells))
    expected = [None if text is None else decimal(text) for text in texts]
    for text, number, value, is_odd in zip(texts, expected, values, odd, strict=True):
        assert is_odd == (text is not None and number is None)
        assert np.isnan(value) if number is None else value == number
    moments, odd = cell_columns.moments(column(cells), SHANGHAI)
    times = [None if text is None else cell_columns.moment(text, SHANGHAI) for text in texts]
    assert moments.to_pylist() == times
    assert odd.tolist() == [t is not None and m is None for t, m in zip(texts, times, strict=True)]


@pytest.mark.parametrize(
    ("told", "hour"),
    [
        ("2025-11-02 01:30:00", 5),
        ("2025-03-09 02:30:00", 7),
        ("2025-06-01 00:00", 4),
        ("2025-12-01", 5),
    ],
)
def test_hours_that_a_clock_shows_twice_or_never(told: str, hour: int) -> None:
    zone = ZoneInfo("America/New_York")
    moments, odd = cell_columns.moments(column([told, "2025-06-01 12:00"]), zone)
    assert not odd.any()
    found = moments[0].as_py().astimezone(UTC)
    assert found.hour == hour
    assert found == datetime.fromisoformat(told).replace(tzinfo=zone).astimezone(UTC)


def test_columns_that_a_file_types() -> None:
    ids = pa.chunked_array([pa.array([1, None, 3])])
    assert cell_columns.texts(ids).to_pylist() == ["1", None, "3"]
    assert cell_columns.texts(pa.chunked_array([pa.array([1337.0, 0.5])])).to_pylist() == [
        "1337",
        "0.5",
    ]
    assert cell_columns.texts(ids.cast(pa.string()).dictionary_encode()).to_pylist()[0] == "1"
    values, odd = cell_columns.numbers(pa.chunked_array([pa.array([116.5, None, float("inf")])]))
    assert values[0] == 116.5
    assert odd.tolist() == [False, False, True]
    naive = pa.chunked_array([pa.array([datetime(2026, 3, 1, 8)], pa.timestamp("ms"))])
    aware = pa.chunked_array(
        [pa.array([datetime(2026, 3, 1, tzinfo=UTC)], pa.timestamp("s", "UTC"))]
    )
    for moments in (naive, aware):
        assert cell_columns.moments(moments, SHANGHAI)[0].to_pylist() == [
            datetime(2026, 3, 1, tzinfo=UTC)
        ]
