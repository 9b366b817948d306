"""The map while it is moved: what is seen is always drawn, and what is drawn already is left alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page as Tab

from maps.page import MapData
from tests.maps.test_page_browser import Open, page_of

# By pane: where its drawing begins, in the page; whether it reaches over all of the map.
SHEETS = """() => {
  const frame = map_wangge.getContainer().getBoundingClientRect();
  const sheets = {};
  for (const one of document.querySelectorAll(".leaflet-pane > svg, .leaflet-ground-pane > canvas")) {
    const { left, right, top, bottom } = one.getBoundingClientRect();
    const whole = left <= frame.left && right >= frame.right && top <= frame.top && bottom >= frame.bottom;
    sheets[one.parentNode.className] = { at: [left, top], whole };
  }
  return sheets;
}"""
BY = "(by) => map_wangge.panBy(by, {animate: false})"
TO = "(to) => map_wangge.setView([to[0], to[1]], to[2], {animate: false})"


@pytest.fixture
def tab(town: MapData, window: Open, saved: Callable[[str], str]) -> Tab:
    opened = window().open(saved(page_of(town).html))
    opened.evaluate(TO, [31.046, 116.956, 16])
    return opened


def all_drawn(tab: Tab) -> None:
    tab.wait_for_function(f"Object.values(({SHEETS})()).every((one) => one.whole)", timeout=5_000)


def test_a_short_move_draws_nothing_anew_and_a_long_one_all_that_is_seen(tab: Tab) -> None:
    before = tab.evaluate(SHEETS)
    assert len(before) >= 3
    assert all(one["whole"] for one in before.values())
    tab.evaluate(BY, [90, 60])
    tab.wait_for_timeout(300)
    moved = tab.evaluate(SHEETS)
    assert {name: [one["at"][0] - 90, one["at"][1] - 60] for name, one in before.items()} == {
        name: one["at"] for name, one in moved.items()
    }
    tab.evaluate(BY, [700, 500])
    all_drawn(tab)


@pytest.mark.parametrize("to", [[31.046, 116.956, 15], [31.07, 116.98, 16]], ids=["zoom", "leap"])
def test_where_nothing_lies_in_its_place_all_is_drawn_at_once(tab: Tab, to: list[float]) -> None:
    drawn = tab.evaluate(f"(to) => {{ ({TO})(to); return ({SHEETS})(); }}", to)
    assert all(one["whole"] for one in drawn.values())


def test_names_come_into_view_with_their_places(tab: Tab) -> None:
    names = "() => [...document.querySelectorAll('.label')].map((one) => one.textContent).join()"
    before = tab.evaluate(names)
    tab.evaluate(BY, [0, 350])
    tab.wait_for_function(f"(before) => ({names})() !== before", arg=before, timeout=5_000)


def test_the_map_is_drawn_whole_when_it_has_another_size(tab: Tab) -> None:
    tab.set_viewport_size({"width": 1900, "height": 1200})
    all_drawn(tab)


GRIDS = """() => [...document.querySelectorAll("path.grid")].map((one) => {
  const { left, top, width, height } = one.getBoundingClientRect();
  return [left, top, width, height];
})"""
STRETCHED = """() => [...document.querySelectorAll(".leaflet-pane > svg, .leaflet-ground-pane > canvas")]
  .filter((one) => /scale/.test(one.style.transform)).length"""


@pytest.mark.parametrize("zooms", [(17,), (15,), (17, 16, 17)], ids=["in", "out", "to and fro"])
def test_after_a_zoom_every_pane_becomes_sharp_where_it_belongs(
    tab: Tab, zooms: tuple[int, ...]
) -> None:
    for zoom in zooms:
        stretched = tab.evaluate(
            f"(zoom) => new Promise((done) => map_wangge.once('zoomend', () => done(({STRETCHED})())).setZoom(zoom))",
            zoom,
        )
        assert stretched > 0
    tab.wait_for_function(f"() => ({STRETCHED})() === 0", timeout=5_000)
    all_drawn(tab)
    found = tab.evaluate(GRIDS)
    assert found
    centre = tab.evaluate("() => [map_wangge.getCenter().lat, map_wangge.getCenter().lng]")
    tab.evaluate("(zoom) => map_wangge.setZoom(zoom - 2, {animate: false})", zooms[-1])
    drawn = tab.evaluate(f"(to) => {{ ({TO})(to); return ({GRIDS})(); }}", [*centre, zooms[-1]])
    assert [pytest.approx(one, abs=1.5) for one in drawn] == found
    assert tab.locator(".label").count()
