"""派单台 without a key pressed but the words: what the keyboard does has its button, on a phone too."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine

from data.cluster import Cluster
from tests.api.test_card import fill
from tests.api.test_dispatch_page import report, rows
from tests.browsing import Window
from tests.conftest import filled

Open = Callable[..., Window]


@pytest.fixture(scope="module")
def template(cluster: Cluster, template: str) -> Iterator[str]:
    """The town, filled once: each test has a copy."""
    with filled(cluster, template, fill) as name:
        yield name


def test_a_place_that_nobody_knows_is_recorded_by_a_button(
    site: str, window: Open, engine: Engine
) -> None:
    tab = window(width=390, height=844).open(f"{site}/dispatch")
    unknown = tab.locator("#unknown")
    expect(unknown).to_be_hidden()
    tab.fill("#box", "老地方那边")
    unknown.click()
    expect(unknown).to_be_hidden()
    tab.fill("#report [name=note]", "有人打架")
    tab.click("#report button")
    tab.wait_for_selector("#status >> text=已记录")
    told = "SELECT place, note, how FROM incidents"
    assert rows(engine, told) == [("老地方那边", "有人打架", None)]
    expect(unknown).to_be_hidden()
    tab.fill("#box", "和平小区")
    expect(unknown).to_be_visible()
    tab.locator("#hits li").first.click()
    expect(unknown).to_be_hidden()


def test_an_opened_incident_is_taken_released_and_placed_where_it_is_read(
    site: str, window: Open, engine: Engine
) -> None:
    report(site, source_id="1", address="老地方", note="路灯不亮")
    tab = window(width=390, height=844).open(f"{site}/dispatch")
    tab.click("#live li")
    opened = tab.locator("#opened")
    opened.locator("[data-act=take]").click()
    expect(opened.locator("[data-act=release]")).to_be_visible()
    assert rows(engine, "SELECT taken_by FROM incidents") == [("http",)]
    assert tab.get_attribute("#by", "placeholder") == "未署名"
    opened.locator("[data-act=release]").click()
    expect(opened.locator("[data-act=take]")).to_be_visible()
    opened.locator("[data-act=place]").click()
    expect(tab.locator("#placing")).to_be_visible()
    tab.fill("#box", "和平小区3栋")
    tab.wait_for_selector("#hits li")
    expect(tab.locator("#unknown")).to_be_hidden()  # it is this incident's place that is looked for


def test_the_legend_tells_rivers_from_borders(site: str, window: Open) -> None:
    tab = window().open(f"{site}/dispatch")
    tab.click(".signs summary")
    expect(tab.locator(".signs p").first).to_be_visible()
    for word in ("网格边界", "河流", "绿地", "居民住宅", "商圈楼宇"):
        expect(tab.locator(".legend")).to_contain_text(word)


def test_a_long_story_leaves_room_for_the_others(site: str, window: Open) -> None:
    story = "楼上漏水" * 400
    report(site, source_id="1", lng=116.9521, lat=31.0451, note=story)
    report(site, source_id="2", lng=116.9521, lat=31.0451, note="路灯不亮")
    tab = window().open(f"{site}/dispatch")
    row = tab.locator("#live li", has_text="楼上漏水")
    assert row.evaluate("row => row.offsetHeight") < 250
    row.click()
    expect(tab.locator("#opened")).to_contain_text(story)
