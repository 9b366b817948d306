"""导入方案 in a real Chromium: a plan drawn elsewhere is looked at, repaired and accepted, by pointer and by keyboard
alone.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import httpx
import pytest
from playwright.sync_api import Page, expect
from shapely.geometry import Polygon, box

from geo.model import CRS
from tests.api.blocks_town import SECOND, THIRD
from tests.browsing import Window
from tests.data.store.conftest import WEST
from tests.drawings import dxf, gbk_shapefile, in_metres, ring

Open = Callable[..., Window]
EVIL = "<img src=x onerror=alert(1)>${alert(2)}"
GRIDS = [box(116.95, 31.04, 116.955002, 31.05), box(116.955, 31.04, 116.96, 31.05)]
"""The first reaches 20 cm into the second."""


@pytest.fixture(scope="module")
def template(town_of_blocks: str) -> str:
    """The town of blocks: each test has a copy."""
    return town_of_blocks


def shapefile(folder: Path, shapes: list[Polygon] = GRIDS, **columns: list[object]) -> Path:
    frame = gpd.GeoDataFrame(columns or {"n": range(len(shapes))}, geometry=shapes, crs=CRS)
    file = folder / "方案.zip"
    file.write_bytes(gbk_shapefile(frame, folder))
    return file


def looked(tab: Page, text: str) -> None:
    tab.wait_for_selector(f"#status >> text={text}")


def drafts(site: str) -> list[str]:
    found = httpx.get(f"{site}/plans", params={"status": "draft"}).json()["features"]
    return [one["properties"]["community_code"] for one in found]


def test_a_plan_is_looked_at_repaired_and_accepted(window: Open, site: str, tmp_path: Path) -> None:
    tab = window(width=1440).open(f"{site}/redraw")
    tab.fill("#by", "张三")
    tab.set_input_files("#import-files", shapefile(tmp_path, 网格名称=[EVIL, "乙网格"]))
    looked(tab, "1 处毛病")
    assert drafts(site) == []
    expect(tab.locator("#import-name")).to_have_text("方案.zip")
    expect(tab.locator(".faults .blocking")).to_contain_text("重叠")
    expect(tab.locator("#import-accept")).to_be_disabled()
    expect(tab.locator(".areas tbody tr")).to_have_count(2)
    assert EVIL in tab.inner_text(".areas tbody")
    tab.click(".faults .blocking")
    tab.fill("[name=tolerance]", "0.5")
    tab.press("[name=tolerance]", "Tab")
    looked(tab, "0 处毛病")
    expect(tab.locator("#import-found .told")).to_contain_text("原有 1 处")
    tab.fill("#import-call", "测绘院方案")
    tab.click("#import-accept")
    tab.wait_for_selector("body[data-open]")
    looked(tab, "已采纳为 1 个草稿")
    assert drafts(site) == [WEST]
    expect(tab.locator("#grids tr")).to_have_count(3)  # and the row of a new one
    assert EVIL in tab.inner_text("#chosen")


def test_codes_are_chosen_and_areas_left_out(window: Open, site: str, tmp_path: Path) -> None:
    tab = window(width=1440).open(f"{site}/redraw")
    frame = box(116.94, 31.03, 116.97, 31.06)
    tab.set_input_files("#import-files", shapefile(tmp_path, [*GRIDS, frame]))
    looked(tab, "看好了：3 个网格")
    tab.locator(".areas tbody tr").nth(2).get_by_role("checkbox").check()
    looked(tab, "看好了：2 个网格")
    expect(tab.locator("#import-areas")).to_contain_text("不要的图形：1")
    first = tab.locator(".areas tbody select").first
    expect(first.locator("option:checked")).to_have_text("自动：001")
    first.select_option("#new")
    expect(tab.locator(".areas tbody tr").first).to_contain_text(THIRD)
    tab.locator(".areas tbody select").first.select_option(SECOND)
    expect(tab.locator(".areas tbody tr").nth(1)).to_contain_text(THIRD)  # 001 lies elsewhere
    tab.click("text=都要")
    looked(tab, "看好了：3 个网格")


def test_a_drawing_says_nothing_and_is_asked_about_by_keyboard(
    window: Open, site: str, tmp_path: Path
) -> None:
    drawn = tmp_path / "方案.dxf"
    metres = in_metres([GRIDS[1], box(116.95, 31.04, 116.955, 31.05)])
    texts = [
        ("ZJ", one.centroid.coords[0], name) for one, name in zip(metres, ("甲", "乙"), strict=True)
    ]
    drawn.write_bytes(
        dxf(
            polylines=[
                *(("JZD", ring(one), True) for one in metres),
                ("TK", ring(metres[0]), True),
            ],
            texts=texts,
        )
    )
    tab = window(width=1280).open(f"{site}/redraw?lang=en")
    tab.set_input_files("#import-files", drawn)
    looked(tab, "Say first: which layers are grids, what coordinates refer to")
    tab.keyboard.press("Tab")  # from the heading, which has the focus, on to the first layer
    tab.keyboard.press("Space")
    looked(tab, "Say first: what coordinates refer to")
    assert tab.evaluate("document.activeElement.value") == "JZD"  # still there
    tab.keyboard.press("Tab")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Space")  # the reading with the best evidence
    looked(tab, "Looked at: 2 grids")
    assert "甲" in tab.inner_text(".areas tbody")
    expect(tab.locator("#import-accept")).to_be_enabled()
    tab.focus("#import-accept")
    tab.keyboard.press("Enter")
    looked(tab, "Accepted as drafts: 1.")


def test_a_browser_that_dies_loses_nothing(window: Open, site: str, tmp_path: Path) -> None:
    tab = window(width=1280).open(f"{site}/redraw")
    tab.set_input_files("#import-files", shapefile(tmp_path))
    looked(tab, "1 处毛病")
    tab.fill("[name=tolerance]", "0.5")
    tab.press("[name=tolerance]", "Enter")
    looked(tab, "0 处毛病")
    address = tab.url
    again = window(width=1280).open(address)
    looked(again, "0 处毛病")
    expect(again.locator("[name=tolerance]")).to_have_value("0.5")
    again.click("#import-later")
    looked(again, "文件保留 3 天")
    expect(again.locator("#imports li")).to_have_count(1)
    again.click("#imports >> text=继续")
    looked(again, "0 处毛病")
    again.click("#import-discard")
    again.click("#ask >> text=确定")
    looked(again, "已删除 方案.zip")
    expect(again.locator("#imports")).to_be_hidden()


def test_what_can_not_be_read_is_said_on_a_phone(window: Open, site: str, tmp_path: Path) -> None:
    tab = window(width=390, height=844)
    page = tab.open(f"{site}/redraw")
    broken = tmp_path / "方案.kml"
    broken.write_bytes(b"<html>")
    page.set_input_files("#import-files", broken)
    looked(page, "文件 方案.kml")
    tab.complaints.clear()  # the browser's own line about the 422
    page.set_input_files("#import-files", [broken, shapefile(tmp_path)])
    looked(page, "一次导入一个文件")
    page.set_input_files("#import-files", shapefile(tmp_path))
    looked(page, "1 处毛病")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    for button in page.locator("#import button:visible").all():
        if button.evaluate("one => one.closest('.areas, .faults') === null"):
            assert button.bounding_box()["height"] >= 38  # type: ignore[index]


def test_the_parts_of_a_shapefile_are_chosen_together(
    window: Open, site: str, tmp_path: Path
) -> None:
    shapefile(tmp_path)
    parts = [tmp_path / f"made{ending}" for ending in (".shp", ".shx", ".dbf", ".prj")]
    tab = window(width=1280).open(f"{site}/redraw")
    tab.set_input_files("#import-files", parts)
    looked(tab, "看好了：2 个网格")
    expect(tab.locator("#import-name")).to_have_text("made.zip")


@pytest.mark.parametrize("width", [1440, 390])
def test_some_grids_are_completed_from_the_plan_in_force(
    window: Open, site: str, tmp_path: Path, width: int
) -> None:
    """Chosen by the planner, with the evidence shown before anything is a draft."""
    piece = box(116.9525, 31.0425, 116.9585, 31.0475)
    tab = window(width=width).open(f"{site}/redraw")
    tab.set_input_files("#import-files", shapefile(tmp_path, [piece], 网格名称=["新苑网格"]))
    looked(tab, "1 处毛病")
    expect(tab.locator("#import-accept")).to_be_disabled()
    expect(tab.locator("#import-found")).to_contain_text("只画了一部分")
    expect(tab.locator("[name=complete]")).not_to_be_checked()
    tab.check("[name=complete]")
    looked(tab, "0 处毛病")
    told = tab.locator(".completion")
    expect(told).to_contain_text("画了 1 个，2 个照现行，其中切去一块的 2 个")
    expect(told.locator("li button")).to_have_count(2)
    told.locator("li button").first.click()
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert tab.evaluate(wide) <= 0
    tab.click("#import-accept")
    tab.wait_for_selector("body[data-open]")
    assert drafts(site) == [WEST]
    assert tab.locator("tbody#grids tr[data-code]").count() == 3
