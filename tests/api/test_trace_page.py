"""描图 in a real Chromium: ledger rows put on the map by pointer and by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, text

from data.settings import Settings
from tests.api.blocks_town import FIRST, HOUSEHOLDS, SECOND, SOUTH, STEP, west_of
from tests.api.redraw_tab import at, copied
from tests.api.test_placing import wait
from tests.browsing import Window
from tests.data.store.conftest import WEST
from tests.pictures import png
from tests.serving import served

Open = Callable[..., Window]
EVIL = "<img src=x onerror=alert(1)>${alert(2)}"


@pytest.fixture(scope="module")
def template(town_of_blocks: str) -> str:
    """The town of blocks: each test has a copy."""
    return town_of_blocks


@pytest.fixture
def site(engine: Engine, db_url: str) -> Iterator[str]:
    """The service on the town of blocks, with rows that wait: its address."""
    with engine.begin() as connection:
        wait(connection)
    with served(Settings(database_url=db_url)) as address:
        yield address


def opened(window: Open, site: str, **size: int) -> Page:
    tab = window(**size).open(f"{site}/redraw")
    copied(tab)
    tab.keyboard.press("a")
    tab.wait_for_selector("#trace-rows [role=option]")
    return tab


def households(engine: Engine, grid: str) -> int:
    query = (
        "SELECT g.households FROM plan_grids g JOIN plans p ON p.id = g.plan_id"
        " WHERE p.status = 'draft' AND g.code = :grid"
    )
    with engine.connect() as connection:
        return int(connection.execute(text(query), {"grid": grid}).scalar_one())


def test_rows_put_on_the_map_one_after_another_and_taken_off(
    site: str, window: Open, engine: Engine
) -> None:
    tab = opened(window, site)
    rows = tab.locator("#trace-rows [role=option]")
    expect(rows).to_have_count(2)
    rows.nth(0).click()
    tab.mouse.click(*at(tab, 0, 0))
    tab.wait_for_selector("#status:not(.failed) >> text=一号楼 已点上图：第1网格")
    expect(rows).to_have_count(1)
    expect(tab.locator(f'tr[data-code="{FIRST}"]')).to_contain_text("430")
    assert households(engine, FIRST) == 8 * HOUSEHOLDS + 30

    tab.mouse.click(*at(tab, 3, 3))  # the next row is in hand already
    tab.wait_for_selector("#status:not(.failed) >> text=三号楼 已点上图：第2网格")
    assert households(engine, SECOND) == 8 * HOUSEHOLDS + 20
    expect(tab.locator("#trace-placed li")).to_have_count(2)

    tab.keyboard.press("b")
    tab.click("#trace-placed li:last-child button >> text=撤下")
    tab.wait_for_selector("#status:not(.failed) >> text=一号楼 已从图上撤下")
    expect(rows).to_have_count(1)
    assert households(engine, FIRST) == 8 * HOUSEHOLDS


def test_outside_the_community_it_names_it_is_asked_first(
    site: str, window: Open, engine: Engine
) -> None:
    opened_ = window()
    tab = opened_.open(f"{site}/redraw")
    copied(tab, "street:340881001")
    tab.keyboard.press("a")
    tab.fill("#trace-find", "二号")
    rows = tab.locator("#trace-rows [role=option]")
    expect(rows).to_have_count(1)
    rows.nth(0).click()
    tab.mouse.click(*at(tab, 0, 0))
    tab.wait_for_selector("#ask[open] >> text=台账写的是东社区")
    tab.click("#ask button[type=button]")
    assert households(engine, FIRST) == 8 * HOUSEHOLDS
    expect(rows).to_have_count(1)
    tab.mouse.click(*at(tab, 0, 0))
    tab.click("#ask[open] button[type=submit]")
    tab.wait_for_selector("#status:not(.failed) >> text=二号楼 已点上图")
    opened_.complaints[:] = [one for one in opened_.complaints if "409" not in one]
    with engine.connect() as connection:
        query = "SELECT community_code FROM buildings WHERE building_id = 'a2'"
        assert connection.execute(text(query)).scalar_one() == WEST


def test_an_image_is_fitted_by_points_and_lies_under_the_linework(site: str, window: Open) -> None:
    tab = opened(window, site)
    tab.set_input_files(
        "#trace-file", {"name": "规划图.png", "mimeType": "image/png", "buffer": png(400, 400)}
    )
    tab.wait_for_selector("#status:not(.failed) >> text=已放上 规划图.png")
    for n, (column, row) in enumerate([(0, 0), (3, 0), (3, 3), (0, 3)]):
        where = tab.locator("#trace-sheet .inner")
        where.scroll_into_view_if_needed()
        box = where.bounding_box()
        assert box is not None
        # The picture shows the community: its blocks are quarters.
        spot = ((column + 0.5) / 4 * box["width"], (1 - (row + 0.5) / 4) * box["height"])
        where.click(position={"x": spot[0], "y": spot[1]})
        tab.wait_for_selector("#status >> text=再在地图上点同一处")
        tab.mouse.click(*at(tab, column, row))
        tab.wait_for_selector(f"#status:not(.failed) >> text=控制点 {n + 1} 个，已存")
    expect(tab.locator("#trace-fit")).to_contain_text("仿射变换")
    expect(tab.locator("#trace-points tr")).to_have_count(4)
    lies = tab.evaluate(
        """() => { const b = document.querySelector("img.fitted").getBoundingClientRect();
            return [b.left, b.top, b.right, b.bottom]; }"""
    )
    left, bottom = at(tab, -0.5, -0.5)
    right, top = at(tab, 3.5, 3.5)
    assert lies == pytest.approx([left, top, right, bottom], abs=6)
    tab.evaluate("map_wangge.setZoom(map_wangge.getZoom() + 1, {animate: false})")
    wide = tab.evaluate("document.querySelector('img.fitted').getBoundingClientRect().width")
    assert wide == pytest.approx(2 * (right - left), rel=0.05)
    tab.evaluate("map_wangge.setZoom(map_wangge.getZoom() - 1, {animate: false})")
    tab.fill("#trace-opacity", "30")
    assert tab.evaluate("document.querySelector('img.fitted').style.opacity") == "0.3"

    where.click(position={"x": 10, "y": 10})  # a fifth one, typed, and wrong by far
    tab.fill("#trace-lnglat", "116.9700, 31.0300")
    tab.click("#trace-typed button")
    tab.wait_for_selector("#trace-fit em >> text=中误差")
    tab.click("#trace-points tr:last-child button")
    tab.wait_for_selector("#status:not(.failed) >> text=控制点 4 个，已存")

    tab.reload()  # a browser that dies loses nothing
    tab.wait_for_selector("body[data-open]")
    tab.keyboard.press("a")
    tab.wait_for_selector("img.fitted")
    tab.click("#trace-drop")
    tab.click("#ask[open] button[type=submit]")
    tab.wait_for_selector("#status:not(.failed) >> text=已删除底图")
    assert tab.locator("img.fitted").count() == 0


def test_a_lane_drawn_cut_along_removed_and_put_back(
    site: str, window: Open, engine: Engine
) -> None:
    tab = opened(window, site)
    tab.fill("#trace-name", "工农巷")
    tab.click("#trace-draw")
    tab.mouse.click(*at(tab, -0.7, 0))
    tab.mouse.click(*at(tab, 1.6, 0))
    tab.mouse.click(*at(tab, 1.53, 0.47))  # near the corner of four blocks: it goes there
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#status:not(.failed) >> text=道路已画上")
    with engine.connect() as connection:
        name, source, last = connection.execute(
            text("SELECT name, source, ST_AsText(ST_EndPoint(geom), 6) FROM lines")
        ).one()
    assert (name, source) == ("工农巷", "traced by http")
    assert last == f"POINT({west_of(WEST) + 2 * STEP:.3f} {SOUTH + STEP:.4f})".replace("00)", ")")
    tab.click("#trace-drawn button >> text=沿它裁地块")
    tab.wait_for_selector("#status:not(.failed) >> text=已做 1 步")
    with engine.connect() as connection:
        query = (
            "SELECT count(*) FROM blocks b JOIN plans p ON p.id = b.plan_id"
            " WHERE p.status = 'draft'"
        )
        assert int(connection.scalar(text(query)) or 0) > 16
    assert households(engine, FIRST) == 8 * HOUSEHOLDS
    tab.keyboard.press("u")
    tab.wait_for_selector("#status:not(.failed) >> text=已撤销一步")
    tab.click("#trace-drawn button >> text=删除")
    tab.wait_for_selector("#status:not(.failed) >> text=已删除")
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM lines")) == 0
    tab.click("#trace-drawn button >> text=恢复")
    tab.wait_for_selector("#status:not(.failed) >> text=已恢复")
    expect(tab.locator("#trace-drawn [data-trace]")).to_have_count(1)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM lines")) == 1


def test_by_keyboard_alone_in_english_on_a_phone(site: str, window: Open, engine: Engine) -> None:
    tab = window(width=390, height=800).open(f"{site}/redraw?lang=en")
    tab.select_option("#what", WEST)
    tab.focus("#copy")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("body[data-open]")
    tab.wait_for_selector("#status >> text=open")
    tab.keyboard.press("a")
    tab.wait_for_selector("#trace-rows [role=option]")
    expect(tab.locator("#trace summary")).to_be_focused()
    for _ in range(2):
        tab.keyboard.press("Tab")
    expect(tab.locator("#trace-rows [role=option]").first).to_be_focused()
    tab.keyboard.press("ArrowDown")
    expect(tab.locator("#trace-rows [aria-selected=true]")).to_contain_text("一号楼")
    tab.keyboard.press("Enter")
    tab.keyboard.press("ArrowLeft")
    tab.keyboard.press(" ")
    tab.wait_for_selector("#status:not(.failed) >> text=is on the map")
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM placements")) == 1
    wide = tab.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390


def test_a_control_point_and_a_lane_by_keyboard_alone(
    site: str, window: Open, engine: Engine
) -> None:
    tab = opened(window, site)
    tab.set_input_files(
        "#trace-file", {"name": "图.png", "mimeType": "image/png", "buffer": png(400, 400)}
    )
    tab.wait_for_selector("#status:not(.failed) >> text=已放上 图.png")
    for n, way in enumerate(("ArrowLeft", "ArrowRight")):
        tab.focus("#trace-sheet")
        tab.keyboard.press("+")
        for _ in range(3):
            tab.keyboard.press(f"Shift+{way}")
        tab.keyboard.press(" ")
        tab.wait_for_selector("#status >> text=再在地图上点同一处")
        expect(tab.locator(".folium-map")).to_be_focused()
        tab.keyboard.press(f"Shift+{way}")
        tab.keyboard.press(" ")
        tab.wait_for_selector(f"#status:not(.failed) >> text=控制点 {n + 1} 个，已存")
    expect(tab.locator("#trace-fit")).to_contain_text("相似变换")
    tab.focus("#trace-draw")
    tab.keyboard.press("Enter")
    expect(tab.locator(".folium-map")).to_be_focused()
    for _ in range(2):
        tab.keyboard.press(" ")
        tab.keyboard.press("Shift+ArrowUp")
    tab.keyboard.press(" ")
    tab.keyboard.press("Backspace")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#status:not(.failed) >> text=道路已画上")
    expect(tab.locator("#trace-drawn button").first).to_be_focused()
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT ST_NPoints(geom) FROM lines")) == 2


def test_an_outline_names_the_buildings_within(site: str, window: Open, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE buildings SET estate = NULL WHERE estate = '小区0'"))
    tab = opened(window, site, width=1440, height=900)
    tab.select_option("#trace-kind", "estate")
    tab.fill("#trace-name", EVIL)
    tab.click("#trace-draw")
    for corner in ((-0.4, -0.4), (1.4, -0.4), (1.4, 0.4), (-0.4, 0.4)):
        tab.mouse.click(*at(tab, *corner))
    tab.keyboard.press("Enter")
    ask = tab.locator("#ask")
    expect(ask).to_contain_text("没有小区的 1 栋会归入")
    expect(ask).to_contain_text("现属 小区1")
    tab.click("#ask button[type=submit]")
    tab.wait_for_selector("#status:not(.failed) >> text=1 栋归入")
    named = text("SELECT count(*) FROM buildings WHERE estate = :name")
    with engine.connect() as connection:
        assert connection.scalar(named, {"name": EVIL}) == 1
    tab.click("#trace-drawn button >> text=撤回定的小区")
    tab.wait_for_selector("#status:not(.failed) >> text=1 栋恢复原来的小区")
    with engine.connect() as connection:
        assert connection.scalar(named, {"name": EVIL}) == 0
    tab.click("#trace-drawn button >> text=定小区")
    tab.check("#ask input[type=checkbox]")
    tab.click("#ask button[type=submit]")
    tab.wait_for_selector("#status:not(.failed) >> text=2 栋归入")
