"""What 调网格 says, in a real Chromium: to who comes late or where the server is away, of stored texts, of the steps
and their documents; in either language, on a phone and on a desk."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine, text

from tests.api.blocks_town import FIRST, SECOND
from tests.api.redraw_tab import Open, at, copied, done, grids_of, stroke
from tests.data.store.conftest import EAST, WEST

EVIL = "<img src=x onerror=alert(1)>${alert(2)}"


@pytest.fixture(scope="module")
def template(town_of_blocks: str) -> str:
    """The town of blocks: each test has a copy."""
    return town_of_blocks


def test_who_comes_late_is_told_and_sees_what_is(site: str, window: Open, engine: Engine) -> None:
    opened = window()
    tab = opened.open(f"{site}/redraw")
    copied(tab)
    number = int(tab.url.rsplit("#", 1)[1])
    said = {"version": 1, "operations": [{"op": "rename", "grid": FIRST, "name": "老街"}]}
    reply = httpx.post(f"{site}/plans/{number}/operations", json=said)
    assert reply.status_code == 200, reply.text
    tab.keyboard.press("1")
    stroke(tab, at(tab, 2, 0), at(tab, 2, 0))
    tab.wait_for_selector("#status.failed")
    expect(tab.locator("#chosen")).to_contain_text("老街")
    stroke(tab, at(tab, 2, 0), at(tab, 2, 0))
    done(tab)
    assert grids_of(engine) == {FIRST: 9, SECOND: 7}

    over = {"version": 3, "by": "李四", "take_over": True}
    said = {**over, "operations": [{"op": "lock", "grid": SECOND}]}
    assert httpx.post(f"{site}/plans/{number}/operations", json=said).status_code == 200
    opened.complaints.clear()  # Chromium's own word for 409
    tab.keyboard.press("u")
    tab.wait_for_selector("#status.failed")
    opened.complaints.clear()


def test_a_draft_is_taken_over_where_that_is_wished(
    site: str, window: Open, engine: Engine
) -> None:
    made = httpx.post(f"{site}/plans", json={"communities": [WEST], "by": "李四"}).json()
    opened = window()
    tab = opened.open(f"{site}/redraw#{made['plans'][0]['id']}")
    tab.wait_for_selector("#status >> text=已打开")
    tab.keyboard.press("1")
    stroke(tab, at(tab, 2, 1), at(tab, 2, 1))
    tab.wait_for_selector("#status.failed >> text=李四")
    assert grids_of(engine) == {FIRST: 8, SECOND: 8}
    tab.click("#take-over")
    done(tab)
    assert grids_of(engine) == {FIRST: 9, SECOND: 7}
    opened.complaints.clear()  # Chromium's own word for 409


def test_where_the_server_is_away_nothing_seems_done(
    site: str, window: Open, engine: Engine
) -> None:
    opened = window()
    tab = opened.open(f"{site}/redraw")
    copied(tab)
    tab.keyboard.press("1")
    tab.route("**/operations", lambda route: route.abort())
    stroke(tab, at(tab, 2, 0), at(tab, 2, 2))
    tab.wait_for_selector("#status.failed >> text=没有保存")
    assert "400" in tab.inner_text(f'tr[data-code="{FIRST}"]')
    tab.unroute("**/operations")
    stroke(tab, at(tab, 2, 0), at(tab, 2, 2))
    done(tab)
    assert grids_of(engine) == {FIRST: 11, SECOND: 5}
    opened.complaints.clear()  # Chromium's own word for the connection that was cut


def test_stored_text_is_text(site: str, window: Open, engine: Engine) -> None:
    """Nothing that a name, an estate, an officer or a remark holds is ever run; the window judges that."""
    with engine.begin() as connection:
        for change in (
            "UPDATE regions SET name = :evil WHERE code = :west",
            "UPDATE buildings SET name = :evil, estate = :evil",
            "UPDATE posts SET person = :evil",
        ):
            connection.execute(text(change), {"evil": EVIL, "west": WEST})
    tab = window().open(f"{site}/redraw")
    copied(tab, "city")
    tab.keyboard.press("t")
    tab.mouse.click(*at(tab, 1, 1))
    tab.fill("#ask [name=said]", EVIL)
    tab.fill("#ask [name=name]", EVIL)
    tab.select_option("#ask [name=kind]", "objection")
    tab.click("#ask button[type=submit]")
    tab.wait_for_selector("#remarks .objection")
    tab.click("#remarks button >> text=答复")
    tab.fill("#ask [name=answer]", EVIL)
    tab.click("#ask button[type=submit]")
    tab.wait_for_selector("#remarks >> text=答复：")
    tab.keyboard.press("b")
    tab.keyboard.press("1")
    stroke(tab, at(tab, 2, 1), at(tab, 2, 1))
    done(tab)
    assert EVIL in tab.inner_text("#hands")
    assert EVIL in (tab.text_content(".community-name") or "")
    tab.click("#diff")
    expect(tab.locator("#ask")).to_contain_text(EVIL)


def test_the_steps_lead_to_the_documents(site: str, window: Open) -> None:
    tab = window().open(f"{site}/redraw?lang=zh")
    copied(tab)
    tab.click("#stages")
    links = tab.locator("#ask .documents a")
    expect(links).to_have_count(6)
    for link in links.all():
        where = link.get_attribute("href") or ""
        reply = tab.request.get(f"{site}{where}")
        assert (reply.status, len(reply.body()) > 4000) == (200, True), where
        assert where.partition("?")[0].endswith(reply.headers["content-disposition"].split('"')[1])
    tab.fill("#ask [name=day]", "2026-11-20")
    tab.set_input_files(
        "#ask [name=file]",
        {"name": "批复.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"},
    )
    tab.click("#ask button[type=submit]")
    kept = tab.locator("#ask .stages a[download='批复.pdf']")
    expect(kept).to_contain_text("1 KB")
    assert tab.request.get(f"{site}{kept.get_attribute('href')}").body() == b"%PDF-1.7"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_fits_and_speaks_one_language(site: str, window: Open, lang: str) -> None:
    """On a phone, and on a desk once it is turned there."""
    tab = window(width=390).open(f"{site}/redraw?lang={lang}")
    assert tab.evaluate("document.documentElement.lang") == {"zh": "zh-CN", "en": "en"}[lang]
    tab.select_option("#what", EAST)
    tab.click("#copy")
    tab.wait_for_selector("body[data-open]")
    tab.select_option("#by-what", "households")
    expect(tab.locator(".legend .swatch")).to_have_count(5)
    tab.check("#corrections")
    for width in (390, 1280):
        tab.set_viewport_size({"width": width, "height": 800})
        for button in ("stages", "publish", "diff"):
            tab.click(f"#{button}")
            expect(tab.locator("#ask")).to_be_visible()
            tab.keyboard.press("Escape")
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert tab.evaluate(overflow) <= 0
    assert tab.locator(".leaflet-control-scale").count() == 1
    assert tab.locator(".legend").count() == 1
    shown: Any = tab.inner_text("body")
    if lang == "en":
        plain = shown.replace("中文", "")
        for name in ("东社区", "西社区", "文昌街道", "网格员2", "网格员3", "第1网格", "第2网格"):
            plain = plain.replace(name, "")
        assert not [letter for letter in plain if "\u4e00" <= letter <= "\u9fff"]
