"""A great many incidents: the same answers as a few, whole or not at all, and the table as it was afterwards."""

from __future__ import annotations

import hashlib
from pathlib import Path
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point
from sqlalchemy import Engine, create_engine, text

from api.services import plans
from api.services.actor import Actor
from api.services.imports import Options, noting, run
from data.store import aside, catalogue, incident_load, regions
from geo.crs import parse_datum
from geo.errors import InputError, WanggeError
from tests.data.store.conftest import EAST, WEST, town, town_plan

PLANNER = Actor("planner")
SHAPE = """SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'incidents'::regclass
    UNION ALL SELECT indexdef FROM pg_indexes WHERE tablename = 'incidents' ORDER BY 1"""
KEPT = """SELECT source_id, how, grid_code, nearest_code, round(nearest_m::numeric, 3), reported_at, status,
    ST_AsEWKT(point), raw_x, raw_datum, category, extra::text FROM incidents ORDER BY source_id"""


@pytest.fixture
def town_engine(engine: Engine) -> Engine:
    with engine.begin() as connection:
        regions.merge(connection, town())
        drafts = plans.store_city_plan(connection, town_plan(), actor=PLANNER)
        plans.publish_within(connection, drafts.values(), actor=PLANNER)
    return engine


@pytest.fixture
def small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any load goes aside."""
    monkeypatch.setattr(incident_load, "LARGE", 1)


def options(**more: object) -> Options:
    return Options(PLANNER, ZoneInfo("Asia/Shanghai"), **{"datum": parse_datum("wgs84"), **more})  # type: ignore[arg-type]


def calls(count: int) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    times = pd.date_range("2026-01-01", periods=count, freq="7min").strftime("%Y-%m-%d %H:%M")
    table = pd.DataFrame(
        {"工单号": range(count), "上报时间": times, "类别": "占道", "结案时间": None}
    )
    table["经度"] = np.round(rng.uniform(116.948, 116.972, count), 6)
    table["纬度"] = np.round(rng.uniform(31.038, 31.052, count), 6)
    table.loc[::10, "结案时间"] = "2026/12/1 9:05"
    table.loc[5::50, ["经度", "纬度"]] = np.nan
    table.loc[7::100, "上报时间"] = "昨天"
    return table.astype({"工单号": str})


def written(path: Path, table: pd.DataFrame) -> str:
    table.to_csv(path, index=False)
    return str(path)


def asked(engine: Engine, query: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


@pytest.mark.usefixtures("small_is_large")
def test_aside_as_in_place(
    town_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "calls.csv", calls(1000))
    shape = asked(town_engine, SHAPE)
    heard: list[tuple[str, int, int | None]] = []
    done = run(town_engine, "incidents", path, options(progress=lambda *step: heard.append(step)))
    assert (done.added, done.counts["refused"], done.counts["to-place"]) == (990, 10, 20)
    assert (done.counts["rows"], len(done.rows)) == (1000, 30)
    assert ("import-index", 7, 7) in heard
    assert ("import", 990) in [step[:2] for step in heard]
    aside_rows = asked(town_engine, KEPT)
    assert {row[2] for row in aside_rows} == {
        None,
        *(f"{c}00{n}" for c in (WEST, EAST) for n in (1, 2)),
    }
    assert asked(town_engine, SHAPE) == shape
    again = run(town_engine, "incidents", path, options())
    assert (again.added, again.updated, again.unchanged) == (0, 0, 990)
    with town_engine.begin() as connection:
        connection.execute(text("TRUNCATE incidents CASCADE"))
    monkeypatch.setattr(incident_load, "LARGE", 10**9)
    assert run(town_engine, "incidents", path, options()).added == 990
    assert asked(town_engine, KEPT) == aside_rows


@pytest.mark.usefixtures("small_is_large")
def test_what_is_there_already_learns_its_place(town_engine: Engine, tmp_path: Path) -> None:
    first = calls(60).head(6)
    run(town_engine, "incidents", written(tmp_path / "a.csv", first), options())
    whole = calls(4000)
    whole.loc[5, ["经度", "纬度"]] = [116.953, 31.045]
    done = run(town_engine, "incidents", written(tmp_path / "b.csv", whole), options())
    assert (done.added, done.updated) == (4000 - 40 - 6, 1)
    assert asked(town_engine, "SELECT grid_code FROM incidents WHERE source_id = '5'") == [
        (f"{WEST}001",)
    ]


@pytest.mark.usefixtures("small_is_large")
def test_stopped_on_the_way_nothing_has_happened(town_engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    written(path, calls(300))
    path.write_text(path.read_text("utf-8") + "1,2,3,4,5,6,7,8\n", "utf-8")
    shape = asked(town_engine, SHAPE)
    with pytest.raises(InputError, match="table-row-too-wide"):
        run(town_engine, "incidents", str(path), options())
    written(path, calls(300))

    def stop(step: str, done: int, _total: int | None) -> None:
        if (step, done) == ("import-index", 3):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(town_engine, "incidents", str(path), options(progress=stop))
    assert asked(town_engine, SHAPE) == shape
    assert asked(town_engine, "SELECT count(*) FROM incidents") == [(0,)]
    for kept_nothing in (options(dry_run=True), options(strict=True)):
        done = run(town_engine, "incidents", str(path), kept_nothing)
        assert (done.added, done.written) == (297, False)
    assert asked(town_engine, "SELECT count(*) FROM incidents") == [(0,)]


@pytest.mark.usefixtures("small_is_large")
def test_while_somebody_reads_it_goes_in_without_them_having_to_stop(
    town_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aside, "LOCK_TIMEOUT", "20ms")
    path = written(tmp_path / "calls.csv", calls(200))
    other = create_engine(town_engine.url)
    with other.connect() as reader:
        reader.execute(text("SELECT count(*) FROM incidents")).one()
        assert run(town_engine, "incidents", path, options()).added == 198
        assert reader.execute(text("SELECT count(*) FROM incidents")).scalar_one() == 198
    other.dispose()


def test_parquet_workbook_and_layer_say_the_same(town_engine: Engine, tmp_path: Path) -> None:
    table = calls(100)
    kept = []
    for name in ("c.csv", "c.parquet", "c.xlsx", "c.gpkg"):
        path = tmp_path / name
        if name.endswith("csv"):
            written(path, table)
        elif name.endswith("parquet"):
            table.to_parquet(path)
        elif name.endswith("xlsx"):
            table.to_excel(path, index=False)
        else:
            places = zip(table["经度"], table["纬度"], strict=True)
            shapes = [None if np.isnan(x) else Point(x, y) for x, y in places]
            layer = gpd.GeoDataFrame(
                table.drop(columns=["经度", "纬度"]), geometry=shapes, crs=4326
            )
            layer.to_file(path, layer="calls")
        chosen = options(datum=None) if name.endswith("gpkg") else options()
        assert run(town_engine, "incidents", str(path), chosen).added == 99
        kept.append([row[:9] for row in asked(town_engine, KEPT)])
        with town_engine.begin() as connection:
            connection.execute(text("TRUNCATE incidents CASCADE"))
    assert kept[1:] == kept[:1] * 3


def test_a_row_without_number_keeps_the_one_it_was_given(
    town_engine: Engine, tmp_path: Path
) -> None:
    table = calls(20).drop(columns="工单号")
    path = written(tmp_path / "calls.csv", table)
    assert run(town_engine, "incidents", path, options()).added == 19
    assert run(town_engine, "incidents", path, options()).added == 0
    said = [
        "占道",
        "",
        "",
        "",
        "2026-01-01 00:07:00+08:00",
        *map(str, table.loc[1, ["经度", "纬度"]]),
    ]
    made = "h" + hashlib.sha256("\n".join(said).encode()).hexdigest()[:15]
    assert made in {row[0] for row in asked(town_engine, KEPT)}, "as every release has made it"
    with pytest.raises(WanggeError, match="datum-missing"):
        run(town_engine, "incidents", path, options(datum=None))


def test_without_a_catalogue_codes_are_kept_as_categories(
    town_engine: Engine, tmp_path: Path
) -> None:
    table = calls(3).drop(columns="类别").assign(事项编码=["S1", "S2", None])
    path = written(tmp_path / "calls.csv", table)
    done = run(town_engine, "incidents", path, options())
    assert (done.counts["refused"], done.added) == (0, 3)
    kept = asked(town_engine, "SELECT catalogue_code, category FROM incidents ORDER BY source_id")
    assert kept == [(None, "S1"), (None, "S2"), (None, None)]
    told = {one.reason.params["value"]: (one.count, one.rows) for one in done.said}
    assert told == {"S1": (1, (2,)), "S2": (1, (3,))}


def test_what_is_said_of_a_great_many_rows_is_counted_and_a_few_are_named(
    town_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its memory does not grow with the file: only rows that are asked for are kept, all of them."""
    monkeypatch.setattr(noting, "LISTED", 5)
    table = calls(440).drop(columns="类别")
    sound = table["经度"].notna() & (table["上报时间"] != "昨天")
    table = table[sound].head(400).reset_index(drop=True)
    table["事项编码"] = np.where(np.arange(400) % 4 == 0, "S2", "S1")
    noted = run(town_engine, "incidents", written(tmp_path / "a.csv", table), options(dry_run=True))
    assert [(one.reason.params["value"], one.count) for one in noted.said] == [
        ("S1", 300),
        ("S2", 100),
    ]
    assert noted.said[0].rows == (3, 4, 5)
    assert (len(noted.rows), noted.counts["good"]) == (0, 400)
    with town_engine.begin() as connection:
        item = {"code": ["S1"], "name": ["某"], "kind": ["matter"]}
        catalogue.merge_items(connection, pd.DataFrame(item))
    path, back = written(tmp_path / "a.csv", table), tmp_path / "back.csv"
    done = run(town_engine, "incidents", path, options())
    assert [(one.reason.code, one.count) for one in done.said] == [("catalogue-unknown", 100)]
    assert (done.counts["refused"], done.open, done.added) == (100, 100, 300)
    assert len(done.rows) == 5
    assert done.returned is not None and done.returned.empty
    assert run(town_engine, "incidents", path, options(strict=True)).written is False
    run(town_engine, "incidents", path, options(), give_back=back)
    returned = pd.read_csv(back, dtype=str)
    assert list(returned["工单号"]) == list(table["工单号"][::4])
    assert returned["导入原因"].str.contains("S2").all()


@pytest.mark.usefixtures("small_is_large")
def test_a_great_load_is_recorded_when_it_came(town_engine: Engine, tmp_path: Path) -> None:
    clock = "SELECT clock_timestamp()"
    (before,), *_ = asked(town_engine, clock)
    run(town_engine, "incidents", written(tmp_path / "calls.csv", calls(50)), options())
    (after,), *_ = asked(town_engine, clock)
    (first, last), *_ = asked(
        town_engine, "SELECT min(recorded_at), max(recorded_at) FROM incidents"
    )
    assert before <= first == last <= after
