"""Who answers: officers with A and B posts, liaisons, and the party's units. All persons are made up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from data.demo import faults, names
from data.demo.city import DemoCity
from data.demo.dice import dice
from data.demo.layers import SOURCE
from data.demo.phones import mobile_phone
from geo.model import BuildingKind

LINES = ("党建", "综治", "民政", "计划生育", "劳动保障", "城管")
"""业务条线 that must be covered in every community."""
LIAISONS = ("执法联络", "综治联络", "公安联络")
SINCE = pd.Timestamp("2024-01-01", tz="Asia/Shanghai")

POST_COLUMNS = (
    "kind", "title", "person", "person_no", "phone", "grid_code", "community_code", "line",
    "valid_from", "valid_to", "source",
)  # fmt: skip
PARTY_COLUMNS = (
    "code", "kind", "name", "parent_code", "community_code", "grid_code", "building_id", "unit",
    "contact", "phone", "source",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DemoPeople:
    """posts: POST_COLUMNS (valid_to NaT: until further notice). party_units: PARTY_COLUMNS, parents first."""

    posts: pd.DataFrame
    party_units: pd.DataFrame


@dataclass(frozen=True, slots=True)
class _Person:
    number: int
    name: str

    def fields(self) -> dict[str, object]:
        return {
            "person": self.name,
            "person_no": f"演示{self.number:05d}",
            "phone": mobile_phone(self.number),
        }


def build_people(city: DemoCity, grids: gpd.GeoDataFrame, *, seed: int) -> DemoPeople:
    """Posts and party units for ``grids`` (code, community_code, geometry), with the faults of `faults.PLANTED`.

    One officer a grid, with its A post and one B post in its community; clerks hold the lines that are
    left; three liaisons a community. A branch for each community and grid, one or two groups a grid,
    two or three party households a group, on dwellings inside the grid.
    """
    rng = dice(seed, "people")
    grids = grids.sort_values("code", ignore_index=True)
    crew = _crew(len(grids) * 12 + 1000, rng)
    posts = _frame(_posts(grids, crew), POST_COLUMNS)
    posts["valid_to"] = posts["valid_to"].dt.tz_localize(SINCE.tz)
    units = _frame(_units(city, grids, crew, rng), PARTY_COLUMNS)
    spots = faults.pick_grids(grids["code"], seed=seed)
    return DemoPeople(
        posts=faults.spoil_posts(posts, spots), party_units=faults.spoil_units(units, spots)
    )


def _crew(count: int, rng: np.random.Generator) -> Iterator[_Person]:
    return iter([_Person(n, name) for n, name in enumerate(names.people(count, rng), 1)])


def _frame(rows: list[dict[str, object]], columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame([{**row, "source": SOURCE} for row in rows], columns=list(columns))


def _posts(grids: gpd.GeoDataFrame, crew: Iterator[_Person]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for community, mine in grids.groupby("community_code", sort=True):
        where = str(community)
        for number, code in enumerate(mine["code"]):
            officer = next(crew)
            rows.append(_post(officer, kind="A", title="网格员", grid=code, community=where))
            line = LINES[number % len(LINES)]
            rows.append(_post(officer, kind="B", title="条线专干", community=where, line=line))
        for line in LINES[len(mine) :]:
            rows.append(_post(next(crew), kind="B", title="社区干事", community=where, line=line))
        for line in LIAISONS:
            rows.append(_post(next(crew), kind="B", title=f"{line}员", community=where, line=line))
    return rows


def _post(
    person: _Person,
    *,
    kind: str,
    title: str,
    community: str,
    grid: str | None = None,
    line: str | None = None,
) -> dict[str, object]:
    return {
        **person.fields(),
        "kind": kind,
        "title": title,
        "grid_code": grid,
        "community_code": community,
        "line": line,
        "valid_from": SINCE,
        "valid_to": pd.NaT,
    }


def _units(
    city: DemoCity, grids: gpd.GeoDataFrame, crew: Iterator[_Person], rng: np.random.Generator
) -> list[dict[str, object]]:
    called = dict(zip(city.city.communities["code"], city.city.communities["name"], strict=True))
    homes = _homes(city, grids)
    rows: list[dict[str, object]] = []
    for community, mine in grids.groupby("community_code", sort=True):
        where, name = str(community), str(called[community])
        top = f"ZB-{where}"
        rows.append(_unit(top, "branch", f"{name}党支部", crew, community=where))
        for number, code in enumerate(mine["code"], 1):
            branch = f"ZB-{code}"
            title = f"{name}第{number}网格"
            place = {"community": where, "grid": str(code)}
            rows.append(_unit(branch, "branch", f"{title}党支部", crew, parent=top, **place))
            dwellings = homes.get(str(code), [])
            for group in range(1, int(rng.integers(1, 3)) + 1):
                parent = f"XZ-{code}-{group}"
                rows.append(
                    _unit(parent, "group", f"{title}第{group}党小组", crew, parent=branch, **place)
                )
                wanted = min(int(rng.integers(2, 4)), len(dwellings))
                for nth, home in enumerate(rng.choice(dwellings, wanted, replace=False), 1):
                    unit = _unit(
                        f"ZX-{code}-{group}{nth}", "household", "", crew, parent=parent, **place
                    )
                    owner = str(unit["contact"])
                    extra = {"building_id": str(home), "unit": f"{rng.integers(1, 4)}单元"}
                    rows.append({**unit, **extra, "name": f"{owner}党员中心户"})
    return rows


def _unit(
    code: str,
    kind: str,
    name: str,
    crew: Iterator[_Person],
    *,
    community: str,
    grid: str | None = None,
    parent: str | None = None,
) -> dict[str, object]:
    person = next(crew)
    return {
        "code": code,
        "kind": kind,
        "name": name,
        "parent_code": parent,
        "community_code": community,
        "grid_code": grid,
        "contact": person.name,
        "phone": mobile_phone(person.number),
    }


def _homes(city: DemoCity, grids: gpd.GeoDataFrame) -> dict[str, list[str]]:
    """Dwellings by the grid that covers them."""
    buildings = city.city.buildings
    lived_in = buildings[buildings["kind"] == BuildingKind.RESIDENCE][["building_id", "geometry"]]
    joined = lived_in.sjoin(grids[["code", "geometry"]], predicate="within")
    found: dict[str, list[str]] = {}
    for code, home in zip(joined["code"], joined["building_id"], strict=True):
        found.setdefault(str(code), []).append(str(home))
    return found
