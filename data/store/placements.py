"""Rows of a ledger that somebody put on the map: kept with the row as it waited, so that it can wait again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import RowMapping

from data.tables import SRID, Address, Building, PartyUnit, PendingRow, Placement

PLACELESS = ("no-coordinates", "half-coordinates", "coordinates-impossible", "outside")
"""Why a row waits for its place."""
_OTHERWISE = ("repeated",)
"""What else is wrong with a row for which a place is no remedy."""
LONGEST = 200
"""Placements that are told."""


def waiting(connection: Connection, noun: str) -> Sequence[RowMapping]:
    """The rows that wait for a place alone, and whose key is no building yet: key, reasons, row, source, kept_at."""
    return connection.execute(_waiting().where(PendingRow.noun == noun)).mappings().all()


def look(connection: Connection, noun: str, key: str) -> RowMapping | None:
    """One of these; None where it does not wait (any more)."""
    query = _waiting().where(PendingRow.noun == noun, PendingRow.key == key)
    return connection.execute(query).mappings().first()


def take(connection: Connection, noun: str, key: str) -> bool:
    """Take one off the list; whether it was still there. Its building is written first, as imports do: of two who take
    the same, one waits for the other and finds nothing, and nobody waits in a circle."""
    listed = PendingRow.noun == noun, PendingRow.key == key
    gone = delete(PendingRow).where(*listed).returning(PendingRow.key)
    return connection.execute(gone).first() is not None


def give_back(connection: Connection, noun: str, placement: RowMapping) -> None:
    """Let a row wait again, as it did; one that was kept under its key since is a later ledger's, and stands."""
    names = ("key", "reasons", "source", "kept_at")
    told = {name: placement[name] for name in names} | {"fields": placement["row"], "noun": noun}
    connection.execute(insert(PendingRow).values(**told).on_conflict_do_nothing())


def add(
    connection: Connection,
    row: RowMapping,
    *,
    lng: float,
    lat: float,
    community: str | None,
    by: str,
) -> RowMapping:
    """Keep that a row became the building of its key, there; what is said of it."""
    made = insert(Placement).values(
        key=row["key"],
        community_code=community,
        fields=row["row"],
        reasons=row["reasons"],
        source=row["source"],
        kept_at=row["kept_at"],
        point=func.ST_SetSRID(func.ST_MakePoint(lng, lat), SRID),
        building_at=select(Building.updated_at)
        .where(Building.building_id == row["key"])
        .scalar_subquery(),
        actor=by,
    )
    number = connection.execute(made.returning(Placement.id)).scalar_one()
    return connection.execute(_told().where(Placement.id == number)).mappings().one()


def latest(connection: Connection, communities: Sequence[str] | None) -> Sequence[RowMapping]:
    """What was placed and stands, the latest first; of some communities."""
    query = _told().where(Placement.undone_at.is_(None))
    if communities is not None:
        query = query.where(Placement.community_code.in_(communities))
    return connection.execute(query.order_by(Placement.id.desc()).limit(LONGEST)).mappings().all()


def hold(connection: Connection, number: int) -> RowMapping | None:
    """One placement, locked, with its row."""
    query = select(
        Placement.id, Placement.key, Placement.fields.label("row"), Placement.reasons, Placement.source,
        Placement.kept_at, Placement.community_code, Placement.building_at, Placement.undone_at,
    ).where(Placement.id == number)  # fmt: skip
    return connection.execute(query.with_for_update()).mappings().first()


def untouched(connection: Connection, placement: RowMapping) -> bool:
    """Whether its building is as it was made, and nothing else hangs on it."""
    same = Building.building_id == placement["key"], Building.updated_at == placement["building_at"]
    party = select(PartyUnit.code).where(PartyUnit.building_id == placement["key"]).exists()
    words = select(Address.id).where(Address.building_id == placement["key"]).exists()
    query = select(Building.building_id).where(*same, ~party, ~words).with_for_update()
    return connection.execute(query).first() is not None


def undo(connection: Connection, placement: RowMapping, *, by: str) -> RowMapping:
    """Take its building off the map."""
    connection.execute(delete(Building).where(Building.building_id == placement["key"]))
    undone = {"undone_by": by, "undone_at": func.clock_timestamp()}
    wanted = Placement.id == placement["id"]
    connection.execute(update(Placement).where(wanted).values(**undone))
    return connection.execute(_told().where(wanted)).mappings().one()


def _waiting() -> Any:
    is_building = select(Building.building_id).where(Building.building_id == PendingRow.key)
    return (
        select(
            PendingRow.key, PendingRow.reasons, PendingRow.fields.label("row"), PendingRow.source,
            PendingRow.kept_at,
        )
        .where(
            _any_of(PLACELESS),
            ~_any_of(_OTHERWISE),
            ~is_building.exists(),
        )
        .order_by(PendingRow.key)
    )  # fmt: skip


def _any_of(words: Sequence[str]) -> ColumnElement[bool]:
    listed: Any = text("ARRAY[" + ", ".join(f"'{word}'" for word in words) + "]")
    return PendingRow.reasons.bool_op("?|")(listed)


def _told() -> Any:
    return select(
        Placement.id, Placement.key, Placement.community_code, Placement.source, Placement.actor,
        Placement.at, Placement.undone_by, Placement.undone_at,
        func.ST_X(Placement.point).label("lng"), func.ST_Y(Placement.point).label("lat"),
        select(func.coalesce(Building.name, Building.address, Building.building_id))
        .where(Building.building_id == Placement.key).scalar_subquery().label("name"),
    )  # fmt: skip
