"""Who is on leave at a moment, and who of these is stood in for by somebody who is there; and the same for all time to
come (`spells`), for whoever asks the clock oftener than the register changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from geo.chain.terms import identity, in_force, same_word

_MOMENT = pd.Timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Spell:
    """From one moment (None: for ever) until another (None: without an end) in which the same person answers at a
    post: its holder, or whoever stands in. row: of the post in its table."""

    row: int
    since: pd.Timestamp | None
    until: pd.Timestamp | None
    stood_in: bool


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


def spells(posts: pd.DataFrame) -> Iterator[Spell]:
    """The terms of all ``posts`` (every column, rows by number), in parts where somebody stands in: at any moment of a
    term what `on_leave` and `stand_in_states` say of all posts in force then. ``posts``: all that are in force in the
    time that is asked about."""
    told = (posts["leave_since"].notna() | posts["leave_until"].notna()) & posts["stand_in"].notna()
    for row in range(len(posts)):
        if told.iat[row]:
            yield from _turns(posts, row)
        else:
            since, until = posts["since"].iat[row], posts["until"].iat[row]
            yield Spell(row, _bound(since), _bound(until), stood_in=False)


def _turns(posts: pd.DataFrame, row: int) -> Iterator[Spell]:
    """The term of one post, cut wherever it or those who may be its stand-in come, go or take leave."""
    own = posts.iloc[[row]]
    peers = posts[_may_be(posts, own.iloc[0])]
    since, until = _bound(own["since"].iat[0]), _bound(own["until"].iat[0])
    edges = [edge for edge in _edges(pd.concat([own, peers])) if _within(edge, since, until)]
    begin, stood_in = since, None
    for start, end in zip([since, *edges], [*edges, until], strict=True):
        at = start if start is not None else _before(end)
        now = bool(on_leave(own, at).iat[0]) and _stood_in(own, peers, at)
        if stood_in is not None and now != stood_in:
            yield Spell(row, begin, start, stood_in)
            begin = start
        stood_in = now
    yield Spell(row, begin, until, bool(stood_in))


def _stood_in(own: pd.DataFrame, peers: pd.DataFrame, at: pd.Timestamp) -> bool:
    return bool(stand_in_states(own, peers[in_force(peers, at)], at).iat[0] == "there")


def _may_be(posts: pd.DataFrame, post: pd.Series) -> pd.Series[bool]:
    """The posts whose person may be who stands in at one."""
    name = same_word(post["stand_in"])
    named = posts["person"].map(lambda person: not pd.isna(person) and same_word(person) == name)
    if pd.isna(post["stand_in_no"]):
        return named.astype(bool)
    return (named | (posts["person_no"].astype(str) == str(post["stand_in_no"]))).astype(bool)


def _edges(posts: pd.DataFrame) -> list[pd.Timestamp]:
    names = ("since", "until", "leave_since", "leave_until")
    return sorted({edge for name in names for edge in posts[name].dropna()})


def _within(edge: pd.Timestamp, since: pd.Timestamp | None, until: pd.Timestamp | None) -> bool:
    return (since is None or edge > since) and (until is None or edge < until)


def _before(end: pd.Timestamp | None) -> pd.Timestamp:
    """A moment of a spell without a beginning."""
    return pd.Timestamp(0, tz="UTC") if end is None else end - _MOMENT


def _bound(moment: object) -> pd.Timestamp | None:
    return moment if isinstance(moment, pd.Timestamp) else None
