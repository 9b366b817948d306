"""Coordinates that name no datum: 派单台 draws each reading with its grid, and a person picks one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine, text

from data.cluster import Cluster
from tests.api.test_card import fill
from tests.browsing import Window
from tests.conftest import filled

Open = Callable[..., Window]
HERE = "116.9655, 31.0435"


@pytest.fixture(scope="module")
def template(cluster: Cluster, template: str) -> Iterator[str]:
    """The town, filled once: each test has a copy."""
    with filled(cluster, template, fill) as name:
        yield name


@pytest.mark.parametrize("width", [1280, 390])
def test_the_readings_are_drawn_and_one_is_picked_on_the_map(
    site: str, window: Open, width: int
) -> None:
    tab = window(width=width).open(f"{site}/dispatch")
    tab.fill("#box", HERE)
    expect(tab.locator(".reading")).to_have_count(3)
    expect(tab.locator("#map")).to_be_visible()
    assert "坐标系" in tab.inner_text("#advice")
    told = tab.locator(".reading").all_inner_texts()
    datums, places = zip(*(one.split("\n") for one in told), strict=True)
    assert datums == ("GPS（WGS84）", "高德、腾讯（GCJ-02）", "百度（BD-09）")
    assert places[0] == "第2网格"
    assert len(set(places)) > 1
    tab.keyboard.press("Enter")  # nobody is taken before a person has looked
    expect(tab.locator("#hits li")).to_have_count(3)
    assert tab.locator("#card").is_hidden()
    tab.click(".offer >> nth=1")
    tab.wait_for_selector("#card:not([hidden])")
    assert places[1] in tab.inner_text("#card h2")
    expect(tab.locator(".reading")).to_have_count(0)


RAW = "SELECT raw_x, raw_y, raw_datum, ST_X(point) AS lng FROM incidents"
LINK = "https://uri.amap.com/marker?position=116.9712,31.0415&name=路口"


@pytest.mark.parametrize(
    ("typed", "picks", "raw"),
    [(HERE, 2, (116.9655, 31.0435, "gcj02")), (LINK, 0, (116.9712, 31.0415, "gcj02"))],
)
def test_coordinates_are_kept_as_they_were_told_with_their_datum(
    site: str, window: Open, engine: Engine, typed: str, *, picks: int, raw: tuple[object, ...]
) -> None:
    """Of a new call, and of an incident that gets another place."""
    tab = window().open(f"{site}/dispatch")
    for round_ in range(2):
        tab.fill("#box", typed)
        expect(tab.locator("#hits li").first).to_be_visible()
        for _ in range(picks):
            tab.press("#box", "ArrowDown")
        tab.press("#box", "Enter")
        if round_ == 0:
            tab.fill("#report [name=note]", "井盖松动")
            tab.press("#report [name=note]", "Enter")
            expect(tab.locator("#live li")).to_have_count(1)
            tab.keyboard.press("Alt+l")
            tab.keyboard.press("p")
            expect(tab.locator("#placing")).to_be_visible()
            expect(tab.locator("#box")).to_be_focused()
        else:
            tab.click("#placing button")
            expect(tab.locator("#placing")).to_be_hidden()
        with engine.begin() as connection:
            row = connection.execute(text(RAW)).one()
            assert tuple(row[:3]) == raw
            assert row.lng == pytest.approx(raw[0], abs=0.01)
            assert row.lng != raw[0]
            connection.execute(text("UPDATE incidents SET raw_x = 0, raw_y = 0, raw_datum = 'x'"))


def test_by_keyboard_the_reading_that_is_marked_is_marked_on_the_map(
    site: str, window: Open
) -> None:
    tab = window().open(f"{site}/dispatch")
    tab.keyboard.type(HERE)
    expect(tab.locator(".reading")).to_have_count(3)
    expect(tab.locator(".offer.at")).to_have_count(0)
    tab.keyboard.press("ArrowDown")
    expect(tab.locator(".offer.at")).to_have_text("1")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#card:not([hidden])")
    assert "第2网格" in tab.inner_text("#card h2")


def test_on_a_phone_the_map_goes_away_with_what_was_to_be_chosen(site: str, window: Open) -> None:
    tab = window(width=390).open(f"{site}/dispatch")
    tab.fill("#box", HERE)
    expect(tab.locator("#map")).to_be_visible()
    tab.fill("#box", "")
    expect(tab.locator("#map")).to_be_hidden()
