"""What the first to work with a page would wait for, made ready while it is opened. A planner's first split: kernels
that nobody has used since the installation are compiled for half a minute and more. A dispatcher's first card: two
seconds, in which what checks chains is loaded."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

import geopandas as gpd
import numpy as np
import shapely
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from api.services.card import Asked, Cards
from data.store import grids
from geo.blocks.given import given_blocks
from geo.errors import WanggeError
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


def warm_card(engine: Engine, cards: Callable[[], Cards]) -> None:
    """Make the card of some place. Whatever is wrong is said to whoever asks for theirs."""
    with suppress(WanggeError, SQLAlchemyError):
        with engine.connect() as connection:
            place = grids.somewhere(connection)
        if place is not None:
            cards().card(Asked(lng=place[0], lat=place[1]))


class Warming:
    """Begun by the first who opens the page, aside, once in a process."""

    def __init__(self, warm: Callable[[], None]) -> None:
        self._warm, self._begun = warm, threading.Lock()

    def begin(self) -> None:
        """Nobody waits for it: what comes before its end waits for what is missing then."""
        if self._begun.acquire(blocking=False):
            threading.Thread(target=self._warm, daemon=True, name="warming").start()
