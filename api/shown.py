"""An incident as it is said over HTTP: in answers, and in conflicts that tell what it is now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def incident_fields(row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an `IncidentOut`."""
    return {
        "id": str(row["id"]),
        "source": row["source"],
        "source_id": row["source_id"],
        "category": row["category"],
        "catalogue_code": row["catalogue_code"],
        "note": row["note"],
        "address": row["place"],
        "lng": row["lng"],
        "lat": row["lat"],
        "how": row["how"],
        "grid_code": row["grid_code"],
        "status": row["status"],
        "reported_at": row["reported_at"],
        "recorded_at": row["recorded_at"],
        "closed_at": row["closed_at"],
        "joined_to": _said(row["joined_to"]),
        "call_id": _said(row["call_id"]),
        "taken_by": row["taken_by"],
        "taken_at": row["taken_at"],
        "version": row["version"],
    }


def _said(number: object) -> str | None:
    return None if number is None else str(number)
