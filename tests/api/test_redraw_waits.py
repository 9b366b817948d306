"""What takes long at 调网格 is told, and what there is much of keeps its place."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect
from sqlalchemy import Engine, text

from tests.api.redraw_tab import copied, done
from tests.browsing import Window
from tests.data.store.conftest import WEST

Open = Callable[..., Window]


@pytest.fixture(scope="module")
def template(town_of_blocks: str) -> str:
    """The town of blocks: each test has a copy."""
    return town_of_blocks


def test_a_split_that_takes_long_is_told_and_then_done(site: str, window: Open) -> None:
    tab = window().open(f"{site}/redraw")
    copied(tab)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    tab.route("**/operations", hold)
    tab.keyboard.press("1")
    tab.keyboard.press("s")
    tab.keyboard.press("Enter")
    expect(tab.locator("#status")).to_have_text("正在修改，请稍候…")
    tab.wait_for_selector("body[data-waiting]")
    edge = "getComputedStyle(document.body, '::before').position"
    assert tab.evaluate(edge) == "fixed"
    held[0].continue_()
    done(tab)
    tab.wait_for_selector("body:not([data-waiting])")


def test_drafts_without_end_leave_the_page_as_it_is(
    site: str, window: Open, engine: Engine
) -> None:
    name = "很长的方案名" * 30
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO plans (community_code, status, name, source, created_by)"
                " SELECT :code, 'draft', :name, 'test', 'test' FROM generate_series(1, 60)"
            ),
            {"code": WEST, "name": name},
        )
    tab = window(width=390, height=844).open(f"{site}/redraw")
    expect(tab.locator("#drafts li")).to_have_count(60)
    assert tab.evaluate("document.documentElement.scrollHeight") < 3 * 844
    wide = window(width=1440, height=900).open(f"{site}/redraw")
    copied(wide)
    expect(wide.locator("#against option")).to_have_count(61)
    fits = "at => at.getBoundingClientRect().right <= innerWidth"
    assert wide.locator("#against").evaluate(fits)
    wide.click("#help")
    assert wide.inner_text("#keys dd >> nth=0") == "选网格"  # its key stands before it


def test_of_two_windows_on_one_draft_the_slower_sees_what_was_done(site: str, window: Open) -> None:
    opened = window()
    tab = opened.open(f"{site}/redraw")
    copied(tab)
    late = window()
    other = late.open(tab.url)
    tab.keyboard.press("1")
    tab.click("#rename")
    blank = tab.locator("#ask [name=name]")
    blank.fill("   ")
    tab.keyboard.press("Enter")
    expect(tab.locator("#ask")).to_be_visible()  # blanks are no name
    blank.fill("东片")
    tab.keyboard.press("Enter")
    done(tab)
    other.keyboard.press("1")
    other.click("#rename")
    other.fill("#ask [name=name]", "西片")
    other.keyboard.press("Enter")
    expect(other.locator("#status.failed")).to_contain_text("现在显示的已是最新")
    other.click("#rename")
    expect(other.locator("#ask [name=name]")).to_have_value("东片")
    late.complaints.clear()  # the browser's own word on the refusal
