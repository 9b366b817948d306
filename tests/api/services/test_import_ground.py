"""Roads, rivers, bridges and greens: each layer as it was last handed in, and on the map of the city."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import geopandas as gpd
import pytest
import shapely
from shapely.geometry import LineString, Point, Polygon, box
from sqlalchemy import Engine

from api.services import overview
from api.services.actor import Actor
from api.services.exports import export
from api.services.imports import Options, run
from api.services.pages import PageCache
from data.settings import Settings
from data.store import frames

OPTIONS = Options(Actor("planner"), ZoneInfo("Asia/Shanghai"))
SPINE = LineString([(116.95, 31.04), (116.96, 31.05)])


def layer(path: Path, shapes: list[shapely.Geometry | None], **columns: list[object]) -> str:
    gpd.GeoDataFrame(columns, geometry=shapes, crs=4490).to_file(path)
    return str(path)


def test_each_layer_stands_in_for_the_one_before(engine: Engine, tmp_path: Path) -> None:
    road = layer(
        tmp_path / "r.gpkg", [SPINE, SPINE], 道路名称=["和平路", None], fclass=["primary", "?"]
    )
    river = layer(tmp_path / "w.gpkg", [SPINE], fclass=["primary"])
    assert run(engine, "roads", road, OPTIONS).added == 2
    assert run(engine, "rivers", river, OPTIONS).added == 1
    again = run(engine, "roads", layer(tmp_path / "r2.gpkg", [SPINE], name=["新路"]), OPTIONS)
    assert (again.added, again.replaced) == (1, 2)
    with engine.connect() as connection:
        roads = frames.lines(connection, "arterial", "street", "lane")
        rivers = frames.lines(connection, "river")
    assert roads["name"].tolist() == ["新路"]
    assert roads["source"].tolist() == ["r2.gpkg"]
    assert len(rivers) == 1


def test_what_a_layer_cannot_hold_comes_back_with_its_reason(
    engine: Engine, tmp_path: Path
) -> None:
    ring = LineString([(116.95, 31.04), (116.96, 31.04), (116.96, 31.05), (116.95, 31.04)])
    solid = Polygon([(116.95, 31.04, 9), (116.96, 31.04, 9), (116.96, 31.05, 9)])
    shapes = [solid, ring, Point(116.95, 31.04), None]
    done = run(engine, "greens", layer(tmp_path / "g.gpkg", shapes, name=[*"甲乙丙丁"]), OPTIONS)
    assert (done.added, done.counts["refused"]) == (2, 2)
    assert [row.reasons[0].code for row in done.rows if row.states] == ["shape-unfit", "no-shape"]
    assert done.returned is not None
    assert done.returned["name"].tolist() == ["丙", "丁"]
    with engine.connect() as connection:
        kept = frames.greens(connection)
    assert kept["name"].tolist() == ["甲", "乙"]
    assert set(kept.geom_type) == {"Polygon"}


@pytest.mark.parametrize("noun", ["roads", "rivers", "bridges", "greens"])
def test_what_was_imported_is_exported_and_can_be_imported_again(
    engine: Engine, tmp_path: Path, noun: str
) -> None:
    shape = {"bridges": Point(116.955, 31.045), "greens": box(116.95, 31.04, 116.96, 31.05)}
    run(engine, noun, layer(tmp_path / "in.gpkg", [shape.get(noun, SPINE)], name=["名"]), OPTIONS)
    out = tmp_path / f"{noun}.gpkg"
    assert export(engine, noun, out)[0] == 1
    again = run(engine, noun, str(out), OPTIONS)
    assert (again.added, again.replaced, again.counts["good"]) == (1, 1, 1)
    assert gpd.read_file(out).geometry[0].equals(shape.get(noun, SPINE))


def test_the_map_of_the_city_shows_new_greens_at_once(engine: Engine, tmp_path: Path) -> None:
    pages = PageCache(engine, Settings())
    assert not len(pages.overview().data.greens)
    square = box(116.95, 31.04, 116.96, 31.05)
    run(engine, "greens", layer(tmp_path / "g.gpkg", [square], name=["广场"]), OPTIONS)
    seen = pages.overview()
    assert len(seen.data.greens) == 1
    page = overview.draw(seen, Settings(), lang="zh")
    assert '"greens":[[' in page.html
