"""The layers of a drawing's files, in one frame: those that can matter read, the others counted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from data.readers.broken import refused
from data.readers.dxf_blocks import refuse_nested
from data.readers.geopackage import refuse_programs
from data.readers.unpacking import Unpacked
from data.readers.vector import gdal_options, not_finite
from geo.errors import FileUnreadable

DRIVERS = frozenset(
    {
        "ESRI Shapefile", "GPKG", "KML", "LIBKML", "GeoJSON", "GeoJSONSeq", "JSONFG", "ESRIJSON", "TopoJSON", "DXF",
        "FlatGeobuf",
    }
)  # fmt: skip
"""What may open a drawing: no other of GDAL's many formats is what such a file means."""
MOST_ROWS = 50_000
MOST_VERTICES = 3_000_000
GRIDS = re.compile(r"网格|grid|(^|[^a-z])wg([^a-z]|$)", re.IGNORECASE)
"""Names of layers that say that they hold grids."""
LABELS = re.compile(r"网格|grid|注记|编号|名称|label|text", re.IGNORECASE)
"""Names of layers that say that they hold what is written in grids."""


@dataclass(frozen=True, slots=True)
class DrawnLayer:
    """One layer of a drawing: how many areas (or closed lines), other lines, and texts (or points) it has."""

    name: str
    areas: int
    lines: int
    texts: int


@dataclass(frozen=True, slots=True)
class _Found:
    """A layer of a file as GDAL knows it; called: as a person does."""

    path: Path
    layer: str
    called: str
    options: dict[str, str]
    info: dict[str, Any]

    @property
    def areal(self) -> bool:
        """Whether all of it is points, for what GDAL tells beforehand."""
        return "Point" not in str(self.info["geometry_type"])

    def counted(self) -> DrawnLayer:
        """Of one that is not read."""
        kind, count = str(self.info["geometry_type"]), max(int(self.info["features"]), 0)
        areas, lines = "Polygon" in kind, "Line" in kind
        return DrawnLayer(self.called, count * areas, count * lines, count * ("Point" in kind))


def read_layers(
    files: Sequence[Unpacked], name: str, *, asked: Sequence[str] | None, encoding: str | None
) -> tuple[gpd.GeoDataFrame, tuple[DrawnLayer, ...]]:
    """The rows of the layers that were asked for, or that say that they hold grids, with those of labels (where none is
    and none does, of all layers), with ``layer`` and ``row``; and all layers. FileUnreadable for what is no drawing."""
    with refused(name):
        found = [layer for one in files for layer in _layers(one, name, encoding)]
    wanted = _wanted(found, asked)
    _refuse_many([max(int(one.info["features"]), 0) for one in wanted], name)
    with refused(name):
        frames = [frame for one in wanted if (frame := _frame(one)) is not None]
    _refuse_many([len(frame) for frame in frames], name)
    whole = _one(frames, name)
    unread = [one.counted() for one in found if one not in wanted]
    return whole, (*_told(whole), *(one for one in unread if one.areas or one.lines or one.texts))


def _layers(one: Unpacked, name: str, encoding: str | None) -> list[_Found]:
    """The layers of one file that have shapes."""
    path, ending = one.path, one.path.suffix.lower()
    if ending == ".gpkg":
        refuse_programs(path, name)
    if ending == ".dxf":
        refuse_nested(path, name)
    options = gdal_options(path, encoding)
    found = []
    for layer, kind in pyogrio.list_layers(path):
        if kind is None:
            continue
        info = pyogrio.read_info(path, layer=layer, **options)
        if info["driver"] not in DRIVERS:
            raise FileUnreadable("file-points-elsewhere", file=name)
        called = Path(one.name).stem if ending == ".shp" else str(layer)
        found.append(_Found(path, str(layer), called, options, info))
    return found


def _wanted(found: Sequence[_Found], asked: Sequence[str] | None) -> list[_Found]:
    """The layers to read. A DXF file is one layer of GDAL's, whatever is asked; who asks for what is not there is told
    by what there is."""
    dxf = any(one.path.suffix.lower() == ".dxf" for one in found)
    if dxf or not {*(asked or ())} <= {one.called for one in found}:
        return list(found)
    grids = [
        one for one in found
        if (one.called in asked if asked else one.areal and GRIDS.search(one.called))
    ]  # fmt: skip
    labels = [one for one in found if not one.areal and LABELS.search(one.called)]
    if asked:
        return [one for one in found if one in grids or one in labels]
    return [one for one in found if one in grids or one in labels] if grids else list(found)


def _refuse_many(counts: Sequence[int], name: str) -> None:
    if sum(counts) > MOST_ROWS:
        raise FileUnreadable("drawing-too-many", file=name, count=sum(counts), most=MOST_ROWS)


def _frame(one: _Found) -> gpd.GeoDataFrame | None:
    """The rows of a layer, with its name and their numbers. A DXF file has its own layers in a column."""
    frame = pyogrio.read_dataframe(
        one.path, layer=one.layer, max_features=MOST_ROWS + 1, **one.options
    )
    if not isinstance(frame, gpd.GeoDataFrame) or not len(frame):
        return None
    theirs = {name: f"file_{name}" for name in ("layer", "row") if name in frame.columns}
    frame = frame.rename(columns=theirs)
    dxf = one.path.suffix.lower() == ".dxf"
    names = frame["Layer"].fillna("0").astype(str) if dxf else one.called
    return frame.assign(layer=names, row=np.arange(1, len(frame) + 1))


def _one(frames: Sequence[gpd.GeoDataFrame], name: str) -> gpd.GeoDataFrame:
    """All rows together, flat; every coordinate a number."""
    if not frames:
        raise FileUnreadable("drawing-empty", file=name)
    if len({None if frame.crs is None else frame.crs.to_wkt() for frame in frames}) > 1:
        raise FileUnreadable("drawing-two-systems", file=name)
    whole = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]
    shapes = np.asarray(shapely.force_2d(np.asarray(whole.geometry.array, dtype=object)))
    bad = not_finite(shapes)
    if bad is not None:
        row = whole.iloc[bad]
        raise FileUnreadable(
            "drawing-not-finite", file=name, layer=row["layer"], row=int(row["row"])
        )
    if int(shapely.get_num_coordinates(shapes).sum()) > MOST_VERTICES:
        raise FileUnreadable("drawing-too-detailed", file=name, most=MOST_VERTICES)
    return whole.set_geometry(gpd.GeoSeries(shapes, crs=whole.crs))


def _told(whole: gpd.GeoDataFrame) -> tuple[DrawnLayer, ...]:
    """What the layers hold that were read."""
    shapes = np.asarray(whole.geometry.array, dtype=object)
    dimensions = shapely.get_dimensions(shapes)
    areal = (dimensions == 2) | ((dimensions == 1) & shapely.is_closed(shapes))
    told = []
    for name in dict.fromkeys(whole["layer"]):
        mine = (whole["layer"] == name).to_numpy()
        areas = int((areal & mine).sum())
        drawn = int(((dimensions >= 1) & mine).sum())
        told.append(
            DrawnLayer(str(name), areas, drawn - areas, int(((dimensions == 0) & mine).sum()))
        )
    return tuple(told)
