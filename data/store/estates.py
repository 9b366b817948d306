"""Estates as their buildings tell them."""

from __future__ import annotations

import numpy as np
from sqlalchemy import Connection, text

from geo.locate import Locator


def parted(connection: Connection, locator: Locator) -> frozenset[str]:
    """The keys (as data.store.words gives them) of estates whose buildings lie in more than one grid of a locator."""
    rows = connection.execute(
        text(
            "SELECT 'estate:' || community_code || ':' || estate, ST_X(point), ST_Y(point) FROM buildings"
            " WHERE estate IS NOT NULL AND community_code IS NOT NULL"
        )
    ).all()
    if not rows:
        return frozenset()
    keys, lng, lat = zip(*rows, strict=True)
    grids = locator.indices(np.array(lng, dtype=np.float64), np.array(lat, dtype=np.float64))
    seen: dict[str, set[int]] = {}
    for key, grid in zip(keys, grids.tolist(), strict=True):
        seen.setdefault(key, set()).add(grid)
    return frozenset(key for key, own in seen.items() if len(own) > 1)
