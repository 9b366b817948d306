"""A plan in a file -> its layers: as this project writes it, or any layer of polygons with codes."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd

from data.readers import settle
from data.readers.parts import read_part
from data.readers.renaming import Renaming
from data.readers.vector import list_layers, read_layer, split_spec
from geo.crs import Datum
from geo.errors import CodeError
from geo.model import BLOCK_COLUMNS, COMMUNITY_COLUMNS, CityPlan, empty_layer


def read_plan(
    spec: str | Path,
    *,
    renaming: Renaming | None = None,
    datum: Datum | None = None,
    encoding: str | None = None,
) -> CityPlan:
    """The grids of a plan (``F[:layer]``) in EPSG:4490, with its blocks and communities where the file has them
    beside the grids, else with those empty. Columns that the file has beyond ours stay.

    Raises what `read_layer` raises, and CodeError for a missing or repeated grid code.
    """
    grids = read_part("grids", spec, renaming=renaming, datum=datum, encoding=encoding)
    _refuse_bad_codes(grids, str(spec))
    path, asked = split_spec(spec)
    present = list_layers(path) if asked is None else []
    blocks = empty_layer(BLOCK_COLUMNS)
    communities = empty_layer(COMMUNITY_COLUMNS)
    if {"grids", "blocks", "communities"} <= set(present):
        found = read_layer(path, default_layer="blocks", datum=datum, encoding=encoding)
        if set(BLOCK_COLUMNS) <= set(found.columns):
            blocks = _texts(found, ("block_id", "community_code", "grid_code", "estate"))
            outlines = read_part("communities", path, datum=datum, encoding=encoding)
            communities = _texts(outlines, ("code", "name"))
    return CityPlan(grids=grids, blocks=blocks, communities=communities)


def _texts(frame: gpd.GeoDataFrame, columns: tuple[str, ...]) -> gpd.GeoDataFrame:
    return frame.assign(**{name: settle.as_text(frame[name]) for name in columns})


def _refuse_bad_codes(grids: gpd.GeoDataFrame, file: str) -> None:
    codes = grids["code"]
    if codes.isna().any():
        row = int(codes.isna().to_numpy().argmax()) + 1
        raise CodeError("plan-code-missing", file=file, row=row)
    repeated = codes[codes.duplicated()].unique()
    if len(repeated):
        rows = ", ".join(str(n + 1) for n in codes.index[codes == repeated[0]][:10])
        raise CodeError(
            "grids-code-duplicated",
            file=file,
            value=repeated[0],
            positions=rows,
            count=len(repeated),
        )
