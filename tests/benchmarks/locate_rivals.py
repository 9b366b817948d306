"""Rivals in finding the polygon of a point: each answers the lowest position of those that cover it, -1 for none.

A rival is given the polygons, then points as Arrow columns; only what it does then, to the answers, is timed. They come
with the dependency group ``rivals``; one that is not installed raises ImportError. PostGIS is a private one, as the
service uses it, with the points in a table and the polygons indexed before the clock starts.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import psycopg2
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from geo._plain import PlainEngine

Answer = NDArray[np.int32]
Shapes = NDArray[np.object_]
Found = Callable[[], tuple[Any, Any]]
"""The numbers of the points that are somewhere, and their positions."""
Job = Callable[[], Found]
"""What is timed."""
Ask = Callable[[pa.Array, pa.Array], Job]
Rival = Callable[[Shapes], AbstractContextManager[Ask]]

JOIN = """
SELECT p.n AS n, min(g.k) AS k FROM points p JOIN grids g
ON ST_Intersects(g.shape, ST_Point(p.x, p.y)) GROUP BY p.n
"""
COVERS = """
CREATE TABLE answers AS SELECT p.n, min(g.k) FROM points p JOIN grids g ON ST_Covers(g.shape, p.p) GROUP BY p.n
"""


def answer(count: int, found: Found) -> Answer:
    """The position for each of ``count`` points."""
    number, position = found()
    full = np.full(count, -1, dtype=np.int32)
    full[np.asarray(number, dtype=np.int64)] = position
    return full


def _points(x: pa.Array, y: pa.Array) -> pa.Table:
    return pa.table({"n": np.arange(len(x)), "x": x, "y": y})


def _grids(shapes: Shapes) -> pa.Table:
    wkb = pa.array(shapely.to_wkb(shapes).tolist())
    return pa.table({"k": np.arange(len(shapes)), "wkb": wkb})


@contextmanager
def geopandas_sjoin(shapes: Shapes) -> Iterator[Ask]:
    """geopandas.sjoin, then the lowest polygon of each point."""
    right = gpd.GeoDataFrame({"k": np.arange(len(shapes))}, geometry=shapes)

    def ask(x: pa.Array, y: pa.Array) -> Job:
        def job() -> Found:
            left = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x.to_numpy(), y.to_numpy()))
            joined: pd.DataFrame = gpd.sjoin(left, right, predicate="intersects")
            found = joined["k"].groupby(level=0).min()
            return lambda: (found.index, found)

        return job

    yield ask


@contextmanager
def shapely_prepared(shapes: Shapes) -> Iterator[Ask]:
    """shapely: a tree of boxes and prepared polygons."""
    engine = PlainEngine(shapes, np.arange(len(shapes), dtype=np.int32))

    def ask(x: pa.Array, y: pa.Array) -> Job:
        def job() -> Found:
            found = engine.indices(x.to_numpy(), y.to_numpy())
            return lambda: (np.arange(len(x)), found)

        return job

    yield ask


@contextmanager
def duckdb_spatial(shapes: Shapes) -> Iterator[Ask]:
    """DuckDB's spatial join."""
    import duckdb
    import duckdb_extension_spatial

    folder = Path(duckdb_extension_spatial.__file__).parent
    session = duckdb.connect()
    session.execute(f"LOAD '{next(folder.rglob('spatial.duckdb_extension'))}'")
    session.register("wkbs", _grids(shapes))
    session.execute("CREATE TEMP TABLE grids AS SELECT k, ST_GeomFromWKB(wkb) AS shape FROM wkbs")

    def ask(x: pa.Array, y: pa.Array) -> Job:
        def job() -> Found:
            session.register("points", _points(x, y))
            found = session.execute(JOIN).fetch_arrow_table()
            return lambda: (found["n"], found["k"])

        return job

    yield ask
    session.close()


@contextmanager
def sedonadb(shapes: Shapes) -> Iterator[Ask]:
    """SedonaDB's spatial join."""
    import sedonadb as sedona

    session = sedona.connect()
    session.create_data_frame(_grids(shapes)).to_view("wkbs")
    session.sql("SELECT k, ST_GeomFromWKB(wkb) AS shape FROM wkbs").to_memtable().to_view("grids")

    def ask(x: pa.Array, y: pa.Array) -> Job:
        def job() -> Found:
            session.create_data_frame(_points(x, y)).to_view("points", overwrite=True)
            found = pa.table(session.sql(JOIN))  # its own way there wants geoarrow
            return lambda: (found["n"], found["k"])

        return job

    yield ask


@contextmanager
def polars_st(shapes: Shapes) -> Iterator[Ask]:
    """polars-st's spatial join."""
    import polars as pl
    import polars_st as st

    wkb = shapely.to_wkb(shapes).tolist()
    right = st.GeoDataFrame(pl.DataFrame({"k": np.arange(len(shapes)), "geometry": wkb}))

    def ask(x: pa.Array, y: pa.Array) -> Job:
        def job() -> Found:
            places = pl.DataFrame({"x": pl.from_arrow(x), "y": pl.from_arrow(y)})
            left = places.select(
                n=pl.int_range(pl.len()), geometry=st.point(pl.concat_arr("x", "y"))
            )
            joined = st.GeoDataFrame(left).st.sjoin(right, predicate="intersects")
            found = joined.group_by("n").agg(pl.col("k").min())
            return lambda: (found["n"], found["k"])

        return job

    yield ask


@contextmanager
def postgis(shapes: Shapes) -> Iterator[Ask]:
    """PostGIS: ST_Covers, the polygons indexed, the points in a table."""
    from town import own_cluster

    with own_cluster() as cluster, psycopg2.connect(_plain(cluster.url())) as session:
        cursor = session.cursor()
        cursor.execute("CREATE TABLE grids (k int, shape geometry)")
        rows = zip(range(len(shapes)), shapely.to_wkb(shapes, hex=True), strict=True)
        _copy(cursor, "grids", "\n".join(f"{k}\t{wkb}" for k, wkb in rows))
        cursor.execute("CREATE INDEX ON grids USING gist (shape); ANALYZE grids")

        def ask(x: pa.Array, y: pa.Array) -> Job:
            cursor.execute(
                "DROP TABLE IF EXISTS points, answers; CREATE TABLE points (n int, p geometry)"
            )
            rows = enumerate(shapely.to_wkb(shapely.points(x.to_numpy(), y.to_numpy()), hex=True))
            _copy(cursor, "points", "\n".join(f"{n}\t{wkb}" for n, wkb in rows))
            cursor.execute("ANALYZE points")

            def job() -> Found:
                cursor.execute(COVERS)
                return found

            return job

        def found() -> tuple[Any, Any]:
            cursor.execute("TABLE answers")
            return tuple(np.array(cursor.fetchall()).T)

        yield ask


def _plain(url: str) -> str:
    """An address as libpq takes it."""
    return url.replace("postgresql+psycopg2://", "postgresql://")


def _copy(cursor: Any, table: str, rows: str) -> None:
    cursor.copy_expert(f"COPY {table} FROM STDIN", io.StringIO(rows))


RIVALS: dict[str, Rival] = {
    "geopandas.sjoin": geopandas_sjoin,
    "shapely prepared": shapely_prepared,
    "DuckDB spatial": duckdb_spatial,
    "SedonaDB": sedonadb,
    "polars-st": polars_st,
    "PostGIS": postgis,
}
