"""What is left of ``wangge assign`` when it is stopped midway: real processes, real signals."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from contextlib import suppress

import geopandas as gpd
import pytest
import shapely

ROWS = 400_000
MAIN = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background processes ignore it
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # and those of nohup this
from api.cli import main
main()
"""


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """One grid, and points for seconds of work."""
    folder = tmp_path_factory.mktemp("town")
    frame = gpd.GeoDataFrame({"code": ["a"]}, geometry=[shapely.box(116, 31, 117, 32)], crs=4490)
    frame.to_file(folder / "grids.gpkg")
    line = "1,116.955,31.005," + "很长的备注" * 20 + "\n"
    (folder / "points.csv").write_text("id,lon,lat,note\n" + line * ROWS, "utf-8")
    return folder


def start(town, output):
    command = [sys.executable, "-c", MAIN, "assign"]
    command += ["--grids", town / "grids.gpkg", "--points", town / "points.csv", "-o", output]
    return subprocess.Popen(
        [*map(str, command), "--lon", "lon", "--lat", "lat", "--datum", "wgs84"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_until_writing(process, folder):
    end_s = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < end_s:
        for file in folder.glob(".wangge-writing-*/*.*"):
            with suppress(FileNotFoundError):  # SQLite's journals come and go
                if file.stat().st_size:
                    return
        time.sleep(0.002)
    raise AssertionError(f"it never wrote: {process.communicate()}")


@pytest.mark.parametrize(
    ("order", "ending"),
    [(signal.SIGTERM, "csv"), (signal.SIGINT, "gpkg"), (signal.SIGHUP, "parquet")],
)
def test_an_order_to_stop_leaves_nothing(town, tmp_path, order, ending):
    (tmp_path / f"out.{ending}").write_text("of an earlier run")
    process = start(town, tmp_path / f"out.{ending}")
    wait_until_writing(process, tmp_path)
    process.send_signal(order)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 128 + order
    assert said == ""
    assert [file.name for file in tmp_path.iterdir()] == [f"out.{ending}"]
    assert (tmp_path / f"out.{ending}").read_text() == "of an earlier run"


def test_what_a_kill_leaves_the_next_run_removes(town, tmp_path):
    process = start(town, tmp_path / "out.csv")
    wait_until_writing(process, tmp_path)
    process.kill()
    process.communicate()
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".wangge-writing-")
    done = start(town, tmp_path / "out.csv")
    assert done.wait(60) == 0
    assert [file.name for file in tmp_path.iterdir()] == ["out.csv"]
    assert (tmp_path / "out.csv").read_bytes().count(b"\n") == ROWS + 1


CHECKED = """
import os, signal, sys, time
from data.writers import layers

whole = layers._put

def slowly(*args):
    found = whole(*args)
    print("written", flush=True)
    time.sleep(30)
    return found

layers._put = slowly
signal.signal(signal.SIGINT, signal.default_int_handler)
from api.cli import main
main()
"""


@pytest.mark.parametrize("order", [signal.SIGTERM, signal.SIGINT])
def test_every_other_verb_cleans_up_too(town, tmp_path, order):
    (tmp_path / "out.geojson").write_text("of an earlier run")
    command = [sys.executable, "-c", CHECKED, "check", "--grids", str(town / "grids.gpkg")]
    process = subprocess.Popen(
        [*command, "-o", str(tmp_path / "out.geojson")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "written\n"
    assert len(list(tmp_path.glob(".wangge-writing-*"))) == 1
    process.send_signal(order)
    _, said = process.communicate(timeout=60)
    assert process.returncode in (128 + order, 1)
    assert "Traceback" not in said
    assert [file.name for file in tmp_path.iterdir()] == ["out.geojson"]
    assert (tmp_path / "out.geojson").read_text() == "of an earlier run"
