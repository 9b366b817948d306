"""Registers of people as they stand now: whoever a register names for a duty has it, whoever it no longer names had it.

A term is kept as a range, so that any past moment can be asked. ``since`` and ``until`` are aware times or null, which
in a register means that it does not say; ENDLESS as ``until`` says that there is no end.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Connection, func, select, text
from sqlalchemy.orm import DeclarativeBase

from data.store import bulk

ENDLESS = pd.Timestamp("9999-12-31", tz="UTC")

_UNTIL = f"NULLIF(upper(s.valid), '{ENDLESS.isoformat()}')"
_SAID_UNTIL = "upper(s.valid) IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Register:
    """What a register changed: people new at a duty, the same with new particulars, and those whose it ended."""

    added: int
    updated: int
    ended: int


@dataclass(frozen=True, slots=True)
class Duty:
    """A table of terms. same: condition that rows ``p`` (kept) and ``s`` (new) are of one duty. person: of a row, in
    SQL with its alias as ``{0}``: who has it. particulars: the columns that an update replaces; ``as_of`` with them,
    where the register tells it."""

    table: type[DeclarativeBase]
    same: str
    person: str
    particulars: Collection[str]

    @property
    def name(self) -> str:
        """The table's name."""
        return str(self.table.__tablename__)

    @property
    def one(self) -> str:
        """Condition that ``p`` is the row of ``s``: the same duty, person, and a term that runs or is told as over."""
        people = f"{self.person.format('p')} = {self.person.format('s')}"
        return f"{self.same} AND {people} AND (p.valid @> clock_timestamp() OR upper(p.valid) = {_UNTIL})"


def ranges(since: pd.Series, until: pd.Series) -> list[str]:
    """Ranges as PostgreSQL writes them, a null bound open."""
    pairs = zip(since, until, strict=True)
    return [
        f"[{'' if pd.isna(first) else first},{'' if pd.isna(last) else last})"
        for first, last in pairs
    ]


def clock(connection: Connection) -> pd.Timestamp:
    """The database's clock."""
    return pd.Timestamp(connection.execute(select(func.clock_timestamp())).scalar_one())


def merge(connection: Connection, duty: Duty, rows: pd.DataFrame) -> Register:
    """Take a register as it stands now. For each duty named in it, its people are the people.

    ``rows``: the table's columns, with ``valid`` as `ranges` of what the register says. Whoever held such a duty and is
    not in it ends now; duties that it does not name stay.
    """
    name = duty.name
    with bulk.staged(connection, duty.table, rows) as stage:
        ended = connection.execute(
            text(
                f'UPDATE "{name}" p SET valid = tstzrange(lower(valid), clock_timestamp()),'
                " updated_at = clock_timestamp() WHERE p.valid @> clock_timestamp()"
                f' AND EXISTS (SELECT FROM "{stage}" s WHERE {duty.same})'
                f' AND NOT EXISTS (SELECT FROM "{stage}" s WHERE {duty.one})'
            )
        ).rowcount
        changes = ", ".join(f"{column} = s.{column}" for column in duty.particulars)
        changes += ", as_of = COALESCE(s.as_of, p.as_of)"
        updated = connection.execute(
            text(
                f'UPDATE "{name}" p SET {changes}, valid = {_told("lower(p.valid)", "upper(p.valid)")},'
                f' updated_at = clock_timestamp() FROM "{stage}" s WHERE {duty.one}'
            )
        ).rowcount
        columns = [column for column in rows.columns if column != "valid"]
        quoted = bulk.quoted(columns)
        added = connection.execute(
            text(
                f'INSERT INTO "{name}" ({quoted}, valid) SELECT DISTINCT {quoted},'
                f" {_told('clock_timestamp()', 'NULL::timestamptz')}"
                f' FROM "{stage}" s WHERE NOT EXISTS (SELECT FROM "{name}" p WHERE {duty.one})'
            )
        ).rowcount
    return Register(added, updated, ended)


def _told(since: str, until: str) -> str:
    """The term that a row of a register says, else what is known; it begins before it ends, whenever that was."""
    end = f"CASE WHEN {_SAID_UNTIL} THEN {_UNTIL} ELSE {until} END"
    begin = f"COALESCE(lower(s.valid), CASE WHEN {end} <= {since} THEN NULL ELSE {since} END)"
    return f"tstzrange({begin}, CASE WHEN {end} <= lower(s.valid) THEN NULL ELSE {end} END)"
