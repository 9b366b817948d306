"""What a card says is missing is what the check of chains finds of that grid and building: one truth."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from fastapi.testclient import TestClient
from shapely.geometry import Point
from sqlalchemy import Engine

from api.app import create_app
from api.services import overview, plans
from api.services.actor import Actor
from api.services.card_lacks import SECTIONS
from data.settings import Settings
from data.store import buildings, contacts, party, posts, regions
from geo.chain import ChainResult, Rung
from geo.model import CRS
from tests.data.store.conftest import EAST, WEST, town, town_plan

CITY, STREET = "340881", "340881001"
GRIDS = [f"{community}00{number}" for community in (WEST, EAST) for number in (1, 2)]
LINES = ("党建", "综治", "民政", "计划生育", "劳动保障", "城管", "执法联络", "综治联络", "公安联络")
AGO, SOON = (datetime(year, 1, 1, tzinfo=UTC) for year in (2020, 2099))
Lack = tuple[str, str]


def spot(grid: str) -> Point:
    """Somewhere inside a grid."""
    return Point(116.9525 + 0.005 * GRIDS.index(grid), 31.045)


def houses() -> gpd.GeoDataFrame:
    """A house of an estate in each grid, its name in several writings, and what nobody lives in."""
    rows = [
        (f"b{grid}", "residence", "Ａ区花园" if n else "A区 花园", grid[:12], 60, 2, spot(grid))
        for n, grid in enumerate(GRIDS)
    ]
    rows.append(("shop", "commercial", "A区花园", WEST, 60, None, Point(116.9526, 31.0451)))
    rows.append(("small", "residence", None, EAST, 3, None, Point(116.9676, 31.0451)))
    columns = ["building_id", "kind", "estate", "community_code", "households", "units", "geometry"]
    return gpd.GeoDataFrame(rows, columns=columns, crs=CRS)


def officers(rng: np.random.Generator) -> pd.DataFrame:
    """Posts, some of them not filled, ended, on leave, or stood in for by somebody who is on leave too."""
    rows: list[dict[str, object]] = [
        {"kind": "A", "grid_code": grid, "person": f"甲{n}"} for n, grid in enumerate(GRIDS)
    ]
    rows += [
        {"kind": "B", "community_code": c, "line": "网格管理", "person": "上"}
        for c in (CITY, STREET)
    ]
    rows += [
        {"kind": "B", "community_code": c, "line": line, "person": f"乙{line}"}
        for c in (WEST, EAST)
        for line in LINES
    ]
    kept = [row for row in rows if rng.random() < 0.8]
    for row in kept:
        if rng.random() < 0.4:
            stand_in = rng.choice(["甲0", "乙党建", "别人", ""])
            row |= {"leave_since": AGO, "leave_until": SOON, "stand_in": stand_in or None}
        elif rng.random() < 0.2:
            row |= {"since": AGO, "until": datetime(2021, 1, 1, tzinfo=UTC)}
    return pd.DataFrame(kept)


def units(rng: np.random.Generator) -> pd.DataFrame:
    """The party's units, some not there, some hung on a house alone, some on no group."""
    rows = [("ZJ", "branch", None, STREET, None, None, None)]
    rows += [(f"Z{c}", "branch", "ZJ", c, None, None, None) for c in (WEST, EAST)]
    for grid in GRIDS:
        own = None if rng.random() < 0.3 else grid
        rows.append((f"Z{grid}", "branch", "ZJ", grid[:12], grid, None, None))
        rows.append((f"G{grid}", "group", "ZJ", grid[:12], grid, None, None))
        group = f"G{grid}" if rng.random() < 0.7 else "ZJ"
        rows.append((f"H{grid}", "household", group, grid[:12], own, f"b{grid}", "一单元"))
        rows.append((f"I{grid}", "household", group, grid[:12], own, f"b{grid}", "2"))
    kept = [row for row in rows if row[0] == "ZJ" or rng.random() < 0.75]
    codes = {row[0] for row in kept}
    kept = [
        (*row[:2], row[2] if row[2] in codes else "ZJ", *row[3:]) if row[2] else row for row in kept
    ]
    columns = ["code", "kind", "parent_code", "community_code", "grid_code", "building_id", "unit"]
    return pd.DataFrame(kept, columns=columns, dtype=object).assign(name="组织", contact="丙")


def fill(engine: Engine, rng: np.random.Generator) -> None:
    with engine.begin() as connection:
        regions.merge(connection, town())
        drafts = plans.store_city_plan(connection, town_plan(), actor=Actor("test"))
        plans.publish_within(connection, drafts.values(), actor=Actor("test"))
        buildings.merge(connection, houses())
        posts.add(connection, officers(rng))
        party.merge(connection, units(rng))
        told = [
            {"kind": kind, "estate": "a区花园", "community_code": community, "phone": phone}
            for kind in ("物业", "业委会")
            for community in (WEST, EAST, None)
            for phone in ("1", None)
            if rng.random() < 0.25
        ]
        if told:
            contacts.add(connection, pd.DataFrame(told, dtype=object))


def whole(engine: Engine, settings: Settings) -> ChainResult:
    with engine.connect() as connection:
        now = datetime.now(ZoneInfo(settings.timezone))
        seen = overview.present(connection, settings, now=now)
    assert seen.chain is not None
    return seen.chain


def found(result: ChainResult, grid: str, house: str | None) -> set[tuple[str, str, str | None]]:
    """What the check of the whole city says of a grid and a house."""
    told = set()
    for finding, level in zip(result.findings, result.levels, strict=True):
        if level is None or finding.code not in (*SECTIONS, "liaison-missing"):
            continue
        if level in (Rung.BUILDING, Rung.UNIT):
            mine = house in finding.codes
        elif level is Rung.ESTATE:
            residence = house is not None and house.startswith("b")
            mine = residence and any(code.startswith(grid[:12]) for code in finding.codes)
        else:
            mine = any(grid.startswith(code) for code in finding.codes)
        if mine:
            about = finding.params.get("line") or finding.params.get("kind")
            told.add((finding.code, level.word, about if level < Rung.BUILDING else None))
    return told


@pytest.mark.parametrize("seed", range(6))
def test_a_card_lacks_what_the_check_finds(engine: Engine, db_url: str, seed: int) -> None:
    fill(engine, np.random.default_rng(seed))
    settings = Settings(database_url=db_url)
    result = whole(engine, settings)
    ids = [*houses()["building_id"], None]
    with TestClient(create_app(settings)) as client:
        for grid in GRIDS:
            for house in ids:
                if house is not None and house.startswith("b") and house != f"b{grid}":
                    continue
                at = spot(grid)
                if house is None:
                    query = {"lng": at.x + 0.001, "lat": at.y + 0.003}
                else:
                    shape = houses().set_index("building_id").geometry[house]
                    if not town_plan().grids.set_index("code").geometry[grid].covers(shape):
                        continue
                    query = {"lng": shape.x, "lat": shape.y, "building_id": house}
                card = client.get("/card", params=query).json()
                assert card["place"]["grid_code"] == grid
                said = {
                    (
                        one["code"],
                        one["level"],
                        one["role"] if one["level"] not in ("building", "unit") else None,
                    )
                    for section in card["people"]
                    for one in section["missing"]
                }
                assert said == found(result, grid, house), (grid, house)


@pytest.mark.parametrize("seed", range(3))
def test_a_card_and_a_pin_name_the_same_people(engine: Engine, db_url: str, seed: int) -> None:
    """Whoever is stood in for by somebody who is on leave too is named by both."""
    fill(engine, np.random.default_rng(seed))
    with TestClient(create_app(Settings(database_url=db_url))) as client:
        for grid in GRIDS:
            at = {"lng": spot(grid).x, "lat": spot(grid).y}
            sections = client.get("/card", params=at).json()["people"]
            officers = [one["people"] for one in sections if one["section"] == "a_officer"]
            told = [(one["name"], one["duty"]) for people in officers for one in people]
            people = client.get("/locate", params=at).json()["people"]
            assert [(one["name"], one["duty"]) for one in people] == told
            whose = {**at, "at": datetime.now(UTC).isoformat()}
            then = client.get("/whose", params=whose).json()["people"]
            assert [(one["person"], one["kind"]) for one in then] == told
