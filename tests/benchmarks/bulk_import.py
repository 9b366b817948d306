"""How fast a million incidents come in, located and indexed: `wangge import incidents` beside what else there is.

    .venv/bin/python -m tests.benchmarks.bulk_import [--rows 1000000] [--rival-rows 200000] [--rounds 1] [--parquet]

In a database of its own on a private PostGIS (or that of DATABASE_URL), thrown away afterwards. Rivals in the same
run: COPY of the very same finished rows into a bare table, its indexes built afterwards (what the database alone
takes), the same with the indexes in place, and geopandas.to_postgis of the points (not read from a file, not located).
"""

# ruff: noqa: T201

from __future__ import annotations

import argparse
import io
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import shapely
from sqlalchemy import Engine, create_engine, text

from api.services.actor import Actor
from api.services.imports import Options, run
from data import migrate
from data.cluster import Cluster
from data.store import aside, plans, regions
from geo.crs import parse_datum
from geo.model import CRS, CityPlan
from tests.benchmarks.tilings import SIZE, SOUTH, WEST, points, tiling

COMMUNITY = "340881001001"
GRIDS = 165
KINDS = np.array(["占道经营", "暴露垃圾", "噪声扰民", "井盖缺失", "违章停车"])
INDEXED = """SELECT count(*) FROM pg_index WHERE indrelid = 'incidents'::regclass AND indisvalid"""


@contextmanager
def database() -> Iterator[Engine]:
    """A migrated database, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as folder:
        cluster = None if "DATABASE_URL" in os.environ else Cluster(Path(folder) / "pg")
        server = os.environ["DATABASE_URL"] if cluster is None else cluster.up()
        admin = create_engine(server, isolation_level="AUTOCOMMIT")
        name = f"bench_{uuid4().hex[:12]}"
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
        engine = create_engine(admin.url.set(database=name))
        try:
            migrate.upgrade(engine)
            yield engine
        finally:
            engine.dispose()
            with admin.connect() as connection:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
            admin.dispose()
            if cluster is not None:
                cluster.destroy()


def publish(engine: Engine) -> None:
    """One community of 165 grids in force."""
    shapes = tiling(GRIDS, 128)
    codes = [f"{COMMUNITY}{n:03d}" for n in range(1, len(shapes) + 1)]
    outline = shapely.box(WEST, SOUTH, WEST + SIZE, SOUTH + SIZE)
    rows = {"community_code": COMMUNITY, "households": 400, "residents": 900}
    grids = gpd.GeoDataFrame(
        {"code": codes, "name": codes, "kind": "basic"}, geometry=shapes, crs=CRS
    )
    blocks = gpd.GeoDataFrame(
        {"block_id": range(len(shapes)), "grid_code": codes, "estate": None},
        geometry=shapes,
        crs=CRS,
    )
    community = gpd.GeoDataFrame(
        {"code": [COMMUNITY], "name": ["社区"], "level": ["community"], "kind": ["community"]},
        geometry=[outline],
        crs=CRS,
    )
    with engine.begin() as connection:
        regions.merge(connection, community)
        plan = CityPlan(grids.assign(**rows), blocks.assign(**rows), community)
        drafts = plans.create_drafts(connection, plan, created_by="bench")
        plans.publish(connection, list(drafts.values()), by="bench")


def make(path: Path, count: int) -> None:
    """A year of calls as a hotline hands them out, oldest first."""
    rng = np.random.default_rng(7)
    x, y = points(count)
    second = np.sort(rng.integers(0, 365 * 86400, count)).astype("timedelta64[s]")
    moments = pd.DatetimeIndex(np.datetime64("2025-01-01") + second)
    table = pa.table(
        {
            "工单号": pa.array([f"JB2025{n:08d}" for n in range(count)]),
            "上报时间": pa.array(moments.strftime("%Y-%m-%d %H:%M:%S")),
            "类别": pa.array(KINDS[rng.integers(0, len(KINDS), count)]),
            "地点": pa.array([f"龙眠中路{n % 977}号" for n in range(count)]),
            "经度": pa.array(np.round(x, 7)),
            "纬度": pa.array(np.round(y, 7)),
        }
    )
    if path.suffix == ".parquet":
        pyarrow.parquet.write_table(table, path)
    else:
        pyarrow.csv.write_csv(table, path)


def spent(work: Callable[[], object]) -> float:
    """Seconds on the wall."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def say(name: str, rows: int, seconds: float) -> float:
    """Print one line; rows a second."""
    rate = rows / seconds
    load = os.getloadavg()[0]
    print(f"  {name:58} {rows:>9,} rows {seconds:7.2f} s {rate:>9,.0f} rows/s   (load {load:.1f})")
    return rate


def ours(engine: Engine, path: Path, count: int) -> float:
    """Import into an empty table, and see that all is there."""
    with engine.begin() as connection:
        connection.execute(text("TRUNCATE incidents CASCADE"))
        indexes = connection.scalar(text(INDEXED))
    options = Options(Actor("planner"), ZoneInfo("Asia/Shanghai"), datum=parse_datum("wgs84"))
    seconds = spent(lambda: run(engine, "incidents", str(path), options))
    with engine.connect() as connection:
        there, placed = connection.execute(
            text("SELECT count(*), count(*) FILTER (WHERE how IS NOT NULL) FROM incidents")
        ).one()
        assert (there, placed) == (count, count), (there, placed)
        assert connection.scalar(text(INDEXED)) == indexes
    return say(f"wangge import incidents {path.suffix}", count, seconds)


def copied(engine: Engine, count: int, *, indexed_first: bool) -> float:
    """COPY of our finished rows into a table like ours but without its foreign keys and checks."""
    raw = engine.raw_connection()
    with raw.cursor() as cursor:
        cursor.execute(
            "DROP TABLE IF EXISTS bare; CREATE TABLE bare (LIKE incidents INCLUDING DEFAULTS)"
        )
        cursor.execute(
            "SELECT replace(replace(indexdef, ' incidents', ' bare'), 'public.incidents', 'bare')"
            " FROM pg_indexes WHERE tablename = 'incidents'"
        )
        indexes = [row[0].replace(" INDEX ", " INDEX b_", 1) for row in cursor.fetchall()]
        rows = io.BytesIO()
        cursor.copy_expert(f"COPY (SELECT * FROM incidents LIMIT {count}) TO STDOUT", rows)
        raw.commit()
        rows.seek(0)

        cursor.execute(f"SET maintenance_work_mem = '{aside.BUILD_MEMORY}'")
        steps: dict[str, Callable[[], object]] = {
            "COPY": lambda: cursor.copy_expert("COPY bare FROM STDIN", rows, size=1 << 20)
        }
        build = {s.split(" ON ")[1]: (lambda s=s: cursor.execute(s)) for s in indexes}
        order = build | steps if indexed_first else steps | build
        took = {name: spent(step) for name, step in order.items()}
        took["commit"] = spent(raw.commit)
        cursor.execute("DROP TABLE bare")
    raw.commit()
    raw.close()
    when = "indexes in place" if indexed_first else "indexes built afterwards"
    rate = say(f"COPY of the same finished rows, {when}", count, sum(took.values()))
    for name, seconds in took.items():
        print(f"      {seconds:6.2f} s  {name}")
    return rate


def by_geopandas(engine: Engine, path: Path, count: int) -> float:
    """The points and their columns by to_postgis: one spatial index, nothing located."""
    read = pd.read_parquet if path.suffix == ".parquet" else pd.read_csv
    table = read(path).head(count)
    frame = gpd.GeoDataFrame(
        table, geometry=gpd.points_from_xy(table["经度"], table["纬度"]), crs=CRS
    )
    seconds = spent(lambda: frame.to_postgis("points", engine, if_exists="replace"))
    return say("geopandas.to_postgis (not located, spatial index only)", count, seconds)


def main() -> None:
    """Print the lines of one or more rounds, and the ratios of the last one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rival-rows", type=int, default=200_000, help="of the slow rivals")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--parquet", action="store_true")
    options = parser.parse_args()
    few = min(options.rival_rows, options.rows)
    with tempfile.TemporaryDirectory() as folder, database() as engine:
        publish(engine)
        path = Path(folder) / ("calls.parquet" if options.parquet else "calls.csv")
        make(path, options.rows)
        small = path.with_stem("warm")
        make(small, 1000)
        ours(engine, small, 1000)  # compiles, where nobody has yet
        for _ in range(options.rounds):
            rate = ours(engine, path, options.rows)
            rivals = {
                "COPY, then indexes": copied(engine, options.rows, indexed_first=False),
                "COPY, indexes in place": copied(engine, few, indexed_first=True),
                "to_postgis": by_geopandas(engine, path, few),
            }
        for name, theirs in rivals.items():
            print(f"  {rate / theirs:6.2f} x {name}")


if __name__ == "__main__":
    main()
