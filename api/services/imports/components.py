"""部件: lamps, manhole covers, hydrants …, as a table with coordinates or a layer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Connection

from api.services.imports.layer import open_layer
from api.services.imports.result import Imported, Noted, Options, result, source_name
from api.services.imports.row_places import Floats, note_outside, row_places
from api.services.imports.sheet import ROW_COLUMNS, open_sheet
from data.readers.ledger_cells import Cells, Reason, State, verified
from data.readers.point_table import PLACE_COLUMNS, is_table
from data.readers.vector import split_spec
from data.store import catalogue, components
from geo.errors import ColumnMissing
from geo.model import CRS

NOUN = "components"
TARGETS = ("component_id", "component_kind", "catalogue_code", "as_of")
"""Our names of the columns that are understood; the kind of a 部件 has a name of its own beside a building's."""


@dataclass(frozen=True, slots=True)
class _File:
    """The rows of a file: their numbers, cells, places (lng, lat: NaN where there is none) and what is said of them so
    far; raw_x, raw_y: as delivered (NaN in a layer). ``table``: the file's own cells."""

    numbers: Sequence[int]
    cells: Cells
    lng: Floats
    lat: Floats
    raw_x: Floats
    raw_y: Floats
    reasons: list[list[Reason]]
    table: pd.DataFrame
    understood: Mapping[str, str]


def take(connection: Connection, spec: str, options: Options) -> Imported:
    """Add or update 部件 by their number; without one they go by kind and place.

    The kind is what a column says, else what the catalogue calls the item, else ``options.name`` or the layer that was
    named. A row without place or kind stays outside, and so does one that repeats a row before it or lies further than
    data.intake.MARGIN_M outside the city: all of them are given back.
    """
    file = _table(spec, options) if is_table(spec) else _layer(spec, options)
    note_outside(connection, file.lng, file.lat, file.reasons)
    items = catalogue.components(connection)
    default = options.name or split_spec(spec)[1]
    rows, values = _read(file, items, default, options)
    good = np.array([not row.states for row in rows], dtype=bool)
    found = pd.DataFrame(values, dtype=object)[good]
    points = shapely.points(file.lng[good], file.lat[good])
    ready = gpd.GeoDataFrame(found, geometry=points, crs=CRS)
    datum = None if options.datum is None else str(options.datum)
    merged = components.merge(connection, ready.assign(raw_datum=datum, source=source_name(spec)))
    return result(
        NOUN, rows, options, table=file.table, understood=file.understood,
        added=merged.added, updated=merged.updated,
    )  # fmt: skip


def _table(spec: str, options: Options) -> _File:
    sheet = open_sheet(spec, options, (*TARGETS, *PLACE_COLUMNS))
    if not all(sheet.cells.has(name) for name in PLACE_COLUMNS):
        present = ", ".join(map(str, sheet.table.frame.columns))
        raise ColumnMissing("table-unplaced", file=sheet.table.file, present=present)
    reasons: list[list[Reason]] = [[] for _ in sheet.table.rows]
    lng, lat, x, y = row_places(sheet, options, reasons)
    for row in np.flatnonzero(np.isnan(x) & np.isnan(y)):
        if not reasons[row]:
            reasons[row].append(Reason("no-coordinates", State.TO_PLACE))
    table = sheet.table
    return _File(table.rows, sheet.cells, lng, lat, x, y, reasons, table.frame, sheet.understood)


def _layer(spec: str, options: Options) -> _File:
    """A layer's rows are numbered from 1, as a GIS shows them; of a line or a polygon a point on it is kept."""
    layer = open_layer(spec, options, (*ROW_COLUMNS, *TARGETS), default_layer=NOUN)
    shapes = np.asarray(layer.frame.geometry.array, dtype=object)
    spots = shapely.point_on_surface(shapes)
    blank = shapely.is_missing(spots) | shapely.is_empty(spots)
    place = np.full((len(spots), 2), np.nan)
    place[~blank] = shapely.get_coordinates(spots[~blank])
    known = {name: name for name in TARGETS if name in layer.frame}
    reasons = [[Reason("no-shape", State.REFUSED)] if lost else [] for lost in blank]
    unknown = np.full(len(spots), np.nan)
    return _File(
        numbers=range(1, len(spots) + 1),
        cells=Cells(pd.DataFrame(layer.frame), known),
        lng=place[:, 0],
        lat=place[:, 1],
        raw_x=unknown,
        raw_y=unknown,
        reasons=reasons,
        table=layer.cells,
        understood=layer.understood,
    )


def _read(
    file: _File, items: Mapping[str, str], default: str | None, options: Options
) -> tuple[list[Noted], list[dict[str, object]]]:
    """Every row, and its values in the columns of the store."""
    by_name = {name: code for code, name in items.items()}
    seen: dict[str, int] = {}
    rows, values = [], []
    for row, number in enumerate(file.numbers):
        reasons = file.reasons[row]
        kind, item = _kind(file.cells, row, items, reasons)
        kind = kind or default
        if kind is None:
            reasons.append(Reason("component-kind-missing", State.REFUSED))
        as_of, unread = verified(file.cells, row, zone=options.zone)
        reasons += unread
        place = (float(file.lng[row]), float(file.lat[row]))
        key = file.cells.text("component_id", row) or _own_key(kind, *place)
        first = seen.setdefault(key, number) if key is not None else number
        if first != number:
            reasons.append(Reason("repeated", State.SUSPECT, {"first_row": first, "key": key}))
        rows.append(Noted(number, key, tuple(reasons)))
        values.append(
            {
                "component_id": key,
                "kind": kind,
                "catalogue_code": item or by_name.get(kind or ""),
                "as_of": as_of,
                "raw_x": file.raw_x[row],
                "raw_y": file.raw_y[row],
            }
        )
    return rows, values


def _kind(
    cells: Cells, row: int, items: Mapping[str, str], reasons: list[Reason]
) -> tuple[str | None, str | None]:
    """What a row says that it is, and its item in the catalogue; a code that nothing can be held against tells the
    kind where nothing else does."""
    told, code = (cells.text(name, row) for name in ("component_kind", "catalogue_code"))
    if code is None or code in items:
        return told or items.get(code or ""), code
    name = "catalogue-unknown" if items else "catalogue-none"
    reasons.append(Reason(name, State.NOTE, {"value": code}))
    return told or code, None


def _own_key(kind: str | None, lng: float, lat: float) -> str | None:
    """The key of a 部件 without a number: the same for the same kind at the same place, to a decimetre."""
    if kind is None or not np.isfinite(lng):
        return None
    return "c" + hashlib.sha256(f"{kind}\n{lng:.6f}\n{lat:.6f}".encode()).hexdigest()[:15]
