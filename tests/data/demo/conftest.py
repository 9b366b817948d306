"""The demo city and all that stands on it, made once for these tests."""

from __future__ import annotations

import fcntl
import pickle
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
def plan(
    city: demo.DemoCity, tmp_path_factory: pytest.TempPathFactory, testrun_uid: str
) -> CityPlan:
    """Drawn once for all of pytest's processes: the first to come draws, the others wait for it."""
    kept = tmp_path_factory.getbasetemp().parent / f"demo-plan-{testrun_uid}.pickle"
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_bytes(pickle.dumps(_drawn(city)))
        plan: CityPlan = pickle.loads(kept.read_bytes())
    return plan


def _drawn(city: demo.DemoCity) -> CityPlan:
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
