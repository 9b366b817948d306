"""Who waits at 调网格 for an answer that takes long is told that it is being worked on."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Route, expect

from data.cluster import Cluster
from data.settings import Settings
from tests.api.blocks_town import fill
from tests.api.test_redraw_page import copied, done
from tests.browsing import Window
from tests.conftest import filled
from tests.serving import served

Open = Callable[..., Window]


@pytest.fixture(scope="module")
def template(cluster: Cluster, template: str) -> Iterator[str]:
    """The town, filled once: each test has a copy."""
    with filled(cluster, template, fill) as name:
        yield name


@pytest.fixture
def site(db_url: str) -> Iterator[str]:
    with served(Settings(database_url=db_url)) as address:
        yield address


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
