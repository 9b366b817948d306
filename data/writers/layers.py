"""Layers -> files, by the name's ending: GeoPackage, GeoJSON, Shapefile, KML, GeoParquet, CSV, XLSX."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyogrio.errors
import shapely

from data.writers.atomic import check_target, staging
from data.writers.result import Written
from data.writers.shapefile import COMPANIONS, FAMILIES, families, parted, put_shapefile
from data.writers.table import cell, put_table
from data.writers.whole import check_end, check_geopackage
from geo.errors import OptionError
from geo.model import Finding

ENDINGS = (".gpkg", ".geojson", ".shp", ".kml", ".parquet", ".csv", ".xlsx")
ENCODINGS = ("utf-8", "gbk")
_WGS84 = "EPSG:4326"
_NO_TIME = "2000-01-01T00:00:00.000Z"
"""What a GeoPackage says of its last change: the same content makes the same bytes, whenever it is written."""
_TEXT_IN_KML = "name"


def write_layers(
    path: str | Path,
    layers: Mapping[str, gpd.GeoDataFrame],
    *,
    encoding: str = "utf-8",
    headings: Mapping[str, str] | None = None,
) -> Written:
    """Write layers (EPSG:4490) whole or not at all; an older file of the name is replaced.

    GeoPackage and XLSX hold all layers in one file. Another format holds one: a single layer takes the name as it
    stands, several become ``NAME_LAYER.ending``, mixed shapes of a shapefile ``NAME_area.shp`` and so on.
    CSV and XLSX carry lon, lat of a point inside each shape. ``encoding`` (utf-8 or gbk): of Shapefile and CSV.
    ``headings``: what columns are called in CSV, XLSX, KML and Shapefile, where a person reads them.
    Returns the paths and what a format could not hold. OptionError for an ending, encoding, folder that won't do.
    """
    path = Path(path)
    check_target(path, ENDINGS)
    if encoding.lower() not in ENCODINGS:
        raise OptionError("encoding-unknown", value=encoding, known=" ".join(ENCODINGS))
    if not layers:
        raise OptionError("layers-empty", file=str(path))
    with staging(path.parent) as stage:
        try:
            findings = _put(stage / path.name, layers, encoding.lower(), headings)
        except (pyogrio.errors.DataSourceError, pyogrio.errors.FeatureError) as error:
            reason = str(error).split("\n", maxsplit=1)[0][:200]
            raise OptionError("write-failed", folder=str(path), reason=reason) from error
        names = sorted(file.name for file in stage.iterdir())
    return Written(tuple(path.parent / name for name in names), tuple(findings))


def possible_paths(path: Path, layers: Sequence[str]) -> list[Path]:
    """Every file that `write_layers` may write for layers of these names, ``path`` first; one that is none of its
    formats is itself."""
    ending = path.suffix.lower()
    paths = [path]
    if ending in ENDINGS and ending not in (".gpkg", ".xlsx"):
        paths += [path.with_name(f"{path.stem}_{name}{path.suffix}") for name in layers]
    if ending == ".shp":
        paths += [one.with_name(f"{one.stem}_{family}.shp") for one in paths for family in FAMILIES]
        paths += [one.with_suffix(beside) for one in paths for beside in COMPANIONS]
    return paths


def _put(
    path: Path,
    layers: Mapping[str, gpd.GeoDataFrame],
    encoding: str,
    headings: Mapping[str, str] | None,
) -> list[Finding]:
    ending = path.suffix.lower()
    if ending == ".gpkg":
        with _timeless():
            for name, frame in layers.items():
                pyogrio.write_dataframe(
                    storable(frame), path, layer=name, driver="GPKG", append=path.exists()
                )
        check_geopackage(path, {name: len(frame) for name, frame in layers.items()})
        return []
    if ending in (".xlsx", ".csv"):
        tables = {name: with_lonlat(frame, headings) for name, frame in layers.items()}
        if ending == ".xlsx":
            return list(put_table(path, tables, encoding=encoding))
        found = (put_table(p, {n: tables[n]}, encoding=encoding) for n, p in _paths(path, layers))
        return [finding for findings in found for finding in findings]
    if ending == ".shp":
        return _put_shapefiles(path, layers, encoding, headings)
    for name, target in _paths(path, layers):
        _SINGLE[ending](target, layers[name], name, headings)
    return []


@contextmanager
def _timeless() -> Iterator[None]:
    """GDAL writes down when it wrote, unless it is told."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _NO_TIME})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _paths(path: Path, layers: Mapping[str, gpd.GeoDataFrame]) -> list[tuple[str, Path]]:
    """Where each layer goes in a format of one layer a file."""
    if len(layers) == 1:
        return [(next(iter(layers)), path)]
    return [(name, path.with_name(f"{path.stem}_{name}{path.suffix}")) for name in layers]


def storable(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """A copy in which lists and mappings are JSON text: GDAL takes no others."""
    shape = frame.geometry.name
    odd = [
        name
        for name in frame.columns
        if name != shape
        and frame[name].dtype == object
        and any(not isinstance(value, str | None) for value in frame[name])
    ]
    return frame.assign(
        **{name: pd.Series([cell(v) for v in frame[name]], frame.index) for name in odd}
    )


def with_lonlat(frame: gpd.GeoDataFrame, headings: Mapping[str, str] | None = None) -> pd.DataFrame:
    """The table of a layer: its columns, then lon, lat (degrees) of a point inside each shape."""
    points = shapely.point_on_surface(np.array(frame.geometry.array))
    table = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    lon, lat = ("wg_lon", "wg_lat") if {"lon", "lat"} & set(table.columns) else ("lon", "lat")
    table[lon], table[lat] = shapely.get_x(points), shapely.get_y(points)
    return table.rename(columns=dict(headings or {}))


def _put_shapefiles(
    path: Path,
    layers: Mapping[str, gpd.GeoDataFrame],
    encoding: str,
    headings: Mapping[str, str] | None,
) -> list[Finding]:
    findings: list[Finding] = []
    for name, target in _paths(path, layers):
        whole, reduced = parted(layers[name])
        findings += reduced
        for family, part in families(whole).items():
            own = target.with_name(f"{target.stem}_{family}.shp") if family else target
            findings += put_shapefile(own, part, encoding=encoding, headings=headings)
    return findings


def _put_geojson(
    path: Path, frame: gpd.GeoDataFrame, _name: str, _headings: Mapping[str, str] | None
) -> None:
    """RFC 7946: lon, lat, rings by the right hand, no crs member; every double exact, so that tiles stay tiles."""
    wound = shapely.orient_polygons(np.array(frame.geometry.array))
    shapes = gpd.GeoSeries(wound, index=frame.index, crs=_WGS84)
    whole = storable(frame).set_crs(_WGS84, allow_override=True).set_geometry(shapes)
    pyogrio.write_dataframe(
        whole,
        path,
        driver="GeoJSON",
        layer_options={"COORDINATE_PRECISION": "15", "WRITE_NAME": "NO", "RFC7946": "YES"},
    )
    check_end(path)


def _put_kml(
    path: Path, frame: gpd.GeoDataFrame, name: str, headings: Mapping[str, str] | None
) -> None:
    """Columns as extended data, texts all; ``name`` (else ``code``) is what a viewer shows."""
    shape = frame.geometry.name
    texts = {
        column: pd.Series(
            [None if (v := cell(value)) is None else str(v) for value in frame[column]],
            index=frame.index,
            dtype="str",
        )
        for column in frame.columns
        if column != shape
    }
    title = next((texts[c] for c in (_TEXT_IN_KML, "code", "building_id") if c in texts), None)
    renamed = {
        (headings or {}).get(c, c): values for c, values in texts.items() if c != _TEXT_IN_KML
    }
    if title is not None:
        renamed["Name"] = title
    whole = gpd.GeoDataFrame(renamed, geometry=np.array(frame.geometry.array), crs=_WGS84)
    pyogrio.write_dataframe(whole, path, driver="LIBKML", layer=name)
    check_end(path)


def _put_parquet(
    path: Path, frame: gpd.GeoDataFrame, _name: str, _headings: Mapping[str, str] | None
) -> None:
    storable(frame).to_parquet(path, index=False)


_SINGLE: dict[str, Callable[[Path, gpd.GeoDataFrame, str, Mapping[str, str] | None], None]] = {
    ".geojson": _put_geojson,
    ".kml": _put_kml,
    ".parquet": _put_parquet,
}
