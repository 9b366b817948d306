"""The buildings within a drawn outline, and the estate that they are of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, text, update
from sqlalchemy.engine import RowMapping

from data.tables import Building, Trace


def hold(connection: Connection, number: int) -> RowMapping | None:
    """An outline with the buildings that got its name; nobody changes it until the transaction ends."""
    query = select(
        Trace.id, Trace.community_code, Trace.kind, Trace.name, Trace.estates, Trace.removed_at,
        func.GeometryType(Trace.geom).label("shape"),
    )  # fmt: skip
    return connection.execute(query.where(Trace.id == number).with_for_update()).mappings().first()


def within(connection: Connection, number: int) -> Sequence[RowMapping]:
    """The buildings that stand within an outline (its border counts), by id."""
    query = (
        select(
            Building.building_id, Building.community_code, Building.estate, Building.name,
            Building.address, Building.households,
        )
        .join(Trace, Trace.geom.ST_Covers(Building.point))
        .where(Trace.id == number)
        .order_by(Building.building_id)
    )  # fmt: skip
    return connection.execute(query).mappings().all()


def estates(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[str | None, str | None]]:
    """The estate and the community of some buildings, by id; they stay as they are until the transaction ends."""
    query = select(Building.building_id, Building.estate, Building.community_code)
    held = query.where(Building.building_id.in_(list(ids))).order_by(Building.building_id)
    rows = connection.execute(held.with_for_update())
    return {row.building_id: (row.estate, row.community_code) for row in rows}


def name(connection: Connection, estate_of: Mapping[str, str | None]) -> None:
    """Say of which estate buildings are."""
    if not estate_of:
        return
    change = text(
        "UPDATE buildings SET estate = :estate, updated_at = clock_timestamp() WHERE building_id = :id"
    ).bindparams(bindparam("estate"), bindparam("id"))
    rows = [{"id": one, "estate": estate} for one, estate in sorted(estate_of.items())]
    connection.execute(change, rows)


def keep(connection: Connection, number: int, named: Sequence[Mapping[str, Any]]) -> None:
    """Keep with an outline which buildings got its name, and what each was called before."""
    kept = update(Trace).where(Trace.id == number).values(estates=[dict(one) for one in named])
    connection.execute(kept)
