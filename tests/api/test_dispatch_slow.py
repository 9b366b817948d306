"""派单台 on a slow machine behind a slow line (a sixth of this one's speed, 390 px): typing is not lost, the list
follows, and nothing is fetched that did not change."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from uuid import UUID

import httpx
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, text

from api.services.actor import Actor
from api.services.handling import Desk
from api.services.locating import LocatorCache
from data.settings import Settings
from data.store import incidents
from tests.api.test_card import fill
from tests.benchmarks.dispatch_page import SLOW_CPU, SLOW_LINE, slowed
from tests.browsing import Window
from tests.serving import served

Open = Callable[..., Window]
OPEN, LISTED = 120, 100
PATIENCE_MS = 60_000
SETTLED_MS = 1000
"""Longer than changes are gathered."""
FILL = """
    INSERT INTO incidents (id, source, source_id, note, reported_at)
    SELECT gen_random_uuid(), 'bench', n::text, '第' || n || '件', clock_timestamp() - make_interval(secs => n)
    FROM generate_series(1, :open) n"""


@pytest.fixture
def site(engine: Engine, db_url: str) -> Iterator[str]:
    with engine.begin() as connection:
        fill(connection)
        connection.execute(text(FILL), {"open": OPEN})
    with served(Settings(database_url=db_url)) as address:
        yield address


def listed(site: str) -> list[UUID]:
    page = httpx.get(f"{site}/incidents", params={"status": "open", "limit": LISTED}).json()
    return [UUID(one["id"]) for one in page["items"]]


def whole(tab: Page) -> None:
    """Open the list as far as it is looked at, once the stream is there: when it comes the list is read whole."""
    expect(tab.locator("#stream")).to_have_text("实时", timeout=PATIENCE_MS)
    tab.wait_for_timeout(SETTLED_MS)
    expect(tab.locator("#live li")).to_have_count(50, timeout=PATIENCE_MS)
    tab.click("#further")
    expect(tab.locator("#live li")).to_have_count(LISTED, timeout=PATIENCE_MS)
    tab.wait_for_timeout(SETTLED_MS)


def test_typing_and_the_list_keep_up_while_much_happens(
    site: str, window: Open, engine: Engine
) -> None:
    opened = window(width=390, height=780)
    tab = opened.open(f"{site}/dispatch")
    slowed(tab, cpu=SLOW_CPU, line=SLOW_LINE)
    whole(tab)
    tab.evaluate("() => document.querySelectorAll('#live li').forEach((row) => (row.old = true))")
    numbers = listed(site)
    taken = numbers[:40]
    desk, clerk = Desk(engine, LocatorCache(engine)), Actor("张三")
    happens = threading.Thread(target=lambda: [desk.take(clerk, number) for number in taken])
    opened.requests.clear()
    happens.start()
    tab.click("#box")
    tab.keyboard.type("和平小区3栋", delay=30)
    assert tab.input_value("#box") == "和平小区3栋"
    expect(tab.locator("#hits li").first).to_contain_text("和平小区3栋", timeout=PATIENCE_MS)
    happens.join()
    expect(tab.locator("#live li.others")).to_have_count(len(taken), timeout=PATIENCE_MS)
    kept = tab.evaluate(
        "() => [...document.querySelectorAll('#live li')].filter((row) => row.old).length"
    )
    assert kept == LISTED - len(taken), "rows that did not change are not drawn anew"
    lists = [one for one in opened.requests if "/incidents?" in one]
    assert lists
    assert all("id=" in one for one in lists), "only what changed is asked for"
    asked = [
        one for query in lists for one in httpx.QueryParams(query.partition("?")[2]).get_list("id")
    ]
    assert set(asked) == {str(number) for number in taken}
    assert len(asked) == len(taken)


def test_the_list_follows_what_comes_and_goes(site: str, window: Open, engine: Engine) -> None:
    tab = window(width=390).open(f"{site}/dispatch")
    whole(tab)
    numbers = listed(site)
    tab.locator("#live li").nth(3).focus()
    said = {"source": "热线", "note": "刚刚来的"}
    new = httpx.post(f"{site}/incidents", json=said).json()["incident"]["id"]
    expect(tab.locator("#live li").first).to_have_attribute("data-id", new)
    assert tab.evaluate("document.activeElement.dataset.id") == str(numbers[3])
    with engine.begin() as connection:
        for number in numbers[10:40]:
            incidents.close(connection, number)
    expect(tab.locator(f"#live li[data-id='{numbers[10]}']")).to_have_count(0)
    # Thirty are gone: the list is read again, and has as many as before.
    expect(tab.locator("#live li")).to_have_count(91)
    shown = tab.eval_on_selector_all("#live li", "(rows) => rows.map((row) => row.dataset.id)")
    page = httpx.get(f"{site}/incidents", params={"status": "open", "limit": 100}).json()["items"]
    assert shown == [one["id"] for one in page][: len(shown)]
    assert tab.evaluate("document.activeElement.dataset.id") == str(numbers[3])
