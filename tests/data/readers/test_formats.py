"""F15: what can't be read is refused by its first bytes, with the file, the row and the remedy."""

from __future__ import annotations

import random
import time
import tracemalloc
import zipfile
from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import Point, box

from data.readers.encoding import shapefile_encoding, text_encoding
from data.readers.table import read_table
from data.readers.vector import read_layer
from geo.crs import parse_datum
from geo.errors import (
    ColumnMissing,
    DatumError,
    FileUnreadable,
    InputError,
    LayerMissing,
    OptionError,
    WanggeError,
)
from maps.texts import LANGUAGES, text

HTML = b"<!DOCTYPE html><html><body>404</body></html>"


def said(error: WanggeError) -> str:
    """The error in both languages: every placeholder must be filled."""
    return "\n".join(text(f"error.{error.code}", lang, **error.params) for lang in LANGUAGES)


def layer(path: Path) -> gpd.GeoDataFrame:
    return read_layer(path, default_layer="grids")


@pytest.mark.parametrize(
    "name", ["a.gpkg", "a.shp", "a.geojson", "a.kml", "a.dxf", "a.pbf", "a.zip"]
)
@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "file-empty"), (b"\0" * 99, "file-not-format"), (b"x,y\n1,2\n", None)],
)
def test_vector_files_that_are_none(
    tmp_path: Path, name: str, content: bytes, code: str | None
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FileUnreadable) as caught:
        layer(path)
    assert caught.value.code == (code or "file-not-format")
    assert str(path) in said(caught.value)


def test_a_web_page_saved_as_geopackage_is_named_as_such(tmp_path: Path) -> None:
    path = tmp_path / "city.gpkg"
    path.write_bytes(HTML)
    with pytest.raises(FileUnreadable) as caught:
        layer(path)
    assert caught.value.params["found"] == "HTML"


@pytest.mark.parametrize(
    "head", [b"SQLite format 3\0" + b"\1" * 4000, b"SQLite format 3\0"], ids=["rubbish", "cut off"]
)
def test_a_broken_geopackage(tmp_path: Path, head: bytes) -> None:
    path = tmp_path / "city.gpkg"
    path.write_bytes(head)
    with pytest.raises(FileUnreadable) as caught:
        layer(path)
    assert said(caught.value)


@pytest.mark.parametrize(
    "body", ["{", '{"type": "FeatureCollection", "features": [{]}', '{"a": 1}']
)
def test_a_broken_geojson(tmp_path: Path, body: str) -> None:
    path = tmp_path / "a.geojson"
    path.write_text(body)
    with pytest.raises(InputError) as caught:
        layer(path)
    assert str(path) in said(caught.value)


@pytest.mark.parametrize(
    ("name", "code"), [("", "file-is-folder"), ("no.gpkg", "file-missing"), ("a.dwg", None)]
)
def test_folders_missing_files_and_unknown_endings(
    tmp_path: Path, name: str, code: str | None
) -> None:
    (tmp_path / "a.dwg").write_bytes(b"AC1032")
    with pytest.raises(FileUnreadable) as caught:
        layer(tmp_path / name)
    assert caught.value.code == (code or "file-ending-unknown")


@pytest.mark.parametrize(
    "name", ["a.csv", "a.xlsx", "a.gpkg", "a.geojson", "a.kml", "a.parquet", "a.shp"]
)
def test_a_gigabyte_of_zeros_is_refused_at_once(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with path.open("wb") as stream:
        stream.truncate(1 << 30)
    tracemalloc.start()
    began = time.perf_counter()
    with pytest.raises(FileUnreadable) as caught:
        read_table(path) if name[2:] in ("csv", "xlsx", "parquet") else layer(path)
    seconds, (_, peak) = time.perf_counter() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seconds < 2
    assert peak < 20 << 20
    assert caught.value.code == "file-not-format"


def test_nonsense_text_without_lines_is_never_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    chunk = bytes(random.Random(0).choices(range(97, 123), k=1 << 20))
    with path.open("wb") as stream:
        stream.write(b"name,households\n")
        for _ in range(100):
            stream.write(chunk)
    tracemalloc.start()
    with pytest.raises(FileUnreadable) as caught:
        read_table(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert caught.value.code == "line-too-long"
    assert caught.value.params["row"] == 2
    assert peak < 20 << 20


def sheet(path: Path, xml: bytes) -> Path:
    """A workbook with one sheet of the given XML, made by hand."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{relations}"><sheets>'
            '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}"><Relationship Id="r1" Type="{relations}/worksheet" '
            'Target="worksheets/sheet1.xml"/></Relationships>',
        )
        book.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}"><Relationship Id="r1" '
            f'Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as stream:
            stream.write(f'<worksheet xmlns="{main}"><sheetData>'.encode())
            stream.write(xml)
            stream.write(b"</sheetData></worksheet>")
    return path


def test_a_sheet_with_a_cell_in_its_far_corner_is_refused(tmp_path: Path) -> None:
    rows = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    with pytest.raises(FileUnreadable) as caught:
        read_table(sheet(tmp_path / "a.xlsx", rows))
    assert caught.value.code == "sheet-too-large"
    assert "CSV" in said(caught.value)


def test_a_zip_bomb_is_refused_before_it_unfolds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.readers.sheets.MAX_UNPACKED_BYTES", 64 << 20)  # an eighth, as it is
    path = sheet(tmp_path / "a.xlsx", b" " * (75 << 20))
    assert path.stat().st_size < 1 << 20
    tracemalloc.start()
    with pytest.raises(FileUnreadable) as caught:
        read_table(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert caught.value.code == "sheet-too-large"
    assert peak < 30 << 20


def test_a_zip_that_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as container:
        container.writestr("readme.txt", "hello")
    with pytest.raises(FileUnreadable) as caught:
        read_table(path)
    assert caught.value.code == "file-broken"


def test_layers_are_listed_where_the_choice_is_open(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    frame = gpd.GeoDataFrame({"code": ["1"]}, geometry=[box(0, 0, 1, 1)], crs=4490)
    frame.to_file(path, layer="north")
    assert len(layer(path)) == 1
    frame.to_file(path, layer="south")
    with pytest.raises(LayerMissing) as several:
        layer(path)
    assert several.value.code == "layers-several"
    assert "north, south" in said(several.value)
    with pytest.raises(LayerMissing) as missing:
        read_layer(f"{path}:west", default_layer=None)
    assert missing.value.params["layer"] == "west"
    assert len(read_layer(f"{path}:south", default_layer="north")) == 1


def test_a_path_with_a_colon_that_exists_wins(tmp_path: Path) -> None:
    path = tmp_path / "a:b.gpkg"
    gpd.GeoDataFrame({"code": ["1"]}, geometry=[Point(0, 0)], crs=4490).to_file(path, layer="x")
    assert len(layer(path)) == 1
    assert len(read_layer(f"{path}:x", default_layer=None)) == 1


def test_datum_missing_unknown_and_contradicted(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"code": ["1"]}, geometry=[Point(117, 31)])
    frame.to_file(tmp_path / "bare.shp")
    frame.set_crs(4490).to_file(tmp_path / "stated.gpkg")
    with pytest.raises(DatumError) as missing:
        layer(tmp_path / "bare.shp")
    assert missing.value.code == "datum-missing"
    with pytest.raises(DatumError) as conflict:
        read_layer(tmp_path / "stated.gpkg", default_layer=None, datum=parse_datum("gcj02"))
    assert conflict.value.code == "datum-conflict"
    for error in (missing.value, conflict.value):
        assert said(error)
    with pytest.raises(DatumError):
        parse_datum("mars")


def test_a_missing_column_names_what_there_is(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    gpd.GeoDataFrame({"parcel": ["1"]}, geometry=[Point(0, 0)], crs=4490).to_file(path)
    with pytest.raises(ColumnMissing) as caught:
        read_layer(path, default_layer=None, required=("code",))
    assert caught.value.params["present"] == "parcel"
    assert "--map" in said(caught.value)


def test_a_layer_without_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    gpd.GeoDataFrame({"code": []}, geometry=[], crs=4490).to_file(path)
    with pytest.raises(FileUnreadable, match="layer-empty"):
        layer(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_encoding_of_a_text_is_found(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("名称,户数\n东苑新村,12\n", encoding=encoding)
    assert read_table(path).frame.iloc[0].to_dict() == {"名称": "东苑新村", "户数": "12"}


def test_a_wrong_or_unknown_encoding_says_the_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("name,n\na,1\n东,2\n".encode("gbk"))
    with pytest.raises(FileUnreadable) as wrong:
        text_encoding(path, "utf-8")
    assert wrong.value.params["row"] == 3
    with pytest.raises(OptionError, match="encoding-unknown"):
        text_encoding(path, "klingon")
    path.write_bytes(b"name,n\na,1\n\xff\xff\xff,2\n")
    with pytest.raises(FileUnreadable) as undecided:
        text_encoding(path)
    assert undecided.value.params["row"] == 3


@pytest.mark.parametrize(
    ("written", "cpg"), [("GBK", None), ("UTF-8", None), ("GBK", "UTF-8"), ("GBK", "GBK")]
)
def test_a_shapefile_is_read_in_the_encoding_that_fits(
    tmp_path: Path, written: str, cpg: str | None
) -> None:
    path = tmp_path / "a.shp"
    frame = gpd.GeoDataFrame(
        {"名称": ["桐城市" * 30, "东苑"]}, geometry=[Point(0, 0)] * 2, crs=4490
    )
    frame.to_file(path, encoding=written)
    dbf = bytearray(path.with_suffix(".dbf").read_bytes())
    dbf[29] = 0x57  # ANSI: what everything writes, and no evidence
    path.with_suffix(".dbf").write_bytes(dbf)
    path.with_suffix(".cpg").unlink()
    if cpg:
        path.with_suffix(".cpg").write_text(cpg)
    read = read_layer(path, default_layer=None)
    assert read["名称"].iloc[1] == "东苑"
    assert shapefile_encoding(path) in ("gbk", "gb18030", "utf-8")


def test_a_shapefile_without_its_dbf(tmp_path: Path) -> None:
    path = tmp_path / "a.shp"
    gpd.GeoDataFrame({"a": [1]}, geometry=[Point(0, 0)], crs=4490).to_file(path)
    path.with_suffix(".dbf").unlink()
    with pytest.raises(FileUnreadable, match="shapefile-incomplete"):
        layer(path)


def test_a_zipped_shapefile(tmp_path: Path) -> None:
    path = tmp_path / "楼栋.shp"
    frame = gpd.GeoDataFrame({"名称": ["东苑"]}, geometry=[Point(117, 31)], crs=4490)
    frame.to_file(path, encoding="GBK")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as container:
        for part in tmp_path.glob("楼栋.*"):
            container.write(part, part.name)
    assert layer(tmp_path / "a.zip")["名称"].iloc[0] == "东苑"


@pytest.mark.parametrize(
    ("body", "code", "row"),
    [
        ("a,b\n1,2\n1,2,3\n", "table-row-too-wide", 3),
        ("a,a\n1,2\n", "column-twice", None),
        ("a,b\n", "table-empty", None),
        ("a,b\n1,2\n" + '"' + "x" * 200_000 + "\n", "table-malformed", None),
    ],
)
def test_malformed_tables(tmp_path: Path, body: str, code: str, row: int | None) -> None:
    path = tmp_path / "a.csv"
    path.write_text(body)
    with pytest.raises(FileUnreadable) as caught:
        read_table(path)
    assert caught.value.code == code
    assert row is None or caught.value.params["row"] == row
    assert said(caught.value)


def test_blank_rows_keep_the_row_numbers_true(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a;b\n1;2\n;\n3\n")
    table = read_table(path)
    assert table.rows == (2, 4)
    assert table.frame["b"].tolist() == ["2", ""]
    assert table.delimiter == ";"
