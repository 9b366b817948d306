"""派单台 in a real Chromium, by keyboard alone: words, candidate, card, incident, a second call joined."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, text

from data.settings import Settings
from tests.api.test_card import fill
from tests.browsing import Window
from tests.serving import served

Open = Callable[..., Window]


@pytest.fixture
def site(engine: Engine, db_url: str) -> Iterator[str]:
    """The service on the hand-drawn town: its address."""
    fill(engine)
    with served(Settings(database_url=db_url)) as address:
        yield address


def rows(engine: Engine, query: str) -> list[Any]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def call(tab: Any, words: str, category: str, note: str) -> None:
    """A call from words to the record, by keyboard."""
    tab.keyboard.press("Escape")
    tab.keyboard.type(words)
    tab.wait_for_selector("#hits li[aria-selected=true]")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#card:not([hidden])")
    tab.keyboard.type(category)
    tab.keyboard.press("Tab")
    tab.keyboard.type(note)
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#status >> text=已记录")


def test_a_call_and_a_second_one_that_is_joined_by_keyboard_alone(
    site: str, window: Open, engine: Engine
) -> None:
    tab = window().open(f"{site}/dispatch")
    call(tab, "hpxq3栋2单元", "市容环境", "垃圾没人清")
    said = tab.inner_text("#card")
    for words in ("第1网格", "李四", "代 张三", "赵六", "孙八", "公安联络：暂无", "和平小区3栋"):
        assert words in said
    assert tab.get_attribute("#card a[href='tel:138']", "href") == "tel:138"
    tab.wait_for_selector("#live li >> text=垃圾没人清")
    call(tab, "和平小区3栋", "市容环境", "垃圾堆在楼下")
    tab.wait_for_selector("#same li >> text=垃圾没人清")
    tab.keyboard.press("j")
    tab.wait_for_selector("#status >> text=已并案")
    assert rows(engine, "SELECT status, count(*) FROM incidents GROUP BY status ORDER BY 1") == [
        ("joined", 1),
        ("open", 1),
    ]
    tab.wait_for_function("document.querySelectorAll('#live li').length === 1")
    places = rows(engine, "SELECT place FROM incidents ORDER BY reported_at")
    assert places == [("和平小区3栋2单元",), ("和平小区3栋",)]
    learned = rows(engine, "SELECT words, key, count FROM search_choices ORDER BY words")
    assert [(key, count) for _, key, count in learned] == [("building:b3", 1)] * 2
    tab.keyboard.press("Escape")
    tab.keyboard.press("Tab")
    tab.keyboard.press("l")
    tab.keyboard.press("t")
    tab.wait_for_selector("#live em")
    assert rows(engine, "SELECT count(*) FROM incidents WHERE taken_by IS NOT NULL") == [(1,)]


def test_the_card_follows_the_pin(site: str, window: Open) -> None:
    tab = window().open(f"{site}/dispatch")
    tab.keyboard.type("和平小区3栋")
    tab.wait_for_selector("#hits li[aria-selected=true]")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#card h2 >> text=第1网格")
    tab.wait_for_selector("path.grid")
    pin = tab.locator(".pin").bounding_box()
    assert pin is not None
    x, y = pin["x"] + 13, pin["y"] + 13
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x + 100, y, steps=4)
    tab.mouse.move(x + 310, y, steps=8)
    tab.mouse.up()
    tab.wait_for_selector("#card h2 >> text=第2网格")
    tab.wait_for_selector("#card .missing >> text=网格员")


def test_a_place_unknown_is_kept(site: str, window: Open, engine: Engine) -> None:
    tab = window().open(f"{site}/dispatch")
    tab.keyboard.type("qwzzz")
    tab.keyboard.press("Control+Enter")
    tab.wait_for_selector("#report:not([hidden])")
    tab.keyboard.type("市容环境")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#status >> text=已记录")
    assert rows(engine, "SELECT place, point IS NULL FROM incidents") == [("qwzzz", True)]
    tab.wait_for_selector("#live li >> text=地点待定")


def test_it_fits_a_phone_and_speaks_english(site: str, window: Open) -> None:
    tab = window(width=390, height=800).open(f"{site}/dispatch?lang=en")
    tab.fill("#box", "和平小区3栋")
    tab.wait_for_selector("#hits li[aria-selected=true]")
    tab.click("#hits li")
    tab.wait_for_selector("#card a[href='tel:138']")
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    assert "Grid officer" in tab.inner_text("#card")
    assert tab.title() == "Dispatch"


def test_stored_text_is_text(site: str, window: Open, engine: Engine) -> None:
    evil = "<img src=x onerror=alert(1)>${alert(2)}"
    with engine.begin() as connection:
        for statement in (
            "UPDATE posts SET person = :evil",
            "UPDATE regions SET name = :evil WHERE level = 'street'",
            "UPDATE buildings SET address = :evil, estate = :evil",
        ):
            connection.execute(text(statement), {"evil": evil})
    tab = window().open(f"{site}/dispatch")
    call(tab, "和平小区3栋", "<b>", evil)
    tab.wait_for_selector("#live li")
    assert tab.locator("#card img, #live img, #hits img").count() == 0
    assert evil in tab.inner_text("#live")
