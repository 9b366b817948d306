"""Whose was this point then: a place by the grids that were in force at another moment, or will be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import Connection, Engine
from sqlalchemy.engine import RowMapping

from api.services import on_duty
from data.store import drafts, frames
from geo.locate import Locator
from geo.model import CRS, Located, Outside


@dataclass(frozen=True, slots=True)
class BackThen:
    """found: where a point was. grid_name, plan: of the grid that covered it. people: who answered for that then."""

    at: datetime
    found: Located | Outside
    grid_name: str | None
    plan: RowMapping | None
    people: tuple[on_duty.Answering, ...]


def whose(engine: Engine, *, lng: float, lat: float, at: datetime) -> BackThen:
    """Whose a place (EPSG:4490 degrees) was at a moment. DatumError if it is no place on Earth."""
    with engine.connect() as connection:
        layer = frames.grids(connection, at=at)
        locator = Locator(layer.geometry.tolist(), layer["code"].tolist(), crs=CRS)
        found = locator.locate(lng=lng, lat=lat)
        if not isinstance(found, Located):
            return BackThen(at, found, None, None, ())
        row = layer.iloc[int(np.flatnonzero(layer["code"] == found.code)[0])]
        plan = drafts.heads(connection, [int(row["plan_id"])])[0]
        return BackThen(at, found, row["name"], plan, _people(connection, found.code, at))


def _people(connection: Connection, grid: str, at: datetime) -> tuple[on_duty.Answering, ...]:
    return tuple(on_duty.answering(connection, grid=grid, community=None, at=at))
