"""What a shapefile's DBF can hold: field names of 10 bytes, texts of 254 bytes, one shape type a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from data.writers.table import cell, unencodable
from data.writers.whole import check_shapefile
from geo.model import Finding, Severity

NAME_BYTES = 10
TEXT_BYTES = 254
_NO_DATE = "2000-01-01"
"""A DBF has the day on which it was written in its head: the same content makes the same bytes, on any day."""
SHORT_NAMES: dict[str, str] = {
    "community_code": "comm_code",
    "building_id": "bldg_id",
    "planned_grids": "plan_grids",
    "residents_basis": "res_basis",
    "nearest_code": "near_code",
    "grid_code": "grid_code",
    "previous_codes": "prev_codes",
}
"""Columns whose name is over 10 bytes, by hand so that they stay readable; others are cut and numbered."""

FAMILIES = {"point": (0,), "multipoint": (4,), "line": (1, 2, 5), "area": (3, 6)}
COMPANIONS = (".shx", ".dbf", ".prj", ".cpg", ".txt")
"""What lies beside a .shp; .txt tells what shortened names of columns stand for."""


def field_names(
    columns: list[str], *, encoding: str, headings: Mapping[str, str] | None = None
) -> dict[str, str]:
    """A field name of at most 10 bytes for each column, all different whatever their case."""
    names: dict[str, str] = {}
    for column in columns:
        wish = (headings or {}).get(column) or SHORT_NAMES.get(column, column)
        taken = {name.lower() for name in names.values()}
        name, number = cut(wish, NAME_BYTES, encoding), 1
        while name.lower() in taken or not name:
            name = cut(wish, NAME_BYTES - len(str(number)), encoding) + str(number)
            number += 1
        names[column] = name
    return names


def cut(text: str, size: int, encoding: str) -> str:
    """The longest beginning of a text that fits ``size`` bytes, no letter torn."""
    raw = text.encode(encoding, "replace")
    return raw[:size].decode(encoding, "ignore")


def families(frame: gpd.GeoDataFrame) -> dict[str, gpd.GeoDataFrame]:
    """The rows by the shape type that a shapefile can hold; rows without a shape go with the first.

    Collections must have been parted before (`parted`). One type alone has the name "".
    """
    kinds = shapely.get_type_id(np.array(frame.geometry.array))
    present = [name for name, ids in FAMILIES.items() if np.isin(kinds, ids).any()]
    if len(present) < 2:
        return {"": frame}
    parts = {name: np.isin(kinds, FAMILIES[name]) for name in present}
    parts[present[0]] |= kinds == -1
    return {name: frame[where] for name, where in parts.items()}


def parted(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, tuple[Finding, ...]]:
    """A copy without geometry collections, which a shapefile can't hold: their parts of the highest dimension stay."""
    shapes = np.array(frame.geometry.array)
    mixed = np.flatnonzero(shapely.get_type_id(shapes) == 7)
    if not len(mixed):
        return frame, ()
    for index in mixed:
        pieces = shapely.get_parts(shapes[index])
        depth = shapely.get_dimensions(pieces)
        shapes[index] = shapely.union_all(pieces[depth == depth.max()]) if len(pieces) else None
    whole = frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))
    rows = ", ".join(f"#{index + 1}" for index in mixed[:5])
    params = {"count": len(mixed), "examples": rows}
    return whole, (
        Finding("write-shape-reduced", Severity.WARNING, count=len(mixed), params=params),
    )


def put_shapefile(
    path: Path, frame: gpd.GeoDataFrame, *, encoding: str, headings: Mapping[str, str] | None
) -> tuple[Finding, ...]:
    """Write .shp, .shx, .dbf, .prj, .cpg and a .txt that says which field is which column."""
    columns = [str(name) for name in frame.columns if name != frame.geometry.name]
    names = field_names(columns, encoding=encoding, headings=headings)
    table, findings = _fitted(frame, columns, encoding)
    pyogrio.write_dataframe(
        table.rename(columns=names),
        path,
        driver="ESRI Shapefile",
        encoding=_gdal_name(encoding),
        layer_options={"DBF_DATE_LAST_UPDATE": _NO_DATE},
    )
    check_shapefile(path, len(table))
    path.with_suffix(".cpg").write_text(_gdal_name(encoding), "ascii")
    legend = "".join(f"{field}\t{column}\n" for column, field in names.items())
    path.with_suffix(".txt").write_text(legend, "utf-8-sig")
    return findings


def _gdal_name(encoding: str) -> str:
    return "UTF-8" if encoding.startswith("utf") else "GBK"


def _fitted(
    frame: gpd.GeoDataFrame, columns: list[str], encoding: str
) -> tuple[gpd.GeoDataFrame, tuple[Finding, ...]]:
    """A copy whose texts fit, and findings for those that did not."""
    table, findings = frame.copy(), list(unencodable(frame[columns], encoding))
    for column in columns:
        if pd.api.types.is_bool_dtype(table[column]):
            table[column] = table[column].astype("Int32")
        elif not pd.api.types.is_numeric_dtype(table[column]):
            given = [cell(value) for value in table[column]]
            fit = [None if text is None else cut(str(text), TEXT_BYTES, encoding) for text in given]
            table[column] = pd.Series(fit, index=table.index, dtype="str")
            findings += _cut_texts(column, given, encoding)
    return table, tuple(findings)


def _cut_texts(column: str, given: list[object], encoding: str) -> list[Finding]:
    lost = [text for text in given if len(str(text).encode(encoding, "replace")) > TEXT_BYTES]
    if not lost:
        return []
    params = {"column": column, "count": len(lost), "limit": TEXT_BYTES}
    return [Finding("write-text-cut", Severity.WARNING, count=len(lost), params=params)]
