"""A full disk is an error with a message; nothing half written is taken for a file, and what was there stays."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from data.writers.layers import write_layers
from data.writers.table import write_table
from data.writers.whole import check_end, check_geopackage, check_shapefile
from geo.errors import OptionError

DISK_BYTES = 1 << 20
STEP_BYTES = 4096


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a small disk can't be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def squares(count: int) -> gpd.GeoDataFrame:
    x, y = np.divmod(np.arange(count), 40)
    shapes = shapely.box(117 + x / 100, 31 + y / 100, 117.01 + x / 100, 31.01 + y / 100)
    return gpd.GeoDataFrame(
        {"code": [f"{n:015d}" for n in range(count)]}, geometry=shapes, crs=4490
    )


@pytest.mark.parametrize("ending", ["gpkg", "geojson", "shp", "kml", "parquet", "csv", "xlsx"])
def test_on_a_small_disk_a_file_is_whole_or_refused(
    tmp_path: Path, disk: Path, ending: str
) -> None:
    layers = {"grids": squares(400)}
    write_layers(tmp_path / f"x.{ending}", layers)
    sizes = {file.name: file.stat().st_size for file in tmp_path.glob("x.*")}
    need = sum(-(-size // STEP_BYTES) * STEP_BYTES for size in sizes.values())
    path = disk / f"x.{ending}"
    outcomes = set()
    for free in (
        STEP_BYTES,
        need // 2,
        *range(max(need - 4 * STEP_BYTES, STEP_BYTES), need + 10 * STEP_BYTES, STEP_BYTES),
    ):
        for file in disk.iterdir():
            file.unlink()
        path.write_text("old")
        (disk / "filler").write_bytes(bytes(DISK_BYTES - free - STEP_BYTES))
        try:
            write_layers(path, layers)
        except OptionError as error:
            assert error.code in ("write-failed", "write-incomplete", "folder-not-writable")
            assert path.read_text() == "old"
            assert {file.name for file in disk.iterdir()} == {path.name, "filler"}
            outcomes.add("refused")
        else:
            found = {file.name: file.stat().st_size for file in disk.glob("x.*")}
            assert found == sizes or ending == "xlsx"
            outcomes.add("whole")
    assert outcomes == {"refused", "whole"}


def test_a_workbook_leaves_no_complaint_behind(disk: Path) -> None:
    (disk / "filler").write_bytes(bytes(DISK_BYTES - STEP_BYTES))
    with pytest.raises(OptionError, match="write-failed"):
        write_table(disk / "x.xlsx", squares(2000)[["code"]])


def test_what_gdal_left_out_without_a_word_is_noticed(tmp_path: Path) -> None:
    layers = {"grids": squares(3)}
    write_layers(tmp_path / "x.gpkg", layers)
    with pytest.raises(OptionError, match="write-incomplete"):
        check_geopackage(tmp_path / "x.gpkg", {"grids": 4})
    with closing(sqlite3.connect(tmp_path / "x.gpkg")) as file, file:
        file.execute("DROP TABLE rtree_grids_geom")
    with pytest.raises(OptionError, match="write-incomplete"):
        check_geopackage(tmp_path / "x.gpkg", {"grids": 3})
    for name in ("x.kml", "x.geojson"):
        write_layers(tmp_path / name, layers)
        content = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(content[:-20])
        with pytest.raises(OptionError, match="write-incomplete"):
            check_end(tmp_path / name)
    for ending in (".shp", ".shx", ".dbf"):
        write_layers(tmp_path / "x.shp", layers)
        part = tmp_path / f"x{ending}"
        part.write_bytes(part.read_bytes()[:-20])
        with pytest.raises(OptionError, match="write-incomplete"):
            check_shapefile(tmp_path / "x.shp", 3)
