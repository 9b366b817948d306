"""派单台 in a real Chromium: one call about several matters, items of the catalogue, the list beyond its first page,
and names of the ledger that have no place yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pandas as pd
import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine, text

from api.services.actor import Actor
from api.services.imports import Options, run
from data.cluster import Cluster
from data.settings import Settings
from tests.api.test_card import fill
from tests.browsing import Window
from tests.conftest import filled
from tests.serving import served

Open = Callable[..., Window]
ITEMS = [
    ("S01", "暴露垃圾", "市容环境"),
    ("S02", "乱堆物料", "市容环境"),
    ("S03", "乱堆物料", "街面秩序"),
]


@pytest.fixture(scope="module")
def template(cluster: Cluster, template: str) -> Iterator[str]:
    """The town, filled once: each test has a copy."""
    with filled(cluster, template, fill) as name:
        yield name


@pytest.fixture
def site(engine: Engine, db_url: str, tmp_path: Path) -> Iterator[str]:
    """The service on the hand-drawn town, with a catalogue and a ledger of which one row has no coordinates."""
    query = text(
        "INSERT INTO catalogue_items (code, kind, name, category) VALUES (:a, 'matter', :b, :c)"
    )
    with engine.begin() as connection:
        for item in ITEMS:
            connection.execute(query, dict(zip("abc", item, strict=True)))
    ledger = tmp_path / "台账.csv"
    pd.DataFrame({"楼盘": ["月亮湾花园"], "地址": ["月亮路8号"], "户数": [90]}).to_csv(
        ledger, index=False
    )
    options = Options(Actor("test"), ZoneInfo("Asia/Shanghai"), mapping={"name": "楼盘"})
    run(engine, "buildings", str(ledger), options)
    with served(Settings(database_url=db_url)) as address:
        yield address


def rows(engine: Engine, query: str) -> list[Any]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def report(site: str, **said: Any) -> str:
    reply = httpx.post(f"{site}/incidents", json={"source": "热线", **said})
    assert reply.status_code == 201, reply.text
    number: str = reply.json()["incident"]["id"]
    return number


def test_a_call_is_split_by_keyboard_and_that_is_undone(
    site: str, window: Open, engine: Engine
) -> None:
    report(site, lng=116.9521, lat=31.0451, category="市容环境", note="垃圾没人清，路灯也不亮")
    tab = window().open(f"{site}/dispatch")
    tab.wait_for_selector("#live li")
    tab.keyboard.press("Alt+l")
    tab.keyboard.press("s")
    tab.wait_for_selector("form.split:not([hidden])")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#status.failed >> text=请写类别或情况")
    tab.keyboard.type("公用设施")
    tab.keyboard.press("Tab")
    tab.keyboard.type("路灯不亮")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")  # one more
    tab.keyboard.type("暴露垃圾")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#status >> text=已拆出 2 件")
    tab.wait_for_selector("#opened >> text=拆出：2")
    expect(tab.locator("#live li")).to_have_count(3)
    parts = "SELECT category, catalogue_code, note, grid_code IS NULL, status FROM incidents WHERE call_id IS NOT NULL"
    assert rows(engine, f"{parts} ORDER BY note NULLS LAST") == [
        ("公用设施", None, "路灯不亮", False, "open"),
        ("市容环境", "S01", None, False, "open"),
    ]
    tab.keyboard.press("Alt+u")
    tab.wait_for_selector("#status >> text=已撤销拆分")
    expect(tab.locator("#live li")).to_have_count(1)
    assert {row[-1] for row in rows(engine, parts)} == {"withdrawn"}
    assert tab.locator("#opened >> text=拆出：").count() == 0


def test_what_is_written_of_a_split_stays_where_somebody_was_quicker(
    site: str, window: Open
) -> None:
    number = report(site, lng=116.9521, lat=31.0451, note="垃圾")
    opened = window()
    tab = opened.open(f"{site}/dispatch")
    tab.wait_for_selector("#live li")
    tab.keyboard.press("Alt+l")
    tab.keyboard.press("s")
    tab.wait_for_selector("form.split:not([hidden])")
    tab.keyboard.type("公用设施")
    httpx.post(f"{site}/incidents/{number}/take", json={"by": "王芳"}).raise_for_status()
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#status.failed")
    tab.wait_for_selector("#opened >> text=王芳")
    assert tab.input_value("form.split input[name=category]") == "公用设施"
    tab.click("form.split button[type=submit]")
    tab.wait_for_selector("#status >> text=已拆出 1 件")
    assert all("409" in one for one in opened.complaints)  # what Chromium says of a refusal
    opened.complaints.clear()


def test_an_item_of_the_catalogue_is_reported_by_its_code(
    site: str, window: Open, engine: Engine
) -> None:
    tab = window().open(f"{site}/dispatch")
    options = tab.locator("#categories option")
    told = [
        one for one in options.evaluate_all("all => all.map((one) => one.value)") if "乱堆" in one
    ]
    assert told == ["乱堆物料（市容环境）", "乱堆物料（街面秩序）"]
    for words, item in (("和平小区3栋", told[1]), ("和平小区4栋", "市容环境")):
        tab.keyboard.press("Escape")
        tab.keyboard.type(words)
        tab.wait_for_selector("#hits li[aria-selected=true]")
        tab.keyboard.press("Enter")
        tab.wait_for_selector("#report:not([hidden])")
        tab.keyboard.type(item)
        tab.keyboard.press("Enter")
        tab.wait_for_selector("#status:not(.failed) >> text=已记录")
    kept = rows(engine, "SELECT category, catalogue_code FROM incidents ORDER BY reported_at")
    assert kept == [("街面秩序", "S03"), ("市容环境", None)]


def test_the_list_goes_on_beyond_its_first_page(site: str, window: Open) -> None:
    for n in range(53):
        report(site, lng=116.9521, lat=31.0451, note=f"第{n}件")
    tab = window().open(f"{site}/dispatch")
    expect(tab.locator("#live li")).to_have_count(50)
    tab.click("#further")
    expect(tab.locator("#live li")).to_have_count(53)
    expect(tab.locator("#further")).to_be_hidden()
    assert "第0件" in tab.inner_text("#live li:last-child")
    report(site, lng=116.9521, lat=31.0451, note="新的一件")
    tab.wait_for_selector("#live li >> text=新的一件")
    expect(tab.locator("#live li")).to_have_count(54)
    tab.click("#filters button >> nth=2")
    expect(tab.locator("#live li")).to_have_count(50)


@pytest.mark.parametrize("words", ["月亮湾花园", "月亮路8号", "ylwhy"])
def test_a_name_of_the_ledger_without_a_place_is_known_and_recorded_to_be_placed(
    site: str, window: Open, engine: Engine, words: str
) -> None:
    tab = window().open(f"{site}/dispatch")
    tab.keyboard.type(words)
    tab.wait_for_selector("#hits li[aria-selected=true] >> text=还没有位置")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#status >> text=地点待定")
    tab.wait_for_selector("#report:not([hidden])")
    tab.keyboard.type("市容环境")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#status:not(.failed) >> text=已记录")
    ((place, nowhere),) = rows(engine, "SELECT place, point IS NULL FROM incidents")
    assert (place in ("月亮湾花园", "月亮路8号"), nowhere) == (True, True)


@pytest.mark.parametrize(
    "said", [{"catalogue_code": "X99"}, {"reported_at": "2099-06-01T00:00:00+08:00"}]
)
def test_codes_that_are_not_there_and_times_to_come_are_refused(
    site: str, engine: Engine, said: dict[str, str]
) -> None:
    reply = httpx.post(f"{site}/incidents", json={"source": "热线", **said})
    assert reply.status_code == 422, reply.text
    assert next(iter(said.values()))[:4] in reply.json()["detail"]
    assert rows(engine, "SELECT count(*) FROM incidents") == [(0,)]
