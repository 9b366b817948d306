"""What a planner does on 调网格 again and again, in a real Chromium, and what the store then holds."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page
from sqlalchemy import Engine, text

from tests.api.blocks_town import middle
from tests.browsing import Window
from tests.data.store.conftest import WEST

Open = Callable[..., Window]


def copied(tab: Page, what: str = WEST) -> None:
    """The plans in force copied into drafts, which are open then."""
    tab.select_option("#what", what)
    tab.click("#copy")
    tab.wait_for_selector("body[data-open]")
    tab.wait_for_selector("#status >> text=已打开")


def at(tab: Page, column: float, row: float, community: str = WEST) -> tuple[float, float]:
    """Where on the page the middle of a block is."""
    lng, lat = middle(column, row, community)  # type: ignore[arg-type]
    script = """([lng, lat]) => { const p = map_wangge.latLngToContainerPoint([lat, lng]);
        const b = map_wangge.getContainer().getBoundingClientRect(); return [p.x + b.x, p.y + b.y]; }"""
    x, y = tab.evaluate(script, [lng, lat])
    return x, y


def done(tab: Page, words: str = "已做 1 步") -> None:
    tab.wait_for_selector(f"#status:not(.failed) >> text={words}")


def stroke(tab: Page, *places: tuple[float, float]) -> None:
    """The pointer pressed along some places."""
    tab.mouse.move(*places[0])
    tab.mouse.down()
    for place in places[1:]:
        tab.mouse.move(*place, steps=4)
    tab.mouse.up()


def grids_of(engine: Engine, status: str = "draft") -> dict[str, int]:
    """How many blocks each grid has, in plans of a status."""
    query = text(
        "SELECT b.grid_code, count(*) FROM blocks b JOIN plans p ON p.id = b.plan_id"
        " WHERE p.status = :status AND p.community_code = :code GROUP BY 1"
    )
    with engine.connect() as connection:
        rows = connection.execute(query, {"status": status, "code": WEST}).all()
        return {row.grid_code: row.count for row in rows}


def tab_to(tab: Page, name: str) -> None:
    """Tab until the element of this id has the focus."""
    for _ in range(80):
        if tab.evaluate("document.activeElement.id") == name:
            return
        tab.keyboard.press("Tab")
    raise AssertionError(f"the keyboard never comes to #{name}")
