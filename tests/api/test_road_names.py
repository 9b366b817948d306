"""The names of roads on the planner's page."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import pytest
from shapely import LineString
from sqlalchemy import Engine

from data.settings import Settings
from data.store import ground
from geo.model import CRS
from tests.api.blocks_town import middle
from tests.browsing import Window
from tests.data.store.conftest import WEST
from tests.serving import served

INKED = """() => { const canvas = document.querySelector('.leaflet-roadnames-pane canvas');
    if (!canvas?.width) return false;
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.some((value, i) => i % 4 === 3 && value); }"""


@pytest.fixture(scope="module")
def template(town_of_blocks: str) -> str:
    """The town of blocks: each test has a copy."""
    return town_of_blocks


@pytest.mark.parametrize("name", ["龙眠路", None])
def test_roads_are_named_along_themselves(
    engine: Engine, db_url: str, window: Callable[..., Window], name: str | None
) -> None:
    """Ink where the road with a name runs, none where it has no name."""
    road = {"class": "arterial", "name": name, "source": "test"}
    way = LineString([middle(0, 1), middle(3, 1)])
    with engine.begin() as connection:
        ground.replace_lines(connection, gpd.GeoDataFrame([road], geometry=[way], crs=CRS))
    with served(Settings(database_url=db_url)) as site:
        opened = window()
        tab = opened.open(f"{site}/redraw")
        tab.select_option("#what", WEST)
        tab.click("#copy")
        tab.wait_for_selector("#status >> text=已打开")
        opened.settle()
        if name is None:
            tab.wait_for_timeout(200)
            assert not tab.evaluate(INKED)
        else:
            tab.wait_for_function(INKED)
