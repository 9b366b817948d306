"""A hotline's sheet: clear words go in at their place, the rest comes back with candidates and is imported again."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import LineString, Point
from sqlalchemy import Engine, text

from api.services import plans
from api.services.actor import Actor
from api.services.imports import Imported, Options, calls, run
from data.store import buildings, ground, regions
from geo.crs import from_lonlat, parse_datum
from geo.errors import ColumnMissing
from geo.model import CRS
from tests.data.store.conftest import EAST, WEST, town, town_plan

PLANNER = Actor("planner")
HOUSES = [
    ("b1", "和平小区1栋", "和平小区", WEST, Point(116.952, 31.045)),
    ("b3", "和平小区3栋", "和平小区", WEST, Point(116.953, 31.045)),
    ("s1", "桐城中学", None, EAST, Point(116.968, 31.045)),
    ("w1", "便民超市", None, WEST, Point(116.9515, 31.043)),
    ("e1", "便民超市", None, EAST, Point(116.969, 31.043)),
    ("d1", "大院小区1栋", "大院小区", WEST, Point(116.954, 31.047)),
    ("d2", "大院小区2栋", "大院小区", WEST, Point(116.956, 31.047)),
]
KEPT = (
    "SELECT source_id, place, grid_code, how, ST_X(point) AS lng, raw_x FROM incidents ORDER BY 1"
)


@pytest.fixture
def city(engine: Engine) -> Engine:
    """The town with its grids in force, houses, a road, two shops of one name and an estate in two grids."""
    with engine.begin() as connection:
        regions.merge(connection, town())
        drafts = plans.store_city_plan(connection, town_plan(), actor=PLANNER)
        plans.publish_within(connection, drafts.values(), actor=PLANNER)
        columns = ["building_id", "name", "estate", "community_code", "geometry"]
        houses = gpd.GeoDataFrame(HOUSES, columns=columns, crs=CRS).assign(kind="residence")
        buildings.merge(connection, houses)
        roads = {"name": ["和平路"], "class": ["street"], "source": ["test"]}
        line = [LineString([(116.951, 31.042), (116.969, 31.042)])]
        ground.replace_lines(
            connection, gpd.GeoDataFrame(roads, geometry=line, crs=CRS), classes=("street",)
        )
    return engine


def sheet(path: Path, rows: dict[str, tuple[str | None, str | None]], **more: object) -> str:
    """A file of calls: number -> place and description."""
    table = pd.DataFrame(
        [(key, *said) for key, said in rows.items()], columns=["工单编号", "诉求地点", "诉求内容"]
    ).assign(受理时间="2026-11-02 08:00", **more)
    table.to_excel(path, index=False)
    return str(path)


def take(city: Engine, spec: str, back: Path | None = None, **more: object) -> Imported:
    options = Options(PLANNER, ZoneInfo("Asia/Shanghai"), **more)  # type: ignore[arg-type]
    return run(city, "calls", spec, options, give_back=back)


def kept(city: Engine) -> dict[str, tuple[object, ...]]:
    with city.connect() as connection:
        return {row[0]: tuple(row[1:]) for row in connection.execute(text(KEPT))}


def raw(city: Engine) -> dict[str, tuple[object, ...]]:
    with city.connect() as connection:
        query = text("SELECT source_id, raw_x, raw_y, raw_datum FROM incidents")
        return {row[0]: tuple(row[1:]) for row in connection.execute(query)}


def reasons(done: Imported) -> dict[str | None, list[str]]:
    return {row.key: [reason.code for reason in row.reasons] for row in done.rows}


CALLS: dict[str, tuple[str | None, str | None]] = {
    "clear": ("和平小区三幢二单元", "电梯坏了"),
    "typo": ("合平小区3栋", "漏水"),
    "note": (None, "市民反映桐城中学门口堵车"),
    "two": ("便民超市", "噪音"),
    "wide": ("和平路", "井盖"),
    "mars": ("火星基地", "咨询"),
    "number": ("和平小区99栋", "漏水"),
    "estate": ("大院小区", "停车"),
    "datum": ("116.953, 31.045", "坑"),
    "empty": (None, None),
}
DOUBTS = {
    "two": ["place-several"],
    "wide": ["place-wide"],
    "mars": ["place-nothing"],
    "number": ["place-number"],
    "estate": ["place-estate"],
    "datum": ["place-datum"],
    "empty": ["words-missing"],
}


def test_coordinates_among_the_words_are_kept_as_they_were_told(
    city: Engine, tmp_path: Path
) -> None:
    told = {"pair": ("116.9735, 31.0430", "坑"), "clear": CALLS["clear"], "datum": CALLS["datum"],
            "link": ("https://uri.amap.com/marker?position=116.9735,31.043", "坑")}  # fmt: skip
    calls_, back = sheet(tmp_path / "calls.xlsx", told), tmp_path / "back.xlsx"
    take(city, calls_, datum=parse_datum("gcj02"))
    pair, clear = (116.9735, 31.043, "gcj02"), (None, None, None)
    assert raw(city) == {
        "pair": pair,
        "clear": clear,
        "datum": (116.953, 31.045, "gcj02"),
        "link": pair,
    }
    chosen = sheet(tmp_path / "other.xlsx", {"told": told["datum"], "named": CALLS["two"]})
    take(city, chosen, back)
    table = pd.read_excel(back, dtype=str, engine="openpyxl").set_index("导入编号", drop=False)
    table["选定"] = table["候选1"]
    table.to_excel(back, index=False)
    take(city, str(back))
    assert raw(city)["told"] == (116.953, 31.045, "wgs84")
    assert raw(city)["named"] == clear


def test_what_is_clear_is_placed_and_the_rest_comes_back_with_candidates(
    city: Engine, tmp_path: Path
) -> None:
    back = tmp_path / "back.xlsx"
    done = take(city, sheet(tmp_path / "calls.xlsx", CALLS), back)
    assert (done.added, done.counts["rows"], done.counts["to-place"]) == (3, 10, 7)
    assert reasons(done) == DOUBTS
    assert {key: row[1] for key, row in kept(city).items()} == {
        "clear": f"{WEST}001",
        "typo": f"{WEST}001",
        "note": f"{EAST}002",
    }
    place, _, how, lng, raw = kept(city)["note"]
    assert (place, how, lng, raw) == ("桐城中学", "inside", 116.968, None)
    returned = pd.read_excel(back, dtype=str, engine="openpyxl")
    assert set(returned["导入编号"]) == set(DOUBTS)
    shops = returned.set_index("导入编号").loc["two"]
    assert "便民超市" in shops["候选1"]
    spots = {shops[name].rsplit(" (", 1)[1] for name in ("候选1", "候选2")}
    assert spots == {"116.9515000, 31.0430000)", "116.9690000, 31.0430000)"}
    placed = pd.read_excel(back, sheet_name="已定位（供核对）", dtype=str, engine="openpyxl")
    assert list(placed["编号"]) == ["clear", "typo", "note"]


def test_a_choice_places_the_row_and_twice_is_once(city: Engine, tmp_path: Path) -> None:
    file, back = sheet(tmp_path / "calls.xlsx", CALLS), tmp_path / "back.xlsx"
    take(city, file, back)
    table = pd.read_excel(back, dtype=str, engine="openpyxl").set_index("导入编号", drop=False)
    second = next(n for n in (1, 2) if "116.969" in table.loc["two", f"候选{n}"])
    choices = {
        "two": str(second),
        "wide": "和平小区1栋",
        "mars": "31.045, 116.968",
        "number": "9",
        "datum": table.loc["datum", "候选1"],
    }
    for key, choice in choices.items():
        table.loc[key, "选定"] = choice
    table.to_excel(back, index=False)
    again = take(city, str(back), tmp_path / "again.xlsx", datum=parse_datum("wgs84"))
    assert (again.added, again.counts["to-place"]) == (4, 3)
    assert reasons(again) == {
        "number": ["choice-unknown"],
        "estate": ["place-estate"],
        "empty": ["words-missing"],
    }
    rows = kept(city)
    assert rows["two"][:4] == ("便民超市", f"{EAST}002", "inside", 116.969)
    assert rows["wide"][1] == f"{WEST}001"
    assert rows["mars"][3] == pytest.approx(116.968)
    assert rows["datum"][3] == pytest.approx(116.953)
    last = pd.read_excel(tmp_path / "again.xlsx", dtype=str, engine="openpyxl")
    assert list(last.columns).count("选定") == 1
    for spec in (file, str(back)):
        once = take(city, spec, datum=parse_datum("wgs84"))
        assert (once.added, once.updated) == (0, 0)
        assert "two" not in {row.key for row in once.rows if row.states}
    assert kept(city) == rows


def test_a_choice_is_remembered_for_the_same_words(city: Engine, tmp_path: Path) -> None:
    back = tmp_path / "back.xlsx"
    take(city, sheet(tmp_path / "calls.xlsx", {"two": ("便民超市", "噪音")}), back)
    table = pd.read_excel(back, dtype=str, engine="openpyxl")
    table["选定"] = "2"
    table.to_excel(back, index=False)
    take(city, str(back), dry_run=True)
    later = sheet(tmp_path / "later.xlsx", {"next": ("便民 超市", "占道")})
    assert reasons(take(city, later)) == {"next": ["place-several"]}
    take(city, str(back))
    assert take(city, later).added == 1
    rows = kept(city)
    assert rows["next"][3] == rows["two"][3]


def test_a_place_unknown_is_kept_only_if_it_is_asked_for_and_learns_its_place(
    city: Engine, tmp_path: Path
) -> None:
    file, back = sheet(tmp_path / "calls.xlsx", CALLS), tmp_path / "back.xlsx"
    done = take(city, file, back, keep_unplaced=True)
    assert (done.added, done.counts["to-place"]) == (10, 7)
    assert kept(city)["two"][1:4] == (None, None, None)
    table = pd.read_excel(back, dtype=str, engine="openpyxl")
    table.loc[table["导入编号"] == "two", "选定"] = "候选１"
    table.to_excel(back, index=False)
    again = take(city, str(back), keep_unplaced=True)
    assert (again.added, again.updated) == (0, 1)
    assert kept(city)["two"][2] == "inside"


def test_dry_run_and_strict_keep_nothing_and_progress_is_told(
    city: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "TOLD_EVERY", 1)
    heard: list[tuple[str, int, int | None]] = []
    file = sheet(tmp_path / "calls.xlsx", CALLS)
    dry = take(city, file, dry_run=True, progress=lambda *step: heard.append(step))
    assert (dry.written, dry.added) == (False, 3)
    assert [one[1:] for one in heard if one[0] == "find-places"][-1] == (10, 10)
    assert not take(city, file, strict=True).written
    assert kept(city) == {}


def test_coordinates_and_words_side_by_side_in_a_csv(city: Engine, tmp_path: Path) -> None:
    lng, lat = (float(v[0]) for v in from_lonlat([116.968], [31.045], datum=parse_datum("bd09")))
    file = tmp_path / "calls.csv"
    file.write_text(
        f"流水号,事发地址,经度,纬度\n1,随便写的,{lng},{lat}\n2,和平小区1栋,,\n3,和平小区3栋,116.95,\n",
        "gb18030",
    )
    done = take(city, str(file), datum=parse_datum("bd09"))
    assert (done.added, done.counts["good"]) == (3, 3)
    rows = kept(city)
    assert rows["1"][3] == pytest.approx(116.968, abs=1e-6)
    assert rows["1"][0] == "随便写的"
    assert (rows["2"][3], rows["3"][3]) == (116.952, 116.953)


def test_rows_that_can_not_be_taken_are_refused_and_not_searched(
    city: Engine, tmp_path: Path
) -> None:
    file = tmp_path / "calls.csv"
    lines = ["1,和平小区1栋,昨天", "2,和平小区1栋,2026-11-02", "2,和平小区3栋,2026-11-02"]
    file.write_text("\n".join(["工单编号,地点,受理时间", *lines]), "utf-8")
    done = take(city, str(file))
    assert (done.added, done.counts["refused"], done.counts["to-place"]) == (1, 2, 0)
    assert reasons(done)["1"] == ["time-malformed"]
    nothing = tmp_path / "nothing.csv"
    nothing.write_text("工单编号,受理时间\n1,2026-11-02\n", "utf-8")
    with pytest.raises(ColumnMissing, match="calls-without-words"):
        take(city, str(nothing))


@pytest.mark.parametrize(
    ("beside", "clear"), [("和平小区2巷1栋", True), ("和平晓区1栋", False), ("东山小区1栋", True)]
)
def test_what_is_written_like_it_is_no_doubt_what_sounds_like_it_is(
    city: Engine, tmp_path: Path, beside: str, *, clear: bool
) -> None:
    columns = ["building_id", "name", "community_code", "geometry"]
    more = [("x1", beside, EAST, Point(116.966, 31.046))]
    with city.begin() as connection:
        frame = gpd.GeoDataFrame(more, columns=columns, crs=CRS).assign(kind="residence")
        buildings.merge(connection, frame)
    done = take(city, sheet(tmp_path / "calls.xlsx", {"one": ("和平小区1栋", "漏水")}))
    assert (done.added == 1) == clear


HOSTILE = ("'; DROP TABLE incidents; --", "\u202e\u200b", "和" * 5000, "<script>1</script>", "=1+1")


def test_hostile_words_come_back_and_harm_nothing(city: Engine, tmp_path: Path) -> None:
    rows = {str(n): (words, None) for n, words in enumerate(HOSTILE)}
    back = tmp_path / "back.xlsx"
    done = take(city, sheet(tmp_path / "calls.xlsx", {**rows, "ok": ("桐城中学", None)}), back)
    assert (done.added, done.counts["to-place"]) == (1, len(HOSTILE))
    assert len(pd.read_excel(back, engine="openpyxl")) == len(HOSTILE)
