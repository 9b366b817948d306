"""What was exported can be imported again as it stands: headings that we write are headings that we read."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from sqlalchemy import Engine, text

from api.services import plans
from api.services.actor import Actor
from api.services.exports import export
from api.services.imports import Options, run
from data.store import buildings, catalogue, party, posts, regions
from geo.crs import parse_datum
from geo.model import CRS
from tests.data.store.conftest import WEST, town, town_plan


@pytest.fixture
def city(engine: Engine) -> Engine:
    """The hand-drawn town with its grids in force, two houses, an officer, a branch, two items that can be reported."""
    houses = gpd.GeoDataFrame(
        {
            "building_id": ["b1", "b2"],
            "community_code": [WEST, WEST],
            "kind": ["residence", "public"],
            "estate": ["和平小区", None],
            "households": [40, 0],
            "residents": [96, 0],
            "residents_basis": ["usual", "usual"],
        },
        geometry=shapely.points([116.953, 116.956], 31.045),
        crs=CRS,
    )
    with engine.begin() as connection:
        regions.merge(connection, town())
        drafts = plans.store_city_plan(connection, town_plan(), actor=Actor("test"))
        plans.publish_within(connection, drafts.values(), actor=Actor("test"))
        buildings.merge(connection, houses)
        officer = {"kind": "A", "person": "张三", "phone": "1", "grid_code": f"{WEST}001"}
        posts.merge(connection, pd.DataFrame([officer]))
        branch = {"code": "p1", "kind": "branch", "name": "支部", "community_code": WEST}
        party.merge(connection, pd.DataFrame([branch]))
        desk = {"code": "D1", "name": "城市管理局", "phone": "6123"}
        catalogue.merge_departments(connection, pd.DataFrame([desk]))
        catalogue.merge_items(connection, pd.DataFrame(ITEMS))
    return engine


ITEMS = [
    {
        "code": "0101",
        "kind": "component",
        "name": "路灯",
        "category": "公用设施",
        "department_code": "D1",
        "limit_h": 1.5,
    },
    {"code": "S1", "kind": "matter", "name": "垃圾"},
]
LAYERS = (".gpkg utf-8", ".geojson utf-8", ".shp utf-8", ".shp gbk", ".kml utf-8")
TABLES = (".csv utf-8", ".csv gbk", ".xlsx utf-8")
FORMS = {
    "grids": LAYERS,
    "regions": LAYERS,
    "buildings": LAYERS + TABLES,
    "posts": TABLES,
    "party": TABLES,
    "catalogue": TABLES,
}


@pytest.mark.parametrize(
    ("noun", "form"), [(noun, form) for noun, forms in FORMS.items() for form in forms]
)
def test_every_ending(city: Engine, tmp_path: Path, noun: str, form: str) -> None:
    ending, encoding = form.split()
    file = tmp_path / f"{noun}{ending}"
    count, _ = export(city, noun, file, encoding=encoding)
    datum = parse_datum("cgcs2000") if noun == "buildings" and form in TABLES else None
    options = Options(Actor("planner"), ZoneInfo("Asia/Shanghai"), datum=datum, dry_run=True)
    again = run(city, noun, str(file), options)
    assert [row.reasons for row in again.rows if row.states] == []
    assert again.counts["rows"] == count > 0
    if noun in ("buildings", "regions", "catalogue"):
        assert (again.added, again.updated) == (0, count)


def test_a_catalogue_comes_back_as_it_was(city: Engine, tmp_path: Path) -> None:
    file = tmp_path / "目录.csv"
    assert export(city, "catalogue", file)[0] == len(ITEMS)
    with city.begin() as connection:
        before = catalogue.items(connection).drop(columns="source")
        connection.execute(text("DELETE FROM catalogue_items"))
        connection.execute(text("DELETE FROM departments"))
    options = Options(Actor("planner"), ZoneInfo("Asia/Shanghai"))
    assert run(city, "catalogue", str(file), options).added == len(ITEMS)
    with city.begin() as connection:
        after = catalogue.items(connection)
    assert after["limit_h"].tolist()[0] == 1.5
    assert after.drop(columns="source").equals(before)
    assert set(after["department"].dropna()) == {"城市管理局"}
