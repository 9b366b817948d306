"""Incidents: one report in, its grid and people out; and the list of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Engine
from sqlalchemy.engine import RowMapping
from sqlalchemy.exc import IntegrityError

from api.services.actor import Actor, Role
from api.services.locating import Answer, Epoch, LocatorCache
from data.ids import uuid7
from data.store import incidents
from geo.crs import Datum, to_lonlat
from geo.errors import Conflict, DatumError, InputError
from geo.model import How

WGS84 = Datum("wgs84")
ATTEMPTS = 20
"""How many publications in a row may overtake one report before it gives up."""

EPOCH_START = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Report:
    """A matter as somebody reports it. ``lng``, ``lat`` in ``datum``, both or neither: a place unknown is a state.

    ``source_id``: the source's own number; the same source and number are the same incident. ``reported_at``: with a
    time zone; None is now.
    """

    source: str
    source_id: str | None = None
    lng: float | None = None
    lat: float | None = None
    datum: Datum = WGS84
    place: str | None = None
    kind: str | None = None
    catalogue_code: str | None = None
    category: str | None = None
    note: str | None = None
    reported_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """The incident as it is kept, the answer for its place (None while unknown), whether it was there before."""

    incident: Mapping[str, Any]
    answer: Answer | None
    repeated: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of incidents, the newest first; ``next`` is the cursor of the following one."""

    items: Sequence[RowMapping]
    next: str | None


def report(engine: Engine, cache: LocatorCache, actor: Actor, said: Report) -> Recorded:
    """Record one incident in the grid that is in force at this moment, or find it recorded already.

    Raises DatumError for coordinates that are no place, InputError for half a place, a time without zone or an
    unknown catalogue code, Conflict if plans are published faster than it can be located.
    """
    actor.needs(Role.DISPATCHER)
    row = _row(said)
    for _ in range(ATTEMPTS):
        epoch = cache.current()
        answer = _answer(cache, epoch, row)
        if _insert(engine, row | _kept(answer), epoch):
            return Recorded(dict(_read(engine, row)), answer, repeated=False)
        if (there := _find(engine, row)) is not None:
            return Recorded(
                dict(there), _answer(cache, cache.refresh(), dict(there)), repeated=True
            )
        cache.refresh()
    raise Conflict("plans-moving", attempts=ATTEMPTS)


def listing(
    engine: Engine,
    *,
    filters: Mapping[str, Any] | None = None,
    cursor: str | None = None,
    limit: int = 100,
) -> Listing:
    """One page; ``filters`` as data.store.incidents.page. InputError for a cursor that none of ours gave."""
    before = None if cursor is None else _position(cursor)
    with engine.connect() as connection:
        rows = incidents.page(connection, before=before, limit=limit + 1, filters=filters)
    shown = rows[:limit]
    return Listing(shown, _cursor(shown[-1]) if len(rows) > limit else None)


def _row(said: Report) -> dict[str, Any]:
    number = uuid7()
    if said.reported_at is not None and said.reported_at.tzinfo is None:
        raise InputError("time-without-zone", value=said.reported_at.isoformat())
    lng, lat = _degrees(said)
    located = lng is not None
    return {
        "id": number,
        "source": said.source,
        "source_id": said.source_id or str(number),
        "kind": said.kind,
        "catalogue_code": said.catalogue_code,
        "category": said.category,
        "place": said.place,
        "raw_x": said.lng,
        "raw_y": said.lat,
        "raw_datum": str(said.datum.name) if located else None,
        "lng": lng,
        "lat": lat,
        "reported_at": said.reported_at or datetime.now(UTC),
        "note": said.note,
    }


def _degrees(said: Report) -> tuple[float | None, float | None]:
    if said.lng is None and said.lat is None:
        return None, None
    if said.lng is None or said.lat is None:
        raise InputError("place-half", lng=said.lng, lat=said.lat)
    x, y = to_lonlat(np.array([said.lng]), np.array([said.lat]), datum=said.datum)
    if not (np.isfinite(x[0]) and np.isfinite(y[0])):
        raise DatumError("lonlat-impossible", lng=said.lng, lat=said.lat)
    return float(x[0]), float(y[0])


def _answer(cache: LocatorCache, epoch: Epoch, row: Mapping[str, Any]) -> Answer | None:
    if row["lng"] is None:
        return None
    return cache.locate(lng=row["lng"], lat=row["lat"], epoch=epoch)


def _kept(answer: Answer | None) -> dict[str, Any]:
    """What an incident keeps of the answer."""
    if answer is None:
        return {}
    return {
        "how": How(answer.how).value,
        "grid_code": answer.grid and answer.grid.code,
        "plan_id": answer.grid and answer.grid.plan_id,
        "nearest_code": answer.nearest and answer.nearest.code,
        "nearest_m": answer.nearest_m,
    }


def _insert(engine: Engine, row: Mapping[str, Any], epoch: Epoch) -> bool:
    try:
        with engine.begin() as connection:
            return incidents.insert(connection, row, epoch=epoch.n)
    except IntegrityError as error:
        if "fk_incidents_catalogue_code" in str(error.orig):
            raise InputError("catalogue-unknown", value=row["catalogue_code"]) from error
        raise


def _find(engine: Engine, row: Mapping[str, Any]) -> RowMapping | None:
    with engine.connect() as connection:
        return incidents.find(connection, row["source"], row["source_id"])


def _read(engine: Engine, row: Mapping[str, Any]) -> RowMapping:
    found = _find(engine, row)
    assert found is not None, "incidents are never deleted"
    return found


def _cursor(row: RowMapping) -> str:
    micros = (row["reported_at"] - EPOCH_START) // timedelta(microseconds=1)
    return f"{micros}.{row['id'].hex}"


def _position(cursor: str) -> tuple[datetime, UUID]:
    micros, _, number = cursor.partition(".")
    try:
        return EPOCH_START + timedelta(microseconds=int(micros)), UUID(number)
    except (ValueError, OverflowError) as error:
        raise InputError("cursor-malformed", cursor=cursor) from error
