"""`wangge assign` beside reading and writing the same files alone, and beside geopandas; its memory at N and 4 N rows.

    .venv/bin/python -m tests.benchmarks.assign [csv>csv csv>parquet ...] [--rows 2] [--rounds 3] [--no-rival]

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

from tests.benchmarks.assign_files import (
    by_geopandas,
    make_grids,
    make_points,
    time_read,
    time_write,
)

PAIRS = ("csv>csv", "csv>parquet", "parquet>parquet", "gpkg>gpkg")

CHILDREN: dict[str, Callable[..., object]] = {
    "read": time_read,
    "write": time_write,
    "make": lambda path, rows: make_points(path, int(str(rows))),
    "geopandas": by_geopandas,
}


def child(job: str, *arguments: object) -> tuple[float, float, str]:
    """Run a job of this file in a process of its own; seconds of the process, peak MB, what it printed."""
    return run(
        [sys.executable, "-m", "tests.benchmarks.assign", "--child", job, *map(str, arguments)]
    )


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


def timed(folder: Path, pair: str, rounds: int) -> tuple[dict[str, float], float]:
    """Median seconds of reading alone, writing alone, the whole command and its start; the command's peak MB."""
    source, target = endings(pair)
    grids, given, few = folder / "grids.gpkg", folder / f"in{source}", folder / f"few{source}"
    out, scratch = folder / f"out{target}", folder / f"plain{target}"
    few_out = folder / f"few-out{target}"
    assign(grids, few, few_out)  # compiles
    spent: dict[str, list[float]] = {"read": [], "write": [], "whole": [], "start": []}
    peak = 0.0
    for _ in range(rounds):
        whole_s, peak, _ = assign(grids, given, out)
        spent["whole"].append(whole_s)
        spent["start"].append(assign(grids, few, few_out)[0])
        spent["read"].append(float(child("read", given)[2]))
        spent["write"].append(float(child("write", out, scratch)[2]))
        scratch.unlink()
    return {name: statistics.median(seconds) for name, seconds in spent.items()}, peak


def endings(pair: str) -> tuple[str, str]:
    """Of the input and of the output."""
    source, target = pair.split(">")
    return f".{source}", f".{target}"


def report(spent: dict[str, float], rows: int) -> None:
    """Print the seconds, and the command's as multiples of what reading and writing take."""
    for name, key in (("read alone", "read"), ("write alone", "write"), ("wangge assign", "whole")):
        print(f"  {name:14} {spent[key]:7.2f} s {rows / spent[key] / 1e6:7.2f} M rows/s")
    print(f"  of that {spent['start']:.2f} s to start (1,000 rows)")
    both_s, slower_s = spent["read"] + spent["write"], max(spent["read"], spent["write"])
    for name, seconds in (
        ("start included", spent["whole"]),
        ("without start", spent["whole"] - spent["start"]),
    ):
        ratios = f"{seconds / both_s:.2f} x (read + write), {seconds / slower_s:.2f} x the slower"
        print(f"  {name:14} {ratios}")


def measure(folder: Path, pair: str, rows: int, options: argparse.Namespace) -> None:
    """Print one pair of formats' lines."""
    source, target = endings(pair)
    given, out = folder / f"in{source}", folder / f"out{target}"
    child("make", folder / f"few{source}", 1000)
    child("make", given, rows)
    spent, peak = timed(folder, pair, options.rounds)
    sizes = f"{given.stat().st_size / 1e6:.0f} MB in, {out.stat().st_size / 1e6:.0f} MB out"
    print(f"{pair}: {rows:,} rows, {sizes}")
    report(spent, rows)
    if not options.no_rival:
        seconds, megabytes, _ = child("geopandas", folder / "grids.gpkg", given, out)
        ratio = f"{seconds / spent['whole']:.1f} times ours"
        print(f"  {'geopandas':14} {seconds:7.2f} s, {megabytes:.0f} MB: {ratio}")
    if not options.no_memory:
        child("make", given, 4 * rows)
        out.unlink()
        seconds, long_peak, _ = assign(folder / "grids.gpkg", given, out)
        print(f"  peak {peak:.0f} MB; for {4 * rows:,} rows {long_peak:.0f} MB ({seconds:.2f} s)")
    given.unlink()
    out.unlink()


def main() -> None:
    """Measure the pairs of formats that are asked for; with --child, be one of the processes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", nargs="*", default=PAIRS)
    parser.add_argument("--rows", type=float, default=2.0, help="millions")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-rival", action="store_true")
    parser.add_argument("--no-memory", action="store_true", help="leave out the file of 4 N rows")
    parser.add_argument(
        "--folder", help="where the files are made and removed again (default: a temporary one)"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        make_grids(Path(folder) / "grids.gpkg")
        for pair in options.pairs:
            measure(Path(folder), pair, int(options.rows * 1e6), options)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        paths = [Path(argument) for argument in sys.argv[3:]]
        print(CHILDREN[sys.argv[2]](*paths))
    else:
        main()
