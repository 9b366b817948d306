"""How a city is cut for drawing: bounds, dedicated ground, estates not kept whole, crossings that a user allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo.blocks import BlockMap, cut_blocks
from geo.model import City, SizeRule
from geo.partition.crossings import Crossing, with_crossings
from geo.partition.dedicated import COLUMN, Reserved, Wishes, reserve, wishes

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Setting:
    """A city and what is wished of it. loose: the buildings of estates that are not kept whole."""

    city: City
    rule: SizeRule
    asked: Wishes
    allowed: tuple[Crossing, ...]
    loose: Bools

    def cut(self) -> tuple[BlockMap, Reserved]:
        """The blocks, and what is left of them to be drawn beside dedicated ground."""
        block_map = cut_blocks(
            self.city,
            rule=self.rule,
            parts=self.asked.parts,
            apart=self.asked.apart,
            loose=self.loose,
        )
        block_map = with_crossings(block_map, self.allowed)
        return block_map, reserve(block_map, self.asked)

    def without(self, estate: str) -> Setting:
        """The same with one estate more that is not kept whole."""
        own = (self.city.buildings["estate"].astype("str") == estate).to_numpy(bool)
        return replace(self, loose=self.loose | own)

    def dedicating(self, names: Sequence[str]) -> Setting:
        """The same with more dedicated ground: the estates or buildings of these names."""
        plain = self.city.buildings.drop(columns=COLUMN, errors="ignore")
        more, known = wishes(replace(self.city, buildings=plain), names), len(self.asked.names)
        asked = Wishes(
            (*self.asked.names, *more.names),
            np.where(more.apart >= 0, more.apart + known, self.asked.apart),
            np.concatenate([self.asked.parts, more.parts]),
            np.concatenate([self.asked.part_name, more.part_name + known]),
        )
        return replace(self, asked=asked)

    def alone(self, block_map: BlockMap, community: int) -> Setting:
        """One community of it, with what stands and runs there; ``block_map``: what it was cut into."""
        outline = block_map.communities.iloc[[community]]
        here = np.isin(block_map.building_block, np.flatnonzero(block_map.community == community))
        west, south, east, north = outline.total_bounds

        def near(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
            return layer.cx[west:east, south:north]

        city = City(
            communities=outline,
            buildings=self.city.buildings[here],
            roads=near(self.city.roads),
            rivers=near(self.city.rivers),
            bridges=near(self.city.bridges),
        )
        return Setting(
            city,
            self.rule,
            replace(self.asked, apart=self.asked.apart[here]),
            tuple(found for one in self.allowed if (found := _moved(one, here)) is not None),
            self.loose[here],
        )


def _moved(crossing: Crossing, here: Bools) -> Crossing | None:
    """A crossing in terms of the buildings that are ``here`` alone; None where it joins others."""
    place = np.cumsum(here) - 1
    one, other = (
        tuple(int(place[row]) for row in side if here[row])
        for side in (crossing.one, crossing.other)
    )
    return Crossing(crossing.text, one, other) if one and other else None
