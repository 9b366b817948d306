"""派单台 in a real Chromium, by keyboard alone: words, candidate, card, incident, a second call joined, and undone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine, text

from data.cluster import Cluster
from tests.api.test_card import fill
from tests.browsing import Window
from tests.conftest import filled

Open = Callable[..., Window]
EVIL = "<img src=x onerror=alert(1)>${alert(2)}"


@pytest.fixture(scope="module")
def template(cluster: Cluster, template: str) -> Iterator[str]:
    """The town, filled once: each test has a copy."""
    with filled(cluster, template, fill) as name:
        yield name


def rows(engine: Engine, query: str) -> list[Any]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def say(tab: Any, words: str) -> None:
    """Words into the box, and the first candidate taken."""
    tab.keyboard.press("Escape")
    tab.keyboard.type(words)
    tab.wait_for_selector("#hits li[aria-selected=true]")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#card:not([hidden])")


def call(tab: Any, words: str, category: str, note: str) -> None:
    """A call from words to what is written of it, by keyboard."""
    say(tab, words)
    tab.keyboard.type(category)
    tab.keyboard.press("Tab")
    tab.keyboard.type(note)


def record(tab: Any) -> None:
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#status:not(.failed) >> text=已记录")


def report(site: str, **said: Any) -> str:
    """A report of somebody else's, by its id."""
    reply = httpx.post(f"{site}/incidents", json={"source": "热线", **said})
    assert reply.status_code == 201, reply.text
    number: str = reply.json()["incident"]["id"]
    return number


def test_a_call_and_a_second_one_joined_and_undone_by_keyboard_alone(
    site: str, window: Open, engine: Engine
) -> None:
    tab = window().open(f"{site}/dispatch")
    call(tab, "hpxq3栋2单元", "市容环境", "垃圾没人清")
    said = tab.inner_text("#card")
    for words in ("第1网格", "李四", "代 张三", "赵六", "孙八", "公安联络：暂无", "和平小区3栋"):
        assert words in said
    assert tab.get_attribute("#card a[href='tel:138']", "href") == "tel:138"
    assert "李四" in tab.inner_text("#spoken")
    record(tab)
    assert tab.evaluate("document.activeElement.id") == "box"
    tab.wait_for_selector("#live li >> text=垃圾没人清")

    call(tab, "和平小区3栋", "市容环境", "垃圾堆在楼下")
    tab.wait_for_selector("#same li >> text=垃圾没人清")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("j")
    tab.wait_for_selector("#status >> text=已并案")
    statuses = "SELECT status, count(*) FROM incidents GROUP BY status ORDER BY 1"
    assert rows(engine, statuses) == [("joined", 1), ("open", 1)]
    places = rows(engine, "SELECT place FROM incidents ORDER BY reported_at")
    assert places == [("和平小区3栋2单元",), ("和平小区3栋",)]
    expect(tab.locator("#live li")).to_have_count(1)

    tab.keyboard.press("Alt+u")
    tab.wait_for_selector("#status >> text=已撤销并案")
    assert rows(engine, statuses) == [("open", 2)]
    expect(tab.locator("#live li")).to_have_count(2)
    learned = rows(engine, "SELECT words, key, count FROM search_choices ORDER BY words")
    assert [(key, count) for _, key, count in learned] == [("building:b3", 1)] * 2


def test_a_joined_call_is_undone_later_from_the_incident(
    site: str, window: Open, engine: Engine
) -> None:
    first = report(site, lng=116.9521, lat=31.0451, category="市容环境", note="垃圾没人清")
    tab = window().open(f"{site}/dispatch")
    call(tab, "和平小区3栋", "市容环境", "垃圾")
    tab.wait_for_selector("#same li")
    tab.keyboard.press("Alt+j")
    tab.wait_for_selector("#status >> text=已并案")
    expect(tab.locator("#live li")).to_have_count(1)
    tab.keyboard.press("Alt+l")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#opened >> text=并入的来电")
    tab.click("#opened li button")
    tab.wait_for_selector("#status >> text=已撤销并案")
    assert rows(engine, f"SELECT status FROM incidents WHERE id = '{first}'") == [("open",)]
    assert rows(engine, "SELECT count(*) FROM incidents WHERE status = 'open'") == [(2,)]


def test_two_take_the_same_and_the_second_is_told_who_has_it(
    site: str, window: Open, engine: Engine
) -> None:
    report(site, lng=116.9521, lat=31.0451, note="路灯不亮")
    windows = [window(), window()]
    first, second = (one.open(f"{site}/dispatch") for one in windows)
    for tab, name in ((first, "王芳"), (second, "李强")):
        tab.fill("#by", name)
        tab.keyboard.press("Tab")
        tab.wait_for_selector("#live li")
    # The second one's list stays as it is: it has not heard yet.
    second.evaluate(
        "() => { const ask = fetch; window.fetch = (to, more) =>"
        " String(to).startsWith('/incidents?') ? new Promise(() => {}) : ask(to, more); }"
    )
    for tab, seen in ((first, "#live li.mine"), (second, "#status.failed")):
        tab.keyboard.press("Alt+l")
        tab.keyboard.press("t")
        tab.wait_for_selector(seen)
    second.wait_for_selector("#status.failed >> text=王芳")
    assert all("409" in one for one in windows[1].complaints)  # what Chromium says of a refusal
    windows[1].complaints.clear()
    assert rows(engine, "SELECT taken_by FROM incidents") == [("王芳",)]
    first.keyboard.press("2")
    first.wait_for_selector("#filters [aria-pressed=true] >> text=我的")
    first.wait_for_selector("#live li >> text=路灯不亮")
    expect(first.locator("#live li:focus")).to_have_count(1)
    first.keyboard.press("r")
    first.wait_for_selector("#status >> text=已退回")
    first.wait_for_selector("#more >> text=没有")


def test_the_card_follows_the_pin_by_mouse_and_by_keyboard(site: str, window: Open) -> None:
    tab = window(width=1500).open(f"{site}/dispatch")
    say(tab, "和平小区3栋")
    tab.wait_for_selector("#card h2 >> text=第1网格")
    tab.wait_for_selector("path.border", state="attached")
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
    tab.keyboard.press("Alt+m")
    for _ in range(14):
        tab.keyboard.press("Shift+ArrowLeft")
    tab.wait_for_selector("#card h2 >> text=第1网格")


def test_the_map_has_a_scale_a_legend_and_the_day_and_names_its_grids(
    site: str, window: Open
) -> None:
    tab = window().open(f"{site}/dispatch?lang=zh")
    say(tab, "和平小区3栋")
    expect(tab.locator(".grid-name").first).to_be_visible()
    expect(tab.locator(".leaflet-control-scale")).to_contain_text("m")
    expect(tab.locator(".legend")).to_contain_text(re.compile(r"\d{4}-\d\d-\d\d 现行的网格"))
    expect(tab.locator("#demo")).to_be_hidden()  # this town is not the demo city


def test_a_place_unknown_is_kept_and_placed_later(site: str, window: Open, engine: Engine) -> None:
    tab = window().open(f"{site}/dispatch")
    tab.keyboard.type("qwzzz")
    tab.keyboard.press("Control+Enter")
    tab.wait_for_selector("#report:not([hidden])")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#status.failed >> text=请写类别或情况")
    tab.keyboard.type("市容环境")
    record(tab)
    assert rows(engine, "SELECT place, point IS NULL FROM incidents") == [("qwzzz", True)]
    tab.wait_for_selector("#live li >> text=待定位")
    tab.keyboard.press("Alt+l")
    tab.keyboard.press("4")
    tab.wait_for_selector("#filters [aria-pressed=true] >> text=待定位")
    expect(tab.locator("#live li:focus")).to_have_count(1)
    tab.keyboard.press("p")
    tab.wait_for_selector("#placing:not([hidden]) >> text=qwzzz")
    tab.keyboard.type("和平小区4栋")
    tab.wait_for_selector("#hits li[aria-selected=true]")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#card h2 >> text=第1网格")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#status >> text=已定位")
    tab.wait_for_selector("#more >> text=没有")
    assert rows(engine, "SELECT grid_code IS NULL, version FROM incidents") == [(False, 1)]
    assert rows(engine, "SELECT what FROM incident_events") == [("placed",)]


def test_answers_that_are_overtaken_are_not_shown(site: str, window: Open) -> None:
    tab = window().open(f"{site}/dispatch")
    # The first answer comes after the second one.
    tab.evaluate(
        "() => { const ask = fetch; let held = 0; window.fetch = async (to, more) => {"
        " const reply = await ask(to, more);"
        " if (String(to).startsWith('/search') && !held++) await new Promise((on) => (window.letGo = on));"
        " return reply; }; }"
    )
    tab.keyboard.type("和平小区3栋")
    for _ in range(1000):
        if tab.evaluate("Boolean(window.letGo)"):
            break
        tab.wait_for_timeout(10)
    else:
        raise AssertionError("nothing is searched for")
    tab.fill("#box", "和平小区4栋")
    tab.wait_for_selector("#hits li[aria-selected=true] >> text=4栋")
    tab.evaluate("window.letGo()")
    tab.wait_for_timeout(50)
    assert "4栋" in tab.inner_text("#hits li[aria-selected=true] strong")


def test_help_is_a_key_away_and_escape_comes_back(site: str, window: Open) -> None:
    tab = window().open(f"{site}/dispatch")
    tab.keyboard.type("?")
    tab.wait_for_selector("dialog[open] >> text=并案")
    tab.keyboard.press("Escape")
    tab.wait_for_selector("dialog", state="hidden")
    assert tab.evaluate("document.activeElement.id") == "box"


@pytest.mark.parametrize(("lang", "title"), [("zh", "派单台"), ("en", "Dispatch")])
def test_it_fits_a_phone_in_both_languages(site: str, window: Open, lang: str, title: str) -> None:
    opened = window(width=390, height=800)
    tab = opened.open(f"{site}/dispatch?lang={lang}")
    tab.fill("#box", "和平小区3栋")
    tab.wait_for_selector("#hits li[aria-selected=true]")
    tab.click("#hits li")
    tab.wait_for_selector("#card a[href='tel:138']")
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    assert ("Grid officer" in tab.inner_text("#card")) == (lang == "en")
    assert tab.title() == title
    tab.click("#fold")
    assert tab.is_hidden("#map")
    tab.click("#fold")
    assert tab.is_visible("#map")
    assert all(request.startswith((site, "data:")) for request in opened.requests)


def test_the_city_map_and_the_desk_are_a_click_apart(site: str, window: Open) -> None:
    tab = window().open(f"{site}/dispatch?lang=en")
    tab.click("#to-map")
    tab.wait_for_selector("body[data-ready]")
    tab.click("nav.desk a >> text=Dispatch")
    tab.wait_for_selector("#box")
    assert tab.title() == "Dispatch"


def test_stored_text_is_text(site: str, window: Open, engine: Engine) -> None:
    with engine.begin() as connection:
        for statement in (
            "UPDATE posts SET person = :evil",
            "UPDATE regions SET name = :evil WHERE level = 'street'",
            "UPDATE buildings SET address = :evil, estate = :evil",
            "INSERT INTO catalogue_items (code, kind, category, name) VALUES ('1', 'matter', :evil, :evil)",
        ):
            connection.execute(text(statement), {"evil": EVIL})
    report(site, lng=116.9521, lat=31.0451, category="<b>", note=EVIL)
    tab = window().open(f"{site}/dispatch")
    tab.fill("#by", EVIL)
    call(tab, "和平小区3栋", "<b>", EVIL)
    tab.wait_for_selector("#same li")
    record(tab)
    tab.keyboard.press("Alt+l")
    tab.keyboard.press("t")
    tab.wait_for_selector("#live li.mine")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#opened:not([hidden])")
    assert tab.locator("main img, #live img, main b").count() == 0
    for where in ("#live", "#opened", "#card"):
        assert EVIL in tab.inner_text(where)
