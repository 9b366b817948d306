"""调网格 in a real Chromium on a neighbourhood of a real city, profile plain, in English: painted, undone, cut, merged,
compared, published; by pointer, and what has a key by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import httpx
import pandas as pd
import pytest
from playwright.sync_api import Page, expect
from shapely.geometry import Point, shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Engine

from api.services.draw import draw
from data.readers.city import read_city
from data.settings import Settings
from data.store import buildings, ground, plans, regions
from geo.codes import Profile
from geo.model import CRS
from geo.partition import choose
from tests.browsing import Window
from tests.serving import served

Open = Callable[..., Window]
Json = dict[str, Any]
BALDWIN = "250170001002"
GRIDS = 7
"""Of 2,796 households."""


@pytest.fixture
def site(
    engine: Engine, db_url: str, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The service with the neighbourhood and a plan in force that the engine drew; its address."""
    monkeypatch.setattr(choose, "STARTS", 2)
    monkeypatch.setattr(choose, "ROUNDS", 2)
    neighbourhood(engine, shared / "cambridge" / "cambridge.gpkg")
    with served(Settings(database_url=db_url, profile="plain", lang="en")) as address:
        yield address


def neighbourhood(engine: Engine, file: Path) -> None:
    """Store a neighbourhood, and a plan in force that the engine drew."""
    city, _ = read_city(
        None,
        communities=f"{file}:communities",
        buildings=f"{file}:parcels",
        roads=f"{file}:streets",
        mapping={"building_id": "parcel_id", "community_code": "community"},
    )
    home = city.communities[city.communities["code"] == BALDWIN]
    outline = home.geometry.iloc[0]
    inside = city.buildings.representative_point().within(outline)
    houses = city.buildings[inside].drop_duplicates("building_id")
    streets = city.roads[city.roads.intersects(outline)]
    own = replace(
        city,
        communities=home.assign(planned_grids=GRIDS),
        buildings=houses.assign(community_code=BALDWIN),
        roads=streets,
    )
    plan = draw(own, profile=Profile.PLAIN).plan
    with engine.begin() as connection:
        regions.merge(connection, _regions(home))
        buildings.merge(connection, own.buildings)
        ground.replace_lines(connection, streets.assign(source="city"))
        made = plans.create_drafts(connection, plan, created_by="test")
        plans.publish(connection, made.values(), by="test")


def _regions(home: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    outline = home.geometry.iloc[0]
    rows = [
        ("250170", "Cambridge", "city", "city", None, outline),
        ("250170001", "City of Cambridge", "street", "street", "250170", outline),
        (BALDWIN, "Baldwin", "community", "community", "250170001", outline),
    ]
    columns = ["code", "name", "level", "kind", "parent_code", "geometry"]
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry="geometry", crs=CRS)


class Seen:
    """The open draft as the service has it, and where its places are on the page."""

    def __init__(self, site: str, tab: Page) -> None:
        self.site, self.tab = site, tab
        self.plan = int(tab.url.rsplit("#", 1)[1])

    def layers(self) -> Json:
        return dict(httpx.get(f"{self.site}/plans/{self.plan}/layers", timeout=30).json())

    def households(self) -> dict[str, int]:
        return {
            one["id"]: one["properties"]["households"] for one in self.layers()["grids"]["features"]
        }

    def shapes(self, what: str) -> dict[str, BaseGeometry]:
        return {one["id"]: shape(one["geometry"]) for one in self.layers()[what]["features"]}

    def at(self, place: BaseGeometry) -> tuple[float, float]:
        """A point of the map on the page."""
        script = """([lng, lat]) => { const p = map_wangge.latLngToContainerPoint([lat, lng]);
            const b = map_wangge.getContainer().getBoundingClientRect(); return [p.x + b.x, p.y + b.y]; }"""
        x, y = self.tab.evaluate(script, [place.x, place.y])
        return x, y

    def target(self, code: str) -> None:
        """Chosen by its key; what was said before is gone, so that nobody takes it for what comes of this."""
        self.tab.evaluate("document.getElementById('status').textContent = ''")
        self.tab.keyboard.press(str(sorted(self.households()).index(code) + 1))

    def beside(self) -> tuple[str, BaseGeometry]:
        """A grid, and a point of a block beside it that houses stand in and another grid has."""
        grids = self.shapes("grids")
        blocks = {one["id"]: one for one in self.layers()["blocks"]["features"]}
        ranked = sorted(blocks.values(), key=lambda one: -shape(one["geometry"]).area)
        for block in ranked:
            own, outline = block["properties"]["grid_code"], shape(block["geometry"])
            for other, area in grids.items():
                touching = outline.intersection(area).length
                if other != own and touching > 1e-4 and block["properties"]["households"]:
                    return other, outline.representative_point()
        raise AssertionError("no grids touch")


def test_a_real_neighbourhood_redrawn(site: str, window: Open) -> None:
    tab = window().open(f"{site}/redraw")
    tab.select_option("#what", BALDWIN)
    tab.click("#copy")
    tab.wait_for_selector("#status >> text=Drafts open")
    seen = Seen(site, tab)
    begun = seen.households()
    assert (len(begun), sum(begun.values()) > 2500) == (GRIDS, True)

    other, block = seen.beside()
    _painted(seen, other, block)
    painted = seen.households()
    assert painted[other] > begun[other]
    assert sum(painted.values()) == sum(begun.values())
    tab.keyboard.press("u")
    tab.wait_for_selector("#status >> text=One operation undone")
    assert seen.households() == begun

    grid = _cut(seen)
    cut = seen.households()
    (new,) = set(cut) - set(begun)
    assert sum(cut.values()) == sum(begun.values())
    seen.target(grid)
    tab.keyboard.press("g")
    tab.mouse.click(*seen.at(seen.shapes("grids")[new].representative_point()))
    _did(tab)
    assert seen.households() == begun

    _painted(seen, other, block)
    _compared_and_published(tab)
    shown = tab.inner_text("body").replace("中文", "")
    assert not [letter for letter in shown if "\u4e00" <= letter <= "\u9fff"]


def _painted(seen: Seen, code: str, block: BaseGeometry) -> None:
    seen.target(code)
    seen.tab.keyboard.press("b")
    seen.tab.mouse.click(*seen.at(block))
    _did(seen.tab)


def _cut(seen: Seen) -> str:
    """The widest grid cut from west to east through its middle; its code."""
    grids = seen.shapes("grids")
    grid = max(grids, key=lambda code: grids[code].area)
    west, _, east, _ = grids[grid].bounds
    middle = grids[grid].representative_point()
    seen.tab.keyboard.press("c")
    for lng in (west - 2e-4, east + 2e-4):
        seen.tab.mouse.click(*seen.at(Point(lng, middle.y)))
    seen.tab.keyboard.press("Enter")
    seen.tab.keyboard.press("m")
    seen.tab.keyboard.press("Enter")
    _did(seen.tab)
    return grid


def _compared_and_published(tab: Page) -> None:
    tab.keyboard.press("k")
    expect(tab.locator("#swipe")).to_be_visible()
    tab.click("#compare")
    tab.keyboard.press("d")
    expect(tab.locator("#ask")).to_contain_text("Another grid for")
    tab.keyboard.press("Escape")
    tab.click("#publish")
    for reason in tab.locator("#ask input[name^=why-]").all():
        reason.fill("agreed by the council")
    tab.click("#ask button[type=submit]")
    tab.wait_for_selector("#ask >> text=Published")


def _did(tab: Page) -> None:
    tab.wait_for_selector("#status:not(.failed) >> text=Operations done: 1")
