"""Officers with A and B posts, lines of business and liaisons, and who stands in for those on leave."""

from __future__ import annotations

from collections.abc import Iterable

import geopandas as gpd
import pandas as pd

from data.demo.crew import Crew, Person

LINES = ("党建", "综治", "民政", "计划生育", "劳动保障", "城管")
"""业务条线 that must be covered in every community."""
LIAISONS = ("执法联络", "综治联络", "公安联络")
ABOVE = "网格管理"
"""The line of the streets and of the city."""
SINCE = pd.Timestamp("2024-01-01", tz="Asia/Shanghai")
LEAVE = pd.Timestamp("2025-09-01", tz="Asia/Shanghai")
ON_LEAVE_EVERY, LUCKY = 40, 20
"""One officer in so many is on leave, until further notice, with a stand-in."""

Row = dict[str, object]


def posts(grids: gpd.GeoDataFrame, regions: Iterable[str], people: Crew) -> list[Row]:
    """Posts of ``grids`` (code, community_code; by code), and of the street and city codes ``regions``.

    One officer a grid, with its A post and one B post in its community; clerks hold the lines that are left; three
    liaisons a community; one person a street and in the city.
    """
    rows = [
        post(next(people), kind="B", title="网格管理专员", region=code, line=ABOVE)
        for code in regions
    ]
    officers: list[Row] = []
    for community, mine in grids.groupby("community_code", sort=True):
        where = str(community)
        for number, code in enumerate(mine["code"]):
            officer = next(people)
            officers.append(post(officer, kind="A", title="网格员", grid=code, region=where))
            line = LINES[number % len(LINES)]
            rows.append(post(officer, kind="B", title="条线专干", region=where, line=line))
        for line in LINES[len(mine) :]:
            rows.append(post(next(people), kind="B", title="社区干事", region=where, line=line))
        for line in LIAISONS:
            rows.append(post(next(people), kind="B", title=f"{line}员", region=where, line=line))
    return [*_on_leave(officers), *rows]


def post(
    person: Person,
    *,
    kind: str,
    title: str,
    region: str,
    grid: str | None = None,
    line: str | None = None,
) -> Row:
    """One post, held since SINCE until further notice."""
    return {
        **person.fields(),
        "kind": kind,
        "title": title,
        "grid_code": grid,
        "community_code": region,
        "line": line,
        "valid_from": SINCE,
        "valid_to": pd.NaT,
        "leave_since": pd.NaT,
        "leave_until": pd.NaT,
    }


def _on_leave(officers: list[Row]) -> list[Row]:
    """Now and then an officer is on leave: the next one stands in."""
    neighbours = [*officers[1:], officers[0]]
    return [
        {**row, "leave_since": LEAVE, **stand_in(other)} if n % ON_LEAVE_EVERY == LUCKY else row
        for n, (row, other) in enumerate(zip(officers, neighbours, strict=True))
    ]


def stand_in(officer: Row) -> Row:
    """The columns that name an officer as a stand-in."""
    named = {"stand_in": "person", "stand_in_no": "person_no", "stand_in_phone": "phone"}
    return {ours: officer[theirs] for ours, theirs in named.items()}
