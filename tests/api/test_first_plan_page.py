"""A new town on 调网格 in a real Chromium: what there is, the first plan drawn, compared, published, and found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine

from api.services import drawing_anew
from tests.api.new_town import ALL, import_town
from tests.browsing import Window
from tests.data.store.conftest import EAST, WEST

Open = Callable[..., Window]


def test_the_first_plan_is_drawn_compared_and_published(
    site: str, window: Open, engine: Engine, tmp_path: Path
) -> None:
    import_town(engine, tmp_path)
    tab = window().open(f"{site}/redraw")
    expect(tab.locator("#ground")).to_contain_text("288 栋")
    expect(tab.locator("#ground")).to_contain_text("2,592 户")
    expect(tab.locator("#ground")).to_contain_text("道路 4 条")
    expect(tab.locator("#copy")).to_be_disabled()
    expect(tab.locator("#draw")).to_have_text("画第一版…")

    tab.select_option("#what", "city")
    tab.click("#draw")
    tab.fill("#ask [name=alternatives]", "1")
    tab.click("#ask button[type=submit]")
    tab.wait_for_selector("#choices tbody tr:nth-child(2)", timeout=90_000)
    expect(tab.locator("#choices")).to_contain_text("最均衡")
    tab.click("#choices tbody tr:first-child button")
    tab.wait_for_selector("body[data-open]")
    expect(tab.locator("#community option")).to_have_count(2)
    # Nothing is in force yet: what a draft is held against is the other way to draw it.
    expect(tab.locator("#against option")).to_have_count(1)
    expect(tab.locator("#against option")).to_contain_text("最均衡")
    tab.click("#compare")
    tab.wait_for_selector("body[data-compare]")
    assert tab.locator(".was-name").count() >= 6  # of both communities: three grids each at least
    tab.click("#compare")
    tab.click("#diff")
    expect(tab.locator("#ask")).to_be_visible()
    tab.keyboard.press("Escape")

    tab.click("#publish")
    expect(tab.locator("#ask")).to_be_visible()
    tab.click("#ask button[type=submit]")
    expect(tab.locator("#ask")).to_contain_text("已发布 2 个方案")
    tab.keyboard.press("Escape")
    for _ in range(100):
        found = httpx.get(f"{site}/locate", params={"lng": 116.955, "lat": 31.045}).json()
        if found["grid_code"]:
            break
        tab.wait_for_timeout(100)
    assert found["grid_code"].startswith(WEST)
    tab.reload()
    tab.wait_for_selector("body[data-ready]")
    expect(tab.locator("#copy")).to_be_enabled()
    expect(tab.locator("#draw")).to_have_text("由机器重新划…")


def test_a_drawing_goes_on_without_its_page_and_can_be_cancelled(
    site: str, window: Open, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_town(engine, tmp_path)
    on, usual = Event(), drawing_anew.prepare

    def slow(*args: Any, **named: Any) -> Any:
        on.wait(60)
        return usual(*args, **named)

    monkeypatch.setattr(drawing_anew, "prepare", slow)
    tab = window().open(f"{site}/redraw")
    tab.select_option("#what", EAST)
    tab.click("#draw")
    tab.click("#ask button[type=submit]")
    tab.wait_for_selector("#drawing:not([hidden])")
    tab.reload()
    tab.wait_for_selector("#drawing:not([hidden])")
    tab.click("#drawing button")
    tab.wait_for_selector("#status >> text=正在停下")
    on.set()
    tab.wait_for_selector("#status >> text=划分已取消", timeout=60_000)
    expect(tab.locator("#drawing")).to_be_hidden()
    expect(tab.locator("#drafts input")).to_have_count(0)


@pytest.mark.parametrize(("width", "lang"), [(1440, "zh"), (390, "zh"), (390, "en")])
def test_an_empty_city_says_what_is_lacking(  # noqa: PLR0917 (fixtures, and two things that vary)
    site: str, window: Open, engine: Engine, tmp_path: Path, width: int, lang: str
) -> None:
    zh = lang == "zh"
    tab = window(width=width).open(f"{site}/redraw?lang={lang}")
    expect(tab.locator("#ground")).to_contain_text(
        "请先导入社区边界" if zh else "import their outlines"
    )
    expect(tab.locator("#draw")).to_be_disabled()
    import_town(engine, tmp_path, nouns=("regions",))
    tab.reload()
    expect(tab.locator("#ground")).to_contain_text("没有楼栋" if zh else "No buildings")
    expect(tab.locator("#ground")).to_contain_text("没有道路" if zh else "No roads")
    expect(tab.locator("#draw")).to_be_disabled()
    import_town(engine, tmp_path, nouns=ALL[1:])
    tab.reload()
    expect(tab.locator("#draw")).to_be_enabled()
    tab.click("#draw")
    expect(tab.locator("#ask")).to_be_visible()
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert tab.evaluate(wide) <= 0
    if not zh:
        shown = tab.inner_text("body").replace("中文", "")
        for name in ("东社区", "西社区", "文昌街道"):
            shown = shown.replace(name, "")
        assert not [letter for letter in shown if "\u4e00" <= letter <= "\u9fff"]
