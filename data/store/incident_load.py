"""A great many incidents at once, in Arrow tables: streamed into the database while the next ones are read.

Into a table that is nearly empty beside what comes (a first load) they go straight, its indexes built once afterwards
(data.store.aside). Else they go through a temporary table, and nobody has to wait.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import numpy as np
import pyarrow as pa
from sqlalchemy import Connection, func, select, text

from data.ahead import ahead
from data.first_seen import FirstSeen
from data.store import aside, bulk, incident_merge, locking, pgcopy
from data.tables import Incident, PlanEpoch
from geo.errors import InputError

Progress = Callable[[str, int, int | None], None]

TABLE = Incident.__tablename__
LARGE = 100_000
"""Fewer rows than these go in quickly enough with the indexes in place."""
TIMES_LARGER = 4
"""How many times more rows must come than there are for the table to be seized."""
_AHEAD = 3
"""How many batches are made before the server wants them."""
ROW_BYTES = 200
"""What an incident takes in the table, at least about so."""


def hold_epoch(connection: Connection) -> int:
    """The present epoch, which no publication ends before this transaction does."""
    locking.together(connection)
    held = select(PlanEpoch.n).with_for_update(read=True)
    return int(connection.execute(held).scalar_one())


def load(
    connection: Connection,
    tables: Iterator[pa.Table],
    *,
    about: int,
    dry_run: bool,
    progress: Progress,
    may_seize: bool = True,
) -> bulk.Merged:
    """Put incidents in, located in the grids of the epoch that the caller holds (`hold_epoch`).

    ``tables``: of one schema, columns of the table and ``point`` (pgcopy.points), unique by source and
    source_id throughout. One that is there already is treated as by `incident_merge.merge`. ``about`` how many rows.
    ``dry_run``: nothing goes in, it is only counted. ``progress`` hears ("import", rows, about) and ("import-index",
    done, total). ``may_seize``: a first load may lock the table; not where making the tables asks the
    store. Raises InputError "rows-refused", and whatever making the tables raises.
    """
    feed = _Feed(tables, lambda done: progress("import", done, max(about, done)))
    if dry_run or not may_seize or not _seized(connection, about):
        return _staged(connection, feed, dry_run=dry_run)
    feed.there = _present(connection)
    with aside.unindexed(connection, TABLE, lambda *done: progress("import-index", *done)):
        added = feed.copy_into(connection, TABLE, stamped=True)
    old = _Feed(iter(feed.old), lambda _done: None)
    again = _staged(connection, old, dry_run=False) if feed.old else bulk.Merged(0, 0)
    return bulk.Merged(added + again.added, again.updated)


def _seized(connection: Connection, about: int) -> bool:
    """Whether the load goes aside: it is large, the table small beside it, and nobody is at it."""
    bytes_there = connection.execute(
        text("SELECT pg_relation_size(CAST(:table AS regclass))"), {"table": TABLE}
    ).scalar_one()
    small = bytes_there // ROW_BYTES * TIMES_LARGER <= about
    return about >= LARGE and small and aside.seize(connection, TABLE)


def _present(connection: Connection) -> FirstSeen:
    """What is there already, by source and source_id."""
    there = FirstSeen()
    keys = select(Incident.source, Incident.source_id).execution_options(yield_per=LARGE)
    for part in connection.execute(keys).partitions():
        columns = [pa.array(column, pa.string()) for column in zip(*part, strict=True)]
        there.add(columns, np.arange(len(there) + 1, len(there) + len(part) + 1))
    return there


def _staged(connection: Connection, feed: _Feed, *, dry_run: bool) -> bulk.Merged:
    with bulk.stage(connection, Incident, feed.columns) as stage:
        feed.copy_into(connection, stage)
        merge = incident_merge.count if dry_run else incident_merge.merge
        return merge(connection, stage, feed.columns)


class _Feed:
    """Tables as a stream for COPY. Rows that are ``there`` are left out and collected in ``old``."""

    def __init__(self, tables: Iterator[pa.Table], told: Callable[[int], None]) -> None:
        first = next(tables, pa.table({}))
        self.columns: list[str] = list(first.column_names)
        self.there: FirstSeen | None = None
        self.old: list[pa.Table] = []
        self._told = told
        self._tables = _after(first, tables)
        self._failed: BaseException | None = None

    def copy_into(self, connection: Connection, name: str, *, stamped: bool = False) -> int:
        """COPY all of it; how many rows.

        ``stamped``: they are recorded now, by the server's clock. Where the column's default asks the clock for each
        row, PostgreSQL puts them into the table one by one, else a thousand at once.
        """
        if not self.columns:
            return 0
        self._done = 0
        stamp = connection.scalar(select(func.clock_timestamp())) if stamped else None
        self._chunks = ahead(self._made(stamp), depth=_AHEAD)
        names = [*self.columns, "recorded_at"] if stamped else self.columns
        try:
            return bulk.copy_from(connection, name, names, self, form="binary")
        except InputError:
            if self._failed is not None:
                raise self._failed from None
            raise
        finally:
            self._chunks.close()

    def read(self, _size: int = -1, /) -> bytes:
        """The next chunk, however long. The driver hides what is raised here: it is kept."""
        try:
            chunk, rows = next(self._chunks, (b"", 0))
        except BaseException as error:
            self._failed = error
            raise
        self._done += rows
        self._told(self._done)
        return chunk

    def _made(self, stamp: datetime | None) -> Iterator[tuple[bytes, int]]:
        yield pgcopy.HEADER, 0
        for table in self._tables:
            new = _stamped(self._new(table), stamp) if stamp else self._new(table)
            if chunk := pgcopy.rows(new):  # an empty one would be the end
                yield chunk, table.num_rows
        yield pgcopy.TRAILER, 0

    def _new(self, table: pa.Table) -> pa.Table:
        if not self.there:
            return table
        keys = [table[name].combine_chunks() for name in ("source", "source_id")]
        known = self.there.find(keys, table.num_rows) > 0
        if known.any():
            self.old.append(table.filter(pa.array(known)))
        return table.filter(pa.array(~known))


def _stamped(table: pa.Table, stamp: datetime) -> pa.Table:
    moment = pa.scalar(stamp, pa.timestamp("us", "UTC"))
    return table.append_column("recorded_at", pa.repeat(moment, table.num_rows))


def _after(first: pa.Table, rest: Iterator[pa.Table]) -> Iterator[pa.Table]:
    yield first
    yield from rest
