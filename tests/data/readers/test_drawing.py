"""Drawings of grids as offices hand them over; and files that are none, or mean harm."""

from __future__ import annotations

import json
import sqlite3
import struct
import tempfile
import zipfile
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import numpy as np
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, box

from data.apart.crossing import packed, unpacked
from data.readers import handed
from data.readers.drawing import TEXT, Drawing, read_drawing
from geo.errors import ColumnMissing, FileUnreadable, InputError, LayerMissing
from geo.model import CRS
from tests.drawings import dxf, gbk_shapefile, kml, ring, zipped

SQUARES = [box(x, 0, x + 10, 10) for x in (0, 10)]


def read(content: bytes, tmp_path: Path, name: str, **wishes: object) -> Drawing:
    file = tmp_path / f"in{Path(name).suffix}"
    file.write_bytes(content)
    with TemporaryDirectory(dir=tmp_path) as into:
        return read_drawing(file, name=name, into=Path(into), **wishes)  # type: ignore[arg-type]


def refused(content: bytes, tmp_path: Path, name: str) -> FileUnreadable:
    with pytest.raises(FileUnreadable) as caught:
        read(content, tmp_path, name)
    return caught.value


def frame(**columns: list[object]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=SQUARES, crs="EPSG:4548")


def test_a_dxf_says_its_layers_and_texts_and_no_crs(tmp_path: Path) -> None:
    drawn = dxf(
        polylines=[
            ("网格界线", ring(SQUARES[0]), True),
            ("网格界线", ring(SQUARES[1]), True),
            ("图框", [(0, 0), (50, 50)], False),
        ],
        texts=[
            ("注记", (5, 5), "和平社区第1网格"),
            ("注记", (15, 5), "002"),
            ("路名", (7, 7), "和平路"),
        ],
    )
    found = read(drawn, tmp_path, "方案.dxf")
    assert [(one.name, one.areas, one.lines, one.texts) for one in found.layers] == [
        ("网格界线", 2, 0, 0), ("图框", 0, 1, 0), ("注记", 0, 0, 2), ("路名", 0, 0, 1)
    ]  # fmt: skip
    assert (found.chosen, found.crs, found.by_convention) == (("网格界线",), None, False)
    assert found.texts == (
        "和平社区第1网格",
        "002",
    )  # a layer of labels is asked before those of road names
    assert (found.code_column, found.name_column) == (TEXT, TEXT)
    assert found.samples[TEXT] == ("和平社区第1网格", "002")


def test_which_layer_is_meant_is_not_guessed(tmp_path: Path) -> None:
    drawn = dxf(polylines=[("A", ring(SQUARES[0]), True), ("B", ring(SQUARES[1]), True)])
    assert read(drawn, tmp_path, "a.dxf").chosen == ()
    found = read(drawn, tmp_path, "a.dxf", layers=("B", "A", "B"))
    assert (found.chosen, len(found.rows)) == (("B", "A"), 2)
    with pytest.raises(LayerMissing) as caught:
        read(drawn, tmp_path, "a.dxf", layers=("C",))
    assert caught.value.params["present"] == "A, B"


def test_a_zipped_gbk_shapefile_without_cpg(tmp_path: Path) -> None:
    given = frame(网格编码=["340881001001001", None], 网格名称=["第一网格", "第二网格"])
    found = read(gbk_shapefile(given, tmp_path), tmp_path, "方案.zip")
    assert (found.code_column, found.name_column) == ("网格编码", "网格名称")
    assert found.rows["网格名称"].tolist() == ["第一网格", "第二网格"]
    assert (found.chosen, found.crs is not None) == (("网格",), True)
    bare = read(gbk_shapefile(given, tmp_path, prj=False), tmp_path, "方案.zip")
    assert bare.crs is None


def test_several_shapefiles_in_one_zip_are_its_layers(tmp_path: Path) -> None:
    parts = {}
    for name in ("甲", "乙"):
        with zipfile.ZipFile(BytesIO(gbk_shapefile(frame(n=[1, 2]), tmp_path, stem=name))) as one:
            parts |= {f"{name}社区/{part}": one.read(part) for part in one.namelist()}
    found = read(zipped(parts), tmp_path, "全市.zip")
    assert [one.name for one in found.layers] == ["乙", "甲"]
    assert found.chosen == ()


def test_names_in_a_zip_from_chinese_windows(tmp_path: Path) -> None:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as container:
        container.writestr("XXXX.kml", kml([("第1网格", SQUARES[0])]))
    raw = made.getvalue().replace(b"XXXX.kml", "网格".encode("gbk") + b".kml")
    assert read(raw, tmp_path, "a.zip").chosen == ("网格",)
    assert read(kml([("第1网格", SQUARES[0])]), tmp_path, "a.kml").name_column == "Name"


def test_labels_of_a_kml_are_points_with_names(tmp_path: Path) -> None:
    found = read(kml([("", SQUARES[0]), ("第2网格", Point(5, 5))]), tmp_path, "a.kml")
    assert (found.texts, found.by_convention) == (("第2网格",), True)


def test_columns_are_chosen(tmp_path: Path) -> None:
    given = frame(a=["340881001001001", "x"], b=["1", "2"]).assign(row=["r", "s"])
    found = read(
        gbk_shapefile(given, tmp_path), tmp_path, "a.zip", columns={"code": "b", "name": None}
    )
    assert (found.code_column, found.name_column) == ("b", None)
    assert found.rows["file_row"].tolist() == ["r", "s"]
    with pytest.raises(ColumnMissing):
        read(gbk_shapefile(given, tmp_path), tmp_path, "a.zip", columns={"code": "c"})
    coded = read(
        gbk_shapefile(frame(a=["340881001001001", "340881001001002"]), tmp_path), tmp_path, "a.zip"
    )
    assert coded.code_column == "a"  # known by what is in it


@pytest.mark.parametrize(
    "pointer",
    [
        '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>{secret}</SrcDataSource></OGRVRTLayer>',
        "<kml><!-- <ogrvrtdatasource> --></kml>",
        '{{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read {secret}"}}',
    ],
)
@pytest.mark.parametrize("name", ["a.kml", "a.geojson", "a.zip"])
def test_a_file_that_points_to_others_is_not_opened(
    tmp_path: Path, pointer: str, name: str
) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("id,WKT\nroot,POINT(1 2)\n")
    content = pointer.format(secret=secret).encode()
    content = zipped({"a.kml": content}) if name == "a.zip" else content
    error = refused(content, tmp_path, name)
    assert error.code in {"file-points-elsewhere", "file-not-format"}


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ({"../a.kml": b"<kml/>"}, "zip-leads-out"),
        ({"/etc/a.kml": b"<kml/>"}, "zip-leads-out"),
        ({"C:\\a.kml": b"<kml/>"}, "zip-leads-out"),
        ({"a.kml": b"<kml>" + b"\0" * (40 << 20)}, "zip-too-large"),
        ({f"{n}.kml": b"<kml/>" for n in range(501)}, "zip-too-many"),
        ({"a.txt": b"x"}, "zip-nothing"),
        ({"b.zip": zipped({"a.kml": b"<kml/>"})}, "zip-nothing"),
        ({"a.kml": kml([("1", SQUARES[0])]), "b.kml": kml([("1", SQUARES[0])])}, "zip-several"),
        ({"a.kml": b""}, "file-empty"),
    ],
)
def test_archives_that_mean_harm_or_nothing(
    tmp_path: Path, entries: dict[str, bytes], code: str
) -> None:
    assert refused(zipped(entries), tmp_path, "a.zip").code == code
    assert {one.name for one in tmp_path.iterdir()} == {"in.zip"}


def test_an_encrypted_or_broken_archive(tmp_path: Path) -> None:
    plain = bytearray(zipped({"a.kml": kml([("1", SQUARES[0])])}))
    at = plain.index(b"PK\x01\x02")
    for start, offset in ((0, 6), (at, 8)):
        flags = struct.unpack_from("<H", plain, start + offset)[0]
        struct.pack_into("<H", plain, start + offset, flags | 1)
    assert refused(bytes(plain), tmp_path, "a.zip").code == "zip-encrypted"
    broken = bytearray(zipped({"a.kml": kml([("1", SQUARES[0])]) * 50}))
    broken[60:90] = b"\xff" * 30
    assert refused(bytes(broken), tmp_path, "a.zip").code == "file-broken"
    assert refused(b"PK\x03\x04 and no more", tmp_path, "a.zip").code == "file-broken"


def test_a_file_whose_name_was_lost_in_an_archive(tmp_path: Path) -> None:
    content = bytearray(zipped({"a.kml": kml([("1", SQUARES[0])])}))
    content[content.rindex(b"a.kml")] = 0  # in the list of contents: a name ends where a zero is
    assert refused(bytes(content), tmp_path, "a.zip").code == "zip-nothing"


def test_files_that_hold_no_grids(tmp_path: Path) -> None:
    assert refused(b"<html><body>", tmp_path, "a.geojson").code == "file-not-format"
    assert refused(b"", tmp_path, "a.dxf").code == "file-empty"
    assert refused(b"x", tmp_path, "a.docx").code == "file-ending-unknown"
    assert refused(dxf(texts=[("0", (1, 1), "x")]), tmp_path, "a.dxf").code == "drawing-no-areas"
    assert (
        refused(b'{"type": "FeatureCollection", "features": []}', tmp_path, "a.json").code
        == "drawing-empty"
    )


def test_coordinates_that_are_no_numbers_name_their_row(tmp_path: Path) -> None:
    file = tmp_path / "made.fgb"
    shapes = [LineString([(0, 0), (1, 1)]), LineString([(0, 0), (np.nan, 1)])]
    gpd.GeoDataFrame({"n": [1, 2]}, geometry=shapes, crs=CRS).to_file(file, SPATIAL_INDEX="NO")
    error = refused(file.read_bytes(), tmp_path, "a.fgb")
    assert (error.code, error.params["row"]) == ("drawing-not-finite", 2)


def test_heights_are_left_away(tmp_path: Path) -> None:
    file = tmp_path / "made.gpkg"
    high = [shapely.force_3d(shape, 12.0) for shape in SQUARES]
    gpd.GeoDataFrame({"n": [1, 2]}, geometry=high, crs=CRS).to_file(file, layer="grids")
    found = read(file.read_bytes(), tmp_path, "a.gpkg")
    assert not shapely.has_z(np.asarray(found.rows.geometry.array)).any()


def test_only_layers_that_matter_are_read_and_need_one_system(tmp_path: Path) -> None:
    file = tmp_path / "made.gpkg"
    gpd.GeoDataFrame({"n": [1, 2]}, geometry=SQUARES, crs="EPSG:4548").to_file(
        file, layer="网格界线"
    )
    points = gpd.GeoDataFrame({"n": range(3)}, geometry=[Point(0, 0)] * 3, crs=CRS)
    points.to_file(file, layer="楼栋")
    found = read(file.read_bytes(), tmp_path, "a.gpkg")
    assert (found.chosen, len(found.rows)) == (("网格界线",), 2)
    assert [(one.name, one.areas, one.texts) for one in found.layers] == [
        ("网格界线", 2, 0),
        ("楼栋", 0, 3),
    ]
    with pytest.raises(LayerMissing):
        read(zipped({"a.kml": kml([("1", SQUARES[0])])}), tmp_path, "a.zip", layers=("x",))
    lines = gpd.GeoDataFrame({"n": [1]}, geometry=[SQUARES[0]], crs=CRS)
    lines.to_file(file, layer="网格二")
    assert refused(file.read_bytes(), tmp_path, "a.gpkg").code == "drawing-two-systems"
    assert len(read(file.read_bytes(), tmp_path, "a.gpkg", layers=("网格二",)).rows) == 1


def test_esri_json_is_read_and_a_crowd_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring_ = [[0, 0], [0, 1], [1, 1], [0, 0]]
    told = {
        "geometryType": "esriGeometryPolygon",
        "spatialReference": {"wkid": 4490},
        "fields": [{"name": "网格名称", "type": "esriFieldTypeString"}],
        "features": [{"attributes": {"网格名称": "一"}, "geometry": {"rings": [ring_]}}] * 3,
    }
    content = json.dumps(told).encode()
    assert read(content, tmp_path, "a.json").name_column == "网格名称"
    monkeypatch.setattr("data.readers.drawn_layers.MOST_ROWS", 2)
    assert refused(content, tmp_path, "a.json").code == "drawing-too-many"
    monkeypatch.setattr("data.readers.drawn_layers.MOST_ROWS", 3)
    monkeypatch.setattr("data.readers.drawn_layers.MOST_VERTICES", 5)
    assert refused(content, tmp_path, "a.json").code == "drawing-too-detailed"


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A sound file of each kind."""
    folder = tmp_path_factory.mktemp("seeds")
    given = frame(网格名称=["甲", "乙"])
    made = {"a.zip": gbk_shapefile(given, folder), "a.kml": kml([("甲", SQUARES[0])])}
    for ending in (".gpkg", ".fgb", ".geojson"):
        given.to_crs(CRS).to_file(folder / f"a{ending}")
        made[f"a{ending}"] = (folder / f"a{ending}").read_bytes()
    made["a.kmz"] = zipped({"doc.kml": made["a.kml"]})
    texts = [("注记", (5.0, 5.0), "甲")]
    made["a.dxf"] = dxf(polylines=[("网格", ring(one), True) for one in SQUARES], texts=texts)
    return made


@pytest.mark.parametrize(
    "name", ["a.zip", "a.kml", "a.gpkg", "a.fgb", "a.geojson", "a.kmz", "a.dxf"]
)
@given(data=st.data())
@settings(max_examples=40)
def test_a_damaged_file_is_read_or_refused(
    seeds: dict[str, bytes], name: str, data: st.DataObject
) -> None:
    content = bytearray(seeds[name])
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=8)):
        content[at] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(1, len(content)) | st.just(len(content)))
    with TemporaryDirectory() as folder:
        try:
            drawing = handed.drawing(Path(folder), bytes(content[:end]), name)
            assert drawing.samples is not None
            assert_geodataframe_equal(unpacked(packed(drawing), handed.DRAWING).rows, drawing.rows)
        except InputError as error:
            assert tempfile.gettempdir() not in str(error)


def gpkg(folder: Path, *schema: str) -> bytes:
    """The squares as a GeoPackage, with something more in its schema."""
    path = folder / "made.gpkg"
    frame().to_file(path, layer="网格")
    database = sqlite3.connect(path)
    for statement in schema:
        database.execute(statement)
    database.commit()
    database.close()
    return path.read_bytes()


def test_a_view_that_never_ends_is_not_counted(tmp_path: Path) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
    content = gpkg(
        tmp_path,
        f'CREATE VIEW "网格2" AS {endless} SELECT i AS fid, g.geom FROM n, "网格" g',
        "INSERT INTO gpkg_contents (table_name, data_type, srs_id)"
        " SELECT '网格2', data_type, srs_id FROM gpkg_contents",
        "INSERT INTO gpkg_geometry_columns"
        " SELECT '网格2', column_name, geometry_type_name, srs_id, z, m FROM gpkg_geometry_columns",
    )
    error = refused(content, tmp_path, "方案.gpkg")
    assert (error.code, error.params["view"]) == ("gpkg-view", "网格2")


def test_a_table_from_elsewhere_is_not_read_and_an_index_of_space_is(tmp_path: Path) -> None:
    assert len(read(gpkg(tmp_path), tmp_path, "方案.gpkg").rows) == 2
    (tmp_path / "made.gpkg").unlink()
    content = gpkg(tmp_path, "CREATE VIRTUAL TABLE words USING fts4(said)")
    assert refused(content, tmp_path, "方案.gpkg").code == "gpkg-view"


LINE = ["0", "LINE", "8", "网格", "10", "0", "20", "0", "11", "9", "21", "9"]


def nested(levels: int, *, insert: str = "") -> bytes:
    """A DXF drawing whose blocks hold ten times the next each, on a layer whose name is a code."""
    told = ["0", "SECTION", "2", "HEADER", "0", "ENDSEC", "0", "SECTION", "2", "BLOCKS"]
    for level in range(levels + 1):
        inner = f"0 INSERT 8 2 2 B{level - 1} 10 0 20 0".split() * 10 if level else LINE
        head = f"0 BLOCK 8 0 2 B{level} 10 0 20 0".split()
        told += [*head, *inner, "0", "ENDBLK"]
    told += ["0", "ENDSEC", "0", "SECTION", "2", "ENTITIES", *LINE]
    told += ["0", "INSERT", "8", "2", "2", f"B{levels}", *insert.split(), "0", "ENDSEC", "0", "EOF"]
    return "\r\n".join([*told, ""]).encode("gb18030")


def test_blocks_in_blocks_are_counted_before_they_are_made(tmp_path: Path) -> None:
    layers = read(nested(2), tmp_path, "方案.dxf").layers
    assert [(one.lines, one.areas, one.texts) for one in layers] == [(1, 0, 0), (1, 0, 0)]
    assert refused(nested(12), tmp_path, "方案.dxf").code == "dxf-blocks"
    many = nested(1, insert="70 30000 71 30000 44 1 45 1")
    assert refused(many, tmp_path, "方案.dxf").code == "dxf-blocks"
