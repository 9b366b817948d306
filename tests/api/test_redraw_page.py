"""调网格 in a real Chromium: by pointer and by keyboard alone, from a copy of the plan in force to its publication."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import geopandas as gpd
import httpx
import pytest
from playwright.sync_api import Page, expect
from shapely.geometry import Point
from sqlalchemy import Engine, text

from data.cluster import Cluster
from data.store import buildings
from geo.model import CRS
from tests.api.blocks_town import FIRST, SECOND, THIRD, fill, middle
from tests.browsing import Window
from tests.conftest import filled
from tests.data.store.conftest import EAST, WEST

Open = Callable[..., Window]
EVIL = "<img src=x onerror=alert(1)>${alert(2)}"


@pytest.fixture(scope="module")
def template(cluster: Cluster, template: str) -> Iterator[str]:
    """The town, filled once: each test has a copy."""
    with filled(cluster, template, fill) as name:
        yield name


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


def tab_to(tab: Page, name: str) -> None:
    """Tab until the element of this id has the focus."""
    for _ in range(80):
        if tab.evaluate("document.activeElement.id") == name:
            return
        tab.keyboard.press("Tab")
    raise AssertionError(f"the keyboard never comes to #{name}")


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
