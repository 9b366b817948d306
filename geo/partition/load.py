"""What a grid's work is made of: columns of the buildings, weighed and summed over blocks."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.blocks import BlockMap
from geo.errors import OptionError
from geo.model import Finding, Severity


def block_load(
    block_map: BlockMap, buildings: gpd.GeoDataFrame, weights: Mapping[str, float]
) -> NDArray[np.float64]:
    """The load of each block: for each column of ``buildings`` its weight times what stands there.

    What is no number, or negative, counts nothing. Raises OptionError where a column is not there, or holds no
    number at all, where a weight is negative, and where all of them are 0.
    """
    total = np.zeros(len(buildings))
    for column, weight in weights.items():
        if column not in buildings.columns or column == buildings.geometry.name:
            known = [str(name) for name in buildings.columns if name != buildings.geometry.name]
            raise OptionError("load-column-missing", value=column, known=", ".join(known))
        values = pd.to_numeric(buildings[column], errors="coerce").to_numpy(np.float64, na_value=0)
        usable = np.where(np.isfinite(values), values, 0.0).clip(min=0)
        if not (np.isfinite(weight) and weight >= 0) or not usable.any():
            raise OptionError("load-nothing", value=column, weight=weight)
        total += weight * usable
    if weights and not total.any():
        raise OptionError("load-nothing", value=", ".join(weights), weight=0.0)
    at = block_map.building_block
    held = at >= 0
    load = np.bincount(at[held], total[held], len(block_map.geometry))
    return np.asarray(load, dtype=np.float64)


def load_findings(buildings: gpd.GeoDataFrame, weights: Mapping[str, float]) -> list[Finding]:
    """One finding for each column in which dwellings have no number, or a negative one, and so count nothing."""
    found = []
    for column in weights:
        values = pd.to_numeric(buildings[column], errors="coerce").to_numpy(
            np.float64, na_value=np.nan
        )
        rows = np.flatnonzero(~(values >= 0))
        if len(rows):
            names = [str(one) for one in buildings["building_id"].iloc[rows[:5]]]
            told = {"column": column, "count": len(rows), "examples": ", ".join(names)}
            found.append(
                Finding("load-not-counted", Severity.WARNING, count=len(rows), params=told)
            )
    return found
