"""Who is on leave at a moment, and who of these is stood in for by somebody who is there."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from geo.chain.terms import identity, same_word


def on_leave(posts: pd.DataFrame, at: datetime) -> pd.Series[bool]:
    """Which posts' people are on leave: from ``leave_since`` (null: before) to ``leave_until`` (null: until further
    notice). A post with neither is not on leave."""
    since, until = posts["leave_since"], posts["leave_until"]
    told = since.notna() | until.notna()
    return told & (since.isna() | (since <= at)) & (until.isna() | (until > at))


def stand_in_states(posts: pd.DataFrame, now: pd.DataFrame, at: datetime) -> pd.Series[str]:
    """Of each of ``posts``: "there" (at work, or stood in for), "none" (on leave and nobody stands in), "away" (who
    stands in is on leave too). ``now``: all posts in force, which tell who is on leave."""
    away = on_leave(now, at)
    lost = {mark for _, post in now[away].iterrows() for mark in _marks(post)}
    names = {same_word(one) for one in now.loc[away, "person"].dropna()}
    present = {same_word(one) for one in now.loc[~away, "person"].dropna()}
    told = {
        row: _state(post, lost, names - present)
        for row, post in posts[on_leave(posts, at)].iterrows()
    }
    return pd.Series(
        [told.get(row, "there") for row in posts.index], index=posts.index, dtype="str"
    )


def _state(post: pd.Series, lost: set[object], lost_names: set[str]) -> str:
    if pd.isna(post["stand_in"]) or _oneself(post):
        return "none"
    known = identity(post["stand_in"], post["stand_in_no"], post["stand_in_phone"])
    # Without a number or telephone a name counts only if everybody of that name is on leave.
    gone = same_word(post["stand_in"]) in lost_names if known is None else known in lost
    return "away" if gone else "there"


def _oneself(post: pd.Series) -> bool:
    """Whether the person is named as their own stand-in."""
    if not pd.isna(post["stand_in_no"]) and not pd.isna(post["person_no"]):
        return str(post["stand_in_no"]) == str(post["person_no"])
    return same_word(post["stand_in"]) == same_word(post["person"])


def _marks(post: pd.Series) -> set[object]:
    """All that may tell the person: a register may name a stand-in by number, another by name and telephone."""
    told = {
        identity(post["person"], post["person_no"], None),
        identity(post["person"], None, post["phone"]),
    }
    return told - {None}
