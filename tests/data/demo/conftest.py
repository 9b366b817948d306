"""The demo city and all that stands on it, made once for these tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import geopandas as gpd
import pytest

from api.services.draw import draw
from data import demo
from geo.model import CityPlan

SEED = 0
UNTIL = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def city() -> demo.DemoCity:
    return demo.build_city(SEED)


@pytest.fixture(scope="session")
def plan(city: demo.DemoCity, kept_plan: Callable[..., CityPlan]) -> CityPlan:
    """As the main job draws it; its own test does so, and only without that is it drawn here."""
    return kept_plan(lambda: _drawn(city))


def _drawn(city: demo.DemoCity) -> CityPlan:
    return draw(city.city, seed=SEED).plan


@pytest.fixture(scope="session")
def people(city: demo.DemoCity, plan: CityPlan) -> demo.DemoPeople:
    return demo.build_people(city, plan.grids, seed=SEED)


@pytest.fixture(scope="session")
def incidents(city: demo.DemoCity, plan: CityPlan) -> gpd.GeoDataFrame:
    known = demo.build_catalogue(SEED)
    return demo.build_incidents(city, plan.grids, known, seed=SEED, until=UNTIL)
