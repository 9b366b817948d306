"""Files that were damaged, or made by somebody with other habits: read, or refused with their name and a reason."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point

from data import cell_columns
from data.readers import dates
from data.readers.city import read_city
from data.readers.datums import for_layers
from data.readers.encoding import shapefile_encoding
from data.readers.ledger_cells import BadCellError, Cells
from data.readers.moments import moment
from data.readers.opened import open_file
from data.readers.outline import read_outline
from data.readers.parts import read_part
from data.readers.points import open_points
from data.readers.settle import as_text
from data.readers.table import cell_text, read_table
from data.readers.table_batches import open_batches
from data.readers.vector import list_layers, read_layer, read_shapes
from geo.errors import InputError
from tests.data.readers.test_formats import said, sheet
from tests.drawings import zipped

CELL = b'<c r="A1" t="inlineStr"><is><t>a</t></is></c>'
READERS: list[Callable[[Path], object]] = [
    read_table,
    lambda path: list(open_batches(path).batches()),
    lambda path: [batch.table for batch in open_points(path).batches()],
]


def refused(path: Path, read: Callable[[Path], object]) -> InputError:
    with pytest.raises(InputError) as caught:
        read(path)
    assert said(caught.value)
    return caught.value


@pytest.mark.parametrize("read", READERS)
def test_a_workbook_of_which_a_part_is_damaged(
    tmp_path: Path, read: Callable[[Path], object]
) -> None:
    path = sheet(tmp_path / "a.xlsx", b'<row r="1">' + CELL + b"</row>" + b"<!-- -->" * 50)
    content = bytearray(path.read_bytes())
    at = content.index(b"xl/worksheets/sheet1.xml") + 40  # among the packed bytes
    content[at : at + 20] = b"\xff" * 20
    path.write_bytes(content)
    assert refused(path, read).code == "file-broken"


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    "far", [b"A99999999999", b"ZZZZ99", b"A1048577", b"A" + b"9" * 5000], ids=lambda far: far[:8]
)
def test_a_cell_beyond_the_last_row_or_column(
    tmp_path: Path, read: Callable[[Path], object], far: bytes
) -> None:
    """Whatever its row says: a reader lays out all before it, and aborts."""
    rows = b'<row r="1">' + CELL + b'</row><row r="2"><c r="' + far + b'"><v>1</v></c></row>'
    assert refused(sheet(tmp_path / "a.xlsx", rows), read).code == "sheet-too-large"


@pytest.mark.parametrize("read", READERS[:2])
def test_line_ends_of_an_old_mac(tmp_path: Path, read: Callable[[Path], object]) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"lon,lat\r117.1,31.2\r")
    assert read(path)


@pytest.mark.parametrize("encoding", ["utf-16", "idna", "undefined", "x\0"])
def test_an_encoding_that_is_not_the_files(tmp_path: Path, encoding: str) -> None:
    """UTF-16 without a mark tells no order; some that Python knows decode no file."""
    path = tmp_path / "a.csv"
    path.write_bytes("名称,n\n东,2\n".encode())
    for read in (read_table, open_batches):
        code = refused(path, partial(read, encoding=encoding)).code
        assert code in ("encoding-wrong", "encoding-unknown")


def shapefile(path: Path, encoding: str = "utf-8") -> Path:
    """Headings of four characters, of which UTF-8 leaves three and the half of one: ten bytes is all they may have."""
    frame = gpd.GeoDataFrame(
        {"社区名称": ["东苑"], "编码": ["1"]}, geometry=[Point(117, 31)], crs=4490
    )
    frame.to_file(path, encoding=encoding)
    return path


def test_headings_that_end_in_half_a_character(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "a.shp")
    assert b"\xe7\xa4\xbe\xe5\x8c\xba\xe5\x90\x8d\xe7\0" in path.with_suffix(".dbf").read_bytes()
    assert read_layer(path, default_layer=None)["社区名"].tolist() == ["东苑"]
    assert open_points(path).names[:2] == ("社区名", "编码")
    shapes, codes = read_shapes(path, default_layer="grids", column="编码")
    assert len(shapes) == 1 and list(codes) == ["1"]
    assert not for_layers(None, {"grids": path}).named


def test_points_of_a_zipped_shapefile_in_gbk(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "a.shp", "gbk")
    parts = [path.with_suffix(ending) for ending in (".shp", ".shx", ".dbf", ".prj")]
    path = tmp_path / "b.zip"
    path.write_bytes(zipped({part.name: part.read_bytes() for part in parts}))
    (batch,) = open_batches(path).batches()
    assert batch.cells.to_pydict() == {"社区名称": ["东苑"], "编码": ["1"]}
    content = bytearray(path.read_bytes())
    at = content.index(b"a.dbf") + 10
    content[at : at + 8] = b"\xff" * 8
    path.write_bytes(content)
    assert refused(path, shapefile_encoding).code == "file-broken"


def test_a_shapefile_whose_reference_is_nonsense(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "a.shp")
    path.with_suffix(".prj").write_text('PROJCS["x",GEOGCS["y",DATUM["z",SPHEROID["w",1,1]]]]')
    for read in (lambda p: read_layer(p, default_layer=None), open_points):
        assert refused(path, read).code in ("file-broken", "datum-missing")


def test_a_layer_whose_name_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    frame = gpd.GeoDataFrame({"n": [1]}, geometry=[Point(0, 0)], crs=4490)
    frame.to_file(path, layer="layer_of_one")
    path.write_bytes(path.read_bytes().replace(b"layer_of_one", b"layer_\xff_one"))
    assert refused(path, list_layers).code == "file-broken"


@pytest.mark.parametrize(
    "told",
    ["{", "null", "[]",
     '{"primary_column": "m", "columns": {"m": {"encoding": "WKB"}}}',
     '{"primary_column": "n"}', '{"primary_column": "x", "columns": {"x": {"encoding": "WKB"}}}',
     '{"primary_column": "n", "columns": {"n": {"encoding": "WKB", "crs": {"a": 1}}}}'],
)  # fmt: skip
def test_a_parquet_file_that_tells_nonsense_of_its_shapes(tmp_path: Path, told: str) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"n": ["x"], "m": [1]}).replace_schema_metadata({"geo": told}), path)
    for read in (open_batches, open_points):
        assert refused(path, read).code in ("file-broken", "points-unplaced")


@pytest.mark.parametrize(
    ("column", "row"),
    [
        (pa.array([0, 2**62], pa.timestamp("ms")), 2),
        (pa.array([2**50], pa.duration("s")), 1),
        (pa.array([None, 0, -(2**30)], pa.date32()), 3),
    ],
)
def test_a_time_that_no_calendar_has(tmp_path: Path, column: pa.Array, row: int) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"上报时间": column}), path)
    for read in (read_table, lambda p: list(open_batches(p).batches())):
        error = refused(path, read)
        assert (error.code, error.params["row"]) == ("file-time-impossible", row)


def test_lists_in_a_parquet_file_are_texts(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"a": [[1, 2]], "b": [{"c": 1}]}), path)
    frame = read_table(path).frame
    assert cell_text(frame["a"][0]) == "[1 2]" and "1" in cell_text(frame["b"][0])


def test_numbers_that_are_too_large_for_an_integer_or_a_double() -> None:
    assert as_text(pd.Series([1e300, 2.0])).tolist() == ["1e+300", "2.0"]
    assert as_text(pd.Series([b"\xff", b"a"], dtype=object)).tolist() == ["\ufffd", "a"]
    values, odd = cell_columns.numbers(pa.chunked_array([[2**63 - 1, None]]))
    assert values[0] == 2.0**63 and not odd.any()


def test_a_workbook_without_sheets(tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.xlsx", b"")
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    parts["xl/workbook.xml"] = re.sub(rb"<sheet .*?/>", b"", parts["xl/workbook.xml"])
    path.write_bytes(zipped(parts))
    for read in READERS:
        assert refused(path, read).code in ("table-empty", "file-empty")


def test_coordinates_that_are_no_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    lines = [LineString([(1, 1), (2, 2)]), LineString([(1, 1), (float("nan"), 2)])]
    gpd.GeoDataFrame({"n": [1, 2]}, geometry=lines, crs=4490).to_file(path)
    for read in (
        read_outline,
        lambda p: open_file(p, name=p.name, into=tmp_path),
        lambda p: read_city(None, communities=p, buildings=p),
        lambda p: read_part("roads", p),
    ):
        error = refused(path, read)
        assert (error.code, error.params["row"]) == ("shape-not-finite", 2)


@pytest.mark.parametrize("word", ["0001-01-01", "9999-12-31", "0000-01-01", "9999-12-31T23:59-15"])
def test_times_at_the_ends_of_the_calendar(word: str) -> None:
    """The store keeps them, and nobody can read them from it again."""
    zone = ZoneInfo("Asia/Shanghai")
    found, odd = cell_columns.moments(pa.chunked_array([[word, "2024-01-02"]]), zone)
    assert odd.tolist() == [True, False] and found[0].as_py() is None and found[1].is_valid
    with pytest.raises(ValueError, match=word[:4]):
        moment(word, zone=zone)
    days = pd.Series([word, "2024-01-02"])
    assert len(dates.days(days, zone)) == 2


def test_a_term_until_the_last_day_of_the_calendar_has_no_end() -> None:
    assert moment("9999-12-31", zone=ZoneInfo("Asia/Shanghai"), last=True) is None


def test_a_count_of_five_thousand_digits_is_none() -> None:
    cells = Cells(pd.DataFrame({"households": ["9" * 5000, "12户"]}), {"households": "户数"})
    with pytest.raises(BadCellError):
        cells.count("households", 0)
    assert cells.count("households", 1) == 12


def test_a_place_that_is_none_is_told_with_its_file_and_row(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    points = [Point(500_000, 3_400_000), Point(1e30, 1e30)]
    gpd.GeoDataFrame({"code": ["a", "b"]}, geometry=points, crs=4548).to_file(path)
    for read in (
        lambda p: read_layer(p, default_layer=None),
        lambda p: read_shapes(p, default_layer="grids", column="code"),
    ):
        error = refused(path, read)
        assert (error.code, error.params) == ("shape-unprojectable", {"file": str(path), "row": 2})


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A sound file of each kind."""
    folder = tmp_path_factory.mktemp("seeds")
    frame = gpd.GeoDataFrame(
        {"编号": ["甲", "乙"], "户数": [1, 2]}, geometry=[Point(117, 31), Point(118, 31)], crs=4490
    )
    for ending in (".fgb", ".gpkg", ".shp", ".geojson"):
        frame.to_file(folder / f"a{ending}")
    cells = frame.drop(columns="geometry").assign(经度=117.0, 纬度=[31.0, None])
    cells.to_excel(folder / "a.xlsx", index=False)
    cells.to_parquet(folder / "a.parquet")
    cells.to_csv(folder / "a.csv", index=False)
    made = {path.name: path.read_bytes() for path in folder.iterdir()}
    parts = {name: content for name, content in made.items() if name != "a.geojson"}
    return made | {"a.zip": zipped({name: parts[name] for name in SHAPEFILE})}


SHAPEFILE = ("a.shp", "a.shx", "a.dbf", "a.prj")
TABLES = ("a.xlsx", "a.parquet", "a.csv")


@pytest.mark.parametrize("name", [*TABLES, "a.fgb", "a.gpkg", "a.geojson", "a.zip"])
@given(data=st.data())
@settings(max_examples=12)
def test_a_file_that_is_damaged_somewhere_is_read_or_refused(
    seeds: dict[str, bytes], name: str, data: st.DataObject
) -> None:
    content = bytearray(seeds[name])
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=8)):
        content[at] = data.draw(st.integers(0, 255))
    whole, batches, points = READERS
    reads = [whole if name in TABLES else list_layers, batches]
    reads += [] if name == "a.csv" else [points]  # test_points_csv.py has these
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        for read in reads:
            with suppress(InputError):
                assert read(path) is not None


def test_a_zero_byte_is_in_no_cell() -> None:
    """UTF-16 may hold one, Parquet and a workbook too; no store takes it."""
    assert cell_text("a\0b") == "ab"
    assert cell_columns.texts(pa.chunked_array([["a\0b", "\0", "c"]])).to_pylist() == [
        "ab",
        None,
        "c",
    ]


def test_texts_of_a_parquet_file_that_are_none(tmp_path: Path) -> None:
    """Arrow looks only when it is asked."""
    path = tmp_path / "a.parquet"
    column = pa.array([b"\xff"]).view(pa.string())
    pq.write_table(pa.table({"lon": column, "lat": column}), path, use_dictionary=False)
    for read in (READERS[1], lambda p: list(open_points(p, lon="lon", lat="lat").batches())):
        assert refused(path, read).code == "file-broken"
