"""Who answers at posts: the holder, or whoever stands in. One rule (geo.chain.leave) for the card, `/locate`, the map's
places and any moment of the past: who stands in and is on leave too answers for nobody, and the holder is named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from data.store import card, posts
from data.store.terms import clock
from geo.chain import Registers
from geo.chain.leave import Spell, on_leave, spells, stand_in_states
from geo.model import POST_COLUMNS

Row = dict[str, Any]


class Whereabouts(StrEnum):
    """Where somebody at a post is: at work, stood in for by somebody who is there, or away without that."""

    WORK = "work"
    STOOD_IN = "stood-in"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Duty:
    """A post (a row of data.store.card) that somebody holds."""

    row: Row
    where: Whereabouts


@dataclass(frozen=True, slots=True)
class Answering:
    """Somebody at a post. kind: A (a grid), stand-in (for whoever is on leave) or B (a line of a community)."""

    kind: str
    line: str | None
    title: str | None
    person: str
    phone: str | None


def on_duty(rows: Sequence[Row], at: datetime) -> list[Duty]:
    """Of posts (POST_COLUMNS and ``own``; all in force at a moment, where anybody is stood in for) those of the place's
    own that somebody holds then."""
    now = [row for row in rows if runs(row, at)]
    if all(row["leave_since"] is None and row["leave_until"] is None for row in now):
        held = [row for row in now if row["own"] and row["person"] is not None]
        return [Duty(row, Whereabouts.WORK) for row in held]
    told = Registers(table(now, POST_COLUMNS)).known_posts()
    away, states = on_leave(told, at), stand_in_states(told, told, at)
    return [
        Duty(row, _where(away=bool(away[n]), state=states[n]))
        for n, row in enumerate(now)
        if row["own"] and row["person"] is not None
    ]


def answering(
    connection: Connection, *, grid: str | None, community: str | None, at: datetime | None = None
) -> list[Answering]:
    """Who answers at the A posts of a grid and the B posts of a community, by kind, line and name: now, or ``at``
    another moment."""
    moment = clock(connection).to_pydatetime() if at is None else at
    grids, regions = ([] if code is None else [code] for code in (grid, community))
    rows = card.posts(connection, grids=grids, regions=regions, at=moment)
    return [_named(one.row, stood_in=_stood(one)) for one in on_duty(rows, moment)]


def to_come(connection: Connection) -> Iterator[tuple[str, Answering, Spell]]:
    """Who answers for each grid, by its code, from now on: one after another, by grid and person."""
    rows = [dict(row) for row in posts.not_over(connection)]
    known = Registers(table(rows, POST_COLUMNS)).known_posts()
    for spell in spells(known):
        row = rows[spell.row]
        if row["kind"] == "A" and row["person"] is not None:
            yield row["grid_code"], _named(row, stood_in=spell.stood_in), spell


def runs(row: Row, at: datetime) -> bool:
    """Whether a term (``since``, ``until``) has begun and not ended at a moment."""
    begun = row["since"] is None or row["since"] <= at
    return begun and (row["until"] is None or row["until"] > at)


def table(rows: Sequence[Row], columns: Sequence[str]) -> pd.DataFrame:
    """Rows of the store as the chain's check takes them."""
    return pd.DataFrame(
        [[row.get(name) for name in columns] for row in rows], columns=list(columns), dtype=object
    )


def _where(*, away: bool, state: str) -> Whereabouts:
    if not away:
        return Whereabouts.WORK
    return Whereabouts.STOOD_IN if state == "there" else Whereabouts.AWAY


def _stood(one: Duty) -> bool:
    return one.where is Whereabouts.STOOD_IN


def _named(row: Row, *, stood_in: bool) -> Answering:
    if stood_in:
        return Answering(
            "stand-in", row["line"], row["title"], row["stand_in"], row["stand_in_phone"]
        )
    return Answering(row["kind"], row["line"], row["title"], row["person"], row["phone"])
