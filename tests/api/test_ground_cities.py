"""Real cities brought to 调网格 by the page alone, in a real Chromium: one of a single file, one of several hands."""

from __future__ import annotations

from pathlib import Path

import httpx
from playwright.sync_api import expect
from sqlalchemy import Engine

from tests.api.ground_tab import READY, WAITS_MS, Open, bring, confirm, there


def test_a_whole_city_of_one_file_is_brought_and_drawn(
    site: str, window: Open, shared: Path
) -> None:
    city = shared / "planner" / "city_A.gpkg"
    tab = window().open(f"{site}/redraw")
    for noun in ("regions", "buildings", "roads", "rivers", "bridges"):
        bring(tab, noun, city)
        confirm(tab)
    ground = httpx.get(f"{site}/plans/ground").json()
    assert len(ground["communities"]) == 26 and ground["lacking"] == []
    one = ground["communities"][0]["code"]
    tab.select_option("#what", one)
    tab.click("#draw")
    tab.click("#ask button[type=submit]")
    tab.wait_for_selector("body[data-open]", timeout=WAITS_MS)
    assert tab.locator("#grids tr").count() > 3


def test_a_real_city_of_a_vendors_outline_and_a_ledger_of_another(
    site: str, window: Open, engine: Engine, shared: Path
) -> None:
    folder = shared / "tongcheng"
    tab = window().open(f"{site}/redraw")
    bring(tab, "regions", folder / "boundary_gcj02.geojson")
    expect(tab.locator("#ground-form")).to_contain_text("库里还没有社区可对照")
    tab.locator("#ground-form .check", has_text="GCJ-02").click()
    tab.wait_for_selector("#ground-problem:not([hidden]), " + READY, timeout=WAITS_MS)
    confirm(tab)
    bring(tab, "buildings", folder / "小区台账_百度坐标.xlsx")
    expect(tab.locator("#ground-form .check").first).to_contain_text("处在已有社区内")
    tab.locator("#ground-form .check", has_text="BD-09").click()
    tab.wait_for_selector(READY, timeout=WAITS_MS)
    expect(tab.locator("#ground-sum")).to_contain_text("待定位")
    confirm(tab)
    bring(tab, "roads", folder / "tongcheng.gpkg")
    confirm(tab)
    assert there(engine, "buildings") > 40 and there(engine, "lines") > 200
