"""CSV in pieces: the same records and cells as Python's reader finds, whatever is in them."""

from __future__ import annotations

import csv
import io
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.readers import points_csv
from data.readers._csv_scan import parse_numbers
from data.readers.csv_cells import cells_of
from data.readers.place_columns import Asked
from data.readers.placing import number
from data.readers.point_batch import Fault
from data.readers.points_csv import CsvPoints
from geo.errors import ColumnMissing, FileUnreadable

CELL = st.text(alphabet='ab,;"\n\r\t 1.网é', max_size=6)
NUMBER = st.floats(-200, 200).map(repr) | st.sampled_from(
    ["", "x", "1e2", " 3.5 ", "nan", "１", "+.5"]
)


def write(folder, data, name="points.csv"):
    path = folder / name
    path.write_bytes(data)
    return path


def quoted(cell):
    return '"' + cell.replace('"', '""') + '"' if set(cell) & set(',;\t"\r\n') else cell


def rows_of(source):
    return [cells_of(batch.raw, row) for batch in source.batches() for row in range(len(batch.x))]


@settings(max_examples=100, deadline=None)
@given(
    rows=st.lists(st.tuples(CELL, NUMBER, CELL, NUMBER), min_size=1, max_size=12),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    delimiter=st.sampled_from(",;\t"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    block=st.integers(7, 90),
)
def test_records_and_cells_are_those_of_the_csv_module(  # noqa: PLR0917
    tmp_path_factory, rows, end, delimiter, encoding, block
):
    table = [("文本", "lon", "b", "lat"), *rows]
    text = end.join(delimiter.join(map(quoted, row)) for row in table) + end
    assert list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)) == [
        *map(list, table)
    ]
    path = write(tmp_path_factory.mktemp("csv"), text.encode(encoding))
    source = CsvPoints(path, Asked("lon", "lat"), encoding=encoding)
    whole, points_csv.BLOCK_BYTES = points_csv.BLOCK_BYTES, block
    try:
        assert rows_of(source) == [list(row) for row in rows]
        x = np.concatenate([batch.x for batch in source.batches()])
    finally:
        points_csv.BLOCK_BYTES = whole
    for (_, lon, _, lat), value in zip(rows, x, strict=True):
        plain = number(lon.strip())[0]
        if math.isnan(plain) or math.isnan(number(lat.strip())[0]):
            assert math.isnan(value)
        else:
            assert value == plain


@settings(deadline=None)
@given(st.lists(st.from_regex(r"[+-]?[0-9]{0,17}\.?[0-9]{0,17}", fullmatch=True), min_size=1))
def test_plain_numbers_are_the_nearest_doubles(texts):
    data = "".join(texts).encode()
    ends = np.cumsum([len(text) for text in texts])
    spans = np.column_stack([ends - [len(text) for text in texts], ends]).astype(np.int64)
    values, plain = parse_numbers(np.frombuffer(data or b" ", dtype=np.uint8), spans)
    for text, value, exact in zip(texts, values, plain, strict=True):
        if exact:
            assert value == float(text)


def test_odd_rows_keep_their_place(tmp_path):
    data = b'id,lon,lat,note\n1,117.1,31.1,ok\n\n2,117.2\n3,117.3,31.3,a,b\n4,,31,\n5,"117.5",31.5,"x\ny"'
    (batch,) = CsvPoints(write(tmp_path, data), Asked("lon", "lat")).batches()
    assert batch.faults.tolist() == [0, Fault.EMPTY, Fault.ROW_TOO_LONG, Fault.EMPTY, 0]
    assert batch.x[[0, 4]].tolist() == [117.1, 117.5]
    assert np.isnan(batch.x[1:4]).all()
    assert batch.table.column("note").to_pylist() == ["ok", "", "a,b", "", "x\ny"]


def test_what_is_no_table_is_refused(tmp_path):
    with pytest.raises(ColumnMissing) as caught:
        CsvPoints(write(tmp_path, b"a,lat\n1,2\n"), Asked("lon", "lat"))
    assert caught.value.params["present"] == "a, lat"
    for data in (b"\n\n\n", b",,\n"):
        with pytest.raises(FileUnreadable):
            CsvPoints(write(tmp_path, data), Asked("lon", "lat"))
    source = CsvPoints(write(tmp_path, b'lon,lat\n1,"2\n3,4\n'), Asked("lon", "lat"))
    with pytest.raises(FileUnreadable) as caught:
        list(source.batches())
    assert caught.value.code == "csv-quote-open"


def test_memory_does_not_grow_with_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(points_csv, "BLOCK_BYTES", 1000)
    path = write(tmp_path, b"lon,lat\n" + b"117.1,31.1\n" * 20_000)
    sizes = [batch.raw.data.size for batch in CsvPoints(path, Asked("lon", "lat")).batches()]
    assert len(sizes) > 100
    assert max(sizes) < 1100


SHRED = st.text(alphabet='a,"\n\r 网', max_size=30)


@settings(max_examples=300, deadline=None)
@given(text=SHRED, encoding=st.sampled_from(["utf-8", "gb18030"]), block=st.integers(7, 60))
def test_columns_are_the_cells_whatever_is_broken_in_them(tmp_path_factory, text, encoding, block):
    data = f"lon,b,lat\n1,x,2\n{text}".encode(encoding)
    source = CsvPoints(
        write(tmp_path_factory.mktemp("csv"), data), Asked("lon", "lat"), encoding=encoding
    )
    whole, points_csv.BLOCK_BYTES = points_csv.BLOCK_BYTES, block
    try:
        batches = list(source.batches())
    except FileUnreadable as error:
        assert error.code == "csv-quote-open"
        return
    finally:
        points_csv.BLOCK_BYTES = whole
    for batch in batches:
        rows = [cells_of(batch.raw, row) for row in range(len(batch.x))]
        assert [list(row.values()) for row in batch.table.to_pylist()] == rows
