"""Open incidents follow the plans: what a publication does to them. Closed ones keep their history.

One that comes into another grid has changed hands: its version grows, so that who saw it before is told when they act
on it. One whose grid is only renewed stays as it was told.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select, text

from data.store import bulk, grids, locking, news
from data.tables import Incident
from geo.locate import HOWS, Locator
from geo.model import CRS

TOLD = ("grid_code", "how")
"""Of an incident's place what everybody is told."""
PLACE = ("grid_code", "plan_id", "how", "nearest_code", "nearest_m")


class Placing:
    """Points to the columns that an incident keeps of its place, by the published grids of one epoch."""

    def __init__(self, connection: Connection) -> None:
        """Read epoch and grids; the caller's transaction must hold plan_epoch or read one snapshot."""
        self.epoch = grids.epoch(connection)
        self.grids = grids.published(connection)
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


def open_incidents(connection: Connection) -> int:
    """Locate every open incident with a place again; how many changed hands. The caller holds plan_epoch.

    GeometryError for grids that nothing can be located in: such a plan must not come into force.
    """
    placing = Placing(connection)
    query = select(
        Incident.id,
        func.ST_X(Incident.point).label("lng"),
        func.ST_Y(Incident.point).label("lat"),
        *(getattr(Incident, name) for name in PLACE),
    ).where(Incident.closed_at.is_(None), Incident.point.is_not(None))
    result = connection.execute(query)
    were = pd.DataFrame(result.all(), columns=list(result.keys())).astype(object)
    if were.empty:
        return 0
    now = placing.columns(
        were["lng"].to_numpy(dtype=np.float64), were["lat"].to_numpy(dtype=np.float64)
    )
    columns = list(PLACE)
    same = (were[columns].isna() & now.isna()) | (were[columns] == now)
    moved = ~same.all(axis=1)
    if moved.any():
        _write(connection, now[moved].assign(id=were["id"][moved]))
        news.tell(connection, None)
    return int((~same[list(TOLD)].all(axis=1)).sum())


def _write(connection: Connection, rows: pd.DataFrame) -> None:
    changes = ", ".join(f"{name} = s.{name}" for name in PLACE)
    handed = " OR ".join(f"i.{name} IS DISTINCT FROM s.{name}" for name in TOLD)
    with bulk.staged(connection, Incident, rows) as stage:
        locking.lock(connection, f'SELECT i.id FROM incidents i JOIN "{stage}" s ON s.id = i.id')
        connection.execute(
            text(
                f"UPDATE incidents i SET {changes}, version = i.version + ({handed})::int"
                f' FROM "{stage}" s'
                " WHERE i.id = s.id AND i.closed_at IS NULL"
            )
        )
