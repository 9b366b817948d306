"""Incidents as columns of numbers, for counting: where, in which month of the city, of which kind, in which grid.

Read by binary COPY: every field has one width, so that a million rows arrive as one array.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, text

_FIELDS = (("lng", ">f8"), ("lat", ">f8"), ("month", ">i4"), ("matter", ">i4"), ("grid", ">i4"))
_ROW = np.dtype(
    [
        ("fields", ">i2"),
        *(part for name, kind in _FIELDS for part in ((f"{name}_size", ">i4"), (name, kind))),
    ]
)
_HEAD, _TAIL = 19, 2
"""Bytes of the format around the rows."""

_FACTS = """
COPY (
  SELECT coalesce(ST_X(i.point), 'NaN'), coalesce(ST_Y(i.point), 'NaN'),
    (date_part('year', i.reported_at AT TIME ZONE %(zone)s) * 12
      + date_part('month', i.reported_at AT TIME ZONE %(zone)s) - 1)::int4,
    (m.n - 1)::int4, coalesce(g.n - 1, -1)::int4
  FROM incidents i
  JOIN unnest(%(kinds)s::text[], %(categories)s::text[]) WITH ORDINALITY AS m(kind, category, n)
    ON m.kind = coalesce(i.kind, '') AND m.category = coalesce(i.category, '')
  LEFT JOIN unnest(%(plans)s::int8[], %(codes)s::text[]) WITH ORDINALITY AS g(plan, code, n)
    ON g.plan = i.plan_id AND g.code = i.grid_code
  WHERE i.reported_at >= %(since)s AND i.reported_at <= %(until)s AND i.status IN ('open', 'closed')
) TO STDOUT (FORMAT binary)
"""


@dataclass(frozen=True, slots=True)
class IncidentFacts:
    """One row an incident. lng, lat: degrees (EPSG:4490), NaN where the place is unknown. month: year * 12 + month - 1,
    by the city's calendar. matter, grid: positions in ``matters`` (kind, category; "" where not recorded) and ``grids``
    (code, community_code, of whichever plan was in force); -1: in no grid. hows: how many came to their grid how
    ("": place unknown). first: the day of the earliest."""

    lng: NDArray[np.float64]
    lat: NDArray[np.float64]
    month: NDArray[np.int32]
    matter: NDArray[np.int32]
    grid: NDArray[np.int32]
    matters: tuple[tuple[str, str], ...]
    grids: tuple[tuple[str, str], ...]
    hows: Mapping[str, int]
    first: date | None


def read(
    connection: Connection, *, since: datetime, until: datetime, zone: tzinfo
) -> IncidentFacts:
    """The incidents reported from ``since`` to ``until`` (time-zone aware, both included). ``zone``: an IANA zone.

    A call that is joined to another incident is not counted beside it; a withdrawn part is not either.

    In a transaction that sees one moment (REPEATABLE READ), or an incident recorded meanwhile may be left out.
    """
    period = {"since": since, "until": until}
    where = (
        "FROM incidents WHERE reported_at >= :since AND reported_at <= :until"
        " AND status IN ('open', 'closed')"
    )
    matters = connection.execute(
        text(f"SELECT DISTINCT coalesce(kind, ''), coalesce(category, '') {where} ORDER BY 1, 2"),
        period,
    ).all()
    homes = connection.execute(
        text(
            "SELECT g.plan_id, g.code, p.community_code FROM plan_grids g JOIN plans p ON p.id = g.plan_id"
            " WHERE p.status <> 'draft' ORDER BY 1, 2"
        )
    ).all()
    hows = connection.execute(
        text(f"SELECT coalesce(how, ''), count(*) {where} GROUP BY 1"), period
    ).all()
    earliest = connection.scalar(text(f"SELECT min(reported_at) {where}"), period)
    rows = _copied(
        connection,
        {
            **period,
            "zone": str(zone),
            "kinds": [row[0] for row in matters],
            "categories": [row[1] for row in matters],
            "plans": [row[0] for row in homes],
            "codes": [row[1] for row in homes],
        },
    )
    grids, grid = _by_code(rows["grid"], [(code, community) for _, code, community in homes])
    return IncidentFacts(
        lng=rows["lng"].astype(np.float64),
        lat=rows["lat"].astype(np.float64),
        month=rows["month"].astype(np.int32),
        matter=rows["matter"].astype(np.int32),
        grid=grid,
        matters=tuple((row[0], row[1]) for row in matters),
        grids=grids,
        hows={row[0]: int(row[1]) for row in hows},
        first=None if earliest is None else earliest.astimezone(zone).date(),
    )


def _copied(connection: Connection, params: Mapping[str, object]) -> NDArray[Any]:
    taken = io.BytesIO()
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor:
        # The planner takes the two lists for two rows and would go through them once for each incident: 17 s, not 1.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.copy_expert(cursor.mogrify(_FACTS, params), taken)
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")
    body = memoryview(taken.getbuffer())[_HEAD:-_TAIL]
    return np.frombuffer(body, dtype=_ROW)


def _by_code(
    rows: NDArray[Any], homes: list[tuple[str, str]]
) -> tuple[tuple[tuple[str, str], ...], NDArray[np.int32]]:
    """Grids of several plans that share a code are one grid of the list; grids without incidents are left out."""
    used = sorted({homes[row] for row in np.unique(rows) if row >= 0})
    place = {home: n for n, home in enumerate(used)}
    table = np.array([*(place.get(home, -1) for home in homes), -1], dtype=np.int32)
    return tuple(used), table[rows]
