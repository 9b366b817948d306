"""基础数据 on 调网格 in a real Chromium: a planner who has nothing but the page brings communities, buildings and roads
as the files that offices hand over, sees what was understood, confirms, and draws the first plan."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
from playwright.sync_api import expect
from shapely.geometry import box
from sqlalchemy import Engine, text

from geo.model import CRS
from tests.api.ground_tab import READY, WAITS_MS, Open, bring, confirm, there
from tests.api.square_town import BUILDINGS, communities, communities_zip, ledger, roads_zip
from tests.drawings import gbk_shapefile

EVIL = "<img src=x onerror=alert(1)>${alert(2)}"
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with the town's files."""
    (tmp_path / "社区边界.zip").write_bytes(communities_zip(tmp_path))
    (tmp_path / "道路.zip").write_bytes(roads_zip(tmp_path))
    more = [["x-1", "缺坐标楼", "东门社区", None, 10, 20, None, None]]
    (tmp_path / "楼栋台账.xlsx").write_bytes(ledger(more=more))
    return tmp_path


def test_the_ground_is_brought_by_the_page_alone_and_the_first_plan_drawn(
    site: str, window: Open, engine: Engine, files: Path
) -> None:
    tab = window().open(f"{site}/redraw")
    tab.fill("#by", "张三")
    expect(tab.locator("#ground-data")).to_have_attribute("open", "")
    expect(tab.locator("#draw")).to_be_disabled()

    bring(tab, "regions", files / "社区边界.zip")
    expect(tab.locator("#ground-name")).to_have_text("社区边界.zip")
    expect(tab.locator("#ground-form")).to_contain_text("CGCS2000（文件写明）")
    expect(tab.locator("[name=column-name] option:checked")).to_contain_text("社区名称（东门社区，")
    expect(tab.locator("[name=encoding] option:checked")).to_have_text("GB18030（自动判断）")
    expect(tab.locator("#ground-sum")).to_contain_text("9 合格")
    assert there(engine, "regions") == 0
    confirm(tab)
    expect(tab.locator("#status")).to_contain_text("新增 9")
    expect(tab.locator("#ground-choose-buildings")).to_be_focused()  # what comes next

    bring(tab, "buildings", files / "楼栋台账.xlsx")
    expect(tab.locator("#status")).to_have_text("还要先说明：坐标系。")
    expect(tab.locator("#ground-accept")).to_be_disabled()
    first = tab.locator("#ground-form .check").first
    expect(first).to_contain_text("BD-09（百度）")
    expect(first).to_contain_text(f"{BUILDINGS}/{BUILDINGS} 处在已有社区内")
    first.click()
    tab.wait_for_selector(READY, timeout=WAITS_MS)
    expect(tab.locator("#ground-sum")).to_contain_text("1 待定位")
    expect(tab.locator(".open-rows tbody tr")).to_have_count(1)
    expect(tab.locator(".open-rows tbody")).to_contain_text(str(BUILDINGS + 2))
    expect(tab.locator(".open-rows tbody")).to_contain_text("没有坐标，请补填经纬度")
    tab.select_option("[name=basis]", "usual")
    tab.wait_for_selector(
        "#ground-form >> text=不同口径不能相加", state="detached", timeout=WAITS_MS
    )
    with tab.expect_download() as saved:
        tab.click(".open-rows a")
    assert saved.value.suggested_filename == "open.xlsx"
    assert there(engine, "buildings") == 0
    confirm(tab)
    assert there(engine, "buildings WHERE residents_basis = 'usual'") == BUILDINGS

    bring(tab, "roads", files / "道路.zip")
    expect(tab.locator("#ground-form")).to_contain_text("12/12 处在已有社区内")
    confirm(tab)
    expect(tab.locator("#ground")).to_contain_text("道路 12 条")
    expect(tab.locator("#ground .wrong")).to_have_count(0)
    expect(tab.locator("#ground-past li")).to_have_count(3)
    expect(tab.locator("#ground-past")).to_contain_text("张三")
    expect(tab.locator("#draw")).to_be_focused()

    tab.select_option("#what", "city")
    tab.click("#draw")
    tab.click("#ask button[type=submit]")
    tab.wait_for_selector("body[data-open]", timeout=WAITS_MS)
    expect(tab.locator("#community option")).to_have_count(9)


def test_by_keyboard_on_a_phone_in_english(
    site: str, window: Open, engine: Engine, files: Path
) -> None:
    opened, names = window(width=390, height=844), list[str]()
    opened.page.on("filechooser", lambda chooser: chooser.set_files(files / names[-1]))
    tab = opened.open(f"{site}/redraw?lang=en")
    for noun, name in (("regions", "社区边界.zip"), ("buildings", "楼栋台账.xlsx")):
        names.append(name)
        tab.locator(f"#ground-choose-{noun}").press("Enter")
        tab.wait_for_selector("#ground-import:not([hidden])", timeout=WAITS_MS)
        assert tab.evaluate(WIDE) <= 0
        if noun == "buildings":
            expect(tab.locator("#status")).to_contain_text("what the coordinates refer to")
            tab.keyboard.press("Tab")  # from the heading, which has the focus, on to the readings
            tab.keyboard.press("Space")
        tab.wait_for_selector(READY, timeout=WAITS_MS)
        assert tab.evaluate(WIDE) <= 0
        tab.focus("#ground-accept")
        tab.keyboard.press("Enter")
        tab.wait_for_selector("#status >> text=Written", timeout=WAITS_MS)
        assert tab.evaluate(WIDE) <= 0
    assert there(engine, "buildings") == BUILDINGS
    small = """[...document.querySelectorAll('#ground-data button, #ground-data summary')]
        .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 38).map((one) => one.id)"""
    assert tab.evaluate(small) == []


def test_what_stands_in_files_is_shown_and_never_run(
    site: str, window: Open, tmp_path: Path
) -> None:
    frame = communities().iloc[:2].assign(社区名称=[EVIL, "乙社区"])
    frame["社区编码"] = [EVIL[:20], "340881001002"]
    name = tmp_path / "<img src=x onerror=alert(3)>.zip"
    name.write_bytes(gbk_shapefile(frame.rename(columns={"社区名称": "名称"}), tmp_path))
    tab = window().open(f"{site}/redraw")
    bring(tab, "regions", name)
    expect(tab.locator("#ground-name")).to_have_text(name.name)
    expect(tab.locator(".open-rows tbody")).to_contain_text("不是有效的编码")
    assert EVIL in (tab.locator("[name=column-name] option:checked").text_content() or "")
    tab.click("#ground-later")
    expect(tab.locator("#ground-waiting")).to_contain_text(name.name)
    assert tab.locator("#ground-data img, #ground-import img").count() == 0


def test_a_file_waits_for_whoever_comes_back_and_is_thrown_away(
    site: str, window: Open, engine: Engine, files: Path
) -> None:
    opened = window()
    tab = opened.open(f"{site}/redraw")
    bring(tab, "buildings", files / "楼栋台账.xlsx")
    tab.locator("#ground-form .check", has_text="GCJ-02").click()
    tab.wait_for_selector(READY, timeout=WAITS_MS)
    tab.reload()
    tab.wait_for_selector(READY, timeout=WAITS_MS)  # with what was said of it
    expect(tab.locator("#ground-form input:checked")).to_have_value("gcj02 false")
    tab.click("#ground-later")
    expect(tab.locator("#ground-choose-buildings")).to_be_focused()
    tab.click("#ground-waiting button >> nth=0")
    tab.wait_for_selector(READY, timeout=WAITS_MS)
    tab.click("#ground-discard")
    tab.click("#ask button[type=submit]")
    expect(tab.locator("#status")).to_contain_text("已删除")
    expect(tab.locator("#ground-waiting")).to_be_hidden()
    assert there(engine, "buildings") == there(engine, "ground_imports") == 0


def test_what_can_not_be_imported_says_why_and_what_to_do(
    site: str, window: Open, tmp_path: Path
) -> None:
    frame = gpd.GeoDataFrame(
        {"bm": ["340881001001"]}, geometry=[box(116.9, 31, 117, 31.1)], crs=CRS
    )
    file = tmp_path / "边界.zip"
    file.write_bytes(gbk_shapefile(frame, tmp_path))
    opened = window()
    tab = opened.open(f"{site}/redraw")
    bring(tab, "regions", file)
    expect(tab.locator("#ground-problem")).to_contain_text("请在“各列是什么”里指明")
    tab.select_option("[name=column-code]", "bm")
    tab.wait_for_selector(READY, timeout=WAITS_MS)
    expect(tab.locator("#ground-problem")).to_be_hidden()
    tab.click("#ground-later")
    (tmp_path / "坏.zip").write_bytes(b"not a zip")
    tab.set_input_files("#ground-file-roads", tmp_path / "坏.zip")
    expect(tab.locator("#status.failed")).to_contain_text("坏.zip")
    opened.complaints.clear()  # the browser's own line about the 422


def test_long_work_is_told_and_stopped_and_nothing_is_written(
    site: str, window: Open, engine: Engine, files: Path
) -> None:
    tab = window().open(f"{site}/redraw")
    bring(tab, "regions", files / "社区边界.zip")
    tab.wait_for_selector(READY, timeout=WAITS_MS)
    with engine.connect() as holding:
        holding.execute(text("LOCK TABLE regions IN SHARE MODE"))  # the import waits for it
        tab.click("#ground-accept")
        tab.wait_for_selector("#ground-going:not([hidden])", timeout=WAITS_MS)
        expect(tab.locator("#ground-going")).to_contain_text("行")
        tab.click("#ground-going button")
        expect(tab.locator("#status")).to_have_text("已停下，什么都没有写入。")
        holding.rollback()
    tab.wait_for_selector(READY, timeout=WAITS_MS)
    assert there(engine, "regions") == 0
    confirm(tab)
    assert there(engine, "regions") == 9
