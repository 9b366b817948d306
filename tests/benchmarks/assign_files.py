"""The files and the work of the benchmark of `wangge assign`: made, read, written, and done as people do it today."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pyogrio
import shapely

from tests.benchmarks.tilings import points, tiling

CHUNK_ROWS = 250_000


def make_grids(path: Path) -> None:
    """165 grids of 128 vertices."""
    shapes = tiling(165, 128)
    codes = [f"34088100100{k:04d}" for k in range(len(shapes))]
    gpd.GeoDataFrame({"code": codes}, geometry=shapes, crs=4490).to_file(path, layer="grids")


def incidents(first: int, rows: int) -> pa.Table:
    """Rows as a hotline keeps them: one in fifty outside every grid, one in a thousand without a place."""
    rng = np.random.default_rng(first)
    x, y = points(rows, seed=first)
    number = np.arange(first, first + rows)
    street = rng.choice(["文昌街道", "龙眠街道", "龙腾街道", "范岗镇"], rows)
    address = np.char.add(np.char.add(street, "同康路"), rng.integers(1, 999, rows).astype(str))
    lon = np.char.mod("%.7f", x).astype(object)
    lon[rng.random(rows) < 0.001] = ""
    note = np.array(["", "路灯不亮", "井盖破损, 有人受伤", 'said "soon"'], dtype=object)
    return pa.table(
        {
            "编号": pa.array(np.char.mod("%010d", number)),
            "时间": pa.array(np.datetime_as_string(np.datetime64("2026-01-01T00:00:00") + number)),
            "地址": pa.array(address),
            "lon": pa.array(lon, pa.string()),
            "lat": pa.array(np.char.mod("%.7f", y)),
            "备注": pa.array(note[rng.integers(0, 4, rows)], pa.string()),
        }
    )


def chunks(rows: int, *, shapes: bool) -> pa.RecordBatchReader:
    """The incidents batch by batch, with a WKB column in place of the texts lon and lat if wanted."""

    def made(first: int) -> pa.RecordBatch:
        table = incidents(first, min(CHUNK_ROWS, rows - first))
        if shapes:
            x, y = (pd.to_numeric(table[name].to_pandas()).to_numpy() for name in ("lon", "lat"))
            places = np.where(np.isnan(x), None, shapely.points(np.nan_to_num(x), y))
            wkb = pa.array(shapely.to_wkb(places), pa.binary())
            table = table.drop_columns(["lon", "lat"]).append_column("geom", wkb)
        return table.combine_chunks().to_batches()[0]

    batches = (made(first) for first in range(0, rows, CHUNK_ROWS))
    first = next(batches)
    return pa.RecordBatchReader.from_batches(
        first.schema, (batch for part in ([first], batches) for batch in part)
    )


def make_points(path: Path, rows: int) -> None:
    """A file of incidents by its ending."""
    write(chunks(rows, shapes=path.suffix == ".gpkg"), path)


def write(rows: pa.RecordBatchReader, path: Path) -> None:
    """What the plain libraries do to write a stream."""
    if path.suffix == ".csv":
        with pacsv.CSVWriter(path, rows.schema) as text:
            for batch in rows:
                text.write_batch(batch)
    elif path.suffix == ".parquet":
        with pq.ParquetWriter(path, rows.schema, compression="zstd") as columns:
            for batch in rows:
                columns.write_batch(batch)
    else:
        pyogrio.write_arrow(
            rows,
            path,
            layer="points",
            driver="GPKG",
            geometry_name="geom",
            geometry_type="Point",
            crs="EPSG:4490",
        )


def stream(path: Path, visit: Callable[[pa.RecordBatch], object]) -> None:
    """What the plain libraries do to read a file in batches, every cell of a CSV as text."""
    if path.suffix == ".csv":
        options = pacsv.ReadOptions(block_size=1 << 23)
        with path.open("rb") as head:
            names = head.readline().decode().strip().replace('"', "").split(",")
        types = pacsv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
        quoted = pacsv.ParseOptions(newlines_in_values=True)
        for batch in pacsv.open_csv(path, options, quoted, types):
            visit(batch)
    elif path.suffix == ".parquet":
        for batch in pq.ParquetFile(path).iter_batches(batch_size=1 << 17):
            visit(batch)
    else:
        with pyogrio.open_arrow(path, use_pyarrow=True, batch_size=1 << 17) as (_, reader):
            for batch in reader:
                visit(batch)


def time_read(path: Path) -> float:
    """Seconds to read a file batch by batch."""
    start = time.perf_counter()
    stream(path, lambda batch: batch.num_rows)
    return time.perf_counter() - start


def time_write(source: Path, target: Path) -> float:
    """Seconds to write to the disk the rows that ``source`` holds, read before."""
    held: list[pa.RecordBatch] = []
    stream(source, held.append)
    start = time.perf_counter()
    write(pa.RecordBatchReader.from_batches(held[0].schema, held), target)
    with target.open("rb") as file:
        os.fsync(file.fileno())
    return time.perf_counter() - start


def by_geopandas(grids: Path, source: Path, target: Path) -> None:
    """What people do: all in memory, sjoin, written out."""
    right = gpd.read_file(grids)[["code", "geometry"]].to_crs(4326)
    if source.suffix == ".gpkg":
        left = gpd.read_file(source, use_arrow=True).to_crs(4326)
    else:
        table = (
            pd.read_csv(source, dtype=str, keep_default_na=False)
            if source.suffix == ".csv"
            else pd.read_parquet(source)
        )
        x, y = (pd.to_numeric(table[name], errors="coerce") for name in ("lon", "lat"))
        left = gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(x, y), crs=4326)
    joined = gpd.sjoin(left, right, how="left", predicate="intersects").drop(columns="index_right")
    joined = joined[~joined.index.duplicated()]
    if target.suffix == ".gpkg":
        joined.to_file(target, use_arrow=True)
    elif target.suffix == ".csv":
        joined.drop(columns="geometry").to_csv(target, index=False)
    else:
        pd.DataFrame(joined.drop(columns="geometry")).to_parquet(target, compression="zstd")
