"""Polygons with one number -> so many connected, compact parts of nearly equal sums, as two layers and figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from api.services.progress import Progress, silent
from geo.blocks import BlockMap
from geo.blocks.given import given_blocks
from geo.blocks.noding import merge
from geo.codes import Profile
from geo.errors import ColumnMissing, InputError
from geo.model import CRS
from geo.partition.assignment import Assignment
from geo.partition.divide import Division, divide
from geo.partition.scores import plan_scores
from geo.plans import grid_codes

CODE = "D"
"""What the codes of the parts begin with: D-001, D-002 …"""
MOST_WEIGHT = 1e12
"""Of a block: thousandths of a million of such are still counted."""
FRACTION = 1000
"""Weights that are no whole numbers are counted in thousandths."""


@dataclass(frozen=True, slots=True)
class Divided:
    """grids: code, weight, blocks, deviation (share of the mean), compactness. blocks: as given, with ``grid_code``.
    summary: all of that as figures, JSON-ready."""

    grids: gpd.GeoDataFrame
    blocks: gpd.GeoDataFrame
    summary: dict[str, object]

    @property
    def holds(self) -> bool:
        """Whether every part is within what was asked, and hangs together."""
        return bool(self.summary["holds"])


def divide_blocks(
    blocks: gpd.GeoDataFrame,
    weight: str,
    count: int,
    *,
    within: float,
    prove: bool = False,
    seed: int = 0,
    compare: str | None = None,
    progress: Progress = silent,
    cancelled: Callable[[], bool] = lambda: False,
) -> Divided:
    """Divide polygons (EPSG:4490) by their column ``weight`` into ``count`` parts, as `divide`.

    ``compare``: a column that says how they are divided now, measured the same way (``summary["compared"]``).

    Raises ColumnMissing; InputError for a weight that is no number or negative; GeometryError for a row without ground
    of its own; OptionError where ``count`` makes no sense.
    """
    _require(blocks, weight, "--weight")
    if compare is not None:
        _require(blocks, compare, "--compare")
    given = _numbers(blocks[weight], weight)
    scale = 1 if np.array_equal(given, np.rint(given)) else FRACTION
    progress("draw-blocks", 0, None)
    block_map = given_blocks(blocks, np.rint(given * scale).astype(np.int64), code=CODE)
    found = divide(
        block_map,
        count,
        within=within,
        prove=prove,
        seed=seed,
        progress=lambda done, total: progress("draw-grids", done, total),
        cancelled=cancelled,
    )
    codes = grid_codes(block_map, Assignment(found.grid, (), ()), profile=Profile.PLAIN)
    grids = _grids(block_map, codes, given, weight)
    kept = blocks.assign(grid_code=codes).set_geometry(
        gpd.GeoSeries(block_map.geometry, crs=CRS, index=blocks.index)
    )
    summary = _summary(grids, block_map, found, within=within, prove=prove)
    if compare is not None:
        summary["compared"] = _compared(blocks[compare], block_map, given, weight)
    return Divided(grids, kept, summary)


def _require(blocks: gpd.GeoDataFrame, column: str, option: str) -> None:
    if column not in blocks.columns:
        present = ", ".join(str(name) for name in blocks.columns if name != "geometry")
        raise ColumnMissing("weight-missing", column=column, option=option, present=present or "-")


def _compared(
    column: pd.Series, block_map: BlockMap, given: NDArray[np.float64], weight: str
) -> dict[str, object]:
    """The figures of another division: blocks with the same value are one part."""
    parts = _grids(block_map, column.astype("str").to_numpy(object), given, weight)
    return {
        "grids": len(parts),
        "least": float(parts["deviation"].min()),
        "most": float(parts["deviation"].max()),
        "worst": float(parts["deviation"].abs().max()),
        "compactness": float(parts["compactness"].mean()),
    }


def _numbers(column: pd.Series, name: str) -> NDArray[np.float64]:
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    wrong = ~((numbers >= 0) & (numbers <= MOST_WEIGHT))
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise InputError(
            "weight-unusable", column=name, row=row + 1, value=str(column.iloc[row]),
            count=int(wrong.sum()),
        )  # fmt: skip
    return numbers


def _grids(
    block_map: BlockMap, codes: NDArray[np.object_], weight: NDArray[np.float64], name: str
) -> gpd.GeoDataFrame:
    names, number = np.unique(codes.astype(str), return_inverse=True)
    sums = np.bincount(number, weight, len(names))
    shapes = [merge(block_map.geometry[number == one]) for one in range(len(names))]
    metric = [merge(block_map.metric[number == one]) for one in range(len(names))]
    round_ = 4 * np.pi * shapely.area(metric) / shapely.length(metric) ** 2
    return gpd.GeoDataFrame(
        {
            "code": names,
            name: sums,
            "blocks": np.bincount(number),
            "deviation": np.round(sums / sums.mean() - 1, 6),
            "compactness": np.round(round_, 4),
        },
        geometry=shapes,
        crs=CRS,
    )


def _summary(
    grids: gpd.GeoDataFrame, block_map: BlockMap, found: Division, *, within: float, prove: bool
) -> dict[str, object]:
    worst = float(grids["deviation"].abs().max())
    return {
        "grids": len(grids),
        "blocks": len(block_map.geometry),
        "within": within,
        "worst": worst,
        "least": float(grids["deviation"].min()),
        "most": float(grids["deviation"].max()),
        "compactness": plan_scores(block_map, found.grid).compactness,
        "in_parts": len(found.leaps),
        "holds": not found.leaps and (prove or worst <= within + 1e-9),
        "state": ("proved" if found.proved else "best-found") if prove else "drawn",
    }
