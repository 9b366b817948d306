"""走界 on a phone, in a real Chromium: leg by leg, a note with a photo, without a network, entered as walked."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import httpx
import pytest
from PIL import Image
from playwright.sync_api import expect
from sqlalchemy import Engine, text

from data.settings import Settings
from tests.api.blocks_town import FIRST, SECOND
from tests.browsing import Window
from tests.data.store.conftest import WEST
from tests.serving import served

Open = Callable[..., Window]


@pytest.fixture(scope="module")
def template(town_of_blocks: str) -> str:
    """The town of blocks: each test has a copy."""
    return town_of_blocks


@pytest.fixture
def site(engine: Engine, db_url: str) -> Iterator[str]:
    with engine.begin() as connection:
        road = (
            "INSERT INTO lines (class, name, geom) VALUES ('street', '文昌路',"
            " ST_GeomFromText('LINESTRING(116.955 31.03, 116.955 31.06)', 4490))"
        )
        connection.execute(text(road))
    with served(Settings(database_url=db_url)) as address:
        yield address


def photo() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (2400, 1800), (90, 140, 90)).save(kept, "JPEG")
    return kept.getvalue()


def test_a_border_is_walked_leg_by_leg(site: str, window: Open) -> None:
    head = httpx.post(f"{site}/plans", json={"communities": [WEST]}).json()["plans"][0]
    where = f"/plans/{head['id']}/walk"
    walk = httpx.get(f"{site}{where}").json()
    assert (walk["grid_code"], [one["code"] for one in walk["grids"]]) == (FIRST, [FIRST, SECOND])
    (along,) = [one for one in walk["legs"] if one["along"] == "文昌路"]
    assert along["beyond"].endswith("第2网格")
    assert 1000 < along["metres"] < 1200
    assert httpx.get(f"{site}{where}", params={"grid": "nowhere"}).status_code == 404

    opened = window(width=390, height=844)
    tab = opened.open(f"{site}/walk?lang=zh#{head['id']}")
    legs = len(walk["legs"])
    expect(tab.locator("#where")).to_contain_text(f"共 {legs} 段")
    for done in range(legs - 1):
        tab.click("#agrees")
        expect(tab.locator("#where")).to_contain_text(f"已走 {done + 1} 段")
    tab.click("#differs")
    tab.fill("[name=said]", "<b>墙已拆</b>")
    tab.set_input_files(
        "[name=photo]", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    tab.click("#note [type=submit]")
    expect(tab.locator("#notes")).to_contain_text("<b>墙已拆</b>")
    walk = httpx.get(f"{site}{where}").json()
    (note,) = walk["legs"][-1]["notes"]
    with Image.open(io.BytesIO(httpx.get(f"{site}{note['photo']}").content)) as kept:
        assert kept.size == (1600, 1200)
    tab.click("#done")
    expect(tab.locator("#status")).to_contain_text("已登记走界")
    (step,) = httpx.get(f"{site}/plans/{head['id']}/stages").json()["stages"]
    assert step["stage"] == "walked"
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert tab.evaluate(overflow) <= 0


def test_without_a_network_notes_wait_in_the_phone(site: str, window: Open) -> None:
    head = httpx.post(f"{site}/plans", json={"communities": [WEST]}).json()["plans"][0]
    opened = window(width=390, height=844)
    tab = opened.open(f"{site}/walk?lang=en#{head['id']}/{SECOND}")
    shown = tab.inner_text("body").replace("中文", "")
    for name in ("西社区", "文昌路", "第1网格", "第2网格", "东社区"):
        shown = shown.replace(name, "")
    assert not [letter for letter in shown if "\u4e00" <= letter <= "\u9fff"]
    opened.settle()
    tab.route("**/comments", lambda route: route.abort())
    tab.click("#agrees")
    expect(tab.locator("#waiting")).to_contain_text("1")
    comments = f"{site}/plans/{head['id']}/comments"
    assert httpx.get(comments).json()["comments"] == []
    tab.unroute("**/comments")
    # It arrives, and its answer is lost: it is sent again, and kept once.
    tab.route("**/comments", lambda route: (route.fetch(), route.abort()))
    with tab.expect_event("requestfailed"):
        tab.click("#waiting")
    expect(tab.locator("#waiting")).to_contain_text("1")
    assert len(httpx.get(comments).json()["comments"]) == 1
    tab.unroute("**/comments")
    tab.click("#waiting")
    expect(tab.locator("#waiting")).to_be_hidden()
    (one,) = httpx.get(comments).json()["comments"]
    assert (one["said"], one["grid_code"]) == ("As mapped", SECOND)
    opened.complaints.clear()  # Chromium's own word for the connection that was cut
