"""Real deliveries through the import: what lies in PostGIS afterwards is where the labelled layers say."""

from __future__ import annotations

import shutil
from pathlib import Path
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from sqlalchemy import Engine

from api.services.actor import Actor
from api.services.imports import Options, run
from geo.crs import parse_datum

METRES = {"nanshan": 4547, "tongcheng": 4548}
OFF_M = 1.0


def options(**more: object) -> Options:
    return Options(Actor("planner"), ZoneInfo("Asia/Shanghai"), **more)  # type: ignore[arg-type]


def stored(engine: Engine, query: str, place: str) -> gpd.GeoSeries:
    """Shapes as they lie in the database, by key, in metres."""
    frame = gpd.read_postgis(query, engine, geom_col="geom", index_col="key")
    assert frame.crs.to_epsg() == 4490
    return frame.geometry.to_crs(METRES[place])


def farthest_m(ours: gpd.GeoSeries, theirs: gpd.GeoSeries) -> float:
    """How far any point of one shape's edge lies from the other's, at worst."""
    found = shapely.hausdorff_distance(ours.boundary.to_numpy(), theirs.boundary.to_numpy())
    return float(found.max())


@pytest.mark.parametrize("labelled", [True, False], ids=["with-cpg", "without-cpg"])
def test_the_survey_office_shapefile(
    engine: Engine, shared: Path, tmp_path: Path, labelled: bool
) -> None:
    for part in (shared / "nanshan").glob("楼栋_cgcs2000_gbk.*"):
        shutil.copy(part, tmp_path / part.name)
    cpg = tmp_path / "楼栋_cgcs2000_gbk.cpg"
    cpg.write_text("GBK", "ascii") if labelled else cpg.unlink(missing_ok=True)
    shapefile = tmp_path / "楼栋_cgcs2000_gbk.shp"
    chinese = gpd.read_file(shapefile, encoding="gbk", ignore_geometry=True)
    number = next(name for name in chinese.columns if chinese[name].is_unique)
    assert not str(number).isascii(), "a heading that only GBK spells"
    mapping = {"building_id": str(number)}
    done = run(engine, "buildings", str(shapefile), options(mapping=mapping))
    assert (done.added, done.counts["refused"]) == (len(chinese), 0)
    ours = stored(engine, "SELECT building_id AS key, footprint AS geom FROM buildings", "nanshan")
    truth = gpd.read_file(shared / "nanshan" / "nanshan.gpkg", layer="buildings").to_crs(
        METRES["nanshan"]
    )
    truth.index = chinese[number].astype("str")
    usable = truth.geometry.is_valid
    assert usable.sum() > 5400
    keys = truth.index[usable]
    assert farthest_m(ours.loc[keys], truth.geometry[usable]) < OFF_M


def test_the_vendors_outline(engine: Engine, shared: Path) -> None:
    folder = shared / "tongcheng"
    given = options(code="340881", name="桐城市", datum=parse_datum("gcj02"))
    assert run(engine, "regions", str(folder / "boundary_gcj02.geojson"), given).added == 1
    ours = stored(engine, "SELECT code AS key, geom FROM regions", "tongcheng")
    truth = gpd.read_file(folder / "tongcheng.gpkg", layer="boundary").to_crs(METRES["tongcheng"])
    assert farthest_m(ours, truth.geometry) < OFF_M
    as_it_says = gpd.read_file(folder / "boundary_gcj02.geojson").to_crs(METRES["tongcheng"])
    assert farthest_m(as_it_says.geometry, truth.geometry) > 100, "undeclared it would be far off"


def said_for(name: str, address: str) -> list[str]:
    """How callers would say an estate of the ledger."""
    return [name, f"桐城市{name}里面有人乱停车", f"{name}门口", f"反映{name}垃圾没人收", address]


def test_calls_by_the_names_of_the_real_ledger(
    engine: Engine, shared: Path, tmp_path: Path
) -> None:
    folder = shared / "tongcheng"
    outline = options(code="340881", name="桐城市", datum=parse_datum("gcj02"))
    run(engine, "regions", str(folder / "boundary_gcj02.geojson"), outline)
    ledger = next(folder.glob("*.xlsx"))
    run(engine, "buildings", str(ledger), options(datum=parse_datum("bd09")))
    query = "SELECT name AS key, address, point AS geom FROM buildings WHERE address IS NOT NULL"
    known = gpd.read_postgis(query, engine, geom_col="geom").to_crs(METRES["tongcheng"])
    calls = pd.DataFrame(
        [
            (row.key, words)
            for row in known.itertuples(index=False)
            for words in said_for(row.key, row.address)
        ],
        columns=["登记名", "诉求地点"],
    )
    calls["工单编号"] = calls.index.astype(str)
    file = tmp_path / "calls.xlsx"
    calls.to_excel(file, index=False)
    done = run(engine, "calls", str(file), options())
    query = "SELECT source_id AS key, point AS geom FROM incidents"
    placed = gpd.read_postgis(query, engine, geom_col="geom").to_crs(METRES["tongcheng"])
    meant = known.set_index("key").geometry.loc[calls["登记名"].loc[placed["key"].astype(int)]]
    off_m = placed.geometry.distance(meant.reset_index(drop=True))
    assert done.added == len(placed)
    assert done.added + done.counts["to-place"] == len(calls)
    assert done.added > 0.8 * len(calls)
    assert (off_m > 100).sum() <= 0.01 * len(placed)
