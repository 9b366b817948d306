"""A delivered layer made ready to be measured: projected, repaired on a copy, its faults reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geo import crs, model
from geo.coverage.shapes import Shapes, polygonal
from geo.model import Finding, Severity

_REACH_DEGREES = 20.0

Kind = Literal["regions", "cities", "streets", "communities", "grids", "buildings"]


Column = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Layer:
    """Rows of one kind that have a usable shape. All sequences run parallel to ``table``.

    codes: as delivered, else ``#row`` (1-based), so that a finding can always name its row.
    shapes: valid polygons (buildings: points) in metres. rows: their positions in the delivered frame.
    """

    kind: Kind
    table: pd.DataFrame
    codes: NDArray[np.object_]
    names: NDArray[np.object_]
    shapes: Shapes
    rows: NDArray[np.intp]
    _read: dict[str, Column] = field(default_factory=dict, repr=False, compare=False)

    def text(self, column: str) -> NDArray[np.object_]:
        """`text_column`, read once: not to be written to."""
        key = f"text {column}"
        if key not in self._read:
            self._read[key] = text_column(self.table, column)
        return self._read[key]

    def number(self, column: str) -> NDArray[np.float64]:
        """`number_column`, read once: not to be written to."""
        key = f"number {column}"
        if key not in self._read:
            self._read[key] = number_column(self.table, column)
        return self._read[key]

    def __len__(self) -> int:
        return len(self.codes)

    def label(self, row: int) -> str:
        """Name and code as a person reads them."""
        name, code = str(self.names[row]), str(self.codes[row])
        return f"{name} {code}" if name and name != code else code

    def where(self, rows: NDArray[np.bool_], *, kind: Kind | None = None) -> Layer:
        """Some of the rows, as a layer of another ``kind`` if told."""
        table = self.table if rows.all() else self.table[rows].reset_index(drop=True)
        return Layer(
            kind or self.kind,
            table,
            self.codes[rows],
            self.names[rows],
            self.shapes[rows],
            self.rows[rows],
        )


def text_column(table: pd.DataFrame, column: str) -> NDArray[np.object_]:
    """A column as stripped text, "" where it is null or the column is missing; 12.0 reads as 12."""
    if column not in table:
        return np.full(len(table), "", dtype=object)
    values = table[column]
    if pd.api.types.is_float_dtype(values) and (values.dropna() % 1 == 0).all():
        values = values.astype("Int64")
    text = values.astype("string").str.strip().fillna("")
    return text.to_numpy(dtype=object)


def number_column(table: pd.DataFrame, column: str) -> NDArray[np.float64]:
    """A column as finite numbers, NaN where it is null, no such number or the column is missing."""
    if column not in table:
        return np.full(len(table), np.nan)
    values = np.array(pd.to_numeric(table[column], errors="coerce"), dtype=np.float64)
    values[np.isinf(values)] = np.nan
    return values


def grouped(keys: NDArray[np.intp], rows: NDArray[np.intp]) -> list[tuple[int, NDArray[np.intp]]]:
    """``rows`` by key (each row's own), in the order of keys, each group in the order of rows."""
    if len(rows) == 0:
        return []
    order = np.argsort(keys, kind="stable")
    cuts = np.flatnonzero(np.diff(keys[order])) + 1
    groups = np.split(order, cuts)
    return [(int(keys[group[0]]), rows[group]) for group in groups]


@dataclass(frozen=True, slots=True)
class Plane:
    """The metric CRS that everything is measured in, and the middle (longitude, latitude) of the layers."""

    metric: CRS
    middle: tuple[float, float]


def common_plane(frames: Sequence[gpd.GeoDataFrame]) -> Plane:
    """The plane at the middle of everything that lies on Earth."""
    bounds = np.vstack([shapely.bounds(frame.geometry.values) for frame in frames])
    bounds = bounds[_on_earth(bounds)]
    if len(bounds) == 0:
        return Plane(crs.metric_crs(0.0, 0.0), (0.0, 0.0))
    # The median: one shape on another continent must not move the plane away from the rest.
    west, south, east, north = np.median(bounds, axis=0)
    lng, lat = float(west + east) / 2, float(south + north) / 2
    return Plane(crs.metric_crs(lng, lat), (lng, lat))


def prepare(frame: gpd.GeoDataFrame, kind: Kind, *, plane: Plane) -> tuple[Layer, list[Finding]]:
    """``frame`` as a `Layer`, with one invalid-geometry finding a bad shape (one a layer for buildings)."""
    table = pd.DataFrame(frame.drop(columns=frame.geometry.name)).reset_index(drop=True)
    raw: Shapes = np.array(frame.geometry.values, dtype=object)
    column = "building_id" if kind == "buildings" else "code"
    codes = text_column(table, column)
    empty = codes == ""
    codes[empty] = [f"#{row + 1}" for row in np.flatnonzero(empty)]
    shapes, reasons = projected(raw, plane)
    shapes = (_points if kind == "buildings" else _polygons)(shapes, reasons)
    layer = Layer(kind, table, codes, text_column(table, "name"), shapes, np.arange(len(table)))
    findings = _invalid(layer, reasons)
    return layer.where(~shapely.is_empty(shapes)), findings


def _on_earth(bounds: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether bounds are degrees at all (NaN is not)."""
    limit = np.array([180.0, 90.0, 180.0, 90.0])
    return np.asarray((np.abs(bounds) <= limit).all(axis=1), dtype=np.bool_)


def _near(bounds: NDArray[np.float64], plane: Plane) -> NDArray[np.bool_]:
    """Whether shapes lie where the plane still means something; false readings end up at 0, 0."""
    middle = np.array([*plane.middle, *plane.middle])
    return ~np.asarray((np.abs(bounds - middle) > _REACH_DEGREES).any(axis=1), dtype=np.bool_)


def projected(raw: Shapes, plane: Plane) -> tuple[Shapes, dict[int, str]]:
    """Valid shapes in metres (empty where nothing can be used) and what was wrong, by row."""
    reasons: dict[int, str] = {}
    bounds = shapely.bounds(raw)
    near = _near(bounds, plane)
    usable = _on_earth(bounds) & near
    absent = shapely.is_missing(raw) | shapely.is_empty(raw)
    for row in np.flatnonzero(~usable):
        reasons[int(row)] = "empty" if absent[row] else "coordinates" if near[row] else "far"
    shapes = np.full(len(raw), shapely.Polygon(), dtype=object)
    shapes[usable] = crs.project(
        raw[usable], source=CRS.from_user_input(model.CRS), target=plane.metric
    )
    for row in np.flatnonzero(~shapely.is_valid(shapes)):
        broken = shapes[row] if shapely.is_valid(raw[row]) else raw[row]  # or broken on the way
        reasons[int(row)] = shapely.is_valid_reason(broken).split("[")[0] or "invalid"
        shapes[row] = shapely.make_valid(shapes[row], method="structure", keep_collapsed=False)
    return shapes, reasons


def _polygons(shapes: Shapes, reasons: dict[int, str]) -> Shapes:
    result = polygonal(shapes)
    for row in np.flatnonzero(shapely.is_empty(result)):
        reasons.setdefault(int(row), "no-area")
    return result


def _points(shapes: Shapes, reasons: dict[int, str]) -> Shapes:
    """A point inside every building, in its polygons where it is a mixture."""
    kinds = shapely.get_type_id(shapes)
    mixed = kinds == shapely.GeometryType.GEOMETRYCOLLECTION
    flat = shapes.copy()
    if mixed.any():
        polygons = polygonal(shapes[mixed])
        flat[mixed] = np.where(shapely.is_empty(polygons), shapes[mixed], polygons)
        for row in np.flatnonzero(mixed):
            reasons.setdefault(int(row), "mixture")
    extended = kinds != shapely.GeometryType.POINT
    flat[extended] = shapely.point_on_surface(flat[extended])
    return flat


def _invalid(layer: Layer, reasons: dict[int, str]) -> list[Finding]:
    if layer.kind == "buildings":
        return [invalid_places(layer.codes, layer.shapes, reasons)] if reasons else []
    return [
        Finding(
            "invalid-geometry",
            Severity.BLOCKING,
            codes=(str(layer.codes[row]),),
            area_m2=None if layer.shapes[row].is_empty else layer.shapes[row].area,
            geometry=None if layer.shapes[row].is_empty else layer.shapes[row],
            params={"layer": layer.kind, "label": layer.label(row), "reason": reason},
        )
        for row, reason in sorted(reasons.items())
    ]


def invalid_places(
    codes: NDArray[np.object_], shapes: Shapes, reasons: dict[int, str], *, layer: str = "buildings"
) -> Finding:
    """One finding for all bad shapes of a layer of buildings or things."""
    rows = np.array(sorted(reasons))
    places = shapes[rows]
    places = places[~shapely.is_empty(places)]
    return Finding(
        "invalid-geometry",
        Severity.WARNING,
        codes=tuple(codes[rows]),
        count=len(rows),
        geometry=shapely.MultiPoint(list(shapely.point_on_surface(places)))
        if len(places)
        else None,
        params={
            "layer": layer,
            "case": "buildings" if layer == "buildings" else "things",
            "lost": len(rows) - len(places),
            "reasons": sorted(set(reasons.values())),
        },
    )
