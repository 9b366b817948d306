"""Single layers of a city, for what needs no whole one: a map shows whatever there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.readers import settle
from data.readers.columns import apply_mapping, understand
from data.readers.point_table import PLACE_COLUMNS, read_placed
from data.readers.points import open_points
from data.readers.renaming import Renaming
from data.readers.settle import Notes, Settle
from data.readers.vector import refuse_not_finite, split_spec
from geo import crs
from geo.crs import Datum
from geo.errors import FileUnreadable
from geo.model import (
    BUILDING_COLUMNS,
    COMMUNITY_COLUMNS,
    GREEN_COLUMNS,
    GRID_COLUMNS,
    LINE_COLUMNS,
    LineClass,
)


def _grids(frame: gpd.GeoDataFrame, _: Notes) -> gpd.GeoDataFrame:
    return frame.assign(**{name: settle.as_text(frame[name]) for name in GRID_COLUMNS[:4]})


_PARTS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], Settle]] = {
    "grids": (GRID_COLUMNS, ("code",), _grids),
    "communities": (COMMUNITY_COLUMNS, ("code",), settle.communities),
    "buildings": (BUILDING_COLUMNS, (), settle.buildings),
    "roads": (LINE_COLUMNS, (), settle.lines(LineClass.STREET)),
    "rivers": (LINE_COLUMNS, (), settle.lines(LineClass.RIVER)),
    "greens": (GREEN_COLUMNS, (), settle.greens),
}
"""Name of a part -> its columns, those that must be there, and what makes its values ours."""
COLUMNS: Mapping[str, tuple[str, ...]] = {
    **{part: columns for part, (columns, _, _) in _PARTS.items()},
    "buildings": (*BUILDING_COLUMNS, *PLACE_COLUMNS),
}
"""Name of a part -> the columns that a mapping may name."""


def read_part(
    part: str,
    spec: str | Path,
    *,
    renaming: Renaming | None = None,
    datum: Datum | None = None,
    encoding: str | None = None,
) -> gpd.GeoDataFrame:
    """One layer of a city (grids, communities, buildings, roads, rivers, greens) in EPSG:4490 with our columns.

    ``spec``: ``F[:layer]``; the layer named like the part, if the file has one; buildings may be a table with
    coordinates. Unknown columns are null. Raises what `read_layer`, `read_point_table` and `Renaming` raise.
    """
    columns, needed, values = _PARTS[part]
    renaming = renaming or Renaming(None, COLUMNS)
    frame = read_placed(part, spec, renaming=renaming, datum=datum, encoding=encoding)
    refuse_not_finite(np.asarray(frame.geometry.array, dtype=object), file=str(spec))
    file = split_spec(spec)[0].name
    mine = renaming.of(part, frame.columns, spec=spec)
    frame = apply_mapping(frame, mine, file=file)
    open_names = [name for name in columns if name not in mine]
    rest = frame.drop(columns=[name for name in mine if name in frame.columns])
    _, understood = understand(rest, open_names)
    frame = frame.rename(columns={theirs: ours for ours, theirs in understood.items()})
    renaming.require(frame, part, needed, spec=spec)
    blank = {name: pd.Series(None, index=frame.index, dtype="str") for name in columns}
    frame = frame.assign(**{name: blank[name] for name in columns if name not in frame.columns})
    return values(frame, Notes(file, part))


def read_points(
    spec: str | Path,
    *,
    lon: str | None = None,
    lat: str | None = None,
    columns: Sequence[str] = (),
    renaming: Renaming | None = None,
    datum: Datum | None = None,
    encoding: str | None = None,
) -> gpd.GeoDataFrame:
    """A file of points whole, as a layer in EPSG:4490 with those of ``columns`` that it has, or that ``renaming`` names
    for the layer ``points``. Rows without a place have no geometry.

    Raises what `open_points` and `Renaming` raise, and DatumError where a table does not say what its coordinates
    refer to.
    """
    source = open_points(spec, lon=lon, lat=lat, encoding=encoding)
    assumed = None if source.assumed is None else Datum("wgs84")
    reference = crs.agreed(source.crs, datum or assumed, file=str(spec))
    wanted = {name: name for name in columns}
    if renaming is not None:
        wanted |= renaming.of("points", source.names, spec=spec)
    batches = []
    for batch in source.batches():
        lng, lat_deg = crs.to_lonlat(batch.x, batch.y, datum=reference)
        kept = {
            ours: batch.table.column(theirs).to_pandas()
            for ours, theirs in wanted.items()
            if theirs in source.names
        }
        shapes = np.full(len(lng), None, dtype=object)
        placed = ~(np.isnan(lng) | np.isnan(lat_deg))
        shapes[placed] = shapely.points(lng[placed], lat_deg[placed])
        batches.append(gpd.GeoDataFrame(kept, geometry=shapes, crs=crs.LONLAT))
    if not batches:
        raise FileUnreadable("points-none", file=str(spec))
    return gpd.GeoDataFrame(pd.concat(batches, ignore_index=True), crs=crs.LONLAT)
