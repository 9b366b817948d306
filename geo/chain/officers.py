"""The officers of grids (A posts): none, two, or one whose term is over.

A register of posts is a table with the columns POST_COLUMNS of geo.model: an A post names its grid, a B post its
community and line; ``since`` and ``until`` are aware times or null (for ever).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.chain.terms import about, by_code, in_force, label
from geo.model import POST_COLUMNS, Finding, Severity


def check_posts(grids: gpd.GeoDataFrame, posts: pd.DataFrame, *, at: datetime) -> list[Finding]:
    """Grids without exactly one officer at the moment ``at``, people with two grids, posts for unknown grids.

    ``grids``: EPSG:4490, columns code and, if known, name. Findings post-missing (case none, vacant),
    post-duplicate (case grid, person), post-expired and code-parent (case posts), all warnings: a grid is
    drawn before its officer is appointed. Each lies where its grids lie. Days are those of ``at.tzinfo``.
    """
    register = posts.reindex(columns=list(POST_COLUMNS))
    mine = register[register["kind"] == "A"]
    town = by_code(grids)
    known = mine[mine["grid_code"].isin(town.index)]
    now = known[in_force(known, at)]
    return [
        *_unanswered(town, known, now, at),
        *_shared_grids(town, now),
        *_shared_people(town, now),
        *_orphans(mine, town),
    ]


def _unanswered(
    town: gpd.GeoDataFrame, posts: pd.DataFrame, now: pd.DataFrame, at: datetime
) -> Iterator[Finding]:
    """A grid that nobody answers for: its last officer's time is over, its post is vacant, or it has none."""
    held = set(now.loc[now["person"].notna(), "grid_code"])
    vacant = set(now["grid_code"])
    ended = posts[posts["until"].notna() & (posts["until"] <= at)].sort_values("until")
    last = ended.drop_duplicates("grid_code", keep="last").set_index("grid_code")
    for code, grid in town[~town["code"].isin(held)].iterrows():
        if code in vacant or code not in last.index:
            case = "vacant" if code in vacant else "none"
            yield about("post-missing", grid, case=case)
        else:
            post = last.loc[code]
            until = _last_moment(pd.Timestamp(post["until"]).tz_convert(at.tzinfo))
            yield about("post-expired", grid, person=_person(post), until=until)


def _last_moment(end: pd.Timestamp) -> str:
    """The end of a term as people write it: a term that ends at midnight had the day before as its last."""
    if end == end.normalize():
        return (end - pd.Timedelta(microseconds=1)).strftime("%Y-%m-%d")
    return end.strftime("%Y-%m-%d %H:%M")


def _shared_grids(town: gpd.GeoDataFrame, now: pd.DataFrame) -> Iterator[Finding]:
    for code, posts in now[now["person"].notna()].groupby("grid_code"):
        people = sorted({_person(post) for _, post in posts.iterrows()})
        if len(people) > 1:
            yield about(
                "post-duplicate", town.loc[code], case="grid", people=people, count=len(people)
            )


def _shared_people(town: gpd.GeoDataFrame, now: pd.DataFrame) -> Iterator[Finding]:
    """One person answers for several grids. Told by number; names alone may belong to two people."""
    for _, posts in now[now["person_no"].notna()].groupby("person_no"):
        codes = sorted(set(posts["grid_code"]))
        if len(codes) > 1:
            yield Finding(
                "post-duplicate",
                Severity.WARNING,
                codes=tuple(codes),
                count=len(codes),
                geometry=town.loc[codes].geometry.union_all(),
                params={
                    "case": "person",
                    "person": _person(posts.iloc[0]),
                    "grids": [label(town.loc[code]) for code in codes],
                },
            )


def _orphans(mine: pd.DataFrame, town: gpd.GeoDataFrame) -> Iterator[Finding]:
    codes = sorted({str(code) for code in mine["grid_code"].dropna()} - set(town.index))
    if codes:
        yield Finding(
            "code-parent",
            Severity.WARNING,
            codes=tuple(codes),
            count=int(mine["grid_code"].isin(codes).sum()),
            params={"case": "posts"},
        )


def _person(post: pd.Series[Any]) -> str:
    number = post["person_no"]
    return str(post["person"]) if pd.isna(number) else f"{post['person']}（{number}）"
