"""The coverage map in a real Chromium: what it shows, what it refuses, how it is handled."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle

import pytest
from playwright.sync_api import Page as Tab

from geo.model import Finding, Severity
from maps.assets import VENDOR
from maps.page import MapData, Page, coverage_page
from tests.browsing import Window
from tests.hostile import BROKEN, SCRIPTS, SHAPES
from tests.maps.conftest import make_town

TEXTS = (*SCRIPTS, "".join(SHAPES[:-1]), SHAPES[-1], "".join(BROKEN))
Open = Callable[..., Window]


def page_of(data: MapData, *, title: str = "桐城市网格覆盖图", lang: str = "zh") -> Page:
    return coverage_page(
        data, lang=lang, self_contained=True, title=title, as_of=date(2026, 11, 23)
    )


def rotated(first: int) -> list[str]:
    return [*TEXTS[first:], *TEXTS[:first]]


def show(tab: Tab, subject: str) -> None:
    """Open one subject of the panel."""
    tab.click(f"#tab-button-{subject}")


def walk(tab: Tab) -> None:
    """Use everything once."""
    tab.click("#filters summary")
    for box in tab.locator("#filters select").all():
        options = box.locator("option").all()
        box.select_option(index=len(options) - 1)
    tab.click("#unfilter")
    for subject in ("evenness", "incidents"):
        show(tab, subject)
    show(tab, "layers")
    for name in tab.locator("#switches input").evaluate_all("all => all.map((one) => one.name)"):
        tab.check(f"#switches [name={name}]")
    for mode in ("clusters", "heat", "none"):
        tab.click(f"[data-mode={mode}]")
    for metric in tab.locator(".legend [name=by] option").evaluate_all(
        "all => all.map((one) => one.value)"
    ):
        tab.select_option(".legend [name=by]", metric)
    show(tab, "findings")
    tab.click("#findings summary")
    tab.click("#findings .finding")
    tab.wait_for_selector(".leaflet-popup .card")
    tab.evaluate("map_wangge.closePopup()")
    # It fades, and what fades still takes the click.
    tab.wait_for_selector(".leaflet-popup", state="detached")
    tab.evaluate("map_wangge.setView([31.042, 116.952], 17, {animate: false})")
    tab.mouse.click(800, 500)
    tab.wait_for_selector(".leaflet-popup .card")
    tab.locator(".leaflet-popup .step").last.click()
    tab.wait_for_selector("#crumbs li:nth-child(2)")


def test_file_opens_without_network_and_shows_what_a_map_must(
    town: MapData, window: Open, saved: Callable[[str], str]
) -> None:
    opened = window()
    address = saved(page_of(town).html)
    tab = opened.open(address)
    tab.evaluate("map_wangge.setView([31.046, 116.956], 14.5, {animate: false})")
    shown = tab.inner_text("body")
    for text in (
        "桐城市网格覆盖图",
        "数据截至 2026-11-23",
        "演示数据",
        "图例",
        "不足 300 户",
        "超过 500 户",
        "暂无数据",
        "龙眠社区",
    ):
        assert text in shown
    assert tab.inner_text(".leaflet-control-scale-line").endswith(("m", "km"))
    assert tab.locator(".label-community").count() == 3
    walk(tab)
    assert opened.requests == [address]


def test_legend_counts_each_class_and_follows_the_choice(
    town: MapData, window: Open, saved: Callable[[str], str]
) -> None:
    tab = window().open(saved(page_of(town).html))
    tallies = [item.inner_text() for item in tab.locator(".legend .tally").all()]
    assert tallies == ["1 个", "1 个", "2 个", "2 个", "1 个", "2 个"]
    tab.select_option(".legend [name=by]", "load-residents")
    tallies = [item.inner_text() for item in tab.locator(".legend .tally").all()]
    assert tallies == ["1 个", "2 个", "1 个", "2 个", "2 个", "1 个"]
    assert "600–733 人" in tab.inner_text(".legend")


@pytest.mark.parametrize("width", [1280, 390])
def test_names_lie_under_no_mark_and_the_city_under_no_panel(
    width: int, town: MapData, window: Open, saved: Callable[[str], str]
) -> None:
    middle = town.communities.geometry[1].centroid
    gap = Finding("gap", Severity.BLOCKING, ("340881001002",), area_m2=9.0, width_m=1.0,
                  geometry=middle.buffer(0.0001), params={"layer": "grids", "case": "inside",
                  "community": "文昌社区", "labels": ["文昌社区"]})  # fmt: skip
    address = saved(page_of(replace(town, findings=[gap])).html)
    tab = window(width=width, height=844).open(address)
    tab.wait_for_selector(".leaflet-marker-pane .mark")
    assert tab.locator(".label-faint").count() == 3
    over = """([ours, theirs]) => {
        const boxes = (name) => [...document.querySelectorAll(name)].map((one) => one.getBoundingClientRect());
        return boxes(ours).flatMap((a) => boxes(theirs).filter((b) =>
            a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)).length;
    }"""
    assert tab.evaluate(over, [".label bdi", ".leaflet-marker-pane .mark"]) == 0
    panels = "#legend, .head, .leaflet-control-scale, .leaflet-control-zoom, .handle"
    assert tab.evaluate(over, [".leaflet-communities-pane path", panels]) == 0
    assert tab.evaluate(over, [".leaflet-control-scale", "#legend, #timeline, .handle"]) == 0
    for edge in tab.evaluate(
        "[...document.querySelectorAll('.label bdi')].map((one) => one.getBoundingClientRect())"
        ".map((box) => [box.left, box.right])"
    ):
        assert edge[0] >= 0
        assert edge[1] <= width


def test_grid_numbers_show_near_by(
    town: MapData, window: Open, saved: Callable[[str], str]
) -> None:
    tab = window().open(saved(page_of(town).html))
    tab.evaluate("map_wangge.setView([31.046, 116.956], 17, {animate: false})")
    assert "002" in tab.locator(".label-grid").all_inner_texts()


@pytest.mark.parametrize("first", range(0, len(TEXTS), 3))
def test_hostile_text_in_every_field_is_shown_as_text(
    first: int, window: Open, saved: Callable[[str], str]
) -> None:
    """One name after another becomes the next text, from another one on in each page."""
    opened = window()
    # A frame holds no lone surrogates.
    storable = cycle(one.encode("utf-8", "replace").decode() for one in rotated(first))
    known = defaultdict[str, str](lambda: next(storable))
    address = saved(page_of(make_town(known.__getitem__), title=TEXTS[first]).html)
    tab = opened.open(address)
    walk(tab)
    assert tab.evaluate("window.pwned") is None
    assert opened.requests == [address]
    shown = tab.evaluate("document.querySelector('h1').textContent")
    assert shown == tab.evaluate(
        "JSON.parse(document.getElementById('wangge-data').textContent).title"
    )
    assert tab.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    assert tab.locator("img[src=x]").count() == 0


def test_nobody_is_named(town: MapData) -> None:
    html = page_of(town).html
    for private in ("张三", "13900001234", "李四", "王五"):
        assert private not in html


def test_keyboard_reaches_search_layers_and_findings(
    town: MapData, window: Open, saved: Callable[[str], str]
) -> None:
    tab = window().open(saved(page_of(town).html))
    reached = []
    for _ in range(40):
        tab.keyboard.press("Tab")
        reached.append(
            tab.evaluate(
                "document.activeElement.name || document.activeElement.type || document.activeElement.tagName"
            )
        )
    assert reached.index("search") < reached.index("SUMMARY") < reached.index("by")
    outline = "getComputedStyle(document.querySelector('#search input')).outlineStyle"
    tab.focus("#search input")
    assert tab.evaluate(outline) == "solid"
    tab.keyboard.type("文昌社区")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#crumbs [aria-current] >> text=文昌社区")
    tab.click("#crumbs button")
    tab.focus("#tab-button-overview")
    for _ in range(3):
        tab.keyboard.press("ArrowRight")
    assert tab.evaluate("document.activeElement.id") == "tab-button-findings"
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.focus("#findings .finding")
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".leaflet-popup >> text=户数超出范围")


def test_phone_width_has_a_sheet_that_opens_and_closes(
    town: MapData, window: Open, saved: Callable[[str], str]
) -> None:
    tab = window(width=390, height=844).open(saved(page_of(town).html))
    assert tab.evaluate("document.scrollingElement.scrollWidth") == 390
    assert tab.locator("#map_wangge").bounding_box()["width"] == 390
    assert not tab.is_visible("#search input")
    tab.click("#handle")
    assert tab.get_attribute("#handle", "aria-expanded") == "true"
    assert tab.is_visible("#search input")
    show(tab, "findings")
    tab.click("#findings summary")
    tab.click("#findings .finding")
    assert tab.get_attribute("#handle", "aria-expanded") == "false"


def test_language_can_be_switched(town: MapData, window: Open, saved: Callable[[str], str]) -> None:
    tab = window().open(saved(page_of(town).html))
    tab.click("text=English")
    shown = tab.inner_text("body")
    assert "Data as of 2026-11-23" in shown
    assert "under 300 households" in shown
    assert tab.evaluate("document.documentElement.lang") == "en-GB"


@pytest.mark.parametrize("findings", [None, []])
def test_unchecked_is_not_the_same_as_clean(
    findings: list[object] | None, town: MapData, window: Open, saved: Callable[[str], str]
) -> None:
    tab = window().open(saved(page_of(replace(town, findings=findings)).html))
    show(tab, "findings")
    expected = "未检查" if findings is None else "未发现问题"
    assert expected in tab.inner_text("#findings")


class _Site(SimpleHTTPRequestHandler):
    def __init__(self, page: Page, *given: object) -> None:
        self.made = page
        super().__init__(*given)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        asset = VENDOR / path.removeprefix("/assets/")
        body = self.made.html.encode() if path == "/" else asset.read_bytes()
        kinds = {".js": "text/javascript", ".css": "text/css"}
        self.send_response(200)
        self.send_header("Content-Type", kinds.get(asset.suffix, "text/html; charset=utf-8"))
        self.send_header("Content-Security-Policy", self.made.csp)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silence."""


@pytest.fixture
def site(town: MapData) -> Iterator[str]:
    page = coverage_page(town, lang="zh", self_contained=False, title="图", as_of=date(2026, 1, 2))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Site, page))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_served_page_asks_its_own_site_only(site: str, window: Open) -> None:
    opened = window()
    walk(opened.open(site))
    assert {request.partition("?")[0] for request in opened.requests} == {
        site,
        *(f"{site}assets/{name}" for name in ("wangge-map.css", "leaflet.js")),
        *(f"{site}assets/{name}" for name in ("leaflet.markercluster.js", "wangge-map.js")),
    }
