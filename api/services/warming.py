"""What a planner's first split needs, made ready while the page is opened: kernels that nobody has used since the
installation are compiled for half a minute and more."""

from __future__ import annotations

import threading

import geopandas as gpd
import numpy as np
import shapely

from geo.blocks.given import given_blocks
from geo.model import CRS, SizeRule
from geo.partition.parting import parted

STEP_DEG = 0.001
FEW, MANY = (3, 3), (4, 5)
"""Boards of blocks: so few that every division of them is tried, and so many that they are searched."""


def warm_splitting() -> None:
    """Split two boards of blocks, by which the kernels are compiled, or taken from where they are kept."""
    for rows, columns in (FEW, MANY):
        lng, lat = np.meshgrid(np.arange(columns), np.arange(rows))
        west, south = 117 + lng.ravel() * STEP_DEG, 31 + lat.ravel() * STEP_DEG
        shapes = shapely.box(west, south, west + STEP_DEG, south + STEP_DEG)
        blocks = gpd.GeoDataFrame(geometry=shapes, crs=CRS)
        board = given_blocks(blocks, np.full(len(blocks), 20, dtype=np.int64), code="board")
        parted(board, 2, bounds=SizeRule())


class Warming:
    """Begun by the first who opens the page, aside, once in a process."""

    def __init__(self) -> None:
        self._begun = threading.Lock()

    def begin(self) -> None:
        """Nobody waits for it: a split that comes before its end waits for what is missing then."""
        if self._begun.acquire(blocking=False):
            threading.Thread(target=warm_splitting, daemon=True, name="warming").start()
