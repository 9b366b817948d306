"""The leader's way through the map, in Chromium, on a served town: from the two figures down to the house, and out
again with a link, a month, a picture for the wall and a file to mail."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page as Tab
from sqlalchemy import create_engine

from data.cluster import Cluster
from maps.assets import build_assets
from maps.findings import share
from tests.api.leader import COMMUNITIES, RESIDENTS, town_site
from tests.browsing import Window
from tests.conftest import database

Open = Callable[..., Window]
FIRST = f"{COMMUNITIES[0]}001"
MARKED = """[...document.querySelectorAll(".incidents span")].reduce((sum, one) => sum + Number(one.textContent), 0) +
document.querySelectorAll(".incident").length"""
"""How many incidents the marks on the map stand for."""
BORDER = """(() => {
  let found = null;
  map_wangge.eachLayer((one) => {
    if (one.options.pane !== "borders" || !one.getLatLngs) return;
    if (one.getBounds().contains([31.042, 116.9515])) found = one.getBounds();
  });
  return [found.getWest(), found.getSouth(), found.getEast(), found.getNorth()];
})()"""
"""Of the grid that holds this point, the borders that are drawn."""


@pytest.fixture(scope="module")
def site(
    cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The town, served once for all of these."""
    build_assets()
    with database(cluster, template) as url:
        engine = create_engine(url)
        with town_site(engine, url, tmp_path_factory.mktemp("town")) as address:
            yield address
        engine.dispose()


def coverage(site: str, code: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{site}/coverage?under={code}") as reply:
        said: dict[str, Any] = json.load(reply)
    return said


def values(tab: Tab) -> list[str]:
    """The headline figures as they are shown."""
    return tab.locator(".headline .value").all_inner_texts()


def state(tab: Tab) -> dict[str, str]:
    """What the address says."""
    return dict(tab.evaluate("[...new URLSearchParams(location.hash.slice(1))]"))


def at(tab: Tab, name: str) -> None:
    """Wait until the page is in a place."""
    tab.wait_for_selector(f"#crumbs [aria-current] >> text={name}")


def test_down_to_the_house_and_back_with_the_same_number_everywhere(
    site: str, window: Open
) -> None:
    tab = window().open(f"{site}/")
    path = [("340881001", "文昌街道"), (COMMUNITIES[0], "和平社区"), (FIRST, "第1网格")]
    for code, name in path:
        row = tab.locator(f".parts tr[data-code='{code}'] td").all_inner_texts()
        tab.click(f".parts tr[data-code='{code}'] .step")
        at(tab, name)
        said = coverage(site, code)["headlines"]
        shares = [f"{one['part']}/{one['whole']}" for one in said]
        assert row[:2] == values(tab)
        assert values(tab) == [share(one["part"], one["whole"]) for one in said]  # as in a terminal
        notes = tab.locator(".headline .value + .note").all_inner_texts()
        for figures, note in zip(shares, notes, strict=True):
            assert set(re.findall(r"\d+", note)) >= set(figures.split("/"))
    assert tab.inner_text("#parts h3") == "楼栋（6）"
    tab.click("#parts .houses button >> nth=1")
    tab.wait_for_selector(".leaflet-popup >> text=1区1格2号楼")
    assert "不足 5 人" in tab.inner_text(".leaflet-popup")
    assert state(tab)["house"] == "B001"
    for name in ("和平社区", "文昌街道", "桐城市"):
        tab.go_back()
        if name == "和平社区":
            tab.go_back()  # the house was a step of its own
        at(tab, name)


def test_headlines_say_how_old_what_they_rest_on_is(site: str, window: Open) -> None:
    tab = window().open(f"{site}/")
    sideways, downwards = tab.locator(".headline").all_inner_texts()
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    for told, name, day in (
        (sideways, "网格方案", today - timedelta(days=100)),
        (sideways, "楼栋", today),
        (downwards, "岗位", today),
    ):
        assert re.search(rf"台账最近录入：.*{name} {day}", told)
    assert "未检查" not in downwards  # its rules demand nothing that has no register


def test_a_popup_has_the_figures_of_the_list(site: str, window: Open) -> None:
    tab = window().open(f"{site}/#at={COMMUNITIES[0]}")
    row = tab.locator(f".parts tr[data-code='{FIRST}'] td").all_inner_texts()
    tab.evaluate("map_wangge.setView([31.0431, 116.9512], 16, {animate: false})")
    box = tab.locator("#map_wangge").bounding_box()
    assert box
    tab.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    card = tab.wait_for_selector(".leaflet-popup .card").inner_text()
    assert f"{row[0]} · 6/6" in card
    assert f"{row[1]} · 1/1" in card
    assert f"{RESIDENTS[0]} · 达标" in card
    tab.click(".leaflet-popup .step >> text=第1网格")
    at(tab, "第1网格")


def test_reload_and_a_shared_link_show_what_was_seen(site: str, window: Open) -> None:
    tab = window().open(f"{site}/")
    tab.click(".parts .step >> text=文昌街道")
    at(tab, "文昌街道")
    tab.select_option(".legend [name=by]", "rate")
    tab.select_option(".legend [name=classes]", "quantile")
    tab.click("#tab-button-incidents")
    tab.click(".columns .column >> nth=6")
    tab.click("#filters summary")
    tab.select_option("#filters [name=kind]", "matter")
    tab.select_option("#filters [name=severity]", "warning")
    tab.click("#tab-button-layers")
    tab.click("[data-mode=clusters]")
    tab.wait_for_selector(".incidents")
    tab.click("#tab-button-incidents")
    seen = {
        "total": tab.inner_text(".total"),
        "legend": tab.inner_text(".legend"),
        "crumbs": tab.inner_text("#crumbs"),
    }
    link = tab.url
    month = state(tab)["from"]
    assert state(tab)["to"] == month
    tab.reload()
    tab.wait_for_selector("body[data-ready]")
    other = window(width=1400, height=900).open(link)
    for shown in (tab, other):
        shown.wait_for_selector(".incidents")
        assert shown.inner_text(".total") == seen["total"]
        assert shown.inner_text(".legend") == seen["legend"]
        assert shown.inner_text("#crumbs") == seen["crumbs"]
        assert month in shown.inner_text("#filters .chosen")
        assert "事项" in shown.inner_text("#filters .chosen")
    assert tab.url == link
    tab.click("#unfilter")
    assert {"from", "to", "kind", "severity"}.isdisjoint(state(tab))
    tab.go_back()
    tab.wait_for_selector(f"#filters .chosen >> text={month}")


def test_a_link_that_was_cut_or_written_by_hand_opens_the_map(site: str, window: Open) -> None:
    tab = window().open(
        f"{site}/#at=nowhere&by=magic&tab=%00&from=2026-99&view=1,2,x&house=zzz&%E0%A4%A"
    )
    at(tab, "桐城市")
    assert tab.locator(".headline").count() == 2


def test_filters_reach_map_list_and_charts(site: str, window: Open) -> None:
    tab = window().open(f"{site}/#tab=incidents&incidents=clusters")
    tab.wait_for_selector(".incidents")

    def on_map() -> int:
        return (
            sum(int(text) for text in tab.locator(".incidents span").all_inner_texts())
            + tab.locator(".incident").count()
        )

    def settled(total: int) -> None:
        tab.wait_for_function(f"(total) => {MARKED} === total", arg=total)

    settled(597)
    assert tab.inner_text(".total strong") == "600"
    tab.click("#filters summary")
    tab.select_option("#filters [name=category]", "井盖破损")
    total = int(tab.inner_text(".total strong"))
    settled(total)
    assert 0 < total < 600
    tab.wait_for_selector(".newest li > span:nth-child(2)")  # the list is asked of the service
    assert set(tab.locator(".newest li > span:nth-child(2)").all_inner_texts()) == {"井盖破损"}
    chart = tab.locator(".columns .column").evaluate_all(
        "all => all.map((one) => Number(one.getAttribute('aria-label').split(' ')[1]))"
    )
    assert sum(chart) == total
    tab.click("#tab-button-overview")
    tab.click(".parts .step >> text=文昌街道")
    at(tab, "文昌街道")
    tab.click("#tab-button-incidents")
    fewer = int(tab.inner_text(".total strong"))
    assert fewer < total
    settled(fewer)


def test_months_have_the_borders_that_were_in_force(site: str, window: Open) -> None:
    tab = window().open(f"{site}/")
    assert "现行网格边界" in tab.inner_text("#timeline")
    now = tab.evaluate(BORDER)
    tab.focus("#timeline input")
    tab.keyboard.press("Home")
    for _ in range(3):
        tab.keyboard.press("ArrowRight")
    assert state(tab)["from"] == state(tab)["to"]
    assert "起已更换" in tab.inner_text("#timeline")
    then = tab.evaluate(BORDER)
    assert then[2] - now[2] == pytest.approx(0.0005, abs=1e-5)
    assert now[:2] == then[:2]
    tab.keyboard.press("Home")
    assert tab.evaluate(BORDER) == now


def test_classes_say_how_they_were_made_and_small_numbers_are_not_shown(
    site: str, window: Open
) -> None:
    tab = window().open(f"{site}/#by=residents")
    legend = tab.inner_text(".legend")
    assert "等距 5 级" in legend
    assert "不足 5 人，不显示" in legend
    tallies = [int(text.split()[0]) for text in tab.locator(".legend .tally").all_inner_texts()]
    assert sum(tallies) == 12
    assert tallies[-1] == 1
    tab.select_option(".legend [name=classes]", "quantile")
    assert "分位 5 级" in tab.inner_text(".legend")
    spans = tab.locator(".legend li span:nth-child(2)").all_inner_texts()
    assert spans[0].startswith("610–")
    tab.select_option(".legend [name=by]", "rate")
    assert "不足 100 人，不算比率" in tab.inner_text(".legend")
    tab.click("#tab-button-evenness")
    tab.click("#evenness >> text=人口")
    shown = sorted(value for value in RESIDENTS if value >= 5)
    mean = sum(shown) / len(shown)
    gini = sum((2 * (n + 1) - len(shown) - 1) * value for n, value in enumerate(shown)) / (
        len(shown) * sum(shown)
    )
    figures = tab.inner_text("#evenness .figures")
    assert f"{gini:.3f}" in figures
    assert f"{max(shown) / mean:.2f} ×" in figures
    first = tab.locator(".heaviest > li").first
    assert "超过上限 1,000（多 100）" in first.inner_text()
    tab.wait_for_selector(".heaviest .who >> text=江文2")
    assert "1 个网格没有数据或基数太小" in tab.inner_text("#evenness")


def test_few_grids_are_not_compared(site: str, window: Open) -> None:
    tab = window().open(f"{site}/#at={COMMUNITIES[0]}&tab=evenness")
    assert "不作比较" in tab.inner_text("#evenness")
    assert tab.locator(".heaviest").count() == 0


def test_a_town_without_grids_says_no_data_and_never_nought(site: str, window: Open) -> None:
    tab = window().open(f"{site}/#at=340881100")
    assert values(tab) == ["暂无数据", "暂无数据"]
    figures = tab.inner_text("#figures")
    assert "暂无数据" in figures
    assert not re.search(r"\n0(\n|$)", figures)


def test_the_keyboard_goes_all_the_way(site: str, window: Open) -> None:
    tab = window().open(f"{site}/")
    tab.focus(".parts .step")
    tab.keyboard.press("Enter")
    at(tab, "文昌街道")
    tab.focus(".headline >> nth=1")
    tab.keyboard.press("Enter")
    assert state(tab)["tab"] == "findings"
    tab.focus("#search input")
    tab.keyboard.type("3区2格4")
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".leaflet-popup >> text=3区2格4号楼")
    tab.focus("#tab-button-findings")
    tab.keyboard.press("ArrowLeft")
    assert tab.evaluate("document.activeElement.id") == "tab-button-incidents"
    tab.focus(".column")
    tab.keyboard.press("Space")
    assert state(tab)["from"]


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 800), (2560, 1440)])
def test_every_width_shows_the_way_without_scrolling_sideways(
    site: str, window: Open, width: int, height: int
) -> None:
    tab = window(width=width, height=height).open(f"{site}/#at=340881001&by=rate")
    assert tab.evaluate("document.scrollingElement.scrollWidth") == width
    if width < 500:
        tab.click("#handle")
    at(tab, "文昌街道")
    shown = [
        name
        for name in ("overview", "evenness", "incidents", "findings", "layers")
        if tab.is_visible(f"#tab-{name}")
    ]
    assert len(shown) == (5 if width > 2000 else 1)


def test_paper_has_the_figures_and_the_map(site: str, window: Open) -> None:
    tab = window().open(f"{site}/")
    tab.emulate_media(media="print")
    assert not tab.is_visible("#search")
    assert tab.is_visible(".headline")
    tab.wait_for_selector("#evenness .figures")  # drawn once the page hears that it is printed
    height = tab.evaluate("document.querySelector('.map').getBoundingClientRect().height")
    assert height == pytest.approx(165 / 25.4 * 96, abs=2)
    assert tab.evaluate("map_wangge.getSize().y") == pytest.approx(height, abs=2)
    tab.emulate_media(media="screen")


def test_what_can_be_taken_away_is_of_the_place(site: str, window: Open) -> None:
    tab = window().open(f"{site}/#at=340881001&tab=layers")
    links = tab.locator("#exports a").evaluate_all(
        "all => all.map((one) => one.getAttribute('href'))"
    )
    assert links[:-1] == [
        f"/reports/coverage.{kind}?under=340881001&lang=zh"
        for kind in ("png", "pdf", "xlsx", "docx")
    ]
    assert links[-1] == "/coverage.html?lang=zh"


def test_the_file_to_mail_opens_alone_and_shows_no_small_count(
    site: str, window: Open, tmp_path: Path
) -> None:
    with urllib.request.urlopen(f"{site}/coverage.html") as reply:
        path = tmp_path / "mailed.html"
        path.write_bytes(reply.read())
    opened = window()
    tab = opened.open(path.as_uri())
    tab.click(".parts .step >> text=文昌街道")
    tab.click("#tab-button-incidents")
    tab.click(".columns .column >> nth=5")
    tab.click("#filters summary")
    tab.select_option("#filters [name=kind]", "matter")
    assert "from" not in state(tab), "months and kinds can't be crossed in a scrubbed file"
    tab.click("#tab-button-layers")
    for mode in ("heat", "clusters"):
        tab.click(f"[data-mode={mode}]")
    tab.wait_for_selector(".incidents")
    assert min(int(text) for text in tab.locator(".incidents span").all_inner_texts()) >= 5
    tab.click("#tab-button-evenness")
    assert "江文" not in tab.content()
    assert opened.requests == [path.as_uri()]
