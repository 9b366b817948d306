"""How old the registers of people are that chains are held against."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pandas as pd

from geo.chain.terms import Break
from geo.chain.town import Registers
from geo.coverage.ages import Age, age_of, days_of, stale_things


def register_ages(registers: Registers, *, at: datetime) -> dict[str, Age]:
    """The age, on the day of ``at``, of each register that is there, by name (posts, party, contacts); of posts and
    contacts of those who hold them now, for who held one before is not verified again."""
    return {name: age_of(days_of(table), at.date()) for name, table in _present(registers, at)}


def stale_registers(registers: Registers, *, at: datetime, limit_days: int) -> Iterator[Break]:
    """A finding for each register with rows that nobody verified for longer than the limit; it breaks no chain."""
    for name, table in _present(registers, at):
        for finding in stale_things(name, table, at=at.date(), limit_days=limit_days):
            yield Break(finding)


def _present(registers: Registers, at: datetime) -> Iterator[tuple[str, pd.DataFrame]]:
    if registers.posts is not None and len(registers.posts):
        yield "posts", _current(registers.known_posts(), at)
    if (units := registers.known_units()) is not None:
        yield "party", units
    if (contacts := registers.known_contacts()) is not None:
        yield "contacts", _current(contacts, at)


def _current(rows: pd.DataFrame, at: datetime) -> pd.DataFrame:
    begun = rows["since"].isna() | (rows["since"] <= at)
    return rows[begun & (rows["until"].isna() | (rows["until"] > at))]
