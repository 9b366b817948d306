"""Incidents reported one by one, put in as many at once as have come together, under the epoch contract.

The contract (docs/architecture.md): a place is located in the grids of one epoch, and the row goes in only while that
epoch still stands. FOR SHARE holds the epoch's row until the insert commits, so that no publication slips between.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import Connection, Engine

from data.store.news import CHANNEL
from data.tables import SRID

FIELDS = (
    "id", "source", "source_id", "kind", "catalogue_code", "category", "place", "raw_x", "raw_y",
    "raw_datum", "grid_code", "plan_id", "how", "nearest_code", "nearest_m", "reported_at", "closed_at",
    "status", "note", "call_id",
)  # fmt: skip
"""What an incident is recorded with, beside ``lng`` and ``lat`` (EPSG:4490 degrees or None)."""

_POINT = struct.Struct("<BIIdd")
_NAMES = ", ".join((*FIELDS, "point"))
_PREPARED = "wangge_recording"
_PREPARE = (
    f"PREPARE {_PREPARED} (bigint, json) AS"
    " WITH held AS (SELECT n FROM plan_epoch WHERE n = $1 FOR SHARE),"
    f" done AS (INSERT INTO incidents ({_NAMES})"
    f" SELECT {_NAMES} FROM held, json_populate_recordset(NULL::incidents, $2)"
    " ON CONFLICT (source, source_id) DO NOTHING RETURNING id, recorded_at),"
    " told AS (INSERT INTO incident_news (ids) SELECT array_agg(id) FROM done HAVING count(*) > 0)"
    " SELECT done.id, done.recorded_at FROM held LEFT JOIN done ON true"
)
_EXECUTE = f"EXECUTE {_PREPARED} (%s, %s)"


class Line:
    """A connection that is kept open, on which each statement is a transaction of its own. For one thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    def open(self) -> Connection:
        """The connection; a new one where there is none or the last one broke."""
        if self._connection is not None and self._connection.invalidated:
            self.close()
        if self._connection is None:
            connection = self._engine.connect()
            try:
                connection.execution_options(isolation_level="AUTOCOMMIT")
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def close(self) -> None:
        """Give the connection back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def insert(
    connection: Connection, rows: Sequence[Mapping[str, Any]], *, epoch: int
) -> dict[UUID, datetime] | None:
    """Put incidents in that were located in the grids of ``epoch``; id -> when it was recorded, of those that went in.

    One statement, which leaves their news too (data.store.news) but wakes nobody: a NOTIFY makes commits wait for each
    other; see `call_out`. None: the epoch has passed and nothing went in. A row whose (source, source_id) is there
    already, or came earlier in ``rows``, does not go in.
    """
    # In one order everywhere: of two who put in the same ones, none waits for the other in a circle.
    ordered = sorted(rows, key=lambda row: (row["source"], row["source_id"]))
    if _PREPARED not in connection.info:
        connection.exec_driver_sql(_PREPARE)
        connection.info[_PREPARED] = True
    said = to_json([_written(row) for row in ordered]).decode()
    found = connection.exec_driver_sql(_EXECUTE, (epoch, said)).all()
    if not found:
        return None
    return {number: recorded_at for number, recorded_at in found if number is not None}


def call_out(connection: Connection) -> None:
    """Wake who follows the live list, in a transaction of its own that waits for no disk."""
    connection.exec_driver_sql(f"NOTIFY {CHANNEL}")


def _written(row: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: value for name, value in row.items() if value is not None}
    if "lng" in said and "lat" in said:  # as hexadecimal EWKB
        point = _POINT.pack(1, 0x20000001, SRID, said.pop("lng"), said.pop("lat"))
        said["point"] = point.hex()
    said.setdefault("status", "open")
    return said
