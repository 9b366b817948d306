"""Rivals in finding the polygon of a point: each answers the lowest position of those that cover it, -1 for none.

They come with the dependency group ``rivals``; one that is not installed raises ImportError.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from geo._plain import PlainEngine

Answer = NDArray[np.int32]
Shapes = NDArray[np.object_]
Floats = NDArray[np.float64]

JOIN = """
SELECT p.n AS n, min(g.k) AS k FROM points p JOIN grids g
ON ST_Intersects({shape}, ST_Point(p.x, p.y)) GROUP BY p.n
"""


def _tables(shapes: Shapes, x: Floats, y: Floats) -> tuple[pa.Table, pa.Table]:
    points = pa.table({"n": np.arange(len(x)), "x": x, "y": y})
    grids = pa.table(
        {"k": np.arange(len(shapes)), "wkb": pa.array(shapely.to_wkb(shapes).tolist())}
    )
    return points, grids


def _answer(count: int, number: Floats, position: Floats) -> Answer:
    answer = np.full(count, -1, dtype=np.int32)
    answer[np.asarray(number, dtype=np.int64)] = position
    return answer


def by_geopandas(shapes: Shapes, x: Floats, y: Floats) -> Answer:
    """geopandas.sjoin, then the lowest polygon of each point."""
    right = gpd.GeoDataFrame({"k": np.arange(len(shapes))}, geometry=shapes)
    left = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y))
    found = gpd.sjoin(left, right, predicate="intersects")["k"].groupby(level=0).min()
    return pd.Series(-1, index=left.index).add(found + 1, fill_value=0).to_numpy().astype(np.int32)


def by_shapely(shapes: Shapes, x: Floats, y: Floats) -> Answer:
    """shapely: a tree of boxes and prepared polygons."""
    return PlainEngine(shapes, np.arange(len(shapes), dtype=np.int32)).indices(x, y)


def by_duckdb(shapes: Shapes, x: Floats, y: Floats) -> Answer:
    """DuckDB's spatial join."""
    import duckdb
    import duckdb_extension_spatial

    folder = Path(duckdb_extension_spatial.__file__).parent
    session = duckdb.connect()
    session.execute(f"LOAD '{next(folder.rglob('spatial.duckdb_extension'))}'")
    points, grids = _tables(shapes, x, y)
    session.register("points", points)
    session.register("wkbs", grids)
    session.execute("CREATE TEMP TABLE grids AS SELECT k, ST_GeomFromWKB(wkb) AS shape FROM wkbs")
    found = session.execute(JOIN.format(shape="g.shape")).fetchnumpy()
    return _answer(len(x), found["n"], found["k"])


def by_sedonadb(shapes: Shapes, x: Floats, y: Floats) -> Answer:
    """SedonaDB's spatial join."""
    import sedona.db

    session = sedona.db.connect()
    points, grids = _tables(shapes, x, y)
    session.create_data_frame(points).to_view("points")
    session.create_data_frame(grids).to_view("grids")
    query = JOIN.format(shape="ST_GeomFromWKB(g.wkb)")
    found = session.sql(query).to_pandas()
    return _answer(len(x), found["n"].to_numpy(), found["k"].to_numpy())


def by_polars_st(shapes: Shapes, x: Floats, y: Floats) -> Answer:
    """polars-st's spatial join."""
    import polars as pl
    import polars_st as st

    left = pl.DataFrame(
        {"n": np.arange(len(x)), "geometry": shapely.to_wkb(shapely.points(x, y)).tolist()}
    )
    right = pl.DataFrame({"k": np.arange(len(shapes)), "geometry": shapely.to_wkb(shapes).tolist()})
    joined = st.GeoDataFrame(left).st.sjoin(st.GeoDataFrame(right), predicate="intersects")
    found = joined.group_by("n").agg(pl.col("k").min())
    return _answer(len(x), found["n"].to_numpy(), found["k"].to_numpy())


RIVALS = {
    "geopandas.sjoin": by_geopandas,
    "shapely prepared": by_shapely,
    "DuckDB spatial": by_duckdb,
    "SedonaDB": by_sedonadb,
    "polars-st": by_polars_st,
}
