"""A 3 x 3 town in order: three communities of three grids in a street of a city, with everybody whom RULES ask for."""

from __future__ import annotations

from datetime import UTC, datetime

import geopandas as gpd
import pandas as pd
import shapely

from geo.chain import (
    BuildingDemand,
    ChainResult,
    ChainRules,
    EstateDemand,
    GridDemand,
    RegionDemand,
    Registers,
    Town,
    check_chain,
)
from geo.model import (
    CONTACT_COLUMNS,
    CRS,
    PARTY_COLUMNS,
    POST_COLUMNS,
    BuildingKind,
    GridKind,
    empty_layer,
)
from maps.findings import describe, title

NOW = datetime(2026, 11, 23, tzinfo=UTC)
CITY, STREET = "340881", "340881001"
TOWN = [f"{STREET}00{row}" for row in (1, 2, 3)]
CODES = [f"{community}00{number}" for community in TOWN for number in (1, 2, 3)]
BASIC = GridDemand(officer=True, stand_in=True, branches=1, groups=1, households=1)
RULES = ChainRules(
    "t-1",
    city=RegionDemand(lines=("网格管理",)),
    street=RegionDemand(branch=True, lines=("网格管理",)),
    community=RegionDemand(
        branch=True, lines=("民政", "综治"), liaisons=("公安联络",), stand_in=True
    ),
    grids={GridKind.BASIC: BASIC, GridKind.DEDICATED: GridDemand(officer=True)},
    estate=EstateDemand(("物业", "业委会"), from_households=10),
    buildings={
        BuildingKind.RESIDENCE: BuildingDemand(
            group=True, households=1, units=True, from_households=20
        )
    },
)
MOMENTS = ("since", "until", "leave_since", "leave_until")


def communities() -> gpd.GeoDataFrame:
    shapes = [shapely.box(0, y, 3, y + 1) for y in range(3)]
    return gpd.GeoDataFrame({"code": TOWN, "name": ["北", "中", "南"]}, geometry=shapes, crs=CRS)


def regions() -> pd.DataFrame:
    rows = [(CITY, "某市", "city", None), (STREET, "某街道", "street", CITY)]
    rows += [(code, f"社区{code[-1]}", "community", STREET) for code in TOWN]
    return pd.DataFrame(rows, columns=["code", "name", "level", "parent_code"], dtype=object)


def grids() -> gpd.GeoDataFrame:
    shapes = [shapely.box(x, y, x + 1, y + 1) for y in range(3) for x in range(3)]
    columns = {"code": CODES, "community_code": [code[:12] for code in CODES], "kind": "basic"}
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)


def houses() -> gpd.GeoDataFrame:
    """One house of two units a grid; the first three are estates of their own."""
    columns = {
        "building_id": [f"B{code}" for code in CODES],
        "community_code": [code[:12] for code in CODES],
        "kind": "residence",
        "estate": ["甲园", "乙园", "丙园", *[None] * 6],
        "name": [f"{n}号楼" for n in range(9)],
        "address": None,
        "households": 40,
        "units": 2,
        "grid_code": CODES,
    }
    middles = [shapely.Point(x + 0.5, y + 0.5) for y in range(3) for x in range(3)]
    return gpd.GeoDataFrame(columns, geometry=middles, crs=CRS)


def posts() -> pd.DataFrame:
    rows: list[dict[str, object]] = [
        {"kind": "A", "grid_code": c, "person": f"某{c}", "person_no": c} for c in CODES
    ]
    for code in (CITY, STREET):
        rows.append({"kind": "B", "community_code": code, "line": "网格管理", "person": "某"})
    for code in TOWN:
        for line in (*RULES.community.lines, *RULES.community.liaisons):
            rows.append({"kind": "B", "community_code": code, "line": line, "person": "某"})
    return pd.DataFrame(rows, columns=list(POST_COLUMNS), dtype=object).astype(
        dict.fromkeys(MOMENTS, "datetime64[us, UTC]")
    )


def units() -> pd.DataFrame:
    rows: list[dict[str, object]] = [
        {"code": f"Z{STREET}", "kind": "branch", "community_code": STREET}
    ]
    for code in TOWN:
        own = {"code": f"Z{code}", "kind": "branch", "community_code": code}
        rows.append({**own, "parent_code": f"Z{STREET}"})
    for code in CODES:
        place = {"community_code": code[:12], "grid_code": code}
        rows.append({"code": f"Z{code}", "kind": "branch", "parent_code": f"Z{code[:12]}", **place})
        rows.append({"code": f"G{code}", "kind": "group", "parent_code": f"Z{code}", **place})
        home = {"kind": "household", "building_id": f"B{code}", "parent_code": f"G{code}", **place}
        rows.append({"code": f"H{code}", "unit": "1单元", **home})
        rows.append({"code": f"I{code}", "unit": "2", **home})
    return pd.DataFrame(rows, columns=list(PARTY_COLUMNS), dtype=object)


def contacts() -> pd.DataFrame:
    rows = [
        {"kind": kind, "estate": estate, "community_code": TOWN[0], "person": "某", "phone": "1"}
        for estate in ("甲园", "乙园", "丙园")
        for kind in ("物业", "业委会")
    ]
    return pd.DataFrame(rows, columns=list(CONTACT_COLUMNS), dtype=object).astype(
        dict.fromkeys(MOMENTS[:2], "datetime64[us, UTC]")
    )


_UNSAID = object()


def held(
    *,
    rules: ChainRules = RULES,
    town: gpd.GeoDataFrame | None = None,
    around: object = _UNSAID,
    known: object = _UNSAID,
    people: object = _UNSAID,
    party: object = _UNSAID,
    told: object = _UNSAID,
    stand: object = _UNSAID,
) -> ChainResult:
    """The town, with something else in the place of one of its parts (None: no such layer or register), checked; every
    finding can be said, and without anybody's name."""

    def given(value: object, usual: object) -> object:
        return usual if value is _UNSAID else value

    outlines = given(around, communities())
    place = Town(
        empty_layer(("code", "name")) if outlines is None else outlines,  # type: ignore[arg-type]
        grids() if town is None else town,
        given(stand, houses()),  # type: ignore[arg-type]
        given(known, regions()),  # type: ignore[arg-type]
    )
    registers = Registers(
        given(people, posts()),  # type: ignore[arg-type]
        given(party, units()),  # type: ignore[arg-type]
        given(told, contacts()),  # type: ignore[arg-type]
    )
    result = check_chain(place, registers, rules=rules, at=NOW)
    for one in result.findings:
        for lang in ("zh", "en"):
            assert title(one.code, lang)
            assert describe(one, lang)
            assert "某" not in describe(one, lang, names=False).replace("某街道", "").replace(
                "某市", ""
            )
        one.to_json()
    return result
