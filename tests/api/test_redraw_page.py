"""调网格 in a real Chromium: by pointer and by keyboard alone, from a copy of the plan in force to its publication."""

from __future__ import annotations

import geopandas as gpd
import pytest
from playwright.sync_api import expect
from shapely.geometry import Point
from sqlalchemy import Engine, text

from data.store import buildings
from geo.model import CRS
from tests.api.blocks_town import FIRST, SECOND, THIRD, middle
from tests.api.redraw_tab import Open, at, copied, done, grids_of, stroke, tab_to
from tests.data.store.conftest import WEST


@pytest.fixture(scope="module")
def template(town_of_blocks: str) -> str:
    """The town of blocks: each test has a copy."""
    return town_of_blocks


def test_painted_undone_cut_and_merged(site: str, window: Open, engine: Engine) -> None:
    opened = window()
    tab = opened.open(f"{site}/redraw")
    copied(tab)
    assert f"#{tab.url.rsplit('#', 1)[1]}" in tab.url

    tab.keyboard.press("1")
    stroke(tab, at(tab, 2, 0), at(tab, 2, 2))
    done(tab)
    assert grids_of(engine) == {FIRST: 11, SECOND: 5}
    assert "150 户" in tab.inner_text("#status")
    assert "超" not in tab.inner_text(f'tr[data-code="{SECOND}"]')
    expect(tab.locator(f'tr[data-code="{FIRST}"] .bar.above')).to_have_count(2)
    assert "户数" in tab.inner_text("#problems")
    tab.keyboard.press("n")
    expect(tab.locator("#problem")).not_to_be_empty()

    tab.keyboard.press("Control+z")
    done(tab, "已撤销一步")
    assert grids_of(engine) == {FIRST: 8, SECOND: 8}
    tab.keyboard.press("y")
    done(tab, "已重做一步")
    assert grids_of(engine) == {FIRST: 11, SECOND: 5}
    tab.keyboard.press("u")
    done(tab, "已撤销一步")

    tab.keyboard.press("c")
    tab.mouse.click(*at(tab, -0.2, 1.5))
    tab.mouse.click(*at(tab, 1.2, 1.5))
    tab.keyboard.press("Enter")
    tab.keyboard.press("m")
    tab.keyboard.press("Enter")
    done(tab)
    assert set(grids_of(engine)) == {FIRST, SECOND, THIRD}
    tab.keyboard.press("1")
    tab.keyboard.press("g")
    tab.mouse.click(*at(tab, 0, 3 if grid_at(engine, 0, 3) == THIRD else 0))
    done(tab)
    expect(tab.locator("#grids tr[data-code]")).to_have_count(2)
    assert set(grids_of(engine)) == {FIRST, SECOND}


def test_compared_with_what_is_in_force_and_published(
    site: str, window: Open, engine: Engine
) -> None:
    opened = window()
    tab = opened.open(f"{site}/redraw")
    copied(tab)
    tab.keyboard.press("1")
    stroke(tab, at(tab, 2, 3), at(tab, 2, 3))
    done(tab)
    tab.keyboard.press("k")
    expect(tab.locator("#swipe")).to_be_visible()
    opened.settle()
    tab.keyboard.press("Escape")
    tab.click("#compare")
    expect(tab.locator("#swipe")).to_be_hidden()
    tab.click("#diff")
    expect(tab.locator("#ask")).to_contain_text("50 户")
    tab.keyboard.press("Escape")
    tab.click("#replay")
    expect(tab.locator("#ask")).to_contain_text("基尼")
    tab.keyboard.press("Escape")

    tab.click("#publish")
    tab.click("#ask button[type=submit]")
    tab.wait_for_selector("#ask >> text=已发布 1 个方案")
    published = grids_of(engine, "published")
    assert (set(published), published[SECOND]) == ({FIRST, SECOND}, 7)
    expect(tab.locator("#opening")).to_be_visible()
    assert [one for one in opened.requests if not one.startswith((f"{site}/", "data:"))] == []


def grid_at(engine: Engine, column: int, row: int) -> str:
    lng, lat = middle(column, row)
    query = text(
        "SELECT g.code FROM plan_grids g JOIN plans p ON p.id = g.plan_id WHERE p.status = 'draft'"
        " AND ST_Covers(g.geom, ST_SetSRID(ST_MakePoint(:lng, :lat), 4490)) ORDER BY 1"
    )
    with engine.connect() as connection:
        return str(connection.scalar(query, {"lng": lng, "lat": lat}))


def test_by_keyboard_alone(site: str, window: Open, engine: Engine) -> None:
    tab = window().open(f"{site}/redraw")
    tab_to(tab, "what")
    tab.keyboard.type("西社区")
    tab_to(tab, "copy")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#status >> text=已打开")
    expect(tab.locator(".cross:not([hidden])")).to_have_count(1)

    tab.keyboard.press(
        "2"
    )  # the second grid takes what is painted; the cross hair stands between both
    tab.keyboard.press("Shift+ArrowLeft")
    tab.keyboard.press("Space")
    for _ in range(2):
        tab.keyboard.press("Shift+ArrowDown")
    tab.keyboard.press("Space")
    done(tab)
    grown = grids_of(engine)
    assert grown[SECOND] > 8
    assert sum(grown.values()) == 16
    tab.keyboard.press("u")
    done(tab, "已撤销一步")
    tab.keyboard.press("y")
    done(tab, "已重做一步")
    tab.keyboard.press("?")
    assert "十字" in tab.inner_text("#keys")
    tab.keyboard.press("Escape")
    tab_to(tab, "publish")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#ask[open]")
    for _ in range(40):  # the draft broke bounds: each exception has its reason
        name, kind = tab.evaluate("[document.activeElement.name, document.activeElement.type]")
        if kind == "submit":
            break
        if name.startswith("why-"):
            tab.keyboard.type("整改期内")
        tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#ask >> text=已发布 1 个方案")
    assert grids_of(engine, "published") == grown


def test_estates_loops_and_corners(site: str, window: Open, engine: Engine) -> None:
    tab = window().open(f"{site}/redraw")
    copied(tab)
    tab.keyboard.press("1")
    tab.keyboard.press("e")
    tab.mouse.click(*at(tab, 2, 2))  # 小区2: four blocks of the second grid
    done(tab)
    assert grids_of(engine) == {FIRST: 12, SECOND: 4}
    tab.keyboard.press("u")
    done(tab, "已撤销一步")

    tab.keyboard.press("l")
    stroke(tab, *(at(tab, *corner) for corner in ((1.6, 1.6), (3.4, 1.6), (3.4, 3.4), (1.6, 3.4))))
    done(tab)
    assert grids_of(engine) == {FIRST: 12, SECOND: 4}
    tab.keyboard.press("u")
    done(tab, "已撤销一步")

    tab.keyboard.press("x")
    before = shape_of(engine, FIRST)
    stroke(tab, at(tab, 1.5, 0.5), at(tab, 1.7, 0.6))
    done(tab)
    assert shape_of(engine, FIRST) != before
    assert grids_of(engine) == {FIRST: 8, SECOND: 8}
    tab.keyboard.press("u")
    done(tab, "已撤销一步")
    assert shape_of(engine, FIRST) == before


def test_what_is_done_to_a_grid_and_the_end_of_a_draft(
    site: str, window: Open, engine: Engine
) -> None:
    tab = window().open(f"{site}/redraw")
    copied(tab)
    tab.keyboard.press("1")
    tab.keyboard.press("s")
    tab.keyboard.press("Enter")
    done(tab)
    assert grids_of(engine) == {FIRST: 4, SECOND: 8, THIRD: 4}
    tab.click("#rename")
    tab.fill("#ask [name=name]", "老街网格")
    tab.keyboard.press("Enter")
    expect(tab.locator("#chosen")).to_contain_text("老街网格")
    tab.click("#dedicate")
    tab.fill("#ask [name=reason]", "老街商圈")
    tab.click("#ask button[type=submit]")
    expect(tab.locator(f'tr[data-code="{FIRST}"]')).to_contain_text("专属")
    tab.click("#lock")
    expect(tab.locator("#lock")).to_have_text("解锁")
    with engine.connect() as connection:
        query = text(
            "SELECT g.name, g.kind, g.reason, g.locked FROM plan_grids g JOIN plans p ON p.id = g.plan_id"
            " WHERE p.status = 'draft' AND g.code = :code"
        )
        kept = connection.execute(query, {"code": FIRST}).one()
    assert tuple(kept) == ("老街网格", "dedicated", "老街商圈", True)
    tab.click("#renumber")
    tab.click("#ask button[type=submit]")
    tab.wait_for_selector("#status")
    tab.click("#close")
    expect(tab.locator("#drafts li")).to_have_count(1)
    tab.click("#drafts button")
    tab.click("#ask button[type=submit]")
    expect(tab.locator("#drafts .none")).to_have_count(1)
    assert grids_of(engine) == {}


def shape_of(engine: Engine, code: str) -> bytes:
    query = text(
        "SELECT ST_AsEWKB(g.geom) FROM plan_grids g JOIN plans p ON p.id = g.plan_id"
        " WHERE p.status = 'draft' AND g.code = :code"
    )
    with engine.connect() as connection:
        return bytes(connection.scalar(query, {"code": code}))


def test_a_block_above_the_ceiling_is_opened_where_the_planner_says_so(
    site: str, window: Open, engine: Engine
) -> None:
    west, south = middle(0, 0)
    towers = [
        {"building_id": f"T{n}", "community_code": WEST, "kind": "residence", "estate": "双子塔",
         "households": 300, "residents": 500}
        for n in range(2)
    ]  # fmt: skip
    points = [Point(west - 0.0008, south), Point(west + 0.0008, south)]
    with engine.begin() as connection:
        buildings.merge(connection, gpd.GeoDataFrame(towers, geometry=points, crs=CRS))
    tab = window().open(f"{site}/redraw?lang=zh")
    copied(tab)
    before = sum(grids_of(engine).values())
    tab.click("#mend")
    tab.wait_for_selector("#ask >> text=单块就超过上限")
    tab.check("#ask input[type=checkbox]")
    tab.evaluate("document.getElementById('status').textContent = ''")
    tab.click("#ask button[type=submit]")
    tab.wait_for_selector("#status:not(.failed) >> text=/已做 [12] 步/")
    assert sum(grids_of(engine).values()) > before
