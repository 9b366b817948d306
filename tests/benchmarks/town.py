"""A made-up city in a PostGIS of its own, servers on it, and what processes cost: for the benchmarks of the service."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, Engine, create_engine

from data import migrate
from data.cluster import Cluster
from data.store import plans, posts, regions
from geo.model import CRS, CityPlan
from tests.benchmarks import tilings

ROOT = Path(__file__).resolve().parents[2]
COMMUNITY = "340881001001"
PATIENCE_S = 300.0
"""How long a server may take to start or to stop on a busy machine that compiles its kernels for the first time."""
GRIDS, VERTICES = 165, 128


@contextmanager
def own_cluster() -> Iterator[Cluster]:
    """A private PostGIS, durable like the service's own, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as folder:
        cluster = Cluster(Path(folder) / "pg")
        cluster.up()
        try:
            yield cluster
        finally:
            cluster.destroy()


def filled(url: str) -> Engine:
    """The database at ``url`` with the city's grids in force and an officer at each."""
    engine = create_engine(url)
    migrate.upgrade(engine)
    shapes = tilings.tiling(GRIDS, VERTICES)
    outline = shapely.union_all(shapes)
    with engine.begin() as connection:
        regions.merge(connection, _regions(outline))
        draft(connection, shapes)
        codes = [f"{COMMUNITY}{number:03d}" for number in range(1, len(shapes) + 1)]
        officers = [{"kind": "A", "person": "张三", "phone": "1", "grid_code": c} for c in codes]
        posts.merge(connection, pd.DataFrame(officers))
    return engine


def draft(connection: Connection, shapes: NDArray[np.object_]) -> int:
    """Put a plan with these grids in force; its id."""
    made = plans.create_drafts(connection, city_plan(shapes), created_by="benchmark")
    plans.publish(connection, made.values(), by="benchmark")
    return made[COMMUNITY]


def city_plan(shapes: NDArray[np.object_]) -> CityPlan:
    """One community of the given grids, each a block of its own."""
    codes = [f"{COMMUNITY}{number:03d}" for number in range(1, len(shapes) + 1)]
    grids = {
        "code": codes,
        "name": [f"第{number}网格" for number in range(1, len(shapes) + 1)],
        "community_code": COMMUNITY,
        "kind": "basic",
        "households": 400,
        "residents": 900,
    }
    blocks = {
        "block_id": np.arange(len(shapes)),
        "community_code": COMMUNITY,
        "grid_code": codes,
        "estate": None,
        "households": 400,
        "residents": 900,
    }
    whole = _regions(shapely.union_all(shapes))
    return CityPlan(
        grids=gpd.GeoDataFrame(grids, geometry=list(shapes), crs=CRS),
        blocks=gpd.GeoDataFrame(blocks, geometry=list(shapes), crs=CRS),
        communities=whole[whole["level"] == "community"],
    )


def _regions(outline: BaseGeometry) -> gpd.GeoDataFrame:
    rows = [
        ("340881", "桐城市", "city", "city", None, outline),
        ("340881001", "文昌街道", "street", "street", "340881", outline),
        (COMMUNITY, "和平社区", "community", "community", "340881001", outline),
    ]
    columns = ["code", "name", "level", "kind", "parent_code", "geometry"]
    return gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=CRS)


@contextmanager
def served(command: list[str], url: str) -> Iterator[tuple[tuple[str, int], int]]:
    """A server started by ``command`` ("{port}" is filled in) on a database, once it is ready: address and pid."""
    port = free_port()
    env = os.environ | {"DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    words = [word.format(port=port) for word in command]
    process = subprocess.Popen([sys.executable, *words], cwd=ROOT, env=env)
    try:
        wait_ready(port)
        yield ("127.0.0.1", port), process.pid
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def wait_ready(port: int, *, timeout_s: float = PATIENCE_S) -> None:
    """Until the service says that it is ready."""
    end = time.monotonic() + timeout_s
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=30):
                return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def family(pid: int) -> list[int]:
    """A process and all its descendants."""
    found = [pid]
    with suppress(FileNotFoundError, ProcessLookupError):  # one that is over has no children
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in (thread / "children").read_text().split():
                found += family(int(child))
    return found


def cpu_s(pid: int) -> float:
    """Processor time that a process and its descendants have used."""
    ticks = 0
    for one in family(pid):
        with suppress(FileNotFoundError, ProcessLookupError):
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(int(fields[at]) for at in (11, 12, 13, 14))  # its own and of those over
    return ticks / os.sysconf("SC_CLK_TCK")
