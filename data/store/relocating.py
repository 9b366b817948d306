"""Open incidents follow the plans: what a publication does to them. Closed ones keep their history.

One that comes into another grid has changed hands: its version grows, so that who saw it before is told when they act
on it. One whose grid is only renewed stays as it was told.

All that is known before is done before plan_epoch is held (`look_ahead`), because whoever reports an incident waits for
that; of what came meanwhile the rest (`open_incidents`). It is one transaction: nobody sees anything of it before.
"""

from __future__ import annotations

import io
from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass, replace
from uuid import uuid4

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from sqlalchemy import Connection, text

from data.store import bulk, grids, locking, news, pgcopy
from geo.locate import HOWS, Locator
from geo.model import CRS

TOLD = ("grid_code", "how")
"""Of an incident's place what everybody is told."""
PLACE = ("grid_code", "plan_id", "how", "nearest_code", "nearest_m")


class Placing:
    """Points to the columns that an incident keeps of its place, by the published grids of one epoch."""

    def __init__(
        self,
        connection: Connection,
        *,
        with_plans: Collection[int] = (),
        without: Collection[int] = (),
    ) -> None:
        """Read epoch and grids; the caller's transaction must hold plan_epoch or read one snapshot, or look at the
        epoch again before anything is done on the strength of it. ``with_plans`` as if they were published,
        ``without`` as if they were not."""
        self.epoch = grids.epoch(connection)
        self.grids = grids.published(connection, with_plans=with_plans, without=without)
        self.locator = Locator(self.grids.geometry.tolist(), self.grids["code"].tolist(), crs=CRS)

    def columns(self, lng: NDArray[np.float64], lat: NDArray[np.float64]) -> pd.DataFrame:
        """The columns of PLACE for each point (EPSG:4490 degrees); NaN is a place unknown: all null."""
        known = np.isfinite(lng) & np.isfinite(lat)
        found = pd.DataFrame(None, index=range(len(lng)), columns=list(PLACE), dtype=object)
        x, y = lng[known], lat[known]
        indices = self.locator.indices(x, y)
        rows = np.flatnonzero(known)
        inside = indices >= 0
        how = self.locator.how(x, y, indices)
        found.loc[rows, "how"] = np.array([str(name) for name in HOWS], dtype=object)[how]
        self._take(
            found, rows[inside], indices[inside], {"grid_code": "code", "plan_id": "plan_id"}
        )
        if not inside.all() and len(self.grids):
            nearest, metres = self.locator.nearest(x[~inside], y[~inside])
            self._take(found, rows[~inside], nearest, {"nearest_code": "code"})
            found.loc[rows[~inside], "nearest_m"] = metres
        return found

    def arrow(self, lng: NDArray[np.float64], lat: NDArray[np.float64]) -> pa.Table:
        """The same as Arrow columns, for a great many points."""
        known = np.isfinite(lng) & np.isfinite(lat)
        indices = self.locator.indices(lng, lat)
        how = self.locator.how(lng, lat, indices)
        outside = np.flatnonzero(known & (indices < 0))
        nearest, metres = np.full(len(lng), -1, dtype=np.int32), np.full(len(lng), np.nan)
        if len(outside) and len(self.grids):
            nearest[outside], metres[outside] = self.locator.nearest(lng[outside], lat[outside])
        codes = pa.array(self.grids["code"].tolist(), pa.string())
        plans = pa.array(self.grids["plan_id"].tolist(), pa.int64())
        grid = pa.array(indices, mask=indices < 0)
        columns = {
            "grid_code": codes.take(grid),
            "plan_id": plans.take(grid),
            "how": pa.array([str(name) for name in HOWS]).take(pa.array(how, mask=~known)),
            "nearest_code": codes.take(pa.array(nearest, mask=nearest < 0)),
            "nearest_m": pa.array(metres, mask=nearest < 0),
        }
        return pa.table({name: columns[name] for name in PLACE})

    def _take(
        self,
        found: pd.DataFrame,
        rows: NDArray[np.intp],
        indices: NDArray[np.int32],
        columns: dict[str, str],
    ) -> None:
        for ours, theirs in columns.items():
            found.loc[rows, ours] = self.grids[theirs].to_numpy(dtype=object)[indices]


@dataclass(frozen=True, slots=True)
class Ahead:
    """What a publication has done to open incidents before anybody who reports one had to wait.

    placing: by the grids as they will be. changed: the plans that come or go; theirs are the incidents that are looked
    at, and those near their grids. stage: a temporary table with where each of them is. handed: how many changed hands.
    """

    placing: Placing
    changed: tuple[int, ...]
    stage: str
    handed: int = 0


def look_ahead(connection: Connection, plan_ids: Collection[int], ended: Collection[int]) -> Ahead:
    """Put open incidents where they are once some plans are in force, and those ended; in the transaction that will see
    to that, and is `alone` (locking.py): until it ends no other publication begins, and nobody changes several
    incidents or the place of one.

    GeometryError for grids that nothing can be located in: such a plan must not come into force.
    """
    placing = Placing(connection, with_plans=plan_ids, without=ended)
    ahead = Ahead(placing, tuple({*plan_ids, *ended}), _table(connection))
    _stage(connection, ahead, ahead.stage)
    connection.execute(text(f'CREATE INDEX ON "{ahead.stage}" (id)'))
    connection.execute(text(f'ANALYZE "{ahead.stage}"'))
    return replace(ahead, handed=_write(connection, ahead.stage))


def open_incidents(connection: Connection, ahead: Ahead) -> int:
    """Put those where they are now that came since ``ahead``; how many changed hands in all. The caller holds
    plan_epoch, which has grown by one: all publications are `alone`."""
    assert grids.epoch(connection) == ahead.placing.epoch + 1, "plans came into force meanwhile"
    late = _table(connection)
    return ahead.handed + (_write(connection, late) if _stage(connection, ahead, late) else 0)


def _table(connection: Connection) -> str:
    """The name of an empty temporary table for incidents with their places."""
    name = f"relocated_{uuid4().hex[:12]}"
    columns = bulk.quoted(_STAGED)
    made = f'CREATE TEMP TABLE "{name}" ON COMMIT DROP AS SELECT {columns} FROM incidents'
    connection.execute(text(f"{made} WITH NO DATA"))
    return name


def _stage(connection: Connection, ahead: Ahead, stage: str) -> int:
    """Locate the incidents that may come into another grid and are not in the stage yet; how many."""
    ids = ", ".join(map(str, map(int, ahead.changed)))
    found = _read(connection, _LOOKED_AT.format(stage=ahead.stage, ids=ids))
    if not len(found):
        return 0
    lng, lat = (found[name].astype(np.float64) for name in ("lng", "lat"))
    numbers = np.ascontiguousarray(found["id"]).view(np.uint8).reshape(-1, 16)
    columns = {"id": pgcopy.fixed(numbers), "point": pgcopy.points(lng, lat)}
    columns |= dict(zip(PLACE, ahead.placing.arrow(lng, lat).columns, strict=True))
    rows = io.BytesIO(pgcopy.HEADER + pgcopy.rows(pa.table(columns)) + pgcopy.TRAILER)
    return bulk.copy_from(connection, stage, _STAGED, rows, form="binary")


_STAGED = ("id", "point", *PLACE)
_LOOKED_AT = """
    SELECT i.id, ST_X(i.point), ST_Y(i.point) FROM incidents i
    WHERE i.closed_at IS NULL AND i.point IS NOT NULL AND NOT ST_IsEmpty(i.point)
        AND (i.grid_code IS NULL OR i.plan_id IN ({ids}) OR i.point && (
            SELECT ST_SetSRID(ST_Extent(geom)::geometry, 4490) FROM plan_grids WHERE plan_id IN ({ids})))
        AND NOT EXISTS (SELECT FROM "{stage}" s WHERE s.id = i.id AND s.point = i.point)"""
"""Whoever is far from all grids that come or go stays in the grid that it is in; one in none has another nearest."""
_ROW = np.dtype(
    [("n", ">i2"), ("id_size", ">i4"), ("id", "V16"), ("lng_size", ">i4"), ("lng", ">f8"),
     ("lat_size", ">i4"), ("lat", ">f8")]
)  # fmt: skip
"""A row of COPY's binary format, without nulls."""


def _read(connection: Connection, query: str) -> NDArray[np.void]:
    """Ids and places."""
    sink = io.BytesIO()
    with closing(connection.connection.cursor()) as cursor:
        cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT binary)", sink)
    told = sink.getbuffer()[len(pgcopy.HEADER) : -len(pgcopy.TRAILER)]
    return np.frombuffer(told, dtype=_ROW)


_CHANGES = ", ".join(f"{name} = s.{name}" for name in PLACE)
_OTHER = " OR ".join(f"i.{name} IS DISTINCT FROM s.{name}" for name in PLACE)
_HANDED = " OR ".join(f"i.{name} IS DISTINCT FROM s.{name}" for name in TOLD)


def _write(connection: Connection, stage: str) -> int:
    """Write what is otherwise; how many changed hands."""
    same = f'FROM incidents i JOIN "{stage}" s ON s.id = i.id AND s.point = i.point'
    query = f"SELECT i.id, {_HANDED} AS handed {same} WHERE i.closed_at IS NULL AND ({_OTHER})"
    moved, handed = locking.lock_some(connection, query, "handed")
    if moved:
        connection.execute(
            text(
                f"UPDATE incidents i SET {_CHANGES}, version = i.version + ({_HANDED})::int"
                f' FROM "{stage}" s'
                f" WHERE i.id = s.id AND i.point = s.point AND i.closed_at IS NULL AND ({_OTHER})"
            )
        )
        news.tell(connection, None)
    return handed
