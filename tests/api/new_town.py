"""A town of which only communities, houses and roads are known: nothing was ever drawn in it."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
from shapely.geometry import LineString, Point
from sqlalchemy import Engine

from api.services.actor import Actor, Role
from api.services.imports import run
from api.services.imports.result import Options
from geo.model import CRS
from tests.data.store.conftest import EAST, WEST, town

SIDE = 12
"""Houses along each side of a community."""
HOUSEHOLDS, RESIDENTS = 9, 20
PLANNER = Actor("test", Role.PLANNER)
ALL = ("regions", "buildings", "roads")


def houses(seed: int = 1) -> gpd.GeoDataFrame:
    """A house of nine households on every lot, a little off its middle."""
    dice, rows, points = np.random.default_rng(seed), [], []
    for code, west in ((WEST, 116.95), (EAST, 116.96)):
        for column in range(SIDE):
            for row in range(SIDE):
                away = dice.uniform(-0.2, 0.2, 2)
                x, y = (np.array([column, row]) + 0.5 + away) * 0.01 / SIDE
                rows.append((f"{code}-{column:02d}{row:02d}", code, "residence", HOUSEHOLDS))
                points.append(Point(west + x, 31.04 + y))
    names = ["building_id", "community_code", "kind", "households"]
    frame = gpd.GeoDataFrame(rows, columns=names, geometry=points, crs=CRS)
    return frame.assign(residents=RESIDENTS, residents_basis="usual", estate=None, name=None)


def roads() -> gpd.GeoDataFrame:
    """Two roads through both communities, and one in each from south to north."""
    lines = [LineString([(116.949, y), (116.971, y)]) for y in (31.0434, 31.0467)]
    lines += [LineString([(x, 31.039), (x, 31.051)]) for x in (116.9551, 116.9648)]
    names = ["人民路", "文昌路", "和平路", "东风路"]
    return gpd.GeoDataFrame({"class": "main", "name": names}, geometry=lines, crs=CRS)


def import_town(engine: Engine, folder: Path, *, nouns: tuple[str, ...] = ALL) -> None:
    """Import it as its office does: from files."""
    layers = {"regions": town(), "buildings": houses(), "roads": roads()}
    for noun in nouns:
        file = folder / f"{noun}.gpkg"
        layers[noun].to_file(file, layer=noun, driver="GPKG")
        run(engine, noun, str(file), Options(actor=PLANNER, zone=ZoneInfo("Asia/Shanghai")))
