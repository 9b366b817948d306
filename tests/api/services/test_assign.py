"""Points of every kind of file in, every row out again with its grid."""

from __future__ import annotations

import csv
import threading

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from api.services.assign import assign
from geo.crs import Datum, from_lonlat
from geo.errors import (
    CodeError,
    ColumnMissing,
    DatumError,
    FileUnreadable,
    OptionError,
)

WGS84 = Datum("wgs84")
HEADER = "编号,lon,lat,how"
ROWS = [
    '01,116.955,31.005,"甲, 乙"',  # inside a
    "02,116.96,31.005,",  # on the edge of a and b
    "03,116.985,31.005,x",  # outside, 477 m east of b
    "04,,,no place",
    "05,31.0,116.9,swapped",
    "06,116.955,31.005,too,long",
]


@pytest.fixture
def town(tmp_path):
    """Two grids side by side, a to the west of b, 0.01 degrees wide."""
    frame = gpd.GeoDataFrame(
        {"code": ["b", "a"]},
        geometry=[shapely.box(116.96, 31, 116.98, 31.01), shapely.box(116.95, 31, 116.96, 31.01)],
        crs=4490,
    )
    frame.to_file(tmp_path / "grids.gpkg", layer="grids")
    return tmp_path / "grids.gpkg"


def put(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


@pytest.fixture
def table(tmp_path):
    return put(tmp_path / "points.csv", "\r\n".join([HEADER, *ROWS]) + "\r\n")


def run(town, points, output, **options):
    return assign(grids=town, points=points, output=output, lang="en", **options)


AT = {"lon": "lon", "lat": "lat", "datum": WGS84}


def test_csv_keeps_every_byte_and_adds_columns(town, table, tmp_path):
    done = run(town, table, tmp_path / "out.csv", **AT)
    lines = (tmp_path / "out.csv").read_bytes().decode().split("\r\n")
    assert lines[0] == HEADER + ",grid_code,wg_how,nearest_code,nearest_m"
    assert lines[1] == ROWS[0] + ",a,inside,,"
    assert lines[2] == ROWS[1] + ",a,boundary,,"
    assert lines[3].startswith(ROWS[2] + ",,outside,b,477.")
    assert lines[4] == ROWS[3] + ",,invalid,,"
    assert lines[6] == '06,116.955,31.005,"too,long",,invalid,,'
    assert lines[7:] == [""]
    assert {how.value: n for how, n in done.counts.items()} == {
        "inside": 1,
        "boundary": 1,
        "outside": 1,
        "invalid": 3,
    }


def test_rows_without_a_place_are_listed_with_reasons(town, table, tmp_path):
    done = run(town, table, tmp_path / "out.csv", **AT)
    with done.faults.open(encoding="utf-8-sig", newline="") as stream:
        listed = list(csv.reader(stream))
    assert [row[:2] for row in listed] == [
        ["file", "row"],
        *(["points.csv", row] for row in "567"),
    ]
    assert "no coordinates" in listed[1][2]
    assert "swapped" in listed[2][2]
    assert "delimiter" in listed[3][2]


def test_no_list_where_every_row_has_a_place(town, tmp_path):
    points = put(tmp_path / "p.csv", "lon,lat\n116.955,31.005\n")
    put(tmp_path / "out.invalid.csv", "of an earlier run")
    done = run(town, points, tmp_path / "out.csv", **AT)
    assert done.faults is None
    assert not (tmp_path / "out.invalid.csv").exists()


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
def test_encodings_stay_or_become_what_excel_reads(town, tmp_path, encoding):
    points = put(tmp_path / "p.csv", "名称;lon;lat\n朝阳路;116.955;31.005\n", encoding)
    run(town, points, tmp_path / "out.csv", **AT)
    kept = "utf-8-sig" if encoding == "utf-16" else encoding
    text = (tmp_path / "out.csv").read_bytes().decode(kept)
    assert text.split("\n")[1] == "朝阳路;116.955;31.005;a;inside;;"


def test_every_pair_of_formats_tells_the_same(town, table, tmp_path):
    for ending in ("csv", "parquet", "gpkg"):
        run(town, table, tmp_path / f"one.{ending}", **AT)
    sources = {
        "parquet": (tmp_path / "one.parquet", AT),
        "gpkg": (tmp_path / "one.gpkg", {}),
        "xlsx": (tmp_path / "one.xlsx", AT),
    }
    pd.read_parquet(tmp_path / "one.parquet").to_excel(tmp_path / "one.xlsx", index=False)
    for name, (source, options) in sources.items():
        for ending in ("csv", "parquet", "gpkg"):
            output = tmp_path / f"two-{name}.{ending}"
            run(town, source, output, **options)
            read = {"csv": pd.read_csv, "parquet": pd.read_parquet, "gpkg": gpd.read_file}[ending]
            frame = read(output)
            assert frame["编号"].astype(int).tolist() == [1, 2, 3, 4, 5, 6]
            # The row with a cell too many had no place; its lon and lat are whole, so a table gives it one.
            last = ("-", "invalid") if name == "gpkg" else ("a", "inside")
            codes = ["a", "a", "-", "-", "-", last[0]]
            assert frame["wg_grid_code"].fillna("-").tolist() == codes
            hows = ["inside", "boundary", "outside", "invalid", "invalid", last[1]]
            assert frame["wg_wg_how"].tolist() == hows
            assert frame["wg_nearest_m"].floordiv(1).fillna(0).tolist() == [0, 0, 477, 0, 0, 0]


def test_geoparquet_and_geopackage_keep_their_shapes_and_crs(town, tmp_path):
    x, y = from_lonlat([116.955], [31.005], datum=Datum("EPSG:4548"))
    frame = gpd.GeoDataFrame({"k": [1]}, geometry=gpd.points_from_xy(x, y), crs=4548)
    frame.to_parquet(tmp_path / "p.parquet")
    frame.to_file(tmp_path / "p.gpkg", layer="x")
    for name in ("p.parquet", "p.gpkg"):
        for read, ending in ((gpd.read_parquet, "parquet"), (gpd.read_file, "gpkg")):
            run(town, tmp_path / name, tmp_path / f"out.{ending}")
            found = read(tmp_path / f"out.{ending}")
            assert found.crs.to_epsg() == 4548
            assert found.geometry.x[0] == x[0]
            assert found["grid_code"].tolist() == ["a"]
    with pytest.raises(DatumError):
        run(town, tmp_path / "p.gpkg", tmp_path / "o.csv", datum=Datum("gcj02"))
    assert not (tmp_path / "o.csv").exists()


def test_geojson_believes_the_datum_that_a_person_says(town, tmp_path):
    lng, lat = from_lonlat([116.955], [31.005], datum=Datum("bd09"))
    frame = gpd.GeoDataFrame({"k": [1]}, geometry=gpd.points_from_xy(lng, lat), crs=4326)
    frame.to_file(tmp_path / "p.geojson")
    run(town, tmp_path / "p.geojson", tmp_path / "o.parquet", datum=Datum("bd09"))
    assert pq.read_table(tmp_path / "o.parquet")["grid_code"].to_pylist() == ["a"]
    run(town, tmp_path / "p.geojson", tmp_path / "o.parquet")
    assert pq.read_table(tmp_path / "o.parquet")["grid_code"].to_pylist() != ["a"]


def test_shifted_and_projected_tables(town, tmp_path):
    for name in ("gcj02", "bd09", "EPSG:4548", "EPSG:4527"):
        x, y = from_lonlat([116.955, 116.9599], [31.005, 31.009], datum=Datum(name))
        lines = [f"{a!r},{b!r}" for a, b in zip(x.tolist(), y.tolist(), strict=True)]
        points = put(tmp_path / "p.csv", "\n".join(["lon,lat", *lines]))
        run(town, points, tmp_path / "o.csv", lon="lon", lat="lat", datum=Datum(name))
        assert pd.read_csv(tmp_path / "o.csv")["grid_code"].tolist() == ["a", "a"]


def test_refusals_leave_nothing_behind(town, table, tmp_path):
    before = {path.name for path in tmp_path.iterdir()}
    header_only = put(tmp_path / "h.csv", "lon,lat\n")
    unnamed = put(tmp_path / "u.csv", "a,b\n1,2\n")
    open_quote = put(tmp_path / "q.csv", 'lon,lat,t\n1,2,x\n1,2,"y\n')
    out = tmp_path / "out.csv"
    refused = [
        (DatumError, lambda: run(town, table, out, lon="lon", lat="lat")),
        (OptionError, lambda: run(town, unnamed, out, datum=WGS84)),
        (OptionError, lambda: run(town, table, out, lon="lon", datum=WGS84)),
        (ColumnMissing, lambda: run(town, table, out, lon="x", lat="lat", datum=WGS84)),
        (ColumnMissing, lambda: run(town, table, out, code="no", **AT)),
        (OptionError, lambda: run(town, table, table, **AT)),
        (OptionError, lambda: run(town, table, tmp_path / "out.doc", **AT)),
        (FileUnreadable, lambda: run(town, header_only, out, **AT)),
        (FileUnreadable, lambda: run(town, open_quote, out, **AT)),
        (FileUnreadable, lambda: run(town, tmp_path / "no.csv", out, **AT)),
    ]
    for kind, call in refused:
        with pytest.raises(kind):
            call()
    assert {path.name for path in tmp_path.iterdir()} == before | {"h.csv", "q.csv", "u.csv"}


def test_repeated_and_missing_codes_are_refused(tmp_path, table):
    shapes = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]
    for codes in (["a", "a"], ["a", None]):
        frame = gpd.GeoDataFrame({"code": codes}, geometry=shapes, crs=4490)
        frame.to_file(tmp_path / "bad.gpkg")
        with pytest.raises(CodeError):
            run(tmp_path / "bad.gpkg", table, tmp_path / "out.csv", **AT)


def test_batches_and_progress(town, tmp_path, monkeypatch):
    monkeypatch.setattr("data.readers.points_csv.BLOCK_BYTES", 4000)
    rng = np.random.default_rng(1)
    x, y = rng.uniform(116.94, 116.99, 3000), rng.uniform(30.99, 31.02, 3000)
    frame = pd.DataFrame({"lon": x, "lat": y, "n": range(3000)})
    frame.to_csv(tmp_path / "p.csv", index=False)
    seen = []
    for ending in ("csv", "parquet", "gpkg"):
        run(
            town,
            tmp_path / "p.csv",
            tmp_path / f"o.{ending}",
            progress=lambda *step: seen.append(step),
            **AT,
        )
    assert seen[-1][1] == seen[-1][2]
    assert len(seen) > 30
    west = shapely.intersects_xy(shapely.box(116.95, 31, 116.96, 31.01), x, y)
    for found in (
        pd.read_csv(tmp_path / "o.csv"),
        pd.read_parquet(tmp_path / "o.parquet"),
        gpd.read_file(tmp_path / "o.gpkg"),
    ):
        assert found["n"].astype(int).tolist() == list(range(3000))
        assert ((found["grid_code"] == "a") == west).all()


@pytest.mark.parametrize("ending", ["csv", "parquet", "gpkg"])
@pytest.mark.parametrize("what", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_what_stops_it_midway_leaves_no_trace(town, tmp_path, monkeypatch, ending, what):
    monkeypatch.setattr("data.readers.points_csv.BLOCK_BYTES", 4000)
    put(tmp_path / "p.csv", "lon,lat\n" + "116.955,31.005\n" * 3000)
    before = {path.name for path in tmp_path.iterdir()}
    threads = threading.active_count()

    def stop(step, *_):
        if step != "locator":  # nothing has been begun by then
            raise what

    expected = OptionError if isinstance(what, OSError) else KeyboardInterrupt
    with pytest.raises(expected):
        run(town, tmp_path / "p.csv", tmp_path / f"o.{ending}", progress=stop, **AT)
    assert {path.name for path in tmp_path.iterdir()} == before
    assert threading.active_count() == threads


def test_a_text_that_changes_its_encoding_far_down_is_refused_by_row(town, tmp_path, monkeypatch):
    monkeypatch.setattr("data.readers.points_csv.JUDGED_BYTES", 100)
    monkeypatch.setattr("data.readers.encoding.CHUNK_BYTES", 100)
    good = "网,116.955,31.005\n"
    text = ("名,lon,lat\n" + good * 100).encode() + good.encode("gb18030")
    (tmp_path / "p.csv").write_bytes(text)
    with pytest.raises(FileUnreadable) as caught:
        run(town, tmp_path / "p.csv", tmp_path / "o.csv", **AT)
    assert (caught.value.code, caught.value.params["row"]) == ("encoding-breaks", 102)


def test_values_of_a_parquet_file_as_csv_text(town, tmp_path):
    pq.write_table(
        pa.table(
            {
                "lon": [116.955],
                "lat": [31.005],
                "metres": [39494000.5],
                "at": pa.array([1_780_000_000], pa.timestamp("s", "Asia/Shanghai")),
                "text": ['=1+1 "a", b'],
                "kind": pa.array(["路灯"]).dictionary_encode(),
                "none": pa.array([None], pa.string()),
            }
        ),
        tmp_path / "p.parquet",
    )
    run(town, tmp_path / "p.parquet", tmp_path / "o.csv", **AT)
    lines = (tmp_path / "o.csv").read_bytes().decode("utf-8-sig").split("\r\n")
    assert lines[1:] == [
        '116.955,31.005,39494000.5,2026-05-29T04:26:40+08:00,"\'=1+1 ""a"", b",路灯,,a,inside,,',
        "",
    ]
