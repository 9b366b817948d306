"""What comes back from a child process is what it had there; bytes that mean harm make nothing but an error."""

from __future__ import annotations

import pickle
import struct
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
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
