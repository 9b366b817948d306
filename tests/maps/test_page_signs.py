"""What the lines and marks of the map are, which house is meant, and what an empty map says."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from maps.page import MapData
from tests.browsing import Window
from tests.maps.test_page_browser import page_of

Open = Callable[..., Window]


def test_the_legend_says_what_lines_and_marks_are(
    town: MapData, window: Open, saved: Callable[[str], str]
) -> None:
    tab = window().open(saved(page_of(town).html))
    signs = tab.locator(".signs li")
    expect(signs.first).to_be_hidden()
    tab.click(".signs summary")
    expect(tab.locator(".signs")).to_contain_text("社区界")
    expect(tab.locator(".signs")).to_contain_text("问题：警告")
    tab.click("#tabs >> text=图层")
    tab.uncheck("[name=layer-communities]")
    expect(tab.locator(".signs")).not_to_contain_text("社区界")
    expect(signs.first).to_be_visible()  # it stays unfolded


def test_what_has_no_place_is_told_of_the_city_alone(
    town: MapData, window: Open, saved: Callable[[str], str]
) -> None:
    tab = window().open(saved(page_of(town).html))
    expect(tab.locator("#unplaced")).to_contain_text("没有坐标")
    tab.click(".parts .step >> nth=0")
    expect(tab.locator("#unplaced")).to_be_empty()


def test_a_house_that_is_chosen_is_ringed(
    town: MapData, window: Open, saved: Callable[[str], str]
) -> None:
    tab = window().open(saved(page_of(town).html))
    for _ in range(2):
        tab.click(".parts .step >> nth=0")
    tab.click("#parts .houses button >> nth=0")
    expect(tab.locator("path.ring")).to_have_count(1)
    tab.click(".leaflet-popup-close-button")
    expect(tab.locator("path.ring")).to_have_count(0)


def test_a_link_with_no_month_in_it_shows_all_months(
    town: MapData, window: Open, saved: Callable[[str], str]
) -> None:
    address = saved(page_of(town).html)
    for wrong in ("from=9999-99&to=9999-99", "from=2026-10", "from=2026-10&to=2026-01"):
        tab = window().open(f"{address}#{wrong}")
        expect(tab.locator("#timeline")).to_contain_text("全部月份")


def test_the_map_says_what_it_is_to_whoever_does_not_see_it(
    town: MapData, window: Open, saved: Callable[[str], str]
) -> None:
    tab = window().open(saved(page_of(town).html))
    tab.locator(".folium-map").focus()
    expect(tab.get_by_role("application", name="地图：方向键移动")).to_be_focused()
