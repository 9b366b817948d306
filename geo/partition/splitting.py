"""Offers to split an estate, tried: the estate's community cut and drawn again with its buildings as blocks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import geopandas as gpd
import numpy as np

from geo.blocks import BlockMap, cut_blocks
from geo.errors import GeometryError
from geo.model import City, SizeRule
from geo.partition.assignment import Assignment, CommunityResult, Offer
from geo.partition.problem import community_problem
from geo.partition.trial import can_hold

MOST_TRIED = 3
"""Offers to split that are tried in one community."""
MOST_COMMUNITIES = 8
"""Communities in which they are tried."""


def splits_tried(
    city: City,
    block_map: BlockMap,
    assignment: Assignment,
    *,
    rule: SizeRule,
    cancelled: Callable[[], bool] = lambda: False,
) -> Assignment:
    """The assignment, its offers ``split`` checked or marked as tried in vain; those past a budget stay unchecked."""
    left, results = MOST_COMMUNITIES, []
    for index, result in enumerate(assignment.results):
        tried = result
        if left and not cancelled() and any(one.kind == "split" for one in result.offers):
            left -= 1
            tried = _tried(result, _alone(city, block_map, index), rule, cancelled)
        results.append(tried)
    return replace(assignment, results=tuple(results))


def _alone(city: City, block_map: BlockMap, community: int) -> City:
    """A city of one community and what stands and runs there."""
    outline = block_map.communities.iloc[[community]]
    here = np.flatnonzero(block_map.community == community)
    west, south, east, north = outline.total_bounds

    def near(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        return layer.cx[west:east, south:north]

    return City(
        communities=outline,
        buildings=city.buildings[np.isin(block_map.building_block, here)],
        roads=near(city.roads),
        rivers=near(city.rivers),
        bridges=near(city.bridges),
    )


def _tried(
    result: CommunityResult, alone: City, rule: SizeRule, cancelled: Callable[[], bool]
) -> CommunityResult:
    offers, left = list[Offer](), MOST_TRIED
    for offer in result.offers:
        told = offer
        if offer.kind == "split" and left and not cancelled():
            left -= 1
            holds = _holds_without(alone, str(offer.params["estate"]), rule, cancelled)
            told = replace(offer, checked=holds, kind="split" if holds else "split-tried")
        offers.append(told)
    return replace(result, offers=tuple(offers))


def _holds_without(alone: City, estate: str, rule: SizeRule, cancelled: Callable[[], bool]) -> bool:
    """Whether the community can be divided once that estate is no longer one block."""
    loose = (alone.buildings["estate"].astype("str") == estate).to_numpy(bool)
    try:
        cut = cut_blocks(alone, rule=rule, loose=loose)
    except GeometryError:
        return False
    return can_hold(community_problem(cut, 0, rule), cut, cancelled=cancelled)
