"""Files -> a City: mapping, names for codes, words for kinds and classes; real files lie where they should."""

from __future__ import annotations

import shutil
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from shapely.geometry import LineString, Point, Polygon, box

from data.readers.city import read_city
from data.readers.columns import apply_mapping, parse_mapping
from data.readers.outline import read_outline
from data.readers.vector import read_layer
from data.readers.words import building_kind, column_for, line_class
from geo.crs import parse_datum
from geo.errors import ColumnMissing, GeometryError, LayerMissing, OptionError
from geo.model import BUILDING_COLUMNS, BuildingKind, Finding, LineClass
from maps.texts import LANGUAGES, text

METRE = 1 / 111_000


def write(path: Path, **layers: gpd.GeoDataFrame) -> Path:
    for name, frame in layers.items():
        frame.set_crs(4490, allow_override=True).to_file(path, layer=name)
    return path


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """Two communities, four buildings in Chinese words, a road, a pond and a bridge drawn as a line."""
    return write(
        tmp_path / "town.gpkg",
        communities=gpd.GeoDataFrame(
            {"编码": ["340881001001", "340881001002"], "名称": ["东社区", "西社区"]},
            geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1)],
        ),
        buildings=gpd.GeoDataFrame(
            {
                "楼栋编号": [1, 2, 2, 4],
                "所属社区": ["东社区", "340881001002", "南社区", None],
                "类型": ["居民住宅", "驻区单位", "碉堡", None],
                "户数": ["12", "x", None, "-1"],
            },
            geometry=[
                Point(0.5, 0.5, 9),
                Point(1.5, 0.5),
                None,
                Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]),
            ],
        ),
        roads=gpd.GeoDataFrame(
            {"等级": ["主干道", "天路", None]},
            geometry=[LineString([(0, 0), (2, 1)])] * 2 + [Point(0, 0)],
        ),
        rivers=gpd.GeoDataFrame({"名称": ["塘"]}, geometry=[box(0.2, 0.2, 0.3, 0.3)]),
        bridges=gpd.GeoDataFrame({"a": [1]}, geometry=[LineString([(0, 0), (1, 0)])]),
    )


def test_chinese_words_are_understood_and_the_rest_is_reported(town: Path) -> None:
    city, findings = read_city(town)
    assert set(BUILDING_COLUMNS) <= set(city.buildings.columns)
    assert city.buildings["building_id"].tolist() == ["1", "2", "2", "4"]
    codes = city.buildings["community_code"].tolist()
    assert codes[:3] == ["340881001001", "340881001002", "南社区"]
    assert codes[3] != codes[3]
    assert city.buildings["kind"].tolist()[:2] == ["residence", "employer"]
    assert city.buildings["kind"].isna().tolist() == [False, False, True, True]
    assert city.buildings["households"].fillna(-9).tolist() == [12, -9, -9, -1]
    assert city.buildings["residents"].isna().all()
    assert not shapely.has_z(city.buildings.geometry.array).any()
    assert city.buildings.geometry.isna().tolist() == [False, False, True, False]
    assert city.roads["class"].tolist() == ["arterial", "street"]
    assert city.rivers.geometry.geom_type.tolist() == ["LineString"]
    assert city.bridges.geometry.iloc[0].equals(Point(0.5, 0))
    found = {finding.code: finding.count for finding in findings if "columns" not in finding.code}
    assert found == {
        "file-count-not-number": 1,
        "file-kind-unknown": 1,
        "file-class-unknown": 1,
        "file-shape-left-out": 1,
        "file-area-as-line": 1,
    }
    for finding in findings:
        for lang in LANGUAGES:
            assert text(f"finding.{finding.code}", lang, **finding.params)


def test_a_city_needs_communities_and_buildings(town: Path, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="city-incomplete"):
        read_city(None, communities=f"{town}:communities")
    alone = write(
        tmp_path / "alone.gpkg", buildings=read_layer(f"{town}:roads", default_layer=None)
    )
    with pytest.raises(LayerMissing, match="layer-missing"):
        read_city(alone)
    with pytest.raises(ColumnMissing, match="building_id"):
        read_city(None, communities=f"{town}:communities", buildings=alone)
    with pytest.raises(OptionError, match="city-with-layer"):
        read_city(f"{town}:communities")


def test_a_mapping_must_meet_its_column(town: Path) -> None:
    assert (
        read_city(town, mapping={"building_id": "楼栋编号"})[0].buildings["building_id"].iloc[0]
        == "1"
    )
    with pytest.raises(ColumnMissing, match="column-nowhere"):
        read_city(town, mapping={"estate": "xiaoqu"})
    with pytest.raises(OptionError, match="map-unknown"):
        read_city(town, mapping={"bulding_id": "楼栋编号"})
    with pytest.raises(ColumnMissing, match="parcel"):
        read_city(town, mapping={"building_id": "parcel"})


def test_an_outline_drawn_as_a_closed_line_is_an_area(town: Path, tmp_path: Path) -> None:
    ring = LineString(box(0, 0, 2, 1).exterior.coords)
    outline = write(
        tmp_path / "o.gpkg", communities=gpd.GeoDataFrame({"code": ["1"]}, geometry=[ring])
    )
    city, findings = read_city(town, communities=outline)
    assert city.communities.geometry.iloc[0].equals(box(0, 0, 2, 1))
    assert city.communities["name"].iloc[0] == "1"
    assert "file-outline-closed" in {finding.code for finding in findings}


def test_mappings_are_parsed_and_applied_without_losing_a_column() -> None:
    assert parse_mapping("a=b, c=d") == parse_mapping(["a=b", "c=d"]) == {"a": "b", "c": "d"}
    for wrong in ("a", "a=", "=b", "a=b,a=c"):
        with pytest.raises(OptionError):
            parse_mapping(wrong)
    frame = gpd.GeoDataFrame({"name": ["n"], "id": ["i"]}, geometry=[Point(0, 0)])
    swapped = apply_mapping(frame, {"name": "id", "code": "id"}, file="f")
    assert swapped.drop(columns="geometry").iloc[0].to_dict() == {
        "file_name": "n",
        "name": "i",
        "code": "i",
    }
    crossed = apply_mapping(frame, {"name": "id", "id": "name"}, file="f")
    assert crossed[["name", "id"]].iloc[0].tolist() == ["i", "n"]


def test_words() -> None:
    assert building_kind(" 公共场所 ") is BuildingKind.PUBLIC
    assert building_kind("other") is None
    assert line_class("primary_link") is LineClass.ARTERIAL
    assert line_class("living_street") is LineClass.LANE
    assert column_for("households", ["ID", "户数(户)"]) == "户数(户)"


def test_cambridge_parcels_come_in_whole(shared: Path) -> None:
    file = shared / "cambridge" / "cambridge.gpkg"
    city, findings = read_city(
        None,
        communities=file,
        buildings=f"{file}:parcels",
        mapping=parse_mapping("building_id=parcel_id,community_code=community"),
    )
    ids = city.buildings["building_id"]
    assert len(ids) == 13_159
    assert (ids.isna().sum(), ids.dropna().duplicated().sum()) == (6, 76)
    assert city.buildings["community_code"].isna().sum() == 32
    known = city.buildings["community_code"].dropna()
    assert known.isin(city.communities["code"]).all()
    assert (city.buildings.geometry.geom_type == "GeometryCollection").sum() == 11
    assert [f.count for f in findings if f.code == "file-kind-unknown"] == [513]


@pytest.mark.parametrize("labelled", [True, False])
def test_nanshan_as_a_survey_office_delivers_it(
    shared: Path, tmp_path: Path, labelled: bool
) -> None:
    for part in (shared / "nanshan").glob("楼栋_cgcs2000_gbk.*"):
        if labelled or part.suffix != ".cpg":
            shutil.copy(part, tmp_path)
    read = read_layer(tmp_path / "楼栋_cgcs2000_gbk.shp", default_layer=None)
    true = read_layer(shared / "nanshan" / "nanshan.gpkg", default_layer="buildings")
    assert set(read.columns) == {"高度", "楼栋编号", "geometry"}
    assert (read["楼栋编号"].to_numpy() == true["bid"].to_numpy()).all()
    apart = shapely.hausdorff_distance(read.geometry.array, true.geometry.array)
    assert apart.max() < METRE


def test_a_vendors_boundary_in_gcj02(shared: Path) -> None:
    file = shared / "tongcheng" / "boundary_gcj02.geojson"
    true = read_layer(shared / "tongcheng" / "tongcheng.gpkg:boundary", default_layer=None)
    read = read_layer(file, default_layer=None, datum=parse_datum("gcj02"))
    taken_as_it_says = read_layer(file, default_layer=None)
    assert read.geometry.iloc[0].hausdorff_distance(true.geometry.iloc[0]) < METRE
    assert taken_as_it_says.geometry.iloc[0].hausdorff_distance(true.geometry.iloc[0]) > 100 * METRE


def test_an_osm_extract_gives_roads_and_rivers(town: Path, shared: Path) -> None:
    extract = shared / "osm" / "Helsinki.osm.pbf"
    city, _ = read_city(town, roads=extract, rivers=extract)
    assert set(city.roads["class"]) == {"arterial", "street", "lane"}
    assert set(city.rivers["class"]) == {"river", "lane"}  # a drain is no border of weight


def test_an_outline_is_read_from_polygons_or_closed_lines(shared: Path, tmp_path: Path) -> None:
    file = shared / "tongcheng" / "tongcheng.gpkg"
    true = read_outline(file)
    drawn = gpd.GeoSeries([true], crs=4490).to_crs(4548).boundary.explode()
    gpd.GeoDataFrame(geometry=drawn).to_file(tmp_path / "o.dxf", driver="DXF")
    traced = read_outline(tmp_path / "o.dxf", datum=parse_datum("EPSG:4548"))
    assert traced.hausdorff_distance(true) < METRE
    with pytest.raises(GeometryError, match="outline-open"):
        read_outline(f"{file}:pois")


def test_buildings_that_name_no_community_are_said_to_be_placed(town: Path, tmp_path: Path) -> None:
    def said(findings: list[Finding]) -> list[int | None]:
        return [one.count for one in findings if one.code == "file-buildings-by-place"]

    buildings = gpd.read_file(town, layer="buildings")
    bare = tmp_path / "bare.gpkg"
    buildings.drop(columns=["所属社区", "community_code"], errors="ignore").to_file(bare)
    assert said(read_city(town)[1]) == []
    assert said(read_city(town, buildings=bare)[1]) == [len(buildings)]
