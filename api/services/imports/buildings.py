"""Buildings: a ledger (台账) row by row, or a layer of points or polygons."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import Point
from sqlalchemy import Connection

from api.services.imports.result import (
    Imported,
    Noted,
    Options,
    counted,
    given_back,
    may_write,
    source_name,
)
from api.services.imports.territory import Territory
from data.intake import Destination, Intake, LedgerRow, Reason, State, destination_of, sort_ledger
from data.ledger_cells import row_key
from data.readers import settle
from data.readers.columns import understand
from data.readers.formats import TABLE_ENDINGS
from data.readers.table import Table, read_table
from data.readers.vector import read_layer, split_spec
from data.store import buildings, pending, regions
from geo.model import BUILDING_COLUMNS, CRS

NOUN = "buildings"


def take(connection: Connection, spec: str, options: Options) -> Imported:
    """Import a ledger or a layer; rows without place, and suspect ones, are kept to be completed."""
    if split_spec(spec)[0].suffix.lower() in TABLE_ENDINGS:
        return _ledger(connection, spec, options)
    return _layer(connection, spec, options)


def _ledger(connection: Connection, spec: str, options: Options) -> Imported:
    table = read_table(spec, encoding=options.encoding)
    present = buildings.keys(connection)
    intake = sort_ledger(
        table,
        outline=regions.outline(connection),
        datum=options.datum,
        mapping=options.mapping,
        keys_present=present,
        ratio=options.ratio,
    )
    territory = Territory(connection, options.profile)
    rows = [_settled(row, present, territory) for row in intake.rows]
    done = Imported(
        NOUN,
        rows,
        counted(rows),
        may_write(rows, options),
        returned=given_back(table, intake.understood, rows, options.lang),
        evidence=intake.evidence,
        understood=intake.understood,
    )
    good = [row for row in rows if destination_of(row) is Destination.INSERT]
    merged = buildings.merge(connection, _frame(connection, good, territory, options, spec))
    kept = _keep(connection, intake, rows, spec)
    return replace(done, added=merged.added, updated=merged.updated, kept=kept)


def _settled(row: LedgerRow, present: Collection[str], territory: Territory) -> LedgerRow:
    """A row with what the store knows of it: a place known already, a repetition that was returned before."""
    row = _repetition(row, present)
    if row.present and row.raw_lon is None:
        row = replace(row, reasons=tuple(r for r in row.reasons if r.state is not State.TO_PLACE))
    if row.community is not None and territory.called(row.community) is None:
        reason = Reason("community-unknown", State.NOTE, {"value": row.community})
        row = row.because(reason)
    return row


def _repetition(row: LedgerRow, present: Collection[str]) -> LedgerRow:
    """A repeated row goes by ``key#row``, so that completing it never overwrites the row that it repeats.

    Come back under that key, it is a row of its own once what it is called has changed; else it is still a repetition.
    """
    if row.key is None:
        return row
    if any(reason.code == "repeated" for reason in row.reasons):
        return replace(row, key=f"{row.key.split('#')[0]}#{row.row}", present=False)
    base, mark, first = row.key.partition("#")
    if not mark:
        return row
    own = row.building_id or row_key(row.name or "", row.address or "")
    if own == base:
        repeated = Reason("repeated", State.SUSPECT, {"first_row": first, "key": base})
        return replace(row, present=False).because(repeated)
    return replace(row, key=own, present=own in present)


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
            "building_id": row.key,
            "community_code": territory.called(row.community) or place,
            "kind": row.kind,
            "estate": row.estate,
            "name": row.name,
            "address": row.address,
            "households": row.households,
            "residents": row.residents,
            "residents_basis": row.residents_basis,
            "residents_estimated": row.residents_estimated,
            "raw_x": row.raw_lon,
            "raw_y": row.raw_lat,
            "raw_datum": None if row.raw_lon is None else str(options.datum),
            "source": source_name(spec),
            "extra": _extra(row),
        }
        for row, place in zip(rows, around, strict=True)
    ]
    columns = list(buildings.COLUMNS)
    columns.remove("households_estimated")
    return gpd.GeoDataFrame(
        pd.DataFrame(values, columns=columns, dtype=object), geometry=shapes, crs=CRS
    )


def _extra(row: LedgerRow) -> dict[str, Any]:
    found = {"buildings": row.buildings, "built": row.built}
    return {name: value for name, value in found.items() if value is not None}


def _keep(connection: Connection, intake: Intake, rows: Sequence[LedgerRow], spec: str) -> int:
    """Keep the rows that wait, and take those off the list that have gone in."""
    sorted_out = [row for row in rows if destination_of(row) is not Destination.REFUSE]
    pending.forget(connection, NOUN, [row.key.split("#")[0] for row in sorted_out if row.key])
    cells = intake.table.frame.to_dict("records")
    waiting = [
        {
            "noun": NOUN,
            "key": row.key,
            "reasons": [reason.code for reason in row.reasons],
            "row": {str(name): value for name, value in cell.items() if not _blank(value)},
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


def _layer(connection: Connection, spec: str, options: Options) -> Imported:
    raw = read_layer(
        spec,
        default_layer=NOUN,
        datum=options.datum,
        encoding=options.encoding,
        columns=options.mapping,
    )
    free = [name for name in BUILDING_COLUMNS if name not in options.mapping]
    found, understood = understand(raw, free)
    notes = settle.Notes(source_name(spec), NOUN)
    frame = settle.buildings(found.reindex(columns=[*BUILDING_COLUMNS, "geometry"]), notes)
    territory = Territory(connection, options.profile)
    rows = _judged(frame)
    good = np.array([not set(row.states) - {State.TO_COUNT} for row in rows])
    ready = _of_layer(frame[good], territory, options, spec)
    merged = buildings.merge(connection, ready)
    if territory.names:
        rows = _homeless(rows, set(ready["building_id"][ready["community_code"].isna()]))
    table = Table(
        source_name(spec), pd.DataFrame(raw.drop(columns="geometry")), tuple(range(len(raw)))
    )
    return Imported(
        NOUN,
        rows,
        counted(rows),
        may_write(rows, options),
        added=merged.added,
        updated=merged.updated,
        returned=given_back(table, understood, rows, options.lang),
        findings=tuple(notes.findings),
        understood=understood,
    )


def _judged(frame: gpd.GeoDataFrame) -> list[Noted]:
    """What is wrong with each row of a layer. Rows are numbered from 1, as a GIS shows them."""
    seen: dict[str, int] = {}
    rows = []
    blank = frame.geometry.isna() | frame.geometry.is_empty
    columns = ("building_id", "households", "residents")
    values = zip(*(frame[name] for name in columns), blank, strict=True)
    for number, (key, households, residents, no_place) in enumerate(values, start=1):
        reasons = list(_faults(key, seen, number))
        if no_place:
            reasons.append(Reason("no-shape", State.REFUSED))
        for column, count in (("households", households), ("residents", residents)):
            if not pd.isna(count) and count < 0:
                params = {"column": column, "value": count}
                reasons.append(Reason("count-malformed", State.REFUSED, params))
        if pd.isna(households) and pd.isna(residents):
            reasons.append(Reason("no-count", State.TO_COUNT))
        rows.append(Noted(number, None if pd.isna(key) else key, tuple(reasons)))
    return rows


def _homeless(rows: Sequence[Noted], keys: Collection[str]) -> list[Noted]:
    """The rows, with a note on those that no community names or covers."""
    reason = Reason("no-community", State.NOTE)
    return [
        replace(row, reasons=(*row.reasons, reason)) if row.key in keys else row for row in rows
    ]


def _faults(key: Any, seen: dict[str, int], number: int) -> Sequence[Reason]:
    if pd.isna(key):
        return [Reason("unnamed", State.REFUSED)]
    first = seen.setdefault(key, number)
    if first != number:
        return [Reason("repeated", State.REFUSED, {"first_row": first, "key": key})]
    return []


def _of_layer(
    frame: gpd.GeoDataFrame, territory: Territory, options: Options, spec: str
) -> gpd.GeoDataFrame:
    inner = frame.geometry.representative_point()
    around = territory.around(inner.x.tolist(), inner.y.tolist())
    named = [territory.called(None if pd.isna(word) else word) for word in frame["community_code"]]
    residents, guessed = _estimated(frame, options.ratio)
    return frame.assign(
        community_code=[name or place for name, place in zip(named, around, strict=True)],
        residents=residents,
        residents_estimated=guessed,
        raw_datum=str(options.datum) if options.datum else None,
        source=source_name(spec),
    )


def _estimated(frame: gpd.GeoDataFrame, ratio: float | None) -> tuple[pd.Series, pd.Series]:
    """Residents, guessed from households where a ratio is given and they are unknown; and which ones are guessed."""
    if ratio is None:
        return frame["residents"], pd.Series(False, index=frame.index)
    guessed = frame["residents"].isna() & frame["households"].notna()
    guess = (frame["households"].astype("Float64") * ratio).round().astype("Int64")
    return frame["residents"].where(~guessed, guess), guessed
