"""A drawing of grids, in whatever an office has -> its rows as they lie in the file, its texts, and what must be said
before it can be understood: which of its layers hold the grids, and what its coordinates refer to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyogrio.errors
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from data.readers.encoding import shapefile_encoding
from data.readers.formats import check_file
from data.readers.settle import as_text
from data.readers.unpacking import Unpacked, unpack
from data.readers.vector import datum_by_convention
from data.readers.words import column_for
from geo.codes import Profile
from geo.drawn.labels import whole_code
from geo.errors import ColumnMissing, FileUnreadable, LayerMissing

ENDINGS = (".zip", ".shp", ".gpkg", ".kml", ".kmz", ".geojson", ".json", ".dxf", ".fgb")
CONTAINERS = (".zip", ".kmz")
DRIVERS = frozenset(
    {"ESRI Shapefile", "GPKG", "KML", "LIBKML", "GeoJSON", "TopoJSON", "DXF", "FlatGeobuf"}
)
"""What may open a drawing: no other of GDAL's many formats is what such a file means."""
MOST_ROWS = 50_000
MOST_VERTICES = 3_000_000
TEXT = "#text"
"""The column of what is written inside an area, whatever it is called in the file."""
_GRIDS = re.compile(r"网格|grid|(^|[^a-z])wg([^a-z]|$)", re.IGNORECASE)
_NOTED = re.compile(r"网格|grid|注记|编号|名称|label|text", re.IGNORECASE)
_TECHNICAL = frozenset(
    {"SubClasses", "Linetype", "EntityHandle", "PaperSpace", "ExtendedEntity", "BlockName", "BlockOID",
     "BlockAttributes", "Text", "description", "timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude",
     "visibility", "drawOrder", "icon", "snippet", "Description"}
)  # fmt: skip
_BROKEN = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.FeatureError,
    shapely.errors.GEOSException,
    UnicodeDecodeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class DrawnLayer:
    """One layer of a drawing: how many areas (or closed lines), other lines, and texts (or points) it has."""

    name: str
    areas: int
    lines: int
    texts: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """rows: the chosen layers, in the file's own coordinates: the columns of the file, ``layer`` and ``row`` (as they
    are counted there, from 1). chosen: their names, empty where they must be said. texts: what is written where. crs:
    what the file declares; by_convention: that its kind says so, not the file. code_column, name_column: as they were
    understood or asked for; TEXT for what is written inside. path: what was read."""

    file: str
    layers: tuple[DrawnLayer, ...]
    chosen: tuple[str, ...]
    rows: gpd.GeoDataFrame
    text_points: NDArray[np.object_]
    texts: tuple[str, ...]
    columns: tuple[str, ...]
    code_column: str | None
    name_column: str | None
    crs: CRS | None
    by_convention: bool
    path: Path

    @property
    def samples(self) -> dict[str, tuple[str, ...]]:
        """Each column that can be a code or a name, with the first three of what it holds."""
        told = {TEXT: self.texts[:3]}
        for column in self.columns:
            if column != TEXT:
                values = as_text(self.rows[column]).dropna()
                told[column] = tuple(str(value)[:60] for value in values[:3])
        return {column: told[column] for column in self.columns}


def read_drawing(
    path: Path,
    *,
    name: str,
    into: Path,
    layers: Sequence[str] | None = None,
    columns: Mapping[str, str | None] | None = None,
    encoding: str | None = None,
    profile: Profile = Profile.CN,
) -> Drawing:
    """Read a drawing. ``into``: an empty folder to unpack in. ``columns``: ``code`` and ``name`` -> a column, TEXT, or
    None for nothing; what is not said is found out.

    FileUnreadable, LayerMissing, ColumnMissing say what is wrong and where.
    """
    check_file(path, ENDINGS)
    files = unpack(path, into) if path.suffix.lower() in CONTAINERS else [Unpacked(path, name)]
    kinds = {one.path.suffix.lower() for one in files}
    if len(files) > 1 and kinds != {".shp"}:
        raise FileUnreadable(
            "zip-several", file=name, entries=", ".join(one.name for one in files[:5])
        )
    for one in files:
        check_file(one.path, ENDINGS)
    whole = _whole(files, name, encoding)
    told = _told(whole)
    chosen = _chosen(layers, told, files[0].path, name)
    rows = whole[whole["layer"].isin(chosen)].reset_index(drop=True)
    usable = [str(column) for column in rows.columns if _says(rows, str(column))]
    points, texts = _texts(whole, chosen)
    code, label = _columns(
        rows, usable, texts=bool(texts), asked=columns or {}, name=name, profile=profile
    )
    return Drawing(
        file=name,
        layers=told,
        chosen=chosen,
        rows=rows,
        text_points=points,
        texts=texts,
        columns=(*usable, *([TEXT] if texts else [])),
        code_column=code,
        name_column=label,
        crs=whole.crs,
        by_convention=datum_by_convention(files[0].path),
        path=files[0].path,
    )


def _whole(files: Sequence[Unpacked], name: str, encoding: str | None) -> gpd.GeoDataFrame:
    """All layers of all files in one frame."""
    frames = [
        frame for one in files for frame in _frames(one, name, encoding, alone=len(files) == 1)
    ]
    frames = [frame for frame in frames if len(frame)]
    if not frames:
        raise FileUnreadable("drawing-empty", file=name)
    systems = {None if frame.crs is None else frame.crs.to_wkt() for frame in frames}
    if len(systems) > 1:
        raise FileUnreadable("drawing-two-systems", file=name)
    whole = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]
    shapes = np.asarray(shapely.force_2d(np.asarray(whole.geometry.array, dtype=object)))
    odd = ~shapely.is_missing(shapes)
    bad = np.zeros(len(shapes), dtype=np.bool_)
    at = shapely.get_coordinates(shapes[odd], return_index=True)
    bad[np.flatnonzero(odd)[np.unique(at[1][~np.isfinite(at[0]).all(axis=1)])]] = True
    if bad.any():
        first = whole.iloc[int(np.flatnonzero(bad)[0])]
        raise FileUnreadable(
            "drawing-not-finite", file=name, layer=first["layer"], row=int(first["row"])
        )
    if int(shapely.get_num_coordinates(shapes).sum()) > MOST_VERTICES:
        raise FileUnreadable("drawing-too-detailed", file=name, most=MOST_VERTICES)
    return whole.set_geometry(gpd.GeoSeries(shapes, crs=whole.crs))


def _frames(
    one: Unpacked, name: str, encoding: str | None, *, alone: bool
) -> list[gpd.GeoDataFrame]:
    """The layers of one file."""
    path = one.path
    options = (
        {"encoding": shapefile_encoding(path, encoding)} if path.suffix.lower() == ".shp" else {}
    )
    try:
        present = [str(layer) for layer, kind in pyogrio.list_layers(path) if kind is not None]
        found, total = [], 0
        for layer in present:
            info = pyogrio.read_info(path, layer=layer, **options)
            if info["driver"] not in DRIVERS:
                raise FileUnreadable("file-points-elsewhere", file=name)
            total += max(int(info["features"]), 0)
            if total > MOST_ROWS:
                raise FileUnreadable("drawing-too-many", file=name, count=total, most=MOST_ROWS)
            frame = pyogrio.read_dataframe(path, layer=layer, max_features=MOST_ROWS + 1, **options)
            if not isinstance(frame, gpd.GeoDataFrame):
                continue
            called = Path(one.name).stem if path.suffix.lower() == ".shp" else layer
            found.append(_counted(frame, None if path.suffix.lower() == ".dxf" else called))
    except _BROKEN as error:
        reason = str(error).split("\n", maxsplit=1)[0][:200]
        raise FileUnreadable(
            "file-broken", file=name if alone else one.name, reason=reason
        ) from error
    return found


def _counted(frame: gpd.GeoDataFrame, layer: str | None) -> gpd.GeoDataFrame:
    """With the layer and number of each row. A DXF file has one layer of GDAL's, and its own in a column."""
    theirs = {name: f"file_{name}" for name in ("layer", "row") if name in frame.columns}
    frame = frame.rename(columns=theirs)
    names = frame["Layer"].fillna("0").astype(str) if layer is None else layer
    return frame.assign(layer=names, row=np.arange(1, len(frame) + 1))


def _told(whole: gpd.GeoDataFrame) -> tuple[DrawnLayer, ...]:
    shapes = np.asarray(whole.geometry.array, dtype=object)
    dimensions = shapely.get_dimensions(shapes)
    areal = (dimensions == 2) | ((dimensions == 1) & shapely.is_closed(shapes))
    told = []
    for name in dict.fromkeys(whole["layer"]):
        mine = (whole["layer"] == name).to_numpy()
        areas = int((areal & mine).sum())
        lines = int(((dimensions == 1) & mine).sum() + ((dimensions == 2) & mine).sum()) - areas
        told.append(DrawnLayer(str(name), areas, lines, int(((dimensions == 0) & mine).sum())))
    return tuple(told)


def _chosen(
    asked: Sequence[str] | None, told: Sequence[DrawnLayer], path: Path, name: str
) -> tuple[str, ...]:
    """The layers that hold the grids: those asked for; else those that say so, or the only ones that can; else none."""
    names = [one.name for one in told]
    if asked:
        for one in asked:
            if one not in names:
                present = ", ".join(names)
                raise LayerMissing("layer-missing", file=name, layer=one, present=present)
        return tuple(dict.fromkeys(asked))
    able = [one.name for one in told if one.areas or one.lines]
    if not able:
        raise FileUnreadable("drawing-no-areas", file=name)
    exact = [one for one in able if one in ("grids", "网格")]
    saying = exact or [one for one in able if _GRIDS.search(one)]
    if saying or len(able) == 1:
        return tuple(saying or able)
    return tuple(able) if path.suffix.lower() == ".kml" else ()


def _says(rows: gpd.GeoDataFrame, column: str) -> bool:
    """Whether a column can be a code or a name."""
    if column in ("geometry", "layer", "row") or column in _TECHNICAL:
        return False
    return bool(rows[column].notna().any())


def _texts(
    whole: gpd.GeoDataFrame, chosen: Sequence[str]
) -> tuple[NDArray[np.object_], tuple[str, ...]]:
    """What is written where: from the chosen layers, else from those that say that they hold labels, else from all."""
    columns = [name for name in ("Text", "Name", "name", "编号", "名称") if name in whole.columns]
    shapes = np.asarray(whole.geometry.array, dtype=object)
    said = pd.Series(None, index=whole.index, dtype=object)
    for column in columns:
        said = said.where(said.notna(), as_text(whole[column]).astype(object))
    usable = (shapely.get_type_id(shapes) == 0) & said.notna().to_numpy()
    layer = whole["layer"].astype(str)
    groups = (layer.isin(chosen), layer.str.contains(_NOTED.pattern, case=False), layer.notna())
    for group in groups:
        mine = usable & group.to_numpy()
        if mine.any():
            return shapes[mine], tuple(str(text) for text in said[mine])
    return shapes[:0], ()


def _columns(
    rows: gpd.GeoDataFrame,
    usable: Sequence[str],
    *,
    texts: bool,
    asked: Mapping[str, str | None],
    name: str,
    profile: Profile,
) -> tuple[str | None, str | None]:
    """Which columns hold codes and names."""
    for one in asked.values():
        if one is not None and one not in usable and not (one == TEXT and texts):
            present = ", ".join([*usable, *([TEXT] if texts else [])])
            raise ColumnMissing("column-missing", file=name, column=one, present=present)
    written = TEXT if texts else None
    if "code" in asked:
        code = asked["code"]
    else:
        code = column_for("grid_code", usable) or column_for("code", usable)
        code = code or next((c for c in usable if _coded(rows, c, profile)), None) or written
    if "name" in asked:
        return code, asked["name"]
    open_ = [column for column in usable if column != code]
    named = column_for("grid_name", open_) or column_for("name", open_)
    return code, named or written


def _coded(rows: gpd.GeoDataFrame, column: str, profile: Profile) -> bool:
    """Whether most of a column are whole codes of grids."""
    told = as_text(rows[column]).dropna()
    return len(told) > 0 and sum(whole_code(t, profile) is not None for t in told) * 2 > len(told)
