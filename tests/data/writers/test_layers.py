"""What is written is read back the same, appears whole or not at all, and runs nothing in a spreadsheet."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import GeometryCollection, LineString, Point, box

from data.readers.table import cell_text, read_table
from data.readers.vector import read_layer
from data.writers.atomic import staging
from data.writers.layers import ENDINGS, write_layers
from data.writers.shapefile import cut, field_names
from data.writers.table import guarded, write_table
from geo.errors import OptionError
from maps.texts import LANGUAGES, text


@pytest.fixture
def grids() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "code": ["340881001001001", "340881001001002"],
            "name": ["东苑网格", '=cmd|"/c calc"!A1'],
            "community_code": ["034", "034"],
            "households": pd.array([312, None], dtype="Int64"),
            "previous_codes": [["a", "b"], []],
        },
        geometry=[box(117.0001, 31, 117.1234567890123, 31.1), box(117.2, 31, 117.3, 31.1)],
        crs="EPSG:4490",
    )


@pytest.mark.parametrize("ending", [".gpkg", ".geojson", ".shp", ".parquet", ".kml"])
def test_layers_come_back_as_they_went(
    tmp_path: Path, grids: gpd.GeoDataFrame, ending: str
) -> None:
    before = grids.copy(deep=True)
    path = tmp_path / f"网格{ending}"
    assert path in write_layers(path, {"grids": grids}).paths
    read = read_layer(path, default_layer=None)
    names = read["Name" if ending == ".kml" else "name"]
    assert names.tolist() == grids["name"].tolist()
    assert read["code"].tolist() == grids["code"].tolist()
    same = shapely.normalize(read.geometry.array), shapely.normalize(grids.geometry.array)
    assert shapely.equals_exact(*same, tolerance=1e-11 if ending == ".kml" else 0).all()
    assert [part.name for part in tmp_path.iterdir() if part.name.startswith(".")] == []
    pd.testing.assert_frame_equal(grids, before)


@pytest.mark.parametrize("ending", [".gpkg", ".geojson", ".shp", ".parquet", ".kml", ".csv"])
def test_the_same_layers_are_the_same_bytes_whenever_they_are_written(
    tmp_path: Path, grids: gpd.GeoDataFrame, ending: str
) -> None:
    written = []
    for day in ("monday", "tuesday"):
        (tmp_path / day).mkdir()
        parts = write_layers(tmp_path / day / f"网格{ending}", {"grids": grids}).paths
        written.append({part.name: part.read_bytes() for part in parts})
    assert written[0] == written[1]
    if ending == ".shp":
        assert written[0]["网格.dbf"][1:4] == bytes([100, 1, 1])  # no day of ours


def test_geojson_is_plain_rfc_7946(tmp_path: Path, grids: gpd.GeoDataFrame) -> None:
    path = tmp_path / "a.geojson"
    write_layers(path, {"grids": grids})
    whole = json.loads(path.read_text("utf-8"))
    assert "crs" not in whole
    ring = whole["features"][0]["geometry"]["coordinates"][0]
    assert shapely.LinearRing(ring).is_ccw


def test_several_layers_share_one_file_or_get_one_each(
    tmp_path: Path, grids: gpd.GeoDataFrame
) -> None:
    layers = {"grids": grids, "blocks": grids[["code", "geometry"]]}
    assert len(write_layers(tmp_path / "a.gpkg", layers).paths) == 1
    assert len(read_layer(f"{tmp_path / 'a.gpkg'}:blocks", default_layer=None)) == 2
    names = [p.name for p in write_layers(tmp_path / "a.csv", layers).paths]
    assert names == ["a_blocks.csv", "a_grids.csv"]


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_a_shapefile_has_short_names_a_legend_and_its_encoding(
    tmp_path: Path, grids: gpd.GeoDataFrame, encoding: str
) -> None:
    headings = {"community_code": "所属社区编码", "households": "户数"}
    written = write_layers(tmp_path / "a.shp", {"g": grids}, encoding=encoding, headings=headings)
    assert written.findings == ()
    read = read_layer(tmp_path / "a.shp", default_layer=None)
    short = "所属社区编" if encoding == "gbk" else "所属社"
    assert {"户数", short} <= set(read.columns)
    legend = (tmp_path / "a.txt").read_text("utf-8-sig")
    assert f"{short}\tcommunity_code\n" in legend
    assert (tmp_path / "a.cpg").read_text() == ("GBK" if encoding == "gbk" else "UTF-8")


def test_what_a_shapefile_cannot_hold_is_said(tmp_path: Path, grids: gpd.GeoDataFrame) -> None:
    odd = grids.assign(name=["𠮷" * 5, "网" * 200])
    findings = write_layers(tmp_path / "a.shp", {"g": odd}, encoding="gbk").findings
    assert {f.code for f in findings} == {"write-letters-lost", "write-text-cut"}
    for finding in findings:
        for lang in LANGUAGES:
            assert text(f"finding.{finding.code}", lang, **finding.params)
    assert read_layer(tmp_path / "a.shp", default_layer=None)["name"].iloc[1] == "网" * 127


def test_mixed_shapes_become_a_shapefile_each(tmp_path: Path) -> None:
    shapes = [Point(0, 0), LineString([(0, 0), (1, 1)]), box(0, 0, 1, 1), None]
    frame = gpd.GeoDataFrame({"code": list("abcd")}, geometry=shapes, crs=4490)
    written = {p.name for p in write_layers(tmp_path / "a.shp", {"g": frame}).paths}
    assert {"a_point.shp", "a_line.shp", "a_area.shp"} <= written
    total = sum(len(gpd.read_file(p)) for p in tmp_path.glob("*.shp"))
    assert total == len(frame)


def test_a_collection_keeps_its_areas_in_a_shapefile(tmp_path: Path) -> None:
    mixed = GeometryCollection([box(0, 0, 1, 1), LineString([(1, 1), (2, 2)])])
    frame = gpd.GeoDataFrame({"code": ["a"]}, geometry=[mixed], crs=4490)
    written = write_layers(tmp_path / "a.shp", {"g": frame})
    assert [finding.code for finding in written.findings] == ["write-shape-reduced"]
    assert gpd.read_file(tmp_path / "a.shp").geometry.iloc[0].equals(box(0, 0, 1, 1))
    assert write_layers(tmp_path / "a.gpkg", {"g": frame}).findings == ()


def test_csv_opens_in_excel_and_runs_nothing(tmp_path: Path, grids: gpd.GeoDataFrame) -> None:
    path = tmp_path / "a.csv"
    write_layers(path, {"grids": grids})
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    table = read_table(path)
    assert table.frame["name"].tolist()[1].startswith("'=")
    assert cell_text(table.frame["name"].tolist()[1]) == grids["name"].iloc[1]
    assert float(table.frame["lon"].iloc[1]) == pytest.approx(117.25)


def test_xlsx_keeps_codes_as_text_and_formulas_asleep(
    tmp_path: Path, grids: gpd.GeoDataFrame
) -> None:
    path = tmp_path / "a.xlsx"
    write_layers(path, {"grids": grids}, headings={"code": "网格编码"})
    sheet = openpyxl.load_workbook(path)["grids"]
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].value == "网格编码"
    assert sheet["A1"].font.bold
    assert sheet["A2"].value == "340881001001001"
    assert sheet["C2"].value == "034"
    assert (sheet["B3"].data_type, sheet["B3"].value) == ("s", grids["name"].iloc[1])
    assert sheet["D2"].value == 312
    assert read_table(path).frame["name"].tolist() == grids["name"].tolist()


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20))
def test_no_guarded_text_is_a_formula_and_none_is_lost(value: str) -> None:
    safe = guarded(value)
    assert safe[:1] not in tuple("=@") or safe == ""
    assert cell_text(safe) == cell_text(value)


@given(
    st.lists(st.text(min_size=1, max_size=15), min_size=1, max_size=12, unique=True),
    st.sampled_from(["utf-8", "gbk"]),
)
def test_field_names_fit_and_differ(columns: list[str], encoding: str) -> None:
    names = field_names(columns, encoding=encoding)
    assert list(names) == columns
    assert len({name.lower() for name in names.values()}) == len(columns)
    assert all(0 < len(name.encode(encoding)) <= 10 for name in names.values())


@given(st.text(max_size=30), st.integers(0, 20))
def test_a_cut_text_fits_and_tears_no_letter(value: str, size: int) -> None:
    short = cut(value, size, "utf-8")
    assert len(short.encode("utf-8")) <= size
    assert value.encode("utf-8", "replace").decode("utf-8").startswith(short)


def test_targets_that_will_not_do(tmp_path: Path, grids: gpd.GeoDataFrame) -> None:
    (tmp_path / "d.gpkg").mkdir()
    cases = {
        tmp_path / "a.dwg": "ending-unknown",
        tmp_path / "d.gpkg": "target-is-folder",
        tmp_path / "no" / "a.gpkg": "folder-missing",
        Path("/proc/a.gpkg"): "folder-not-writable",
    }
    for path, code in cases.items():
        with pytest.raises(OptionError) as caught:
            write_layers(path, {"grids": grids})
        assert caught.value.code == code
        assert all(text(f"error.{code}", lang, **caught.value.params) for lang in LANGUAGES)
    with pytest.raises(OptionError) as caught:
        write_layers(tmp_path / "a.dwg", {"grids": grids})
    assert all(ending in str(caught.value.params["known"]) for ending in ENDINGS)


def test_a_failure_midway_leaves_the_old_file(tmp_path: Path) -> None:
    old = tmp_path / "a.csv"
    old.write_text("old")
    with pytest.raises(ZeroDivisionError), staging(tmp_path) as stage:
        (stage / "a.csv").write_text("new")
        raise ZeroDivisionError
    assert old.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".parquet"])
def test_a_table_keeps_rows_and_columns_in_order(tmp_path: Path, ending: str) -> None:
    frame = pd.DataFrame({"名称": ["乙", "甲"], "编码": ["002", "001"]})
    path = tmp_path / f"a{ending}"
    write_table(path, frame)
    assert read_table(path).frame.astype(str).values.tolist() == frame.values.tolist()


def test_folders_of_dead_processes_are_removed_and_no_others(tmp_path):
    (tmp_path / ".wangge-writing-a1b2c3_4/part").mkdir(parents=True)
    (tmp_path / ".wangge-writing-notes").mkdir()
    (tmp_path / ".wangge").mkdir()
    with staging(tmp_path) as one, staging(tmp_path) as two:
        names = {file.name for file in tmp_path.iterdir()}
        assert names == {".wangge", ".wangge-writing-notes", one.name, two.name}
        (one / "a").write_text("1")
        (two / "b").write_text("2")
    names = {file.name for file in tmp_path.iterdir()}
    assert names == {".wangge", ".wangge-writing-notes", "a", "b"}
