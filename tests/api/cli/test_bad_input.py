"""What can't be used is refused by every verb alike: named, placed, with a remedy; and nothing is half written."""

from __future__ import annotations

import random
from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import Point, Polygon, box

from api.cli import build
from api.cli.console import explain, translator
from data.readers import table
from geo.errors import WanggeError

TOWN = box(116.95, 31.04, 116.96, 31.05)
VERBS = {
    "draw": "draw {file} -o {out}.gpkg",
    "check": "check --grids {file} -o {out}.gpkg",
    "map": "map --grids {file} -o {out}.html",
    "assign": "assign --grids {town} --points {file} --lon x --lat y --datum wgs84 -o {out}.csv",
    "divide": "divide {file} --weight n --grids 2 -o {out}.gpkg",
    "import": "import grids {file}",
}


@pytest.fixture
def town(tmp_path: Path) -> Path:
    file = tmp_path / "town.gpkg"
    frame = gpd.GeoDataFrame({"code": ["340881001001001"]}, geometry=[TOWN], crs=4490)
    frame.to_file(file, layer="grids")
    return file


def refused(words: str) -> str:
    """The sentence with which a command refuses; it says the same in English, too."""
    with pytest.raises(WanggeError) as raised:
        build(translator("zh"), words.split(maxsplit=1)[0])(words.split(), standalone_mode=False)
    assert explain(raised.value, translator("en"))
    return explain(raised.value, translator("zh"))


@pytest.fixture
def stored(db_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", db_url)


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("ending", [".gpkg", ".csv"])
@pytest.mark.parametrize("kind", ["absent", "empty", "noise"])
def test_a_file_that_is_none(
    tmp_path: Path, town: Path, *, verb: str, ending: str, kind: str
) -> None:
    file = tmp_path / f"bad{ending}"
    if kind != "absent":
        noise = random.Random(0).randbytes(200_000)
        file.write_bytes(noise if kind == "noise" else b"")
    before = sorted(tmp_path.iterdir())
    said = refused(VERBS[verb].format(file=file, town=town, out=tmp_path / "out"))
    assert file.name in said
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    "words",
    [
        "draw --communities {town} --buildings {town} -o {town}",
        "check --grids {town} -o {town}",
        "divide {town} --weight n --grids 1 -o {town}",
        "assign --grids {town} --points {town} -o {town}",
    ],
)
def test_what_is_read_is_never_written_over(town: Path, words: str) -> None:
    before = town.read_bytes()
    assert "town.gpkg" in refused(words.format(town=town))
    assert town.read_bytes() == before


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("draw {city} --map building_id=code --alternatives 2 -o {there}/a.gpkg", "a.2.gpkg"),
        ("draw {city} --map building_id=code -o {there}/a.geojson", "a_communities.geojson"),
        ("draw {city} --map building_id=code -o {there}/a.gpkg --report {there}/r.json", "r.json"),
        (
            "divide {there}/r.json --weight n --grids 1 -o {there}/a.gpkg --report {there}/r.json",
            "r.json",
        ),
        ("divide {there}/a_grids.shp --weight n --grids 1 -o {there}/a.shp", "a_grids.shp"),
        ("check --grids {there}/r.json --report {there}/r.json", "r.json"),
        ("check --grids {there}/a_areas.geojson -o {there}/a.geojson", "a_areas.geojson"),
        ("check --grids {there}/a_grids.kml --repair {there}/a.kml", "a_grids.kml"),
    ],
)
def test_nothing_beside_the_output_is_written_over_either(
    tmp_path: Path, town: Path, words: str, name: str
) -> None:
    """Alternatives, reports, and the files of layers where a format holds one."""
    read = tmp_path / name
    read.write_bytes(town.read_bytes())
    city = f"--communities {town} --buildings {read}"
    said = refused(words.format(city=city, there=tmp_path))
    assert f"结果会覆盖输入文件 {read}" in said
    assert read.read_bytes() == town.read_bytes()
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted((name, "town.gpkg"))


def test_a_place_that_can_never_be_written_to_is_refused_before_the_work(
    tmp_path: Path, town: Path
) -> None:
    too_long = tmp_path / f"{'长' * 100}.gpkg"
    assert "不能写入文件夹" in refused(f"check --grids {town} -o {too_long}")
    (tmp_path / "there.gpkg").mkdir()
    assert "是文件夹" in refused(f"check --grids {town} -o {tmp_path}/there.gpkg")


def test_a_ledger_that_is_imported_is_not_replaced_by_what_comes_back(
    tmp_path: Path, db_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", db_url)
    ledger = tmp_path / "ledger.csv"
    ledger.write_text("小区名称,户数\n甲,10\n", "utf-8")
    assert "ledger.csv" in refused(f"import buildings {ledger} -o {ledger}")
    assert ledger.read_text("utf-8").endswith("甲,10\n")


def test_a_mapping_to_a_column_that_is_not_there_is_what_is_complained_of(
    tmp_path: Path, town: Path
) -> None:
    assert "bianma" in refused(f"check --grids {town} --map code=bianma")
    houses = tmp_path / "b.gpkg"
    points = gpd.GeoDataFrame({"bid": ["1"]}, geometry=[Point(116.955, 31.045)], crs=4490)
    points.to_file(houses, layer="buildings")
    said = refused(f"draw --communities {town} --buildings {houses} -o {tmp_path}/p.gpkg")
    assert "building_id=某列" in said
    draw = f"draw --communities {town} --buildings {houses} -o {tmp_path}/p.gpkg"
    said = refused(f"{draw} --map building_id=nix")
    assert "没有 --map building_id=nix 所说的列 nix。现有列：bid" in said


@pytest.mark.parametrize("verb", ["map", "check", "report", "draw"])
@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("bianma=code", "没有叫 bianma 的列可供对应"),
        ("wangge.code=code", "没有叫 wangge 的图层"),
        ("grids.line=code", "没有叫 grids.line 的列"),
        ("code=bianma", "读入的图层都没有列 bianma。现有列：town.gpkg:"),
        ("grids.code=bianma", "town.gpkg:grids 里没有 --map grids.code=bianma 所说的列 bianma"),
    ],
)
def test_nothing_of_a_mapping_is_ignored(
    tmp_path: Path, town: Path, *, verb: str, entry: str, said: str
) -> None:
    ending = {"map": "html", "report": "docx"}.get(verb, "gpkg")
    given = {"draw": f"--communities {town} --buildings {town} --from {town}:grids"}
    words = f"{verb} {given.get(verb, f'--grids {town}:grids')} -o {tmp_path}/out.{ending}"
    if verb == "draw" and "code=bianma" in entry:
        words += " --map building_id=code"
    assert said in refused(f"{words} --map {entry}")
    assert [file.name for file in tmp_path.iterdir()] == ["town.gpkg"]


@pytest.mark.parametrize("words", ["map --city -o {out}.html", "report -o {out}.docx"])
def test_a_mapping_without_files_is_refused(tmp_path: Path, words: str) -> None:
    assert "没有给出文件" in refused(f"{words.format(out=tmp_path / 'out')} --map code=bianma")


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize(
    "noun", ["regions", "buildings", "incidents", "posts", "party", "roads", "grids"]
)
@pytest.mark.parametrize("ending", [".csv", ".gpkg"])
def test_no_import_ignores_a_mapping(tmp_path: Path, town: Path, *, noun: str, ending: str) -> None:
    file = town
    if ending == ".csv":
        if noun in ("roads", "grids"):
            pytest.skip("a layer, never a table")
        file = tmp_path / "t.csv"
        file.write_text("code,name\n340881001001,甲\n", "utf-8")
    elif noun in ("posts", "party"):
        pytest.skip("a table, never a layer")
    assert "没有叫 bianma 的列可供对应" in refused(f"import {noun} {file} --map bianma=code")
    said = refused(f"import {noun} {file} --map name=xingming")
    assert (file.name in said and "xingming" in said) or "没有叫 name 的列可供对应" in said


def test_grids_without_codes_are_named_by_their_rows(
    tmp_path: Path, db_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", db_url)
    file = tmp_path / "g.gpkg"
    codes = ["340881001001001", None, "12"]
    gpd.GeoDataFrame({"code": codes}, geometry=[TOWN] * 3, crs=4490).to_file(file, layer="grids")
    said = refused(f"import grids {file}")
    assert "g.gpkg：2 个网格没有可用的编码（第 2, 3 个）" in said


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize(
    "words",
    [
        "import grids {file}",
        "assign --grids {file} --points {points} --lon x --lat y --datum wgs84 -o {out}.csv",
        "draw --communities {town} --buildings {town} --map building_id=code --from {file} -o {out}.gpkg",
    ],
)
def test_a_code_that_is_given_twice_is_named_with_file_and_rows(
    tmp_path: Path, town: Path, words: str
) -> None:
    file, points = tmp_path / "twice.gpkg", tmp_path / "p.csv"
    codes = ["340881001001001", "340881001001002", "340881001001001"]
    gpd.GeoDataFrame({"code": codes}, geometry=[TOWN] * 3, crs=4490).to_file(file, layer="grids")
    points.write_text("x,y\n116.955,31.045\n", "utf-8")
    said = refused(words.format(file=file, town=town, points=points, out=tmp_path / "out"))
    assert "twice.gpkg：网格编码 340881001001001 用在了几个图形上（第 1, 3 个" in said


def test_grids_that_nothing_can_be_located_in_are_named_with_their_file(tmp_path: Path) -> None:
    file, points = tmp_path / "odd.gpkg", tmp_path / "p.csv"
    points.write_text("x,y\n116.955,31.045\n", "utf-8")
    bow = Polygon([(116.95, 31.04), (116.96, 31.05), (116.96, 31.04), (116.95, 31.05)])
    for codes, shapes in ((["1", None], [TOWN] * 2), (["1"], [bow]), (["1"], [Point(1, 2)])):
        gpd.GeoDataFrame({"code": codes}, geometry=shapes, crs=4490).to_file(file, layer="grids")
        assign = f"assign --grids {file} --points {points} --lon x --lat y --datum wgs84"
        assert "odd.gpkg：" in refused(f"{assign} -o {tmp_path}/out.csv")


@pytest.mark.usefixtures("stored")
def test_a_grid_of_another_community_is_named_with_file_and_row(tmp_path: Path) -> None:
    file = tmp_path / "g.gpkg"
    codes = {"code": ["340881001001001"], "community_code": ["340881001002"]}
    gpd.GeoDataFrame(codes, geometry=[TOWN], crs=4490).to_file(file, layer="grids")
    assert "g.gpkg 第 1 个：网格 340881001001001" in refused(f"import grids {file}")


def test_a_table_that_is_no_register_of_posts_says_so(
    tmp_path: Path, db_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", db_url)
    file = tmp_path / "l.csv"
    file.write_text("小区名称,户数\n甲,10\n", "utf-8")
    assert "不像岗位表" in refused(f"import posts {file}")


@pytest.mark.usefixtures("stored")
def test_a_register_without_end_is_not_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "MAX_TEXT_CELLS", 1000)
    file = tmp_path / "endless.csv"
    file.write_text("小区名称,户数\n" + "甲,10\n" * 5000, "utf-8")
    assert "读到第 502 行已超过 1,000 格" in refused(f"import buildings {file}")
