"""What is kept apart inside communities: outlines that no block crosses, buildings with ground of their own."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo.blocks.noding import Geometries
from geo.blocks.pieces import OUTSIDE, holders
from geo.blocks.units import Stock

Ints = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Inner:
    """parts: polygons in the metric CRS. apart: for each building the number of its group, or -1."""

    parts: Geometries
    apart: Ints

    def set_apart(self, stock: Stock, unit: Ints, face: Ints) -> tuple[Stock, Ints]:
        """Groups as units of their own. Where one stands, every building gets a cell, even an empty one: else the
        group's ground would reach to the next dwelling."""
        mine = self.apart >= 0
        if not mine.any():
            return stock, unit
        shared = np.unique(face[mine & (face != OUTSIDE)])
        placed = np.array([not point.is_empty for point in stock.metric], dtype=bool)
        sited = stock.sited | (placed & (mine | np.isin(face, shared)))
        own = np.where(mine, int(unit.max(initial=-1)) + 1 + self.apart, unit)
        return replace(stock, sited=sited), own

    def parted(self, owner: Ints, middles: Geometries) -> Ints:
        """The owners of pieces (a point inside each) told apart by the part that they lie in: nothing joins across."""
        if len(self.parts) == 0:
            return owner
        pairs = np.column_stack([owner, holders(middles, self.parts)])
        numbers = np.unique(pairs, axis=0, return_inverse=True)[1].reshape(-1)
        return np.where(owner == OUTSIDE, OUTSIDE, numbers)
