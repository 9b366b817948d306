"""派单台 where answers fail, come late or not at all: nobody is sent to the wrong place, nothing written is lost."""

from __future__ import annotations

from playwright.sync_api import expect
from sqlalchemy import Engine

from tests.api.test_dispatch_page import Open, call, record, report, rows, say, template
from tests.browsing import Window

__all__ = ["template"]


def broken(window: Window, pattern: str) -> None:
    """Requests to addresses like this get no answer from now on; Chromium's complaints of that are no fault."""
    window.page.route(pattern, lambda route: route.abort())


def forgiven(window: Window) -> None:
    assert all("ERR_FAILED" in one or "409" in one for one in window.complaints), window.complaints
    window.complaints.clear()


def test_enter_chooses_nothing_that_other_words_meant(site: str, window: Open) -> None:
    one = window()
    tab = one.open(f"{site}/dispatch")
    tab.keyboard.type("和平小区3栋")
    tab.wait_for_selector("#hits li")
    broken(one, "**/search?*")
    tab.keyboard.type("对面的学校")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#status.failed >> text=连不上服务")
    assert tab.locator("#card").is_hidden()
    expect(tab.locator("#hits li")).to_have_count(0)
    forgiven(one)


def test_no_telephone_stands_under_a_place_that_is_not_theirs(site: str, window: Open) -> None:
    one = window()
    tab = one.open(f"{site}/dispatch")
    say(tab, "和平小区3栋")
    tab.wait_for_selector("#card:not([aria-busy]) a[href^='tel:']")
    broken(one, "**/card?*")
    tab.keyboard.press("Alt+m")
    tab.keyboard.press("Shift+ArrowLeft")
    tab.wait_for_selector("#status.failed >> text=连不上服务")
    assert tab.locator("#card").is_hidden()
    forgiven(one)


def test_only_the_incident_that_was_opened_is_placed(
    site: str, window: Open, engine: Engine
) -> None:
    first = report(site, lng=116.9521, lat=31.0451, note="路灯不亮")
    report(site, note="井盖丢了")  # the newest, first in the list
    one = window()
    tab = one.open(f"{site}/dispatch")
    tab.click("#live li >> text=路灯不亮")
    tab.wait_for_selector("#opened:not([hidden]) >> text=路灯不亮")
    broken(one, "**/incidents/*")
    tab.keyboard.press("Alt+l")
    tab.keyboard.press("p")
    tab.wait_for_selector("#status.failed >> text=连不上服务")
    assert tab.locator("#placing").is_hidden()
    events = f"SELECT count(*) FROM incident_events WHERE incident_id = '{first}'"
    assert rows(engine, events) == [(0,)]
    forgiven(one)


def test_a_call_that_is_being_written_is_not_lost(site: str, window: Open, engine: Engine) -> None:
    report(site, lng=116.9521, lat=31.0451, note="路灯不亮")
    tab = window().open(f"{site}/dispatch")
    call(tab, "和平小区3栋", "市容环境", "垃圾没人清")
    tab.click("#live li >> text=路灯不亮")
    tab.wait_for_selector("#opened:not([hidden])")
    assert tab.input_value("[name=note]") == "垃圾没人清"
    tab.click("#live li [data-act=take]")
    tab.wait_for_selector("#opened >> text=已接手")  # what is shown of it is told anew
    tab.keyboard.press("Escape")
    tab.wait_for_selector("#status >> text=已放下这个来电")
    assert tab.locator("#report").is_hidden()
    tab.keyboard.press("Alt+u")
    tab.wait_for_selector("#report:not([hidden])")
    assert tab.input_value("[name=note]") == "垃圾没人清"
    tab.wait_for_selector("#card:not([aria-busy]) h2 >> text=第1网格")
    record(tab)
    told = "SELECT place, note, grid_code IS NOT NULL FROM incidents WHERE category IS NOT NULL"
    assert rows(engine, told) == [("和平小区3栋", "垃圾没人清", True)]
    assert "第1网格" in tab.inner_text("#status")


def test_taking_it_oneself_does_not_bar_placing_it(site: str, window: Open, engine: Engine) -> None:
    report(site, lng=116.9521, lat=31.0451, note="路灯不亮")
    tab = window().open(f"{site}/dispatch")
    tab.click("#live li >> text=路灯不亮")
    tab.wait_for_selector("#opened:not([hidden])")
    tab.click("#live li [data-act=take]")
    tab.wait_for_selector("#opened >> text=已接手")
    tab.keyboard.press("Alt+m")
    tab.keyboard.press("Shift+ArrowRight")
    tab.click("#placing button")
    tab.wait_for_selector("#status:not(.failed) >> text=已定位")
    assert rows(engine, "SELECT what FROM incident_events ORDER BY at") == [
        ("taken",),
        ("corrected",),
    ]


def test_nothing_of_another_call_is_joined(site: str, window: Open, engine: Engine) -> None:
    report(site, lng=116.9521, lat=31.0451, category="市容环境", note="垃圾没人清")
    one = window()
    tab = one.open(f"{site}/dispatch")
    call(tab, "和平小区3栋", "市容环境", "垃圾")
    tab.wait_for_selector("#same li")
    broken(one, "**/nearby?*")
    tab.keyboard.type("没人清，堆了三天")
    tab.wait_for_selector("#same", state="hidden")
    tab.keyboard.press("Alt+j")
    assert rows(engine, "SELECT count(*) FROM incidents") == [(1,)]
    forgiven(one)


def test_the_list_is_shown_however_fast_news_come(site: str, window: Open) -> None:
    tab = window().open(f"{site}/dispatch")
    tab.evaluate(
        "() => { const ask = fetch; window.fetch = async (to, more) => {"
        " if (String(to).startsWith('/incidents?')) await new Promise((done) => setTimeout(done, 600));"
        " return ask(to, more); }; }"
    )
    came, shown = 0, False
    while came < 40 and not shown:  # news come all the time, and something is shown nevertheless
        report(site, note=f"第{came}件")
        came += 1
        tab.wait_for_timeout(150)
        shown = tab.locator("#live li").count() > 0
    assert shown
    expect(tab.locator("#live li")).to_have_count(came, timeout=10_000)


def test_once_the_service_is_back_the_words_are_looked_for_and_nothing_says_it_is_away(
    site: str, window: Open
) -> None:
    one = window()
    for pattern in ("**/incidents/stream", "**/search?*"):
        broken(one, pattern)
    tab = one.open(f"{site}/dispatch")
    tab.keyboard.type("和平小区3栋")
    tab.wait_for_selector("#status.failed >> text=连不上服务")
    tab.unroute_all()
    expect(tab.locator("#hits li").first).to_be_visible(timeout=20_000)
    expect(tab.locator("#status")).to_be_empty()
    forgiven(one)
