"""`wangge assign` beside reading and writing the same files alone, and beside geopandas; its memory at N and 4 N rows.

    .venv/bin/python tests/benchmarks/assign.py [csv>csv csv>parquet ...] [--rows 2] [--rounds 3] [--no-rival]

Everything runs in child processes, in turns. Reading alone is the plain library's stream over the input; writing alone
is the plain library's over the rows of the command's own output, already in memory, to the disk (fsync); the command
is the whole process as a user starts it, its kernels compiled and its modules in byte code before the first round.
"""

# ruff: noqa: T201

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
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

sys.path.insert(0, str(Path(__file__).parent))

from tilings import points, tiling

CHUNK_ROWS = 250_000
ADDED = ["grid_code", "how", "nearest_code", "nearest_m"]


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


CHILDREN: dict[str, Callable[..., object]] = {
    "read": time_read,
    "write": time_write,
    "make": lambda path, rows: make_points(path, int(str(rows))),
    "geopandas": by_geopandas,
}


def child(job: str, *arguments: object) -> tuple[float, float, str]:
    """Run a job of this file in a process of its own; seconds of the process, peak MB, what it printed."""
    return run([sys.executable, __file__, "--child", job, *map(str, arguments)])


def assign(grids: Path, source: Path, target: Path) -> tuple[float, float, str]:
    """The command as users start it."""
    command = [sys.executable, "-c", "from api.cli import main; main()", "assign"]
    command += ["--grids", str(grids), "--points", str(source), "-o", str(target)]
    if source.suffix != ".gpkg":
        command += ["--lon", "lon", "--lat", "lat", "--datum", "wgs84"]
    return run(command)


def run(command: list[str]) -> tuple[float, float, str]:
    """Run to the end: seconds, peak resident MB, output."""
    root = Path(__file__).parents[2]
    start = time.perf_counter()
    kept = Path(tempfile.gettempdir()) / "wangge-benchmark-bytecode"
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(kept), "PYTHONDONTWRITEBYTECODE": ""}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=root, env=environment
    ) as process:
        assert process.stdout is not None
        printed = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command}: exit status {process.returncode}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024, printed


def measure(folder: Path, pair: str, rows: int, *, rounds: int, rival: bool) -> None:
    """Print one pair of formats' lines."""
    source, target = (f".{ending}" for ending in pair.split(">"))
    grids, given = folder / "grids.gpkg", folder / f"in{source}"
    out, scratch = folder / f"out{target}", folder / f"plain{target}"
    few = folder / f"few{source}"
    child("make", few, 1000)
    child("make", given, rows)
    assign(grids, few, folder / f"few-out{target}")  # compiles
    spent: dict[str, list[float]] = {"read": [], "write": [], "whole": [], "start": []}
    peak = 0.0
    for _ in range(rounds):
        whole_s, peak, _ = assign(grids, given, out)
        spent["whole"].append(whole_s)
        spent["start"].append(assign(grids, few, folder / f"few-out{target}")[0])
        spent["read"].append(float(child("read", given)[2]))
        spent["write"].append(float(child("write", out, scratch)[2]))
        scratch.unlink()
    read_s, write_s, whole_s, start_s = (
        statistics.median(spent[k]) for k in ("read", "write", "whole", "start")
    )
    net_s = whole_s - start_s
    print(
        f"{pair}: {rows:,} rows, {given.stat().st_size / 1e6:.0f} MB in, {out.stat().st_size / 1e6:.0f} MB out"
    )
    for name, seconds in (
        ("read alone", read_s),
        ("write alone", write_s),
        ("wangge assign", whole_s),
    ):
        print(f"  {name:14} {seconds:7.2f} s {rows / seconds / 1e6:7.2f} M rows/s")
    both_s, slower_s = read_s + write_s, max(read_s, write_s)
    print(f"  of that {start_s:.2f} s to start (1,000 rows)")
    for name, seconds in (("start included", whole_s), ("without start", net_s)):
        ratios = f"{seconds / both_s:.2f} x (read + write), {seconds / slower_s:.2f} x the slower of both"
        print(f"  {name:14} {ratios}")
    if rival:
        rival_s, rival_mb, _ = child("geopandas", grids, given, scratch)
        print(
            f"  {'geopandas':14} {rival_s:7.2f} s {rows / rival_s / 1e6:7.2f} M rows/s, {rival_mb:.0f} MB:"
            f" {rival_s / whole_s:.1f} times ours"
        )
        scratch.unlink()
    out.unlink()
    given.unlink()
    child("make", given, 4 * rows)
    long_s, long_peak, _ = assign(grids, given, out)
    print(
        f"  peak memory {peak:.0f} MB for {rows:,} rows, {long_peak:.0f} MB for {4 * rows:,} ({long_s:.2f} s)"
    )
    given.unlink()
    out.unlink()


def main() -> None:
    """Measure the pairs of formats that are asked for; with --child, be one of the processes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "pairs", nargs="*", default=["csv>csv", "csv>parquet", "parquet>parquet", "gpkg>gpkg"]
    )
    parser.add_argument("--rows", type=float, default=2.0, help="millions")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-rival", action="store_true")
    parser.add_argument(
        "--folder", help="where the files are made and removed again (default: a temporary one)"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        make_grids(Path(folder) / "grids.gpkg")
        for pair in options.pairs:
            measure(
                Path(folder),
                pair,
                int(options.rows * 1e6),
                rounds=options.rounds,
                rival=not options.no_rival,
            )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        paths = [Path(argument) for argument in sys.argv[3:]]
        print(CHILDREN[sys.argv[2]](*paths))
    else:
        main()
