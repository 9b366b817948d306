"""The last links: the party group of a building, the party households in it and in each of its units (单元)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.chain.rules import ChainRules
from geo.chain.terms import Break, Rung, label
from geo.model import BuildingKind, Finding, Severity

HOUSE_COLUMNS = (
    "building_id", "kind", "estate", "community_code", "name", "address", "households", "units", "grid_code",
)  # fmt: skip
"""What the chain knows of a building; ``grid_code``: the grid that it stands in (null: none)."""
_DIGITS = "一二三四五六七八九"


def demanded(houses: gpd.GeoDataFrame, rules: ChainRules) -> gpd.GeoDataFrame:
    """The houses in a grid of which something is demanded, with the demand in ``wants``. One whose households are not
    known is not judged, nor one of a kind that is not recorded unless people live in it."""
    kinds = houses["kind"].astype("str").where(houses["kind"].notna(), BuildingKind.RESIDENCE.value)
    wants = kinds.map({kind.value: one for kind, one in rules.buildings.items() if one.demands})
    asked = houses.assign(wants=wants)[wants.notna() & houses["grid_code"].notna()]
    least = np.array([one.from_households for one in asked["wants"]], dtype=float)
    count = pd.to_numeric(asked["households"], errors="coerce").to_numpy(dtype=float)
    return asked[count >= np.maximum(least, 1)]


def check_houses(
    houses: gpd.GeoDataFrame,
    units: pd.DataFrame,
    grids: gpd.GeoDataFrame,
    *,
    without_group: set[str],
    without_household: set[str],
) -> Iterator[Break]:
    """Houses (of `demanded`) without a party group or without party households of their own; one finding a grid.

    A group reaches a house if it hangs on it, or has a party household in it; a house without party households is also
    reached by a group of its grid that hangs on no house. ``without_group``, ``without_household``: grids that have
    none at all, of which that is said already. Findings group-missing and household-missing: case buildings, units.
    """
    ours = units[units["kind"] == "household"]
    counts = ours.groupby("building_id").size()
    there = houses["building_id"].map(counts).fillna(0)
    wanted = pd.Series([one.households for one in houses["wants"]], index=houses.index)
    asked = pd.Series([one.group for one in houses["wants"]], index=houses.index, dtype=bool)
    said = houses["grid_code"].isin(list(without_group))
    lost = houses[asked & ~said & ~_reached(houses, units)]
    yield from _by_grid("group-missing", lost, grids, level=Rung.BUILDING, case="buildings")
    said = houses["grid_code"].isin(list(without_household))
    lost = houses[(there < wanted) & ~said]
    yield from _by_grid("household-missing", lost, grids, level=Rung.BUILDING, case="buildings")
    yield from _by_grid(
        "household-missing",
        _incomplete(houses[~said & (there >= wanted) & (there > 0)], ours),
        grids,
        level=Rung.UNIT,
        case="units",
    )


def _reached(houses: gpd.GeoDataFrame, units: pd.DataFrame) -> pd.Series[bool]:
    """Which houses a party group reaches."""
    groups = units[units["kind"] == "group"]
    homes = units[(units["kind"] == "household") & units["building_id"].notna()]
    through = homes.loc[homes["parent_code"].isin(groups["code"]), "building_id"]
    ids = houses["building_id"]
    at_large = set(groups.loc[groups["building_id"].isna(), "grid_code"].dropna())
    reached: pd.Series[bool] = ids.isin(set(groups["building_id"].dropna()) | set(through))
    reached |= houses["grid_code"].isin(at_large) & ~ids.isin(set(homes["building_id"]))
    return reached


def _incomplete(houses: gpd.GeoDataFrame, ours: pd.DataFrame) -> gpd.GeoDataFrame:
    """The houses with units that have no party household, their names with the units that lack one."""
    asked = houses[np.array([one.units for one in houses["wants"]], dtype=bool)]
    number = pd.to_numeric(asked["units"], errors="coerce").fillna(0).astype(int)
    asked, number = asked[number > 0], number[number > 0]
    told = ours[ours["building_id"].isin(asked["building_id"])]
    held = told.groupby("building_id")["unit"].agg(list).to_dict()
    lacking = [
        _lacking(held.get(house, []), int(count))
        for house, count in zip(asked["building_id"], number, strict=True)
    ]
    column = pd.Series(lacking, index=asked.index, dtype=object)
    return asked.assign(lacking=column)[np.array([bool(one) for one in lacking], dtype=bool)]


def _lacking(held: Sequence[object], number: int) -> list[int] | int:
    """Which of the units 1 … number have no party household; how many, where units go by other names."""
    names = {str(one).strip() for one in held if not pd.isna(one)}  # type: ignore[call-overload]
    known = {unit_number(name) for name in names}
    if None in known:
        return max(number - len(names), 0)
    return sorted(set(range(1, number + 1)) - {one for one in known if one is not None})


def same_unit(told: str | None, unit: str) -> bool:
    """Whether two names are of one unit of a house, whichever way they are written."""
    if told is None or told == unit:
        return told is not None
    number = unit_number(unit)
    return number is not None and unit_number(told) == number


def unit_number(told: str) -> int | None:
    """The number in a unit's name: 2单元, 二单元, 甲单元 has none."""
    if found := re.fullmatch(r"\D{0,3}?(\d{1,3})\D{0,3}", told):
        return int(found[1])
    if found := re.fullmatch(rf"第?([{_DIGITS}]?)(十?)([{_DIGITS}]?)(?:单元|门|号)?", told):
        tens, ten, ones = found.groups()
        if ten:
            return 10 * (_DIGITS.find(tens) + 1 if tens else 1) + (
                _DIGITS.find(ones) + 1 if ones else 0
            )
        return _DIGITS.find(tens) + 1 if tens and not ones else None
    return None


def _by_grid(
    code: str, houses: gpd.GeoDataFrame, grids: gpd.GeoDataFrame, *, level: Rung, case: str
) -> Iterator[Break]:
    """One finding a grid, that names the houses and says where they stand."""
    for grid_code, mine in houses.groupby("grid_code", sort=True):
        ids = tuple(mine["building_id"].astype(str))
        finding = Finding(
            code,
            Severity.WARNING,
            codes=ids,
            count=len(mine),
            households=int(pd.to_numeric(mine["households"], errors="coerce").sum()),
            geometry=shapely.MultiPoint(
                shapely.get_coordinates(shapely.point_on_surface(mine.geometry.to_numpy()))
            ),
            params={
                "case": case,
                "label": label(grids.loc[str(grid_code)]),
                "grid": str(grid_code),
                "houses": [house_name(row) for _, row in mine.iterrows()],
            },
        )
        yield Break(finding, level, (str(grid_code),), ids)


def house_name(house: pd.Series) -> str:
    """A building as people call it, with the units that lack something."""
    told = [house.get(name) for name in ("name", "address", "building_id")]
    name = next(str(one) for one in told if isinstance(one, str) and one)
    lacking = house.get("lacking")
    if isinstance(lacking, list):
        return name + "（" + "、".join(f"{one}单元" for one in lacking) + "）"
    return f"{name}（{lacking}个单元）" if isinstance(lacking, int) else name
