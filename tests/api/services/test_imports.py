"""Files into the store: sorted, whole or not at all, and twice the same as once."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point, box
from sqlalchemy import Engine, text

from api.services import plans
from api.services.actor import Actor
from api.services.imports import Imported, Options, run
from api.services.imports.result import say_reason
from data.store import pending, regions
from geo.crs import parse_datum
from geo.errors import CodeError, Conflict, DatumError, OptionError
from geo.model import CRS
from tests.data.store.conftest import EAST, WEST, town, town_plan

PLANNER = Actor("planner")
ZONE = ZoneInfo("Asia/Shanghai")


def options(**more: object) -> Options:
    return Options(PLANNER, ZONE, **more)  # type: ignore[arg-type]


def count(engine: Engine, table: str) -> int:
    with engine.connect() as connection:
        return connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


def contents(engine: Engine) -> dict[str, int]:
    tables = ("regions", "buildings", "plans", "plan_grids", "incidents", "posts", "import_pending")
    return {table: count(engine, table) for table in tables}


@pytest.fixture
def town_engine(engine: Engine) -> Engine:
    with engine.begin() as connection:
        regions.merge(connection, town())
        drafts = plans.store_city_plan(connection, town_plan(), actor=PLANNER)
        plans.publish_within(connection, drafts.values(), actor=PLANNER)
    return engine


def ledger(path: Path, rows: list[tuple[object, ...]]) -> str:
    columns = ["小区名称", "地址", "户数", "人口", "社区", "经度", "纬度"]
    pd.DataFrame(rows, columns=columns).to_excel(path, index=False)
    return str(path)


WGS = {"datum": parse_datum("wgs84")}
ROWS = [
    ("好小区", "路1号", 100, 250, "西社区", 116.955, 31.045),
    ("待定位小区", "路2号", 200, 500, "西社区", None, None),
    ("待补户数小区", "路3号", None, None, None, 116.965, 31.045),
    ("远处小区", "路4号", 10, 20, None, 118.0, 31.0),
    ("好小区", "路1号", 300, 700, "西社区", 116.956, 31.045),
    ("坏小区", "路5号", "许多", 20, None, 116.955, 31.045),
]


def test_a_ledger_is_sorted_and_comes_back(town_engine: Engine, tmp_path: Path) -> None:
    back = tmp_path / "退回.xlsx"
    done = run(
        town_engine,
        "buildings",
        ledger(tmp_path / "台账.xlsx", ROWS),
        options(**WGS),
        give_back=back,
    )
    assert dict(done.counts) == {
        "rows": 6, "good": 1, "to-place": 1, "to-count": 1, "suspect": 2, "refused": 1,
    }  # fmt: skip
    assert (done.added, done.updated, done.kept) == (2, 0, 3)
    returned = pd.read_excel(back, dtype=str, engine="openpyxl")
    assert list(returned["小区名称"]) == [
        "待定位小区",
        "待补户数小区",
        "远处小区",
        "好小区",
        "坏小区",
    ]
    assert returned["导入原因"].str.len().min() > 4
    with town_engine.connect() as connection:
        rows = connection.execute(
            text("SELECT name, community_code, households FROM buildings ORDER BY households")
        )
        assert [tuple(row) for row in rows] == [("好小区", WEST, 100), ("待补户数小区", EAST, None)]
        assert len(pending.read(connection, "buildings")) == 3


def test_completed_and_imported_again_nothing_is_doubled(
    town_engine: Engine, tmp_path: Path
) -> None:
    back = tmp_path / "退回.xlsx"
    original = ledger(tmp_path / "台账.xlsx", ROWS)
    run(town_engine, "buildings", original, options(**WGS), give_back=back)
    completed = pd.read_excel(back, dtype=object, engine="openpyxl").set_index("小区名称")
    completed.loc["待定位小区", ["经度", "纬度"]] = [116.953, 31.045]
    completed.loc["待补户数小区", ["户数", "人口"]] = [40, 90]
    completed.loc["远处小区", ["经度", "纬度"]] = [116.966, 31.045]
    completed.loc["坏小区", "户数"] = 77
    completed.reset_index().to_excel(back, index=False)
    second = tmp_path / "再退回.xlsx"
    done = run(town_engine, "buildings", str(back), options(**WGS), give_back=second)
    assert (done.added, done.updated, done.kept) == (3, 1, 1)
    assert list(pd.read_excel(second, engine="openpyxl")["小区名称"]) == ["好小区"], (
        "the repetition is still one"
    )
    assert count(town_engine, "buildings") == 5
    for again in (str(back), original, str(back)):
        assert run(town_engine, "buildings", again, options(**WGS)).added == 0
    with town_engine.connect() as connection:
        query = text("SELECT name, households, residents FROM buildings ORDER BY households")
        assert [tuple(row) for row in connection.execute(query)] == [
            ("远处小区", 10, 20), ("待补户数小区", 40, 90), ("坏小区", 77, 20),
            ("好小区", 100, 250), ("待定位小区", 200, 500),
        ]  # fmt: skip


def test_the_original_imported_after_its_correction_changes_nothing_back(
    town_engine: Engine, tmp_path: Path
) -> None:
    """A row outside the city that was corrected does not wait to be corrected once more, and keeps its place."""
    back = tmp_path / "退回.xlsx"
    original = ledger(tmp_path / "台账.xlsx", [ROWS[0], ROWS[3]])
    run(town_engine, "buildings", original, options(**WGS), give_back=back)
    completed = pd.read_excel(back, dtype=object, engine="openpyxl")
    completed[["经度", "纬度"]] = [116.966, 31.045]
    completed.to_excel(back, index=False)
    assert run(town_engine, "buildings", str(back), options(**WGS)).added == 1
    places = text("SELECT name, ST_X(point), raw_x FROM buildings ORDER BY name")
    with town_engine.connect() as connection:
        corrected = connection.execute(places).all()
    done = run(town_engine, "buildings", original, options(**WGS), give_back=tmp_path / "又.xlsx")
    assert (done.kept, done.added, done.counts["suspect"], done.counts["good"]) == (0, 0, 0, 2)
    (note,) = [reason for row in done.rows for reason in row.reasons]
    assert "远处小区：文件里的坐标在市界外" in say_reason(note, "zh")
    assert "the place in the store" in say_reason(note, "en")
    assert not (tmp_path / "又.xlsx").exists()
    with town_engine.connect() as connection:
        assert connection.execute(places).all() == corrected
        assert not pending.read(connection, "buildings")


def test_a_repetition_that_was_settled_does_not_come_back(
    town_engine: Engine, tmp_path: Path
) -> None:
    """Decided by content: in whatever file, order and row it stands. Another repetition is asked for as ever."""
    back, again = tmp_path / "退回.xlsx", tmp_path / "又.xlsx"
    first, second = ROWS[0], ("好小区", "路1号", None, None, None, None, None)
    original = ledger(tmp_path / "台账.xlsx", [first, second])
    assert run(town_engine, "buildings", original, options(**WGS), give_back=back).kept == 1
    completed = pd.read_excel(back, dtype=object, engine="openpyxl")
    completed[["小区名称", "户数"]] = ["好小区二期", 300]
    completed.to_excel(back, index=False)
    done = run(town_engine, "buildings", str(back), options(**WGS), give_back=again)
    assert (done.added, done.kept) == (0, 1), "settled; its place is still to be told"
    completed = pd.read_excel(again, dtype=object, engine="openpyxl")
    completed[["经度", "纬度"]] = [116.966, 31.045]
    completed.to_excel(again, index=False)
    assert run(town_engine, "buildings", str(again), options(**WGS)).added == 1
    names = text("SELECT name, households FROM buildings ORDER BY name")
    for number, rows in enumerate(([first, second], [ROWS[2], second, first])):
        path, third = ledger(tmp_path / f"{number}.xlsx", rows), tmp_path / f"{number}又.xlsx"
        done = run(town_engine, "buildings", path, options(**WGS), give_back=third)
        assert (done.kept, done.counts["suspect"], done.counts["to-place"]) == (0, 0, 0)
        (note,) = [r for row in done.rows for r in row.reasons if r.code == "settled"]
        for lang in ("zh", "en"):
            assert str(note.params["row"]) in say_reason(note, lang)
        with town_engine.connect() as connection:
            found = [row for row in connection.execute(names).all() if row[0].startswith("好")]
            assert found == [("好小区", 100), ("好小区二期", 300)]
            assert not pending.read(connection, "buildings")
    other = ledger(tmp_path / "另.xlsx", [first, second, ROWS[4]])
    done = run(town_engine, "buildings", other, options(**WGS))
    assert (done.kept, [row.row for row in done.rows if row.states]) == (1, [4])


def test_dry_run_and_strict_write_nothing(town_engine: Engine, tmp_path: Path) -> None:
    path = ledger(tmp_path / "台账.xlsx", ROWS)
    before = contents(town_engine)
    for chosen in (options(**WGS, dry_run=True), options(**WGS, strict=True)):
        done = run(town_engine, "buildings", path, chosen)
        assert not done.written
        assert done.counts["rows"] == 6
        assert contents(town_engine) == before
    assert run(
        town_engine,
        "buildings",
        ledger(tmp_path / "好.xlsx", ROWS[:1]),
        options(**WGS, strict=True),
    ).written


def test_residents_by_a_stated_ratio_are_marked_and_never_replace_a_count(
    town_engine: Engine, tmp_path: Path
) -> None:
    rows = [
        ("甲", "1", 100, None, None, 116.955, 31.045),
        ("乙", "2", 100, 300, None, 116.955, 31.045),
    ]
    run(town_engine, "buildings", ledger(tmp_path / "a.xlsx", rows), options(**WGS, ratio=2.5))
    blank = [(*row[:3], None, *row[4:]) for row in rows]
    run(town_engine, "buildings", ledger(tmp_path / "b.xlsx", blank), options(**WGS, ratio=2.7))
    with town_engine.connect() as connection:
        query = text(
            "SELECT name, residents, residents_estimated FROM buildings ORDER BY residents"
        )
        assert [tuple(row) for row in connection.execute(query)] == [
            ("甲", 270, True),
            ("乙", 300, False),
        ]


def test_a_failure_leaves_nothing_behind(town_engine: Engine, tmp_path: Path) -> None:
    path = ledger(tmp_path / "台账.xlsx", ROWS)
    before = contents(town_engine)
    with pytest.raises(DatumError, match="datum-missing"):
        run(town_engine, "buildings", path, options())
    with pytest.raises(OptionError):
        run(
            town_engine,
            "buildings",
            path,
            options(**WGS),
            give_back=tmp_path / "没有" / "退回.xlsx",
        )
    with pytest.raises(OptionError, match="noun-unknown"):
        run(town_engine, "houses", path, options(**WGS))
    assert contents(town_engine) == before


def test_polygons_as_buildings(town_engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "parcels.gpkg"
    gpd.GeoDataFrame(
        {"parcel": ["a", "b", "b", None], "households": [1, 2, 3, 4], "社区": ["西社区", None, None, None]},
        geometry=[box(116.951, 31.041, 116.952, 31.042), Point(116.975, 31.045), Point(116.965, 31.045), None],
        crs=CRS,
    ).to_file(path, layer="parcels")  # fmt: skip
    done = run(town_engine, "buildings", str(path), options(mapping={"building_id": "parcel"}))
    assert (done.added, done.counts["refused"]) == (2, 2)
    assert "no-community" in {reason.code for reason in done.rows[1].reasons}
    with town_engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT building_id, community_code, footprint IS NOT NULL FROM buildings ORDER BY 1"
            )
        )
        assert [tuple(row) for row in rows] == [("a", WEST, True), ("b", None, False)]


def test_regions_by_outline_and_by_list(engine: Engine, tmp_path: Path) -> None:
    outline = tmp_path / "边界.kml"
    gpd.GeoDataFrame(geometry=[box(116.95, 31.04, 116.97, 31.05)], crs=4326).to_file(
        outline, driver="KML"
    )
    done = run(engine, "regions", str(outline), options(code="340881", name="桐城市"))
    assert done.added == 1
    towns = tmp_path / "towns.csv"
    towns.write_text(
        "code,name\n340881002000,文昌街道\n340881100000,孔城镇\n340881002000,又一个\nx,错\n",
        "utf-8",
    )
    done = run(engine, "regions", str(towns), options())
    assert (done.added, done.counts["refused"]) == (2, 2)
    again = run(engine, "regions", str(towns), options())
    assert (again.added, again.updated) == (0, 2)
    with engine.connect() as connection:
        query = text("SELECT code, kind, parent_code, geom IS NULL FROM regions ORDER BY code")
        assert [tuple(row) for row in connection.execute(query)] == [
            ("340881", "city", None, False),
            ("340881002", "street", "340881", True),
            ("340881100", "town", "340881", True),
        ]


def write_plan(path: Path, cut: float) -> str:
    plan = town_plan(cut=cut)
    layers = {"grids": plan.grids, "blocks": plan.blocks, "communities": plan.communities}
    for name, layer in layers.items():
        layer.to_file(path, layer=name)
    return str(path)


def test_a_drawn_plan_goes_into_force_once(engine: Engine, tmp_path: Path) -> None:
    path = write_plan(tmp_path / "plan.gpkg", 0.005)
    first = run(engine, "grids", path, options())
    assert (first.added, first.unchanged) == (4, 0)
    second = run(engine, "grids", path, options())
    assert (second.added, second.unchanged) == (0, 4)
    third = run(engine, "grids", write_plan(tmp_path / "new.gpkg", 0.004), options())
    assert third.added == 4
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT n FROM plan_epoch")) == 2
        status = connection.scalars(text("SELECT status FROM plans ORDER BY id")).all()
    assert status == ["retired", "retired", "published", "published"]


def test_a_torn_plan_is_refused_whole_and_kept_as_a_draft_on_request(
    town_engine: Engine, tmp_path: Path
) -> None:
    torn = town_plan(cut=0.004).grids
    torn.loc[0, "geometry"] = torn.geometry[0].buffer(-0.001)
    path = tmp_path / "torn.gpkg"
    torn.to_file(path, layer="grids")
    before = contents(town_engine)
    with pytest.raises(Conflict, match="plan-blocked"):
        run(town_engine, "grids", str(path), options())
    assert contents(town_engine) == before
    done = run(town_engine, "grids", str(path), options(draft=True))
    assert "gap" in {finding.code for finding in done.findings}
    assert count(town_engine, "plans") == before["plans"] + 2


def test_grids_that_cannot_be(engine: Engine, tmp_path: Path) -> None:
    grids = town_plan().grids
    path = tmp_path / "g.gpkg"
    grids.to_file(path, layer="grids")
    with pytest.raises(CodeError, match="communities-unknown"):
        run(engine, "grids", str(path), options())
    grids.assign(code=grids["code"].iloc[0]).to_file(path, layer="grids")
    with pytest.raises(CodeError, match="code-"):
        run(engine, "grids", str(path), options())


CALLS = """工单号,上报时间,类别,地点,经度,纬度
1,2026-03-01 08:00,0203,农行对面,116.954,31.045
2,2026/3/1 9:05,0203,边界上,116.96,31.045
3,2026-03-01,0203,城外,118.0,31.0
4,2026-03-01 10:00,0203,不知道在哪,,
5,昨天,0203,农行对面,116.954,31.045
1,2026-03-01 08:00,0203,农行对面,116.954,31.045
"""


def test_incidents_once_each_and_a_place_later(town_engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text(CALLS, "gb18030")
    back = tmp_path / "back.xlsx"
    done = run(town_engine, "incidents", str(path), options(**WGS), give_back=back)
    assert (done.added, done.counts["refused"], done.counts["to-place"]) == (4, 2, 1)
    again = run(town_engine, "incidents", str(path), options(**WGS))
    assert (again.added, again.updated, again.unchanged) == (0, 0, 4)
    table = pd.read_excel(back, dtype=object, engine="openpyxl")
    table.loc[table["工单号"].astype(str) == "4", ["经度", "纬度"]] = [116.967, 31.045]
    table[table["工单号"].astype(str) == "4"].to_excel(back, index=False)
    placed = run(town_engine, "incidents", str(back), options(**WGS))
    assert (placed.added, placed.updated) == (0, 1)
    with town_engine.connect() as connection:
        query = text(
            "SELECT source_id, how, grid_code, reported_at FROM incidents ORDER BY source_id"
        )
        rows = [tuple(row) for row in connection.execute(query)]
    assert [row[:3] for row in rows] == [
        ("1", "inside", f"{WEST}001"), ("2", "boundary", f"{WEST}002"), ("3", "outside", None),
        ("4", "inside", f"{EAST}002"),
    ]  # fmt: skip
    assert rows[0][3].astimezone(ZONE).hour == 8


def test_the_register_of_posts_is_what_it_says_now(town_engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"

    def register(rows: str) -> Imported:
        path.write_text("岗位,网格,社区,条线,姓名,电话\n" + rows, "utf-8")
        return run(town_engine, "posts", str(path), options())

    first = register(
        f"A岗,{WEST}001,,,张三,1\nB岗,,西社区,城管,李四,2\nA岗,999,,,王五,3\n,,西社区,,赵六,\n"
    )
    assert (first.added, first.counts["refused"]) == (2, 2)
    same = register(f"A岗,{WEST}001,,,张三,9\n")
    assert (same.added, same.updated, same.ended) == (0, 1, 0)
    changed = register(f"A岗,{WEST}001,,,孙七,4\n")
    assert (changed.added, changed.ended) == (1, 1)
    with town_engine.connect() as connection:
        query = text(
            "SELECT person, phone FROM posts WHERE valid @> clock_timestamp() ORDER BY person"
        )
        assert {tuple(row) for row in connection.execute(query)} == {("孙七", "4"), ("李四", "2")}


def test_the_real_ledger_of_tongcheng(engine: Engine, shared: Path, tmp_path: Path) -> None:
    folder = shared / "tongcheng"
    run(engine, "regions", f"{folder / 'tongcheng.gpkg'}:boundary", options())
    back = tmp_path / "退回.xlsx"
    bd09 = options(datum=parse_datum("bd09"))
    done = run(engine, "buildings", str(folder / "小区台账_百度坐标.xlsx"), bd09, give_back=back)
    assert done.counts["rows"] == 63
    assert done.counts["to-place"] == 16
    assert done.counts["suspect"] == 1
    outside = [row for row in done.rows if "suspect" in row.states]
    assert "to-count" in outside[0].states
    assert done.counts["to-count"] == 45
    assert (done.added, done.kept) == (46, 17)
    again = run(engine, "buildings", str(folder / "小区台账_百度坐标.xlsx"), bd09)
    assert again.added == 0
    assert count(engine, "buildings") == done.added
    assert len(pd.read_excel(back, engine="openpyxl")) == done.counts["rows"] - done.counts["good"]


def test_numbers_of_a_region_that_can_not_be(engine: Engine, tmp_path: Path) -> None:
    """Below zero the store takes none; a most below the usual least would stop whatever checks the city."""
    path = tmp_path / "社区.csv"
    path.write_text(
        "社区编码,社区名称,规划网格数,户数下限,户数上限\n"
        f"{WEST},西社区,-1,,\n{EAST},东社区,,,200\n340881001003,南社区,2,100,200\n"
    )
    done = run(engine, "regions", str(path), options())
    codes = {row.row: [reason.code for reason in row.reasons] for row in done.rows}
    assert codes == {2: ["count-malformed"], 3: ["bounds-crossed"], 4: []}
    assert done.refused and count(engine, "regions") == 1
    path.write_text("社区编码,户数下限\n340881001003,400\n")
    with pytest.raises(OptionError, match="bounds-impossible"):  # with the 200 that are there
        run(engine, "regions", str(path), options())


def test_a_building_as_wide_as_the_world_is_refused(town_engine: Engine, tmp_path: Path) -> None:
    """PostGIS measures no distance to it: the card of any place within would fail."""
    shapes = [box(-180, -90, 180, 90), box(5e5, 3e6, 5e5 + 9, 3e6 + 9), Point(116.955, 31.045)]
    frame = gpd.GeoDataFrame({"building_id": ["a", "b", "c"]}, geometry=shapes, crs=CRS)
    frame.to_file(tmp_path / "a.gpkg", layer="buildings")
    done = run(town_engine, "buildings", str(tmp_path / "a.gpkg"), options())
    astray = [row.key for row in done.rows if "shape-astray" in {one.code for one in row.reasons}]
    assert (astray, done.added) == (["a", "b"], 1)
