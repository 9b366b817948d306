"""What a city, a street or a community must have: somebody for each line of business (B posts), and its liaisons."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

import geopandas as gpd
import pandas as pd

from geo.chain.leave import stand_in_states
from geo.chain.rules import RegionDemand
from geo.chain.terms import Break, Rung, about, fault, in_force, last_moment, person
from geo.model import Severity

Grids = Mapping[str, tuple[str, ...]]


def check_lines(
    regions: gpd.GeoDataFrame,
    register: pd.DataFrame,
    *,
    demand: RegionDemand,
    level: Rung,
    grids: Grids,
    at: datetime,
) -> Iterator[Break]:
    """Lines and liaisons that nobody at work has in a region at ``at``. ``regions``: of one level, by code; ``grids``:
    the grids below each. Findings line-uncovered and liaison-missing: case none, vacant, leave, expired."""
    posts = register[(register["kind"] == "B") & register["community_code"].isin(regions.index)]
    working = posts["person"].notna() & in_force(posts, at)
    if demand.stand_in:
        everybody = register[in_force(register, at)]
        working &= stand_in_states(posts, everybody, at) == "there"
    held = set(_targets(posts[working]))
    asked = [(line, "line-uncovered") for line in demand.lines]
    asked += [(line, "liaison-missing") for line in demand.liaisons]
    for code, region in regions.iterrows():
        for line, kind in asked:
            if (str(code), line) not in held:
                mine = posts[(posts["community_code"] == code) & (posts["line"] == line)]
                told = {"line": line, "level": level.word, **_why(mine, at)}
                yield Break(about(kind, region, **told), level, grids.get(str(code), ()))


def check_register(
    posts: pd.DataFrame,
    regions: gpd.GeoDataFrame,
    *,
    known: Collection[str],
    demanded: Collection[str],
    at: datetime,
) -> Iterator[Break]:
    """B posts of regions that are not there, and vacant ones of lines that no rule demands (a note: no chain breaks).

    ``posts``: B posts. ``regions``: those that are governed, by code; ``known``: the codes of all that there are.
    """
    codes = posts["community_code"]
    lost = posts[codes.notna() & ~codes.isin(list(known))]
    if len(lost):
        yield fault(
            "posts-regions", tuple(sorted(set(lost["community_code"].astype(str)))), len(lost)
        )
    now = posts[in_force(posts, at) & ~posts["line"].isin(list(demanded))]
    filled = set(_targets(now[now["person"].notna()]))
    vacant: dict[str, list[str]] = {}
    for code, line in dict.fromkeys(_targets(now)):
        if (code, line) not in filled and code in regions.index:
            vacant.setdefault(code, []).append(line)
    for code, lines in vacant.items():
        found = about("line-uncovered", regions.loc[code], case="extra", lines=lines)
        yield Break(replace(found, severity=Severity.NOTE, count=len(lines)))


def _targets(posts: pd.DataFrame) -> Iterator[tuple[str, str]]:
    return zip(posts["community_code"].astype(str), posts["line"].astype(str), strict=True)


def _why(posts: pd.DataFrame, at: datetime) -> dict[str, object]:
    """Why nobody of these posts of one line is at work."""
    filled = posts["person"].notna()
    now = in_force(posts, at)
    if (now & filled).any():
        return {"case": "leave", "person": person(posts[now & filled].iloc[0])}
    if now.any():
        return {"case": "vacant"}
    ended = posts[filled & posts["until"].notna() & (posts["until"] <= at)].sort_values("until")
    if ended.empty:
        return {"case": "none"}
    last = ended.iloc[-1]
    until = last_moment(pd.Timestamp(last["until"]), at)
    return {"case": "expired", "person": person(last), "until": until}
