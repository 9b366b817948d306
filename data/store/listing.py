"""Pages of any noun by its key: what stands in the lists of the service.

A page starts after a key (keyset paging: no page is skipped or doubled while rows come and go).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.engine import Connection, RowMapping
from sqlalchemy.orm import InstrumentedAttribute

from data.store.frames import in_force
from data.tables import Building, Plan, PlanGrid, Region
from geo.errors import InputError


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list: its key, what is said of it, and its shape as GeoJSON if asked for."""

    key: str
    properties: Mapping[str, Any]
    geometry: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class _Noun:
    key: ColumnElement[Any]
    columns: tuple[InstrumentedAttribute[Any], ...]
    shape: ColumnElement[Any] | None
    always: tuple[ColumnElement[bool], ...] = ()


def _nouns(at: datetime | None) -> Mapping[str, _Noun]:
    plans = select(Plan.id).where(in_force(at))
    return {
        "regions": _Noun(
            Region.code.expression,
            (Region.name, Region.level, Region.kind, Region.parent_code, Region.planned_grids, Region.source),
            Region.geom.expression,
        ),
        "plans": _Noun(
            Plan.id.expression,
            (Plan.community_code, Plan.name, Plan.status, Plan.version, Plan.seed, Plan.source,
             Plan.created_at, Plan.created_by, Plan.published_at, Plan.owner, Plan.owner_at,
             Plan.params["drawn"].astext.label("drawn")),
            None,
        ),
        "grids": _Noun(
            PlanGrid.code.expression,
            (PlanGrid.plan_id, PlanGrid.name, PlanGrid.kind, PlanGrid.households, PlanGrid.residents,
             PlanGrid.residents_basis),
            PlanGrid.geom.expression,
            (PlanGrid.plan_id.in_(plans),),
        ),
        "buildings": _Noun(
            Building.building_id.expression,
            (Building.community_code, Building.kind, Building.estate, Building.name, Building.address,
             Building.households, Building.residents, Building.residents_basis, Building.source),
            Building.point.expression,
        ),
    }  # fmt: skip


def page(
    connection: Connection,
    noun: str,
    *,
    after: str | None,
    limit: int,
    geometry: bool,
    filters: Mapping[str, str | None],
    at: datetime | None = None,
) -> Sequence[Row]:
    """Up to ``limit`` rows of ``noun`` (regions, plans, grids in force, buildings) whose key follows ``after``.

    ``at``: which moment's grids; now unless told.

    ``filters``: column -> wanted value; None filters nothing; ``under``: keys that begin with it.
    """
    about = _nouns(at)[noun]
    shape = func.ST_AsGeoJSON(about.shape, 7) if geometry and about.shape is not None else None
    query = select(about.key.label("wg_key"), *about.columns)
    if shape is not None:
        query = query.add_columns(shape.label("wg_shape"))
    query = query.where(*about.always, *_conditions(about, filters))
    if after is not None:
        query = query.where(about.key > _cursor(about, after))
    rows = connection.execute(query.order_by(about.key).limit(limit)).mappings()
    return [_row(row) for row in rows]


def _cursor(about: _Noun, after: str) -> str | int:
    """A cursor as the key's own kind. InputError where it can't be one."""
    if about.key.type.python_type is not int:
        return after
    if not after.isascii() or not after.isdigit() or len(after) > 18:
        raise InputError("cursor-malformed", cursor=after)
    return int(after)


def _conditions(about: _Noun, filters: Mapping[str, str | None]) -> list[ColumnElement[bool]]:
    by_name = {column.key: column for column in about.columns}
    return [
        about.key.startswith(value, autoescape=True) if name == "under" else by_name[name] == value
        for name, value in filters.items()
        if value is not None
    ]


def _row(row: RowMapping) -> Row:
    shape = row.get("wg_shape")
    said = {name: value for name, value in row.items() if name not in ("wg_key", "wg_shape")}
    return Row(str(row["wg_key"]), said, None if shape is None else json.loads(shape))
