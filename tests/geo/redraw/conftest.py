"""A small town with a plan, opened as drafts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from geo.blocks import cut_blocks
from geo.model import City, CityPlan, SizeRule
from geo.partition.draw import draw_grids
from geo.plans import assemble
from geo.redraw import Draft, open_drafts

TINY = SizeRule(households=(30, 60), residents=(60, 120))


def homes(x: float, households: int = 8) -> list[dict[str, object]]:
    """Twenty-five houses in one community; two of them are an estate."""
    at = [(x + (i + 0.5) / 5, (j + 0.5) / 5) for i in range(5) for j in range(5)]
    return [
        {
            "at": one,
            "households": households,
            "residents": 2 * households,
            "estate": "路边小区" if n in (1, 2) else None,
        }
        for n, one in enumerate(at)
    ]


@pytest.fixture(scope="session")
def small_city(town: Callable[..., City]) -> City:
    """Two communities, a road through both, a river through the second."""
    city = town(
        2, 1,
        homes=[*homes(0), *homes(1)],
        roads=[("street", [(0, 0.52), (2, 0.52)])],
        rivers=[("river", [(1.6, 0), (1.6, 1)])],
        bridges=[(1.6, 0.52)],
    )  # fmt: skip
    return replace(city, roads=city.roads.assign(name="中街"))


@pytest.fixture(scope="session")
def small_plan(small_city: City) -> CityPlan:
    """The plan of it."""
    block_map = cut_blocks(small_city, rule=TINY)
    return assemble(block_map, draw_grids(block_map, rule=TINY))


@pytest.fixture(scope="session")
def drafts(small_city: City, small_plan: CityPlan) -> dict[str, Draft]:
    """It opened."""
    return open_drafts(small_plan, small_city, rule=TINY)


@pytest.fixture(scope="session")
def draft(drafts: dict[str, Draft]) -> Draft:
    """Its first community."""
    return drafts["340881001001"]
