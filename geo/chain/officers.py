"""The officers of grids (A posts): none, two, one whose term is over, one on leave whom nobody stands in for.

A register of posts is a table with the columns POST_COLUMNS of geo.model: an A post names its grid, a B post its
region and line; ``since`` and ``until`` are aware times or null (for ever), as are those of a leave.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator
from datetime import datetime

import geopandas as gpd
import pandas as pd

from geo.chain.leave import stand_in_states
from geo.chain.terms import (
    Break,
    Rung,
    about,
    by_code,
    fault,
    identity,
    in_force,
    label,
    last_moment,
    person,
)
from geo.chain.town import Registers
from geo.model import Finding, Severity


def check_posts(grids: gpd.GeoDataFrame, posts: pd.DataFrame, *, at: datetime) -> list[Finding]:
    """Grids without exactly one officer at work at the moment ``at``, people with two grids, posts for unknown grids.

    ``grids``: EPSG:4490, columns code and, if known, name. Findings post-missing (case none, vacant, leave, leave-open,
    stand-in-away), post-duplicate (case grid, person), post-expired and code-parent (case posts), all warnings: a grid
    is drawn before its officer is appointed. Each lies where its grids lie. Days are those of ``at.tzinfo``.
    """
    town = by_code(grids)
    register = Registers(posts).known_posts()
    everybody = set(town.index)
    found = officers(town, register, at=at, answered=everybody, stood_in=everybody)
    return [one.finding for one in found]


def officers(
    town: gpd.GeoDataFrame,
    register: pd.DataFrame,
    *,
    at: datetime,
    answered: Collection[str],
    stood_in: Collection[str],
) -> Iterator[Break]:
    """What `check_posts` finds, and which grids' chains it breaks. ``town``: by code. ``answered``: the grids that must
    have an officer; ``stood_in``: those whose officer must be stood in for."""
    mine = register[register["kind"] == "A"]
    wanted = town[town["code"].isin(list(answered))]
    known = mine[mine["grid_code"].isin(wanted.index)]
    now = known[in_force(known, at)]
    held = now[now["person"].notna()]
    yield from _unanswered(wanted, known, now, at)
    yield from _on_leave(wanted, held, register[in_force(register, at)], at, stood_in)
    yield from _shared_grids(wanted, held)
    yield from _shared_people(wanted, held)
    lost = mine[mine["grid_code"].notna() & ~mine["grid_code"].isin(town.index)]
    if len(lost):
        yield fault("posts", tuple(sorted(set(lost["grid_code"].astype(str)))), len(lost))


def _breaks(finding: Finding) -> Break:
    return Break(finding, Rung.GRID, finding.codes)


def _unanswered(
    town: gpd.GeoDataFrame, posts: pd.DataFrame, now: pd.DataFrame, at: datetime
) -> Iterator[Break]:
    """A grid that nobody answers for: its last officer's time is over, its post is vacant, or it has none."""
    held = set(now.loc[now["person"].notna(), "grid_code"])
    vacant = set(now["grid_code"])
    ended = posts[posts["until"].notna() & (posts["until"] <= at) & posts["person"].notna()]
    last = ended.sort_values("until").drop_duplicates("grid_code", keep="last")
    last = last.set_index("grid_code")
    for code, grid in town[~town["code"].isin(held)].iterrows():
        if code in vacant or code not in last.index:
            case = "vacant" if code in vacant else "none"
            yield _breaks(about("post-missing", grid, case=case))
        else:
            post = last.loc[code]
            until = last_moment(pd.Timestamp(post["until"]), at)
            yield _breaks(about("post-expired", grid, person=person(post), until=until))


def _on_leave(
    town: gpd.GeoDataFrame,
    held: pd.DataFrame,
    now: pd.DataFrame,
    at: datetime,
    stood_in: Collection[str],
) -> Iterator[Break]:
    """A grid all of whose officers are on leave, with nobody there in their place."""
    asked = held[held["grid_code"].isin(list(stood_in))]
    states = stand_in_states(asked, now, at)
    lacking = asked[~asked["grid_code"].isin(set(asked.loc[states == "there", "grid_code"]))]
    for code, posts in lacking.groupby("grid_code"):
        post, state = posts.iloc[0], states[posts.index[0]]
        until = post["leave_until"]
        params = {"person": person(post)}
        if state == "away":
            case, params["stand_in"] = "stand-in-away", str(post["stand_in"])
        elif pd.isna(until):
            case = "leave-open"
        else:
            case, params["until"] = "leave", last_moment(pd.Timestamp(until), at)
        yield _breaks(about("post-missing", town.loc[code], case=case, **params))


def _shared_grids(town: gpd.GeoDataFrame, held: pd.DataFrame) -> Iterator[Break]:
    for code, posts in held[held["grid_code"].duplicated(keep=False)].groupby("grid_code"):
        people = sorted({person(post) for _, post in posts.iterrows()})
        if len(people) > 1:
            params = {"people": people, "count": len(people)}
            yield _breaks(about("post-duplicate", town.loc[code], case="grid", **params))


def _shared_people(town: gpd.GeoDataFrame, held: pd.DataFrame) -> Iterator[Break]:
    """One person answers for several grids. Told by number, else by name and telephone; names alone may belong to two
    people."""
    columns = zip(held["person"], held["person_no"], held["phone"], strict=True)
    people: dict[Hashable, list[int]] = {}
    for row, told in enumerate(columns):
        if (who := identity(*told)) is not None:
            people.setdefault(who, []).append(row)
    for rows in people.values():
        if len(rows) == 1:
            continue
        posts = held.iloc[rows]
        codes = sorted(set(posts["grid_code"]))
        if len(codes) > 1:
            yield _breaks(
                Finding(
                    "post-duplicate",
                    Severity.WARNING,
                    codes=tuple(codes),
                    count=len(codes),
                    geometry=town.loc[codes].geometry.union_all(),
                    params={
                        "case": "person",
                        "person": person(posts.iloc[0]),
                        "grids": [label(town.loc[code]) for code in codes],
                    },
                )
            )
