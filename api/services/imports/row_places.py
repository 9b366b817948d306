"""Where the rows of a table lie, by their own coordinates."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from api.services.imports.result import Options
from api.services.imports.sheet import Sheet
from data.intake import outside
from data.readers.ledger_cells import BadCellError, Cells, Reason, State
from data.readers.point_table import PLACE_COLUMNS
from data.store import regions
from geo.crs import agreed, to_lonlat

Floats = NDArray[np.float64]


class RowPlaces(NamedTuple):
    """lng, lat: EPSG:4490 degrees; x, y: as delivered. NaN where a row tells none."""

    lng: Floats
    lat: Floats
    x: Floats
    y: Floats


def row_places(sheet: Sheet, options: Options, reasons: list[list[Reason]]) -> RowPlaces:
    """The places that the rows tell themselves, in ``options.datum``.

    What is wrong with them is added to ``reasons``: no number, no place on Earth, one coordinate alone. DatumError
    where there are coordinates and no datum.
    """
    x, y = (_numbers(sheet.cells, name, reasons) for name in PLACE_COLUMNS)
    told = np.isfinite(x) & np.isfinite(y)
    lng, lat = np.full(len(x), np.nan), np.full(len(x), np.nan)
    if told.any():
        datum = agreed(None, options.datum, file=sheet.table.file)
        lng[told], lat[told] = to_lonlat(x[told], y[told], datum=datum)
    for row, said in enumerate(reasons):
        if told[row] and not np.isfinite(lng[row]):
            value = {"value": f"{x[row]:g}, {y[row]:g}"}
            said.append(Reason("coordinates-impossible", State.REFUSED, value))
        elif np.isfinite(x[row]) != np.isfinite(y[row]) and not said:
            said.append(Reason("half-coordinates", State.TO_PLACE))
    return RowPlaces(lng, lat, x, y)


def note_outside(
    connection: Connection, lng: Floats, lat: Floats, reasons: list[list[Reason]]
) -> None:
    """Add to ``reasons`` what is said of rows outside the city (data.intake.outside); nothing without its outline."""
    outline = regions.outline(connection)
    if outline is not None:
        for row, reason in outside(lng, lat, outline).items():
            reasons[row].append(reason)


def _numbers(cells: Cells, column: str, reasons: list[list[Reason]]) -> Floats:
    values = np.full(len(reasons), np.nan)
    for row, said in enumerate(reasons):
        try:
            found = cells.coordinate(column, row)
        except BadCellError as bad:
            said.append(bad.reason)
        else:
            values[row] = np.nan if found is None else found
    return values
