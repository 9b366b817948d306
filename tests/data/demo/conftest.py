"""The demo city and all that stands on it, made once for these tests."""

from __future__ import annotations

from datetime import UTC, datetime

import geopandas as gpd
import pytest

from data import demo
from geo.blocks import cut_blocks
from geo.model import CityPlan
from geo.partition.draw import draw_grids
from geo.plans import assemble

SEED = 0
UNTIL = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def city() -> demo.DemoCity:
    return demo.build_city(SEED)


@pytest.fixture(scope="session")
def plan(city: demo.DemoCity) -> CityPlan:
    planned = city.city.communities.set_index("code")["planned_grids"].astype(int).to_dict()
    block_map = cut_blocks(city.city)
    return assemble(block_map, draw_grids(block_map, planned=planned, seed=SEED))


@pytest.fixture(scope="session")
def people(city: demo.DemoCity, plan: CityPlan) -> demo.DemoPeople:
    return demo.build_people(city, plan.grids, seed=SEED)


@pytest.fixture(scope="session")
def incidents(city: demo.DemoCity, plan: CityPlan) -> gpd.GeoDataFrame:
    known = demo.build_catalogue(SEED)
    return demo.build_incidents(city, plan.grids, known, seed=SEED, until=UNTIL)
