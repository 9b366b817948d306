"""Incidents: one report in, its grid and people out; and the list of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import RowMapping
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from api.services.actor import Actor, Role
from api.services.locating import Answer, Epoch, LocatorCache
from data import incident_cells
from data.ids import uuid7
from data.store import grids, incidents, recording
from data.store.recording import Line
from geo.crs import Datum, to_lonlat
from geo.errors import Conflict, DatumError, InputError, WanggeError

WGS84 = Datum("wgs84")
ATTEMPTS = 4
"""How often a report is located; before the last time it makes publications wait, so that none overtakes it again."""

Row = dict[str, Any]
"""An incident by the store's names (data.store.recording.FIELDS, ``lng``, ``lat``)."""

_BLANK: Row = dict.fromkeys((*recording.FIELDS, "lng", "lat", "joined_to", "taken_by", "taken_at"))
MOST_AHEAD = incident_cells.MOST_AHEAD
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
    done = record(engine, cache, [prepared(actor, said)])[0]
    if isinstance(done, WanggeError):
        raise done
    return done


def prepared(actor: Actor, said: Report) -> Row:
    """A report as the row to `record`. Raises what `report` raises for what is said; asks no database."""
    actor.needs(Role.DISPATCHER)
    return _row(said)


def record(
    engine: Engine, cache: LocatorCache, rows: Sequence[Row], *, line: Line | None = None
) -> list[Recorded | WanggeError]:
    """Record incidents together; for each what `report` answers, or the error that it raises.

    On disk when this returns. One that is refused does not touch its neighbours. Raises DBAPIError where the database
    is away: then it is unknown which went in, and the same rows may be recorded again. ``line``: a connection that the
    caller keeps open.
    """
    if line is None:
        with closing(Line(engine)) as own:
            return record(engine, cache, rows, line=own)
    for overtaken in range(ATTEMPTS):
        try:
            if overtaken == ATTEMPTS - 1:
                found = _insert_holding(engine, cache, rows)
            else:
                found = _insert(line.open(), cache, cache.current(), rows)
        except (IntegrityError, DataError) as error:
            if len(rows) == 1:
                return [refused(error, rows[0])]
            return [one for row in rows for one in record(engine, cache, [row], line=line)]
        if found is not None:
            return [
                one if isinstance(one, Recorded) else _there(engine, cache, row)
                for one, row in zip(found, rows, strict=True)
            ]
        cache.refresh()
    return [Conflict("plans-moving", attempts=ATTEMPTS) for _ in rows]


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


def degrees(x: float, y: float, *, datum: Datum) -> tuple[float, float]:
    """One place in EPSG:4490 degrees. DatumError if it is no place on Earth."""
    lng, lat = (
        (x, y) if datum == WGS84 else (float(one[0]) for one in to_lonlat([x], [y], datum=datum))
    )
    if not (abs(lng) <= 180 and abs(lat) <= 90):
        raise DatumError("lonlat-impossible", lng=x, lat=y)
    return lng, lat


def _row(said: Report) -> dict[str, Any]:
    number = uuid7()
    if said.reported_at is not None and said.reported_at.tzinfo is None:
        raise InputError("time-without-zone", value=said.reported_at.isoformat())
    now = datetime.now(UTC)
    if said.reported_at is not None and said.reported_at > now + MOST_AHEAD:
        raise InputError("time-ahead", value=said.reported_at.isoformat())
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
        "reported_at": (said.reported_at or now).astimezone(UTC),
        "note": said.note,
    }


def _degrees(said: Report) -> tuple[float | None, float | None]:
    if said.lng is None and said.lat is None:
        return None, None
    if said.lng is None or said.lat is None:
        raise InputError("place-half", lng=said.lng, lat=said.lat)
    return degrees(said.lng, said.lat, datum=said.datum)


def _answer(cache: LocatorCache, epoch: Epoch, row: Mapping[str, Any]) -> Answer | None:
    if row["lng"] is None:
        return None
    return cache.locate(lng=row["lng"], lat=row["lat"], epoch=epoch)


def _placed(row: Row, answer: Answer | None) -> Row:
    """An incident with what it keeps of the answer."""
    return row if answer is None else {**row, **kept(answer)}


def kept(answer: Answer) -> Row:
    """What an incident keeps of the answer for its place."""
    grid, near = answer.grid, answer.nearest
    return {
        "how": answer.how.value,
        "grid_code": grid and grid.code,
        "plan_id": grid and grid.plan_id,
        "nearest_code": near and near.code,
        "nearest_m": answer.nearest_m,
    }


def _insert(
    connection: Connection, cache: LocatorCache, epoch: Epoch, rows: Sequence[Row]
) -> list[Recorded | None] | None:
    """Locate and insert; for each row what it became, or None if it was there. None: the epoch has passed."""
    answers = [_answer(cache, epoch, row) for row in rows]
    placed = [_placed(row, answer) for row, answer in zip(rows, answers, strict=True)]
    added = recording.insert(connection, placed, epoch=epoch.n)
    if added is None:
        return None
    return [
        _added(row, answer, added[row["id"]]) if row["id"] in added else None
        for row, answer in zip(placed, answers, strict=True)
    ]


def _insert_holding(
    engine: Engine, cache: LocatorCache, rows: Sequence[Row]
) -> list[Recorded | None] | None:
    """The same while publications wait."""
    with engine.begin() as connection:
        grids.hold(connection)
        return _insert(connection, cache, cache.refresh(connection), rows)


def refused(error: DBAPIError, row: Mapping[str, Any]) -> InputError:
    """What is wrong with a row that the store did not take."""
    if "fk_incidents_catalogue_code" in str(error.orig):
        return InputError("catalogue-unknown", value=row["catalogue_code"])
    reason = str(error.orig).strip()
    return InputError("rows-refused", table="incidents", reason=reason, where=row["source_id"])


def _added(row: Row, answer: Answer | None, recorded_at: datetime) -> Recorded:
    """The incident as the store now keeps it, without asking it."""
    now = {"status": "open", "version": 0, "recorded_at": recorded_at.astimezone(UTC)}
    return Recorded(_BLANK | row | now, answer, repeated=False)


def _there(engine: Engine, cache: LocatorCache, row: Row) -> Recorded:
    """The incident that was there before; our own where an answer got lost on its way."""
    with engine.connect() as connection:
        found = incidents.find(connection, row["source"], row["source_id"])
    assert found is not None, "incidents are never deleted"
    answer = _answer(cache, cache.refresh(), dict(found))
    return Recorded(dict(found), answer, repeated=found["id"] != row["id"])


def _cursor(row: RowMapping) -> str:
    micros = (row["reported_at"] - EPOCH_START) // timedelta(microseconds=1)
    return f"{micros}.{row['id'].hex}"


def _position(cursor: str) -> tuple[datetime, UUID]:
    micros, _, number = cursor.partition(".")
    try:
        return EPOCH_START + timedelta(microseconds=int(micros)), UUID(number)
    except (ValueError, OverflowError) as error:
        raise InputError("cursor-malformed", cursor=cursor) from error
