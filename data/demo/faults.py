"""Faults planted on purpose, so that the checks find something: PLANTED lists them, tests hold it true."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from data.demo.dice import dice


@dataclass(frozen=True, slots=True)
class Fault:
    """One planted fault: the finding that must name it, and where it was planted."""

    key: str
    finding: str
    where: str


PLANTED = (Fault("wrong-community", "building-wrong-community", "buildings"),)


def misrecord(
    buildings: gpd.GeoDataFrame, communities: gpd.GeoDataFrame, *, seed: int
) -> gpd.GeoDataFrame:
    """A copy where one dwelling near a border is recorded in the community on the other side."""
    rng = dice(seed, "misrecord")
    lived_in = buildings[(buildings["households"] > 0) & buildings["estate"].isna()]
    for index in rng.permutation(lived_in.index):
        here = lived_in.geometry[index]
        away = communities[communities["code"] != lived_in["community_code"][index]]
        distance = shapely.distance(away.geometry.to_numpy(), here)
        if distance.min() < 4e-4:
            spoiled = buildings.copy()
            spoiled.loc[index, "community_code"] = away["code"].iloc[int(np.argmin(distance))]
            return spoiled
    return buildings
