"""The service as tests of pages and of HTTP meet it."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from functools import cache

import pytest

from data.cluster import Cluster
from data.settings import Settings
from tests.api import blocks_town
from tests.conftest import filled
from tests.serving import served


@pytest.fixture(scope="session", autouse=True)
def nothing_in_vain() -> Iterator[None]:
    """No service makes the map before somebody asks for it: that takes a second, and nearly every test is over first
    (that services do make it: services/test_pages.py). No client reads a list of the world's certificates: 25 ms."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("api.services.pages.WARM_S", 3600.0)
        patch.setattr("ssl.create_default_context", cache(ssl.create_default_context))
        yield


@pytest.fixture(scope="session")
def town_of_blocks(cluster: Cluster, migrated: str) -> Iterator[str]:
    """The name of a database with the town of blocks in it, filled once a process."""
    with filled(cluster, migrated, blocks_town.fill) as name:
        yield name


@pytest.fixture
def site(db_url: str) -> Iterator[str]:
    """The service on the test's own store (what its module's ``template`` holds): its address."""
    with served(Settings(database_url=db_url)) as address:
        yield address
