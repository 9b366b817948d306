"""What is said of a great many rows: counted, a few named, in memory that does not grow."""

from __future__ import annotations

import tracemalloc
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from api.services.actor import Actor
from api.services.imports import noting
from api.services.imports.noting import Noting
from api.services.imports.result import Noted, Options
from api.services.imports.said import APART, Tally
from data.readers.ledger_cells import Reason, State

OPTIONS = Options(Actor("planner"), ZoneInfo("Asia/Shanghai"))


def unknown(code: object) -> Reason:
    return Reason("catalogue-unknown", State.REFUSED, {"value": code})


def test_each_thing_is_counted_and_the_first_rows_are_named() -> None:
    tally = Tally()
    for row in range(10):
        tally.add(row, [unknown("A" if row % 3 else "B"), *([unknown("C")] if row == 4 else [])])
    said = [(one.reason.params["value"], one.count, one.rows, one.alike) for one in tally.said()]
    assert said == [("A", 6, (1, 2, 4), False), ("B", 4, (0, 3, 6), False), ("C", 1, (4,), False)]


def test_too_many_different_things_are_counted_by_their_kind() -> None:
    tally = Tally()
    for row in range(APART + 50):
        tally.add(row, [unknown(row)])
    said = tally.said()
    assert sum(one.count for one in said) == APART + 50
    assert (len(said), said[0].count, said[0].alike) == (APART + 1, 50, True)
    assert said[0].rows == (APART, APART + 1, APART + 2)


def test_memory_does_not_grow_with_the_rows() -> None:
    names = ["code"]
    rows = Noting(names, {"catalogue_code": "code"}, OPTIONS)

    def batch(first: int) -> None:
        numbers = range(first, first + 5000)
        noted = [Noted(row, f"k{row}", (unknown(f"x{row}"),)) for row in numbers]
        rows.add(noted, pa.table({"code": [f"x{row}" for row in numbers]}))

    batch(0)
    tracemalloc.start()
    for start in range(5000, 50_000, 5000):
        batch(start)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 500_000, "45,000 rows more"
    assert rows.counts(50_000) == {
        "rows": 50_000, "good": 0, "to-place": 0, "to-count": 0, "suspect": 0, "refused": 50_000,
    }  # fmt: skip
    assert len(rows.rows) == noting.LISTED
    assert rows.returned().empty


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_rows_that_are_asked_for_are_all_there_as_they_came(lang: str) -> None:
    options = Options(Actor("planner"), ZoneInfo("Asia/Shanghai"), gives_back=True, lang=lang)
    understood = {"catalogue_code": "code", "row_reason": "导入原因"}
    rows = Noting(["code", "导入原因", "column_3"], understood, options)
    cells = pa.table({"code": ["1", "2", "3"], "导入原因": ["old"] * 3, "column_3": [""] * 3})
    note = Reason("catalogue-none", State.NOTE, {"value": "2"})
    said = [(unknown("1"),), (note,), (unknown("3"), note)]
    for _ in range(2):
        rows.add([Noted(n, None, reasons) for n, reasons in enumerate(said)], cells)
    back = rows.returned()
    assert back["code"].tolist() == ["1", "3"] * 2
    assert "column_3" not in back and len(back.columns) == 4
    assert all("3" in reason for reason in back.iloc[[1, 3], -1])
