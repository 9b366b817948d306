"""What comes back from a child process is what it had there; bytes that mean harm make nothing but an error."""

from __future__ import annotations

import pickle
import struct
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from pyproj import CRS

from data.apart.crossing import packed, unpacked
from data.readers import handed
from data.writers.layers import write_layers
from geo.errors import InputError
from tests.api.blocks_town import town_plan


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True)
class Made:
    name: str
    colours: tuple[Colour, ...]


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
    | st.binary() | st.datetimes() | st.dates() | st.times(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner)
    | st.lists(inner).map(tuple) | st.frozensets(st.text()),
)  # fmt: skip


@given(PLAIN)
def test_plain_values_come_back_as_they_were(value: object) -> None:
    found = unpacked(packed(value))
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "value",
    [
        Made("甲", (Colour.RED,)),
        CRS.from_user_input("EPSG:4548"),
        CRS.from_wkt(CRS.from_user_input("EPSG:4548").to_wkt("WKT1_ESRI")),
        shapely.Point(1, 2),
        "\ud800",
        datetime(2026, 11, 30, 8, tzinfo=UTC),
    ],
)
def test_values_of_kinds_of_their_own(value: object) -> None:
    assert unpacked(packed(value), (Made, Colour)) == value


def test_a_frame_keeps_its_types_and_shapes() -> None:
    frame = gpd.GeoDataFrame(
        {
            "code": pd.Series(["001", None, "三"], dtype="str"),
            "count": pd.Series([1, None, 3], dtype="Int64"),
            "plain": np.array([1, 2, 3], dtype=np.int32),
            "share": [0.5, np.nan, np.inf],
            "day": pd.to_datetime(["2026-11-30", None, "2026-12-01"], utc=True),
            "mixed": np.array([1, "x", None], dtype=object),
            "lists": pd.Series([["a"], None, [1, 2.5]], dtype=object),
            "days": pd.Series([date(2026, 1, 1), time(8), pd.Timestamp("2026-01-01")], dtype=object),
            "none": pd.Series([None, None, None], dtype=object),
        },
        geometry=[shapely.Point(1, 2), None, shapely.from_wkt("POLYGON Z ((0 0 1,1 0 1,1 1 1,0 0 1))")],
        crs="EPSG:4490",
    )  # fmt: skip
    found = unpacked(packed(frame))
    assert_geodataframe_equal(found, frame)
    assert found.crs == frame.crs
    bare = pd.DataFrame({"a": [1, 2]})
    assert_frame_equal(unpacked(packed(bare)), bare)
    empty = frame.iloc[:0].reset_index(drop=True)
    assert_geodataframe_equal(unpacked(packed(empty)), empty)


def test_arrays_and_tables() -> None:
    shapes = np.array([shapely.Point(0, 0), None], dtype=object)
    found = unpacked(packed({"n": np.arange(6).reshape(2, 3), "s": shapes, "e": shapes[:0]}))
    assert (found["n"] == np.arange(6).reshape(2, 3)).all()
    assert list(found["s"]) == list(shapes)
    assert len(found["e"]) == 0
    table = pa.table({"a": ["x", None], "b": [1, 2]})
    assert unpacked(packed(table)).equals(table)
    assert unpacked(packed(MappingProxyType({"a": np.float64(1.5)}))) == {"a": 1.5}


def test_what_has_no_form_is_refused_before_it_is_sent() -> None:
    for value in (object(), lambda: None, pd.DataFrame({"a": [1]}, index=[7])):
        with pytest.raises(TypeError):
            packed(value)


class Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return (pytest.fail, ("it ran",))


def test_bytes_name_no_code() -> None:
    """A class that was not asked for, a pickle, an array of objects: refused."""
    with pytest.raises(KeyError):
        unpacked(packed(Made("x", ())), (Colour,))
    with pytest.raises((ValueError, struct.error)):
        unpacked(pickle.dumps(Evil()))
    head = b'{"$":"numbers","n":0,"dtype":"|O","shape":[1]}'
    sent = struct.pack(">Q", len(head)) + head + struct.pack(">Q", 8) + bytes(8)
    with pytest.raises(ValueError, match="objects"):
        unpacked(sent)


@given(st.data())
def test_damaged_bytes_make_a_value_or_an_error(data: st.DataObject) -> None:
    frame = gpd.GeoDataFrame({"a": ["x", "y"]}, geometry=[shapely.Point(0, 0)] * 2, crs=4490)
    content = bytearray(packed({"made": frame, "n": np.arange(3)}))
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=6)):
        content[at] = data.draw(st.integers(0, 255))
    try:
        unpacked(bytes(content[: data.draw(st.integers(0, len(content)))]))
    except Exception as error:  # noqa: BLE001  whatever it is, it is caught by whoever asks
        assert not isinstance(error, MemoryError)


REAL = [
    "tongcheng/tongcheng.gpkg", "tongcheng/boundary_gcj02.geojson", "cambridge/cambridge.gpkg", "planner/city_A.gpkg",
    "dc/dc.gpkg", "redistricting/redistricting.gpkg",
]  # fmt: skip


@pytest.mark.parametrize("name", REAL)
def test_real_drawings_come_back_as_they_were_read(shared: Path, tmp_path: Path, name: str) -> None:
    content = (shared / name).read_bytes()
    try:
        drawing = handed.drawing(tmp_path, content, Path(name).name)
    except InputError as error:  # too large for a drawing of grids, or several layers' worth
        pytest.skip(error.code)
    found = unpacked(packed(drawing), handed.DRAWING)
    assert_geodataframe_equal(found.rows, drawing.rows)
    assert list(found.text_points) == list(drawing.text_points)
    assert (found.crs, found.layers, found.columns) == (
        drawing.crs,
        drawing.layers,
        drawing.columns,
    )
    for name_ in ("grids", "blocks", "communities") if drawing.own else ():
        assert_geodataframe_equal(getattr(found.own, name_), getattr(drawing.own, name_))


@pytest.mark.parametrize("name", ["tongcheng/小区台账_百度坐标.xlsx", "tongcheng/estates_bd09.csv"])
def test_real_sheets_come_back_as_they_were_read(shared: Path, tmp_path: Path, name: str) -> None:
    rows = handed.rows(tmp_path, (shared / name).read_bytes(), Path(name).name)
    found = unpacked(packed(rows), handed.ROWS)
    assert found.cells.equals(rows.cells)
    assert (found.numbers == rows.numbers).all()
    assert len(rows.numbers) > 50


def test_our_own_plan_comes_back_with_its_blocks(tmp_path: Path) -> None:
    path = tmp_path / "plan.gpkg"
    plan = town_plan()
    names = ("grids", "blocks", "communities")
    write_layers(path, {name: getattr(plan, name) for name in names})
    (into := tmp_path / "into").mkdir()
    drawing = handed.drawing(into, path.read_bytes(), "plan.gpkg")
    assert drawing.own is not None
    found = unpacked(packed(drawing), handed.DRAWING)
    for name in names:
        assert_geodataframe_equal(getattr(found.own, name), getattr(drawing.own, name))
