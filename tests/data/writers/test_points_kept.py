"""What becomes of odd columns and rows: nothing is lost from a file to its copy with grids."""

from __future__ import annotations

import csv
import datetime
import decimal
import io
import sqlite3

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from api.services.assign import assign
from data.readers import points_csv as reading
from data.writers import points_csv as writing
from geo.crs import Datum

AT = {"lon": "lon", "lat": "lat", "datum": Datum("wgs84")}
INSIDE = shapely.Point(116.955, 31.005)


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    path = tmp_path_factory.mktemp("town") / "grids.gpkg"
    box = shapely.box(116.95, 31, 116.96, 31.01)
    gpd.GeoDataFrame({"code": ["a"]}, geometry=[box], crs=4490).to_file(path)
    return path


def put(town, points, output, **options):
    return assign(grids=town, points=points, output=output, lang="en", **options)


ODD = {
    "i64": pa.array([2**63 - 1, None]),
    "u64": pa.array([2**64 - 1, None], pa.uint64()),
    "wide": pa.array([decimal.Decimal("12345678901234567.10"), None]),
    "moment": pa.array([1, None], pa.timestamp("ms", "Asia/Shanghai")),
    "time": pa.array([datetime.time(1, 2, 3, 4), None]),
    "kind": pa.array(["路灯", None]).dictionary_encode(),
    "list": pa.array([["甲", None], None]),
    "struct": pa.array([{"at": datetime.date(2026, 1, 1), "n": 1.5}, None]),
    "map": pa.array([[("k", b"\x01")], None], pa.map_(pa.string(), pa.binary())),
    "bytes": pa.array([b"\x00\xff", None]),
    "null": pa.nulls(2),
    "view": pa.array(["007", ""], pa.string_view()),
    "duration": pa.array([90, None], pa.duration("s")),
}


@pytest.fixture
def odd(tmp_path):
    table = pa.table({"lon": [116.955, None], "lat": [31.005, 31.0], **ODD})
    field = pa.field("i64", pa.int64(), metadata={"unit": "1"})
    schema = table.schema.set(table.schema.get_field_index("i64"), field)
    pq.write_table(table.cast(schema.with_metadata({"source": "12345"})), tmp_path / "p.parquet")
    return tmp_path / "p.parquet"


def test_parquet_stays_what_it_is(town, odd, tmp_path):
    put(town, odd, tmp_path / "o.parquet", **AT)
    before, after = pq.read_table(odd), pq.read_table(tmp_path / "o.parquet")
    assert after.select(before.schema.names).equals(before, check_metadata=True)
    frame = pd.DataFrame({"lon": [116.955], "lat": 31.005, "n": pd.array([None], "Int64")}, ["k"])
    frame.to_parquet(tmp_path / "frame.parquet")
    put(town, tmp_path / "frame.parquet", tmp_path / "o.parquet", **AT)
    again = pd.read_parquet(tmp_path / "o.parquet")
    pd.testing.assert_frame_equal(again[["lon", "lat", "n"]], frame)


def test_a_geopackage_holds_every_kind_of_column(town, odd, tmp_path):
    put(town, odd, tmp_path / "o.gpkg", **AT)
    with sqlite3.connect(tmp_path / "o.gpkg") as store:
        first, second = store.execute(
            "select " + ",".join(f'"{name}"' for name in ODD) + " from points"
        ).fetchall()
    found = dict(zip(ODD, first, strict=True))
    assert found["i64"] == 2**63 - 1
    assert found["u64"] == str(2**64 - 1)
    assert found["wide"] == "12345678901234567.10"
    assert found["moment"] == "1970-01-01T00:00:00.001Z"
    assert found["time"] == "01:02:03.000004"
    assert found["list"] == '["甲", null]'
    assert found["struct"] == '{"at": "2026-01-01", "n": 1.5}'
    assert found["map"] == '{"k": "01"}'
    assert (found["kind"], found["bytes"], found["view"]) == ("路灯", b"\x00\xff", "007")
    kept = dict(zip(ODD, second, strict=True))
    assert kept.pop("view") == ""
    assert set(kept.values()) == {None}


def test_a_csv_says_nested_cells_as_json(town, odd, tmp_path):
    put(town, odd, tmp_path / "o.csv", **AT)
    with (tmp_path / "o.csv").open(encoding="utf-8-sig", newline="") as stream:
        first, second = csv.DictReader(stream)
    assert first["struct"] == '{"at": "2026-01-01", "n": 1.5}'
    assert (first["map"], first["bytes"]) == ('{"k": "01"}', "00ff")
    assert first["i64"] == str(2**63 - 1)
    assert {second[name] for name in ODD} == {""}


def test_a_geopackage_keeps_its_ids_shapes_and_missing_places(town, tmp_path):
    shapes = [INSIDE, None, shapely.MultiPoint([(0, 0), (1, 1)]), shapely.Point(), INSIDE]
    frame = gpd.GeoDataFrame({"k": range(5)}, geometry=shapes, crs=4326)
    frame.to_file(tmp_path / "p.gpkg", layer="x", FID="number")
    with sqlite3.connect(tmp_path / "p.gpkg") as store:
        triggers = store.execute("select name from sqlite_master where type='trigger'").fetchall()
        for (name,) in triggers:
            store.execute(f'drop trigger "{name}"')
        store.execute("update x set number = number * 1000000000000")
    done = put(town, tmp_path / "p.gpkg", tmp_path / "o.gpkg")
    with sqlite3.connect(tmp_path / "o.gpkg") as store:
        rows = store.execute("select number, k, how from points order by number").fetchall()
    hows = ["inside", "invalid", "invalid", "invalid", "inside"]
    assert rows == [((k + 1) * 10**12, k, how) for k, how in enumerate(hows)]
    before, after = (gpd.read_file(tmp_path / name).geometry for name in ("p.gpkg", "o.gpkg"))
    assert after.to_wkb().tolist() == before.to_wkb().tolist()
    assert done.faults is not None
    assert [line.split(",")[1] for line in done.faults.read_text("utf-8").splitlines()] == [
        "row", "2", "3", "4",
    ]  # fmt: skip


def test_repeated_names_are_told_apart(town, tmp_path):
    (tmp_path / "p.csv").write_text("a,a,a_2,A,,lon,lat\n1,2,3,4,5,116.955,31.005\n")
    put(town, tmp_path / "p.csv", tmp_path / "o.parquet", **AT)
    names = pq.read_table(tmp_path / "o.parquet").schema.names
    assert names[:5] == ["a", "a_3", "a_2", "A", ""]
    put(town, tmp_path / "p.csv", tmp_path / "o.gpkg", **AT)
    found = gpd.read_file(tmp_path / "o.gpkg")
    assert list(found.columns[:5]) == ["a", "a_3", "a_2", "A_", "column"]
    assert found.iloc[0, :5].tolist() == list("12345")


def test_rows_are_numbered_as_spreadsheets_number_them(town, tmp_path):
    text = '\nid,lon,lat\n\n1,116.955,31.005\n"2\n2",x,31\n\n3,116.955\n'
    (tmp_path / "p.csv").write_text(text)
    done = put(town, tmp_path / "p.csv", tmp_path / "o.csv", **AT)
    with done.faults.open(encoding="utf-8-sig", newline="") as stream:
        assert [row[1] for row in csv.reader(stream)] == ["row", "5", "7"]


CELLS = st.lists(st.text(alphabet='a0,;"\n\r\t 网𠮷', max_size=9), min_size=2, max_size=2)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(CELLS, min_size=1, max_size=9),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
    block=st.integers(40, 90),
    piece=st.integers(1, 60),
)
def test_every_record_keeps_its_bytes(tmp_path_factory, town, rows, end, encoding, block, piece):  # noqa: PLR0917
    records = []
    for before, after in rows:
        cells = ['"' + cell.replace('"', '""') + '"' for cell in (before, after)]
        records.append(f"{cells[0]},116.955,31.005,{cells[1]}")
    text = end.join(["b,lon,lat,c", *records]) + end
    folder = tmp_path_factory.mktemp("csv")
    (folder / "p.csv").write_bytes(text.encode(encoding))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "BLOCK_BYTES", block)
        patch.setattr(writing, "PIECE_BYTES", piece)
        put(town, folder / "p.csv", folder / "o.csv", encoding=encoding, **AT)
    wanted = end.join(
        ["b,lon,lat,c,grid_code,how,nearest_code,nearest_m"]
        + [record + ",a,inside,," for record in records]
    )
    assert (folder / "o.csv").read_bytes() == (wanted + end).encode(encoding)
    found = csv.reader(io.StringIO(wanted, newline=""))
    assert [row[:1] + row[3:4] for row in list(found)[1:]] == rows


@pytest.mark.parametrize("bad", [b"\xff", b"\xe7\xbd", b"\xed\xa0\x80", b"\xf0\x82\x82\xac"])
def test_what_is_no_utf8_far_down_is_named_by_its_line(town, tmp_path, monkeypatch, bad):
    monkeypatch.setattr(reading, "JUDGED_BYTES", 100)
    monkeypatch.setattr(reading, "BLOCK_BYTES", 977)
    monkeypatch.setattr("data.readers.encoding.CHUNK_BYTES", 100)
    line = "网格,116.955,31.005\n".encode()
    (tmp_path / "p.csv").write_bytes(b"n,lon,lat\n" + line * 200 + bad + line)
    with pytest.raises(reading.FileUnreadable) as caught:
        put(town, tmp_path / "p.csv", tmp_path / "o.csv", **AT)
    assert (caught.value.code, caught.value.params["row"]) == ("encoding-breaks", 202)


def test_a_very_long_cell_goes_through(town, tmp_path):
    cell = "长" * (3 << 20)
    (tmp_path / "p.csv").write_text(f'lon,lat,t\n116.955,31.005,"{cell}"\n116.955,31.005,x\n')
    put(town, tmp_path / "p.csv", tmp_path / "o.csv", **AT)
    lines = (tmp_path / "o.csv").read_text("utf-8").splitlines()
    assert lines[1] == f'116.955,31.005,"{cell}",a,inside,,'
    assert np.char.endswith(lines[2], ",x,a,inside,,")
