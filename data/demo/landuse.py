"""What each parcel of land is used for."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from data.demo.communities import crowding
from data.demo.dice import dice
from data.demo.fabric import OLD_CROWDING


class Use(StrEnum):
    """How a parcel is built on."""

    OLD = "old"
    VILLAGE = "village"
    ESTATE = "estate"
    TOWERS = "towers"
    SHOPS = "shops"
    PUBLIC = "public"
    INDUSTRY = "industry"
    OFFICE = "office"
    PARK = "park"
    FIELD = "field"


SHARES = {
    "old": {Use.OLD: 0.66, Use.ESTATE: 0.14, Use.SHOPS: 0.08, Use.PUBLIC: 0.05, Use.PARK: 0.04,
            Use.OFFICE: 0.03},
    "mid": {Use.ESTATE: 0.42, Use.TOWERS: 0.06, Use.VILLAGE: 0.24, Use.SHOPS: 0.05, Use.PUBLIC: 0.06,
            Use.PARK: 0.08, Use.OFFICE: 0.05, Use.INDUSTRY: 0.02, Use.FIELD: 0.02},
    "edge": {Use.VILLAGE: 0.34, Use.ESTATE: 0.28, Use.TOWERS: 0.05, Use.FIELD: 0.14, Use.PARK: 0.08,
             Use.PUBLIC: 0.05, Use.OFFICE: 0.03, Use.INDUSTRY: 0.03},
    "zone": {Use.INDUSTRY: 0.34, Use.ESTATE: 0.30, Use.TOWERS: 0.04, Use.VILLAGE: 0.16, Use.FIELD: 0.05,
             Use.PARK: 0.05, Use.PUBLIC: 0.03, Use.OFFICE: 0.03},
}  # fmt: skip
TOO_SMALL_M2 = 2500.0
LARGE_M2 = 12_000.0
NEEDS_ROOM = (Use.ESTATE, Use.TOWERS, Use.INDUSTRY, Use.PUBLIC)


def uses(
    parcels: Sequence[shapely.Polygon],
    community: Sequence[int],
    in_zone: Sequence[bool],
    water: BaseGeometry,
    *,
    seed: int,
) -> list[Use]:
    """One use for each parcel, by where it lies; slips beside the water are green.

    Every community gets its belt's mix, so that none is all estates and none all sheds.
    """
    rng = dice(seed, "land use")
    belts = [_belt(land, zone) for land, zone in zip(parcels, in_zone, strict=True)]
    deck = pd.DataFrame({"community": community, "belt": belts})
    drawn = [Use.FIELD] * len(parcels)
    for belt, shares in SHARES.items():
        for _, rows in deck[deck["belt"] == belt].groupby("community"):
            hand = _hand(shares, len(rows), rng)
            for row, use in zip(rows.index.to_numpy(), hand, strict=True):
                drawn[row] = use
    return [_fitting(land, use, water, rng) for land, use in zip(parcels, drawn, strict=True)]


def _hand(shares: dict[Use, float], count: int, rng: np.random.Generator) -> list[Use]:
    """``count`` uses, as near to ``shares`` as whole parcels allow, in a random order."""
    steps = (np.arange(count) + rng.random()) / count
    ends = np.cumsum(list(shares.values())) / sum(shares.values())
    picked = np.minimum(np.searchsorted(ends, steps), len(shares) - 1)
    kinds = list(shares)
    return [kinds[i] for i in rng.permutation(picked)]


def _fitting(
    land: shapely.Polygon, drawn: Use, water: BaseGeometry, rng: np.random.Generator
) -> Use:
    green = rng.random() < 0.3
    if land.area < TOO_SMALL_M2 or (green and land.area < LARGE_M2 and land.distance(water) < 1.0):
        return Use.PARK
    if land.area < LARGE_M2 and drawn in NEEDS_ROOM:
        return Use.OLD if crowding(land) >= OLD_CROWDING else Use.VILLAGE
    return drawn


def _belt(land: shapely.Polygon, zone: bool) -> str:
    if zone:
        return "zone"
    crowd = crowding(land)
    return "old" if crowd >= OLD_CROWDING else "mid" if crowd > 0.78 else "edge"
