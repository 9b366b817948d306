"""部件 into the store and out again, and when records were last verified."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from sqlalchemy import Engine

from api.services.actor import Actor
from api.services.exports import export
from api.services.imports import Options, run
from data.store import catalogue, frames, regions
from geo.crs import parse_datum
from geo.errors import ColumnMissing, DatumError
from tests.data.store.conftest import WEST, town

OPTIONS = Options(Actor("planner"), ZoneInfo("Asia/Shanghai"), datum=parse_datum("wgs84"))
HEAD = "部件标识码,部件名称,部件编码,经度,纬度,核实日期\n"


@pytest.fixture
def city(engine: Engine) -> Engine:
    """The hand-drawn town (116.95 to 116.97, 31.04 to 31.05) and a catalogue with one 部件 and one 事项."""
    with engine.begin() as connection:
        regions.merge(connection, town())
        departments = pd.DataFrame({"code": ["d"], "name": ["某局"], "phone": [None]})
        catalogue.merge_departments(connection, departments)
        items = {
            "code": ["B1", "S1"], "kind": ["component", "matter"], "category": ["设施", "秩序"],
            "name": ["路灯", "停车"], "department_code": ["d", "d"], "limit_h": [4.0, 4.0],
        }  # fmt: skip
        catalogue.merge_items(connection, pd.DataFrame(items))
    return engine


def kept(engine: Engine) -> gpd.GeoDataFrame:
    with engine.connect() as connection:
        return frames.components(connection).set_index("component_id")


def table(path: Path, *rows: str) -> str:
    path.write_text(HEAD + "".join(f"{row}\n" for row in rows), "utf-8")
    return str(path)


def test_a_ledger_of_components_goes_in_and_comes_again(city: Engine, tmp_path: Path) -> None:
    spec = table(
        tmp_path / "部件.csv",
        "L1,路灯,,116.955,31.045,2026年3月",
        "L2,,B1,116.956,31.045,去年",
        "L3,消火栓,X9,116.957,31.045,",
    )
    done = run(city, "components", spec, OPTIONS)
    assert (done.added, done.counts["good"], done.refused) == (3, 3, False)
    codes = {row.key: [reason.code for reason in row.reasons] for row in done.rows}
    assert codes == {"L1": [], "L2": ["as-of-unreadable"], "L3": ["catalogue-unknown"]}
    rows = kept(city)
    assert rows["kind"].to_dict() == {"L1": "路灯", "L2": "路灯", "L3": "消火栓"}
    assert rows["catalogue_code"].fillna("-").to_dict() == {"L1": "B1", "L2": "B1", "L3": "-"}
    assert rows["as_of"]["L1"].date() == date(2026, 3, 1)
    assert rows["as_of"].isna().tolist() == [False, True, True]
    again = table(tmp_path / "再来.csv", "L1,路灯,,116.955,31.046,")
    assert run(city, "components", again, OPTIONS).updated == 1
    rows = kept(city)
    assert rows.geometry["L1"].y == 31.046
    assert rows["as_of"]["L1"].date() == date(2026, 3, 1), "what is not told does not replace a day"


def test_what_cannot_be_taken_comes_back_with_its_reason(city: Engine, tmp_path: Path) -> None:
    spec = table(
        tmp_path / "部件.csv",
        "L1,路灯,,116.955,31.045,",
        "L1,路灯,,116.956,31.045,",
        "L2,路灯,,,31.045,",
        "L3,,,116.957,31.045,",
        "L4,路灯,,东,31.045,",
        "L5,路灯,,118.5,31.045,",
        "L6,路灯,,116.9701,31.045,",
    )
    dry = run(city, "components", spec, replace(OPTIONS, dry_run=True))
    assert (dry.written, len(kept(city))) == (False, 0)
    assert not run(city, "components", spec, replace(OPTIONS, strict=True)).written
    done = run(city, "components", spec, OPTIONS, give_back=tmp_path / "退回.xlsx")
    codes = [[reason.code for reason in row.reasons] for row in done.rows]
    assert codes == [
        [], ["repeated"], ["half-coordinates"], ["component-kind-missing"], ["coordinate-malformed"],
        ["outside"], ["at-the-edge"],
    ]  # fmt: skip
    assert sorted(kept(city).index) == ["L1", "L6"]
    assert len(pd.read_excel(tmp_path / "退回.xlsx", engine="openpyxl")) == 5
    with pytest.raises(DatumError):
        run(city, "components", spec, replace(OPTIONS, datum=None))
    bare = tmp_path / "无坐标.csv"
    bare.write_text("部件名称\n路灯\n", "utf-8")
    with pytest.raises(ColumnMissing):
        run(city, "components", str(bare), OPTIONS)


def test_mars_coordinates_end_where_they_belong(city: Engine, tmp_path: Path) -> None:
    spec = table(tmp_path / "部件.csv", "L1,路灯,,116.955,31.045,")
    run(city, "components", spec, replace(OPTIONS, datum=parse_datum("gcj02")))
    moved = kept(city).geometry["L1"]
    assert 0.002 < shapely.distance(moved, shapely.Point(116.955, 31.045)) < 0.02


def test_a_layer_without_numbers_goes_by_kind_and_place(city: Engine, tmp_path: Path) -> None:
    path = tmp_path / "layer.gpkg"
    spots = [
        shapely.Point(116.955, 31.045),
        shapely.LineString([(116.96, 31.045), (116.96, 31.046)]),
    ]
    gpd.GeoDataFrame({"备注": ["a", "b"]}, geometry=spots, crs=4490).to_file(path, layer="路灯")
    plain = replace(OPTIONS, datum=None)
    assert run(city, "components", f"{path}:路灯", plain).added == 2
    assert run(city, "components", f"{path}:路灯", plain).updated == 2
    named = run(city, "components", f"{path}:路灯", replace(plain, name="护栏"))
    assert named.added == 2
    assert set(kept(city)["kind"]) == {"路灯", "护栏"}


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".gpkg", ".geojson"])
def test_what_was_exported_is_imported_as_it_was(city: Engine, tmp_path: Path, ending: str) -> None:
    spec = table(
        tmp_path / "部件.csv", "L1,路灯,,116.955,31.045,2026-03-01", "L2,桩,,116.956,31.045,"
    )
    run(city, "components", spec, OPTIONS)
    before = kept(city)
    count, _ = export(city, "components", tmp_path / f"out{ending}")
    assert count == 2
    datum = OPTIONS.datum if ending in (".csv", ".xlsx") else None
    done = run(city, "components", str(tmp_path / f"out{ending}"), replace(OPTIONS, datum=datum))
    assert (done.added, done.updated) == (0, 2), [row.reasons for row in done.rows]
    after = kept(city)
    assert after.drop(columns="source").equals(before.drop(columns="source"))


def test_every_register_keeps_the_day_of_its_rows(city: Engine, tmp_path: Path) -> None:
    houses = tmp_path / "楼栋.csv"
    houses.write_text(
        "楼栋编号,名称,户数,经度,纬度,更新日期\nb1,一栋,40,116.955,31.045,2025/7/1\n", "utf-8"
    )
    lines = tmp_path / "岗位.csv"
    lines.write_text(f"岗位,社区,条线,姓名,核实日期\nB,{WEST},民政,张三,2025-06-01\n", "utf-8")
    units = tmp_path / "党组织.csv"
    units.write_text(f"党组织编码,党组织类别,社区,更新日期\nz,支部,{WEST},2025-05-01\n", "utf-8")
    people = tmp_path / "联系人.csv"
    people.write_text("小区,类别,姓名,核实日期\n和平小区,物业,李四,2025-04-01\n", "utf-8")
    run(city, "buildings", str(houses), OPTIONS)
    for noun, file in (("posts", lines), ("party", units), ("contacts", people)):
        assert run(city, noun, str(file), replace(OPTIONS, datum=None)).added == 1, noun
    with city.connect() as connection:
        days = [
            frame["as_of"].iloc[0].date().isoformat()
            for frame in (
                frames.buildings(connection), frames.posts(connection),
                frames.party_units(connection), frames.contacts(connection),
            )
        ]  # fmt: skip
    assert days == ["2025-07-01", "2025-06-01", "2025-05-01", "2025-04-01"]
    lines.write_text(f"岗位,社区,条线,姓名\nB,{WEST},民政,张三\n", "utf-8")
    assert run(city, "posts", str(lines), replace(OPTIONS, datum=None)).updated == 1
    with city.connect() as connection:
        assert frames.posts(connection)["as_of"].iloc[0].date() == date(2025, 6, 1)
