"""One raw layer -> a layer with our values: words, numbers and shapes as geo.model says, and what that took.

Each function takes a frame that has our columns and returns a new one; what it could not understand goes to the
`Notes`, never away in silence.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.readers.words import building_kind, line_class, residents_basis
from geo.model import BOUND_COLUMNS, EXCEPTION_COLUMN, Finding, LineClass, Severity

_LINES, _POLYGONS = (1, 2, 5), (3, 6)
MOST_WHOLE = 2.0**63
MOST_COUNT = 1_000_000
"""What nothing on the ground has more of; more than that is a number of something else."""
Settle = Callable[[gpd.GeoDataFrame, "Notes"], gpd.GeoDataFrame]


class Notes:
    """Findings gathered about one file."""

    def __init__(self, file: str, layer: str) -> None:
        self.file = file
        self.layer = layer
        self.findings: list[Finding] = []

    def add(self, code: str, severity: Severity, values: list[str], **params: object) -> None:
        """One finding for all the values or rows concerned; none where there are none."""
        if values:
            shown = list(dict.fromkeys(values))
            examples = ", ".join(shown[:5]) + (" …" if len(shown) > 5 else "")
            where = {"file": self.file, "layer": self.layer, "count": len(values)}
            self.findings.append(
                Finding(
                    code,
                    severity,
                    count=len(values),
                    params={**where, "examples": examples, **params},
                )
            )


def as_text(values: pd.Series) -> pd.Series:
    """Codes and names as text: 340881001001.0 is ``340881001001``; blanks are null."""
    if pd.api.types.is_float_dtype(values) and _whole(values.dropna()):
        values = values.astype("Int64")
    text = _written(values).str.strip()
    return text.mask(text == "", None)


def _written(values: pd.Series) -> pd.Series:
    """Cells as text, bytes (a column of another type than it should be) too."""
    if values.dtype == object:
        values = values.map(
            lambda cell: cell.decode(errors="replace") if isinstance(cell, bytes) else cell
        )
    return values.astype("str")


def _whole(values: pd.Series) -> bool:
    """Whether all are whole numbers, and none is larger than an integer can be."""
    return bool(((values % 1 == 0) & (values.abs() < MOST_WHOLE)).all())


def _numbers(frame: gpd.GeoDataFrame, column: str, notes: Notes) -> pd.Series:
    """Counts as Int64 (negative ones too); what is no number becomes null and is reported."""
    given = frame[column]
    number = pd.to_numeric(given, errors="coerce").astype("Float64")
    number = number.where(number.abs() <= MOST_COUNT)
    odd = given.notna() & (_written(given).str.strip() != "") & number.isna()
    whole = number.round()
    notes.add(
        "file-count-not-number",
        Severity.WARNING,
        [str(value) for value in given[odd]],
        column=column,
    )
    counts: pd.Series = whole.astype("Int64")
    return counts


def _words(
    frame: gpd.GeoDataFrame, column: str, means: Callable[[object], object]
) -> tuple[pd.Series, list[str]]:
    """A column's words as our values, and those that mean nothing."""
    given = as_text(frame[column])
    meaning = {word: means(word) for word in given.dropna().unique()}
    unknown = [word for word in given.dropna() if meaning[word] is None]
    return given.map(meaning.get, na_action="ignore").astype("str"), unknown


def communities(frame: gpd.GeoDataFrame, notes: Notes) -> gpd.GeoDataFrame:
    """Codes and names as text (a community without a name goes by its code), outlines closed."""
    frame = frame.assign(
        code=as_text(frame["code"]),
        name=as_text(frame["name"]),
        planned_grids=_numbers(frame, "planned_grids", notes),
    )
    own = {name: _numbers(frame, name, notes) for name in BOUND_COLUMNS if name in frame}
    if EXCEPTION_COLUMN in frame:
        own[EXCEPTION_COLUMN] = as_text(frame[EXCEPTION_COLUMN])
    return _closed(frame.assign(name=frame["name"].fillna(frame["code"]), **own), notes)


def _closed(frame: gpd.GeoDataFrame, notes: Notes) -> gpd.GeoDataFrame:
    """Outlines drawn as closed lines (DXF) as polygons; a line that does not close stays and is judged later."""
    shapes = np.array(frame.geometry.array)
    ring = (shapely.get_type_id(shapes) == 1) & shapely.is_closed(shapes)
    ring &= shapely.get_num_coordinates(shapes) >= 4
    shapes[ring] = [shapely.Polygon(line.coords) for line in shapes[ring]]
    notes.add("file-outline-closed", Severity.NOTE, _rows(ring))
    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))


def buildings(frame: gpd.GeoDataFrame, notes: Notes) -> gpd.GeoDataFrame:
    """Kinds and bases as our words, counts as Int64, everything else as text."""
    kind, odd_kinds = _words(frame, "kind", building_kind)
    basis, odd_bases = _words(frame, "residents_basis", residents_basis)
    notes.add("file-kind-unknown", Severity.NOTE, odd_kinds, column="kind")
    notes.add("file-kind-unknown", Severity.NOTE, odd_bases, column="residents_basis")
    texts = ("building_id", "community_code", "estate", "name", "address")
    counts = {c: _numbers(frame, c, notes) for c in ("households", "residents", "units")}
    return frame.assign(
        kind=kind, residents_basis=basis, **counts, **{c: as_text(frame[c]) for c in texts}
    )


def lines(default: LineClass) -> Settle:
    """For a line layer; a row without a class that we know is of the ``default`` one."""

    def settle(frame: gpd.GeoDataFrame, notes: Notes) -> gpd.GeoDataFrame:
        classes, unknown = _words(frame, "class", line_class)
        notes.add("file-class-unknown", Severity.NOTE, unknown, taken=default.value)
        frame = frame.assign(
            **{"class": classes.fillna(default.value), "name": as_text(frame["name"])}
        )
        frame, kinds = _with_shape(frame, notes)
        areas = np.isin(kinds, _POLYGONS)
        notes.add("file-area-as-line", Severity.NOTE, _rows(areas))
        shapes = np.array(frame.geometry.array)
        shapes[areas] = shapely.boundary(shapes[areas])
        frame = frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))
        linear = areas | np.isin(kinds, _LINES)
        notes.add("file-shape-left-out", Severity.WARNING, _rows(~linear))
        return frame[linear].reset_index(drop=True)

    return settle


def rivers(frame: gpd.GeoDataFrame, notes: Notes) -> gpd.GeoDataFrame:
    """Every line of the layer is a river, whatever its class says."""
    return lines(LineClass.RIVER)(frame.assign(**{"class": LineClass.RIVER.value}), notes)


def greens(frame: gpd.GeoDataFrame, notes: Notes) -> gpd.GeoDataFrame:
    """Names as text, and areas; a line that closes is its area."""
    frame, _ = _with_shape(_closed(frame.assign(name=as_text(frame["name"])), notes), notes)
    areas = np.isin(shapely.get_type_id(np.array(frame.geometry.array)), _POLYGONS)
    notes.add("file-shape-not-area", Severity.WARNING, _rows(~areas))
    return frame[areas].reset_index(drop=True)


def bridges(frame: gpd.GeoDataFrame, notes: Notes) -> gpd.GeoDataFrame:
    """Points; a bridge drawn as a line or area is taken at its middle."""
    frame, _ = _with_shape(frame, notes)
    middles = shapely.point_on_surface(np.array(frame.geometry.array))
    lines = np.isin(shapely.get_type_id(frame.geometry.array), (1, 5))
    along = shapely.line_merge(np.array(frame.geometry.array)[lines])
    middles[lines] = shapely.line_interpolate_point(along, 0.5, normalized=True)
    return frame.set_geometry(gpd.GeoSeries(middles, index=frame.index, crs=frame.crs))


def _with_shape(frame: gpd.GeoDataFrame, notes: Notes) -> tuple[gpd.GeoDataFrame, NDArray[Any]]:
    """The rows that have a shape, and its type ids. Those without are reported: a border they can't be."""
    lost = np.asarray(
        shapely.is_missing(frame.geometry.array) | shapely.is_empty(frame.geometry.array)
    )
    notes.add("file-shape-missing", Severity.WARNING, _rows(lost))
    frame = frame[~lost].reset_index(drop=True)
    return frame, shapely.get_type_id(np.array(frame.geometry.array))


def _rows(where: NDArray[Any]) -> list[str]:
    return [f"#{row + 1}" for row in np.flatnonzero(where)]
