"""Incidents reported one by one, put in as many at once as have come together, under the epoch contract.

The contract (docs/architecture.md): a place is located in the grids of one epoch, and the row goes in only while that
epoch still stands. FOR SHARE holds the epoch's row until the insert commits, so that no publication slips between.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from data.tables import SRID

FIELDS = (
    "id", "source", "source_id", "kind", "catalogue_code", "category", "place", "raw_x", "raw_y",
    "raw_datum", "grid_code", "plan_id", "how", "nearest_code", "nearest_m", "reported_at", "closed_at",
    "status", "note",
)  # fmt: skip
"""What an incident is recorded with, beside ``lng`` and ``lat`` (EPSG:4490 degrees or None)."""

_POINT = struct.Struct("<BIIdd")
_NAMES = ", ".join((*FIELDS, "point"))
_INSERT = text(
    "WITH held AS (SELECT n FROM plan_epoch WHERE n = :epoch FOR SHARE),"
    f" done AS (INSERT INTO incidents ({_NAMES})"
    f" SELECT {_NAMES} FROM held, json_populate_recordset(NULL::incidents, CAST(:rows AS json))"
    " ON CONFLICT (source, source_id) DO NOTHING RETURNING id, recorded_at)"
    " SELECT done.id, done.recorded_at FROM held LEFT JOIN done ON true"
)


def insert(
    connection: Connection, rows: Sequence[Mapping[str, Any]], *, epoch: int
) -> dict[UUID, datetime] | None:
    """Put incidents in that were located in the grids of ``epoch``; id -> when it was recorded, of those that went in.

    One statement. None: the epoch has passed and nothing went in. A row whose (source, source_id) is there already, or
    came earlier in ``rows``, does not go in.
    """
    said = json.dumps([_written(row) for row in rows])
    found = connection.execute(_INSERT, {"epoch": epoch, "rows": said}).all()
    if not found:
        return None
    return {row.id: row.recorded_at for row in found if row.id is not None}


def _written(row: Mapping[str, Any]) -> dict[str, Any]:
    closed_at: datetime | None = row.get("closed_at")
    return {name: row.get(name) for name in FIELDS} | {
        "id": str(row["id"]),
        "status": row.get("status") or "open",
        "reported_at": row["reported_at"].isoformat(),
        "closed_at": None if closed_at is None else closed_at.isoformat(),
        "point": _ewkb(row.get("lng"), row.get("lat")),
    }


def _ewkb(lng: float | None, lat: float | None) -> str | None:
    """A point as hexadecimal EWKB."""
    if lng is None or lat is None:
        return None
    return _POINT.pack(1, 0x20000001, SRID, lng, lat).hex()
