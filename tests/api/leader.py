"""A hand-drawn town for the leader's map: three communities of four grids in two streets, a town around without grids,
houses, officers, a year of incidents, and a plan that replaced another a hundred days ago. Any text in it can be made
another: nothing that is stored may run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import Point, box
from sqlalchemy import Connection, Engine

from data.ids import uuid7
from data.settings import Settings
from data.store import buildings, incidents, plans, posts, regions
from data.store.relocating import Placing
from geo.model import CRS, CityPlan
from tests.serving import served

WEST, SOUTH, STEP = 116.95, 31.04, 0.004
COMMUNITIES = ("340881001001", "340881001002", "340881002001")
CITY, TOWN = "340881", "340881100"
RULES = 'version = "officers"\n[grid.basic]\nofficer = true\n'
RESIDENTS = (900, 700, 1100, 800, 650, 950, 850, 760, 3, 990, 610, 720)
Words = Callable[[str], str]


def fill(connection: Connection, *, say: Words = str, code: Words = str, now: datetime) -> None:
    """Store the town; ``say`` turns every text that people can write into another, ``code`` every code."""
    regions.merge(connection, _coded(_regions(say), code, "code", "parent_code"))
    buildings.merge(connection, _coded(_buildings(say), code, "building_id", "community_code"))
    older = plans.create_drafts(connection, _plan(say, code, shift=0.0005), created_by="test")
    plans.publish(connection, older.values(), by="test", since=now - timedelta(days=800))
    reported = _incidents(say, now)
    changed = now - timedelta(days=100)
    _record(connection, reported[reported["reported_at"] < changed])
    present = plans.create_drafts(connection, _plan(say, code), created_by="test")
    plans.publish(connection, present.values(), by="test", since=changed)
    _record(connection, reported[reported["reported_at"] >= changed])
    posts.merge(connection, _coded(_posts(say), code, "grid_code", "community_code"))


@contextmanager
def town_site(
    engine: Engine,
    url: str,
    folder: Path,
    *,
    say: Words = str,
    code: Words = str,
    profile: Literal["cn", "plain"] = "cn",
) -> Iterator[str]:
    """The service on the town: its address."""
    with engine.begin() as connection:
        fill(connection, say=say, code=code, now=datetime.now(UTC))
    rules = folder / "rules.toml"
    rules.write_text(RULES, "utf-8")
    with served(Settings(database_url=url, chain_rules=rules, profile=profile)) as address:
        yield address


def cell(community: int, number: int, *, shift: float = 0.0) -> Any:
    """A grid: four in a row, a row a community. ``shift`` moves the border between the first two."""
    west, east = WEST + STEP * number, WEST + STEP * (number + 1)
    west, east = west + shift * (number == 1), east + shift * (number == 0)
    return box(west, SOUTH + STEP * community, east, SOUTH + STEP * (community + 1))


def _regions(say: Words) -> gpd.GeoDataFrame:
    rows = [box(WEST, SOUTH + STEP * n, WEST + 4 * STEP, SOUTH + STEP * (n + 1)) for n in range(3)]
    two = box(WEST, SOUTH, WEST + 4 * STEP, SOUTH + 2 * STEP)
    around = box(WEST + 4 * STEP, SOUTH, WEST + 6 * STEP, SOUTH + 3 * STEP)
    made = [
        (CITY, "桐城市", "city", "city", None, box(WEST, SOUTH, WEST + 6 * STEP, SOUTH + 3 * STEP)),
        ("340881001", "文昌街道", "street", "street", CITY, two),
        ("340881002", "龙眠街道", "street", "street", CITY, rows[2]),
        (TOWN, "孔城镇", "street", "town", CITY, around),
        (COMMUNITIES[0], "和平社区", "community", "community", "340881001", rows[0]),
        (COMMUNITIES[1], "文昌社区", "community", "community", "340881001", rows[1]),
        (COMMUNITIES[2], "龙眠社区", "community", "community", "340881002", rows[2]),
    ]
    columns = ["code", "name", "level", "kind", "parent_code", "geometry"]
    frame = gpd.GeoDataFrame(made, columns=columns, geometry="geometry", crs=CRS)
    return frame.assign(name=[say(name) for name in frame["name"]])


def _coded(frame: Any, code: Words, *columns: str) -> Any:
    """A copy with other codes; null stays null."""
    changed = {
        name: [code(one) if isinstance(one, str) else None for one in frame[name]]
        for name in columns
    }
    return frame.assign(**changed)


def _plan(say: Words, code: Words, *, shift: float = 0.0) -> CityPlan:
    grids, blocks = [], []
    for row, community in enumerate(COMMUNITIES):
        for number in range(4):
            grid, shape = f"{community}{number + 1:03d}", cell(row, number, shift=shift)
            people = RESIDENTS[4 * row + number]
            houses = max(1, people // 2)
            grids.append(
                (grid, say(f"第{number + 1}网格"), community, "basic", houses, people, shape)
            )
            blocks.append(
                (4 * row + number, community, grid, say("文昌花园"), houses, people, shape)
            )
    names = ["code", "name", "community_code", "kind", "households", "residents", "geometry"]
    atoms = [
        "block_id",
        "community_code",
        "grid_code",
        "estate",
        "households",
        "residents",
        "geometry",
    ]
    outlines = _regions(str)
    drawn = gpd.GeoDataFrame(grids, columns=names, geometry="geometry", crs=CRS)
    atoms_drawn = gpd.GeoDataFrame(blocks, columns=atoms, geometry="geometry", crs=CRS)
    return CityPlan(
        grids=_coded(drawn, code, "code", "community_code"),
        blocks=_coded(atoms_drawn, code, "grid_code", "community_code"),
        communities=_coded(outlines[outlines["level"] == "community"], code, "code"),
    )


def _buildings(say: Words) -> gpd.GeoDataFrame:
    """Six in each grid, and two in the town around that are recorded in the first community."""
    rows = []
    for row, community in enumerate(COMMUNITIES):
        for number in range(4):
            west, south = WEST + STEP * number, SOUTH + STEP * row
            for n in range(6):
                kind = ("residence", "residence", "residence", "employer", "commercial", "public")[
                    n
                ]
                at = Point(west + 0.0008 + 0.0004 * n, south + 0.001 + 0.0003 * n)
                name = f"{row + 1}区{number + 1}格{n + 1}号楼"
                rows.append(
                    (f"B{row}{number}{n}", community, kind, name, 10 + n, 2 if n == 1 else 30, at)
                )
    rows += [
        (
            f"Z{n}",
            COMMUNITIES[0],
            "residence",
            f"镇上{n + 1}号",
            7,
            20,
            Point(WEST + 4.5 * STEP, SOUTH + 0.001 * n + 0.001),
        )
        for n in range(2)
    ]
    columns = [
        "building_id",
        "community_code",
        "kind",
        "name",
        "households",
        "residents",
        "geometry",
    ]
    frame = gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=CRS)
    feet = [
        at.buffer(0.00012, cap_style="square") if n % 2 else None
        for n, at in enumerate(frame.geometry)
    ]
    return frame.assign(
        name=[say(name) for name in frame["name"]],
        estate=say("文昌花园"),
        address=say("和平路12号"),
        footprint=gpd.GeoSeries(feet, index=frame.index, crs=CRS),
    )


def _posts(say: Words) -> pd.DataFrame:
    """An officer in each grid but the last, and 综治 in each community."""
    codes = [f"{community}{number:03d}" for community in COMMUNITIES for number in range(1, 5)]
    officers = [
        {"kind": "A", "title": say("网格员"), "person": say(f"江文{n}"), "person_no": f"工号{n:04d}",
         "phone": f"1390000{n:04d}", "grid_code": code, "community_code": code[:12]}
        for n, code in enumerate(codes[:-1])
    ]  # fmt: skip
    lines = [
        {"kind": "B", "title": say("条线专干"), "person": say(f"方综{n}"), "line": say("综治"),
         "community_code": community}
        for n, community in enumerate(COMMUNITIES)
    ]  # fmt: skip
    return pd.DataFrame([*officers, *lines])


def _incidents(say: Words, now: datetime) -> gpd.GeoDataFrame:
    """Six hundred over a year, thickest in the first grid; some outside all, three without a place."""
    rng = np.random.default_rng(0)
    count = 600
    column = np.minimum(rng.geometric(0.45, count) - 1, 4)
    x = WEST + STEP * (column + rng.uniform(0.02, 0.98, count))
    y = SOUTH + STEP * rng.uniform(0, 3, count)
    shapes = [Point(*spot) for spot in zip(x, y, strict=True)]
    shapes[:3] = [None] * 3
    ago = np.sort(rng.uniform(0.01, 364, count))[::-1]
    matters = [
        ("matter", "噪声扰民"),
        ("matter", "暴露垃圾"),
        ("component", "井盖破损"),
        (None, None),
    ]
    chosen = rng.choice(len(matters), count, p=[0.5, 0.3, 0.15, 0.05])
    told = {
        "source": [say("热线") if n % 2 else "巡查" for n in range(count)],
        "source_id": [f"S{n}" for n in range(count)],
        "kind": [matters[n][0] for n in chosen],
        "category": [None if matters[n][1] is None else say(str(matters[n][1])) for n in chosen],
        "place": say("农行对面"),
        "note": say("路灯不亮，联系人张三"),
        "reported_at": [now - timedelta(days=float(days)) for days in ago],
    }
    return gpd.GeoDataFrame(told, geometry=shapes, crs=CRS)


def _record(connection: Connection, reported: gpd.GeoDataFrame) -> None:
    placing = Placing(connection)
    reported = reported.reset_index(drop=True)
    placed = placing.columns(reported.geometry.x.to_numpy(), reported.geometry.y.to_numpy())
    rows = pd.concat([pd.DataFrame(reported).drop(columns="geometry"), placed], axis=1)
    rows["id"] = pd.Series([uuid7() for _ in range(len(rows))], dtype=object)
    rows["point"] = reported.geometry.to_numpy()
    assert incidents.insert_many(connection, rows, epoch=placing.epoch) is not None
