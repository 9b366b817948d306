"""The service as tests of pages and of HTTP meet it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from data.settings import Settings
from tests.serving import served


@pytest.fixture
def site(db_url: str) -> Iterator[str]:
    """The service on the test's own store (what its module's ``template`` holds): its address."""
    with served(Settings(database_url=db_url)) as address:
        yield address
