"""One cell with both coordinates, as real files write them."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from data.readers.one_cell import Order, OrderOpen, place
from data.readers.placing import number
from data.readers.point_batch import Fault
from data.readers.points import open_points
from geo.errors import ColumnMissing, OptionError


@pytest.mark.parametrize(
    "cell",
    [
        "POINT (117.1 31.25)",
        "point(117.1 31.25)",
        "SRID=4490;POINT Z (117.1 31.25 12)",
        '{"type": "Point", "coordinates": [117.1, 31.25]}',
        '{"coordinates": [117.1, 31.25, 7.0], "type": "Point"}',
        "{'latitude': '31.25', 'longitude': '117.1', 'human_address': '{}'}",
        "lat=31.25&lng=117.1",
        "117.1,31.25",
        "31.25, 117.1",
        "117.1 31.25",
        "(31.25, 117.1)",
        "文昌街道和平路12号\n(31.25, 117.1)",
        "北纬31°15′ 东经117°6′",
    ],
)
def test_a_cell_that_tells_its_order(cell: str) -> None:
    x, y, fault = place(cell, None)
    assert (x, y, fault) == (pytest.approx(117.1), pytest.approx(31.25), Fault.NONE)


@pytest.mark.parametrize("cell", ["(42.37, -71.11)", "12 MAIN ST\n(42.37, -71.11)", "42.37 -71.11"])
def test_two_numbers_that_do_not_tell_are_asked_about(cell: str) -> None:
    with pytest.raises(OrderOpen):
        place(cell, None)
    assert place(cell, Order.LAT_LNG) == (-71.11, 42.37, Fault.NONE)
    assert place(cell, Order.LNG_LAT) == (42.37, -71.11, Fault.NONE)


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        ("", Fault.EMPTY),
        ("  ", Fault.EMPTY),
        ("和平小区3栋", Fault.NOT_A_PLACE),
        ("POINT EMPTY", Fault.NOT_A_PLACE),
    ],
)
def test_a_cell_without_a_place_says_why(cell: str, fault: Fault) -> None:
    x, y, why = place(cell, None)
    assert np.isnan(x)
    assert np.isnan(y)
    assert why == fault


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("117.25", 117.25), ("１１７．２５", 117.25), ("117,25", 117.25), ("-71,146564", -71.146564),
        ("117.25°", 117.25),
        ("117°15'", 117.25), ("71°6'36\"W", -71.11), ("北纬31°15′", 31.25), ("-1e2", -100.0),
    ],
)  # fmt: skip
def test_a_number_as_people_write_it(cell: str, value: float) -> None:
    assert number(cell) == (pytest.approx(value, abs=1e-12), Fault.NONE)


@pytest.mark.parametrize(
    "cell", ["117,146", "1,234,567", "117.2 31", "东", "nan", "71°66'", "0x10"]
)
def test_what_may_mean_two_things_is_no_number(cell: str) -> None:
    assert number(cell)[1] == Fault.NOT_A_NUMBER


def table(path: Path, header: list[str], *rows: list[str]) -> Path:
    """A CSV with these cells."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([header, *rows])
    return path


def test_a_column_with_both_places_the_rows_of_a_csv(tmp_path: Path) -> None:
    cells = [
        '{"type": "Point", "coordinates": [117.1, 31.2]}',
        "和平路\n(31.3, 117.2)",
        "",
        "POINT (117.3 31.4)",
    ]
    source = open_points(
        table(tmp_path / "t.csv", ["id", "位置"], *[["1", cell] for cell in cells]), place="位置"
    )
    batch = next(iter(source.batches()))
    assert source.placing == ("位置",)
    assert batch.x.tolist() == pytest.approx([117.1, 117.2, np.nan, 117.3], nan_ok=True)
    assert batch.y.tolist() == pytest.approx([31.2, 31.3, np.nan, 31.4], nan_ok=True)
    assert batch.faults.tolist() == [0, 0, Fault.EMPTY, 0]
    assert batch.table.column("位置").to_pylist() == cells


def test_an_open_order_names_file_column_and_value(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", ["at"], ["(42.37, -71.11)"])
    with pytest.raises(OptionError) as told:
        list(open_points(path, place="at").batches())
    assert told.value.code == "place-order-open"
    assert told.value.params == {"file": str(path), "column": "at", "value": "(42.37, -71.11)"}


def test_columns_that_are_called_so_are_found(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", ["id", "LATITUDE", "Longitude"], ["1", "31.2", "117.1"])
    source = open_points(path)
    assert source.placing == ("Longitude", "LATITUDE")
    assert next(iter(source.batches())).x.tolist() == [117.1]


def test_columns_that_are_not_found_or_named_twice_are_refused(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", ["id", "where"], ["1", "31.2"])
    with pytest.raises(OptionError, match="columns-unnamed"):
        open_points(path)
    with pytest.raises(OptionError, match="columns-twice"):
        open_points(path, lon="id", lat="where", place="where")
    with pytest.raises(OptionError, match="place-order-idle"):
        open_points(path, order=Order.LAT_LNG)
    with pytest.raises(ColumnMissing):
        open_points(path, place="there")
