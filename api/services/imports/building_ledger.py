"""A ledger (台账) of buildings or estates, row by row: what is good goes in, the rest waits on a list."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import Point
from sqlalchemy import Connection

from api.services.imports.opening import open_table
from api.services.imports.result import Imported, Options, bases, result, source_name
from api.services.imports.territory import Territory
from data.intake import Destination, Intake, LedgerRow, Reason, State, destination_of, sort_ledger
from data.repetitions import base_of, named_apart, settled_mark
from data.store import buildings, pending, regions
from geo.model import CRS

NOUN = "buildings"


def take(connection: Connection, spec: str, options: Options) -> Imported:
    """Import a ledger; rows without place, and suspect ones, are kept to be completed."""
    table = open_table(spec, options)
    options.progress("import-judge", 0, len(table.frame))
    present = buildings.keys(connection)
    intake = sort_ledger(
        table,
        outline=regions.outline(connection),
        datum=options.datum,
        mapping=options.mapping,
        keys_present=present,
        settled=pending.settled(connection, NOUN),
        ratio=options.ratio,
        zone=options.zone,
    )
    territory = Territory(connection, options.profile)
    rows = [_on_basis(_settled(row, present, territory), options) for row in intake.rows]
    good = [row for row in rows if destination_of(row) is Destination.INSERT]
    options.progress("import-store", 0, len(good))
    merged = buildings.merge(connection, _frame(connection, good, territory, options, spec))
    return result(
        NOUN,
        rows,
        options,
        table=table.frame,
        understood=intake.understood,
        evidence=intake.evidence,
        added=merged.added,
        updated=merged.updated,
        kept=_keep(connection, intake, rows, spec, mapped=options.mapping),
        bases=bases((row.residents, row.residents_basis) for row in rows),
    )


def _on_basis(row: LedgerRow, options: Options) -> LedgerRow:
    """A row with the basis that a person says, where it tells none itself."""
    untold = row.residents is not None and row.residents_basis is None
    return replace(row, residents_basis=options.basis) if untold and options.basis else row


def _settled(row: LedgerRow, present: Collection[str], territory: Territory) -> LedgerRow:
    """A row with what the store knows of it: a place known already, a repetition that was returned before.

    A place in the store was good when it came in, or was corrected since: one outside the city does not replace it, nor
    bring the row back to be corrected once more.
    """
    if row.settled_as is not None:
        return row
    row = named_apart(row, present)
    if row.present and row.raw_lon is None:
        row = replace(row, reasons=tuple(r for r in row.reasons if r.state is not State.TO_PLACE))
    outside = [reason for reason in row.reasons if reason.code == "outside"]
    if row.present and outside:
        others = tuple(reason for reason in row.reasons if reason not in outside)
        known = Reason(
            "outside-known", State.NOTE, {**outside[0].params, "name": row.name or row.key}
        )
        row = replace(row, reasons=(*others, known), raw_lon=None, raw_lat=None, lon=None, lat=None)
    if row.community is not None and territory.called(row.community) is None:
        reason = Reason("community-unknown", State.NOTE, {"value": row.community})
        row = row.because(reason)
    return row


def _frame(
    connection: Connection,
    rows: Sequence[LedgerRow],
    territory: Territory,
    options: Options,
    spec: str,
) -> gpd.GeoDataFrame:
    """The columns of the store for the rows that go in."""
    known = buildings.points(connection, [row.key or "" for row in rows if row.lon is None])
    shapes = [
        known[row.key or ""] if row.lon is None else Point(row.lon, row.lat or 0.0) for row in rows
    ]
    around = territory.around([p.x for p in shapes], [p.y for p in shapes])
    values = [
        {
            **row.building(),
            "community_code": territory.called(row.community) or place,
            "raw_x": row.raw_lon,
            "raw_y": row.raw_lat,
            "raw_datum": None if row.raw_lon is None else str(options.datum),
            "source": source_name(spec),
        }
        for row, place in zip(rows, around, strict=True)
    ]
    columns = list(buildings.COLUMNS)
    columns.remove("households_estimated")
    return gpd.GeoDataFrame(
        pd.DataFrame(values, columns=columns, dtype=object), geometry=shapes, crs=CRS
    )


def _keep(
    connection: Connection,
    intake: Intake,
    rows: Sequence[LedgerRow],
    spec: str,
    *,
    mapped: Mapping[str, str],
) -> int:
    """Keep the rows that wait, and take those off the list that have gone in. ``mapped``: columns of ours that the
    file's headings alone do not tell; they are kept under our names as well."""
    sorted_out = [row for row in rows if destination_of(row) is not Destination.REFUSE]
    back = {row.settles: row.key for row in sorted_out if row.settles and row.key}
    marks = {mark: became for key, became in back.items() if (mark := settled_mark(key))}
    pending.settle(connection, NOUN, marks)
    pending.forget(connection, NOUN, [*back, *(base_of(row.key) for row in sorted_out if row.key)])
    cells = intake.table.frame.to_dict("records")
    waiting = [
        {
            "noun": NOUN,
            "key": row.key,
            "reasons": [reason.code for reason in row.reasons],
            "row": {str(name): value for name, value in cell.items() if not _blank(value)}
            | {ours: cell[theirs] for ours, theirs in mapped.items() if not _blank(cell[theirs])}
            | {name: getattr(row, name) for name in ("name", "address") if name in mapped},
            "source": source_name(spec),
        }
        for row, cell in zip(rows, cells, strict=True)
        if destination_of(row) is Destination.KEEP
    ]
    if waiting:
        pending.keep(connection, pd.DataFrame(waiting, dtype=object))
    return len(waiting)


def _blank(value: object) -> bool:
    return value is None or value == "" or (isinstance(value, float) and bool(np.isnan(value)))
