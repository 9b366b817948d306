"""C14: the leader's map of a large city in Chromium: how soon it can be used, whether it ever stops while it is moved.

    .venv/bin/python -m tests.benchmarks.maps [--buildings 50000] [--incidents 1000000] [--no-rival] [--look FOLDER]
        [--view clusters] [--trace FOLDER]

Two cities of 165 grids, a small one and the one that is asked for, each in a private PostGIS with `wangge serve` on it,
seen in a real Chromium (no GPU: what a page costs on a slow machine). In each view the map is dragged to and fro and
zoomed by the wheel; a frame is the time between two calls of requestAnimationFrame. Times begin with the first byte of
the answer; usable is when two frames have been drawn after the page has started. Bytes are those that came over the
wire, compressed. The rival is the page as Folium alone makes it: grids and buildings as GeoJSON, incidents as a
FastMarkerCluster, all in the page (its size as a file), its libraries beside it; it is dragged alike, but not
zoomed. With ``--view`` only the views of that name, in the large city alone; with ``--trace`` what Chromium was busy
with in the longest frames, by kind of task, and the whole trace as a file for chrome://tracing.
"""

# ruff: noqa: T201

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import statistics
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import folium
import geopandas as gpd
from folium.plugins import FastMarkerCluster
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import Engine, text

from data.store import frames
from maps import assets
from tests.benchmarks.maps_city import fill
from tests.benchmarks.town import own_cluster, served
from tests.browsing import CHROMIUM, QUIET

SERVE = ["-c", "from api.cli import main; main()", "serve", "--port", "{port}"]
SIZE = {"width": 1280, "height": 800}
WATCH = """
window.__frames = [];
let last = performance.now();
const frame = (now) => { window.__frames.push(now - last); last = now; requestAnimationFrame(frame); };
requestAnimationFrame(frame);
new MutationObserver(() => {
  if (document.body?.dataset.ready && !window.__usable)
    requestAnimationFrame(() => requestAnimationFrame(() => (window.__usable = performance.now())));
}).observe(document, { subtree: true, childList: true, attributes: true });
"""
VIEWS = {
    "the city": "",
    "incidents per 1,000": "#by=rate&classes=quantile",
    "heat": "#incidents=heat",
    "clusters": "#incidents=clusters",
    "buildings, zoom 13": "#layers=buildings&view=31.1,117.0,13",
    "buildings, zoom 16": "#layers=buildings&view=31.1,117.0,16",
    "buildings, zoom 17": "#layers=buildings&view=31.1,117.0,17",
}
SOON_S, LONGEST_MS = 2.0, 100.0
SMALL = (2_000, 10_000)
"""Buildings and incidents of a small city."""
STEPS = 30
"""How many movements a drag is made of."""
STYLES = ("leaflet/dist/leaflet.css", "leaflet.markercluster/dist/MarkerCluster.css")
"""Of the rival: ours lay out another page."""
MARK = "function (row) { return L.circleMarker([row[0], row[1]]); }"
"""Folium's own mark needs one library more."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one view cost: seconds until something was there and until it could be used, bytes, frames (ms)."""

    painted_s: float
    usable_s: float
    bytes: int
    pan_ms: tuple[float, ...]
    zoom_ms: tuple[float, ...]


@contextmanager
def chromium(*flags: str) -> Iterator[Browser]:
    """A browser of its own."""
    path = next(filter(None, map(shutil.which, CHROMIUM)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*QUIET, *flags])
        yield browser
        browser.close()


def look(
    browser: Browser,
    address: str,
    *,
    ready: str,
    picture: Path | None = None,
    wheel: bool = True,
    trace: Path | None = None,
) -> Seen:
    """Open a page in a fresh profile and move the map. ``trace``: where to keep what the browser did meanwhile."""
    context = browser.new_context(viewport=SIZE)  # type: ignore[arg-type]
    tab = context.new_page()
    carried = _wire(tab)
    tab.add_init_script(WATCH)
    tab.goto(address, timeout=120_000)
    tab.wait_for_function(ready, timeout=120_000)
    usable = tab.evaluate("window.__usable ?? performance.now()")
    first = tab.evaluate("performance.getEntriesByType('navigation')[0].responseStart")
    tab.wait_for_timeout(1500)
    painted = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
    paint = tab.wait_for_function(painted, timeout=120_000).json_value()
    if picture is not None:
        tab.screenshot(path=picture)
    if trace is not None:
        browser.start_tracing(page=tab, path=trace)
    pan, zoom = _panned(tab), _zoomed(tab) if wheel else ()
    if trace is not None:
        browser.stop_tracing()
    context.close()
    return Seen((paint - first) / 1000, (usable - first) / 1000, sum(carried), pan, zoom)


def _wire(tab: Page) -> list[int]:
    """Grows by the bytes of each answer as they came over the wire."""
    carried: list[int] = []
    session = tab.context.new_cdp_session(tab)
    session.send("Network.enable")
    session.on(
        "Network.loadingFinished", lambda told: carried.append(int(told["encodedDataLength"]))
    )
    return carried


def _panned(tab: Page) -> tuple[float, ...]:
    """Frames while the map is dragged to and fro, and let go, four times."""
    tab.evaluate("window.__frames.length = 0")
    for way in (-1, 1, -1, 1):
        tab.mouse.move(800, 400)
        tab.mouse.down()
        for step in range(1, STEPS + 1):
            gone = way * 300 * step / STEPS
            tab.mouse.move(800 + gone, 400 + gone / 2)
            tab.wait_for_timeout(8)
        tab.mouse.up()
        tab.wait_for_timeout(400)
    return tuple(tab.evaluate("window.__frames"))


def _zoomed(tab: Page) -> tuple[float, ...]:
    """Frames while the wheel goes in and out."""
    tab.mouse.move(800, 400)
    tab.evaluate("window.__frames.length = 0")
    for way in (-1, -1, 1, 1):
        tab.mouse.wheel(0, way * 120)
        tab.wait_for_timeout(700)
    return tuple(tab.evaluate("window.__frames"))


def longest(trace: Path, *, tasks: int = 12) -> list[str]:
    """The longest tasks of a page's main thread, each with what took most of it (name, ms)."""
    events = [one for one in json.loads(trace.read_text("utf-8"))["traceEvents"] if "dur" in one]
    runs = [one for one in events if one["name"] in ("RunTask", "ThreadControllerImpl::RunTask")]
    told = []
    for run in sorted(runs, key=lambda one: -one["dur"])[:tasks]:
        inside = [
            one
            for one in events
            if one["tid"] == run["tid"]
            and one["pid"] == run["pid"]
            and one is not run
            and run["ts"] <= one["ts"] <= run["ts"] + run["dur"]
        ]
        ranked = sorted(inside, key=lambda one: -one["dur"])[:9]
        said = ", ".join(f"{one['name']} {one['dur'] / 1000:.0f}" for one in ranked)
        told.append(f"    {run['dur'] / 1000:6.0f} ms: {said}")
    return told


def say(name: str, seen: Seen) -> None:
    """Print one line."""
    pan, zoom = max(seen.pan_ms), max(seen.zoom_ms, default=math.nan)
    middle = statistics.median(seen.pan_ms)
    good = seen.usable_s <= SOON_S and pan <= LONGEST_MS
    print(
        f"  {name:24} painted {seen.painted_s:5.2f} s, usable {seen.usable_s:6.2f} s   longest frame: "
        f"panning {pan:7.1f} ms (median {middle:5.1f}), zooming {zoom:7.1f} ms   {seen.bytes / 1e6:6.2f} MB"
        f"{'' if good else '   <-- misses its aim'}"
    )


def naive(engine: Engine, folder: Path, *, incidents: int) -> str:
    """The page as Folium alone makes it; its address."""
    with engine.connect() as connection:
        grids, houses = frames.grids(connection), frames.buildings(connection, footprints=True)
        spots = connection.execute(
            text("SELECT ST_Y(point), ST_X(point) FROM incidents WHERE point IS NOT NULL LIMIT :n"),
            {"n": incidents},
        ).all()
    drawn = folium.Map(location=[31.1, 117.0], zoom_start=12, tiles=None, maxZoom=19)
    for name in ("leaflet.js", "leaflet.markercluster.js"):
        shutil.copy(assets.VENDOR / name, folder / name)
    for sheet in STYLES:
        shutil.copy(Path(assets.__file__).parent / "node_modules" / sheet, folder)
    folium.GeoJson(gpd.GeoDataFrame(grids[["code", "geometry"]]).to_json()).add_to(drawn)
    folium.GeoJson(gpd.GeoDataFrame(houses[["building_id", "kind", "geometry"]]).to_json()).add_to(
        drawn
    )
    FastMarkerCluster([list(spot) for spot in spots], callback=MARK).add_to(drawn)  # type: ignore[no-untyped-call]
    html = drawn.get_root().render()
    ours = "".join(
        f'<script src="{name}"></script>' for name in ("leaflet.js", "leaflet.markercluster.js")
    )
    kept = _without_outside(html)
    path = folder / "naive.html"
    styles = "".join(f'<link rel="stylesheet" href="{Path(sheet).name}">' for sheet in STYLES)
    head = f"<head>{styles}{ours}"
    path.write_text(kept.replace("<head>", head, 1), "utf-8")
    return path.as_uri()


def _without_outside(html: str) -> str:
    """Without the lines that load from elsewhere."""
    return "\n".join(
        line for line in html.splitlines() if "https://" not in line or "<script>" in line
    )


def asked(address: str) -> float:
    """Seconds until the whole page has come."""
    began = time.perf_counter()
    with urllib.request.urlopen(f"{address}/", timeout=600) as reply:
        reply.read()
    return time.perf_counter() - began


def main() -> None:
    """Print the lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--buildings", type=int, default=50_000)
    parser.add_argument("--incidents", type=int, default=1_000_000)
    parser.add_argument("--rival", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--look", type=Path, help="a folder for pictures")
    parser.add_argument(
        "--view", choices=VIEWS, action="append", help="only this, in the large city"
    )
    parser.add_argument("--trace", type=Path, help="a folder for what the browser did")
    options = parser.parse_args()
    assets.build_assets()
    if options.view is None:
        _city(*SMALL, views={"the city": ""}, options=options)
    views = {name: VIEWS[name] for name in options.view or VIEWS}
    _city(options.buildings, options.incidents, views=views, options=options)


def _city(houses: int, incidents: int, *, views: Mapping[str, str], options: Any) -> None:
    with tempfile.TemporaryDirectory(prefix="wangge-maps-") as name, own_cluster() as cluster:
        folder = Path(name)
        began = time.perf_counter()
        engine = fill(cluster.url(), folder, houses=houses, incidents=incidents)
        print(
            f"a city of 165 grids, {houses:,} buildings, {incidents:,} incidents, stored in "
            f"{time.perf_counter() - began:.0f} s   (load {os.getloadavg()[0]:.1f})"
        )
        with served(SERVE, cluster.url()) as ((host, port), _):
            address = f"http://{host}:{port}"
            cold, warm = asked(address), statistics.median(asked(address) for _ in range(5))
            print(f"  first page answered in {cold:.2f} s, the next in {1000 * warm:.0f} ms")
            best = _ours(address, views, options.look, options.trace)
        if options.rival:
            _rival(engine, folder, best, incidents=incidents)
        engine.dispose()


def _ours(
    address: str, views: Mapping[str, str], pictures: Path | None, traces: Path | None
) -> Seen:
    """All views; what the first of them cost."""
    with chromium() as browser:
        look(browser, f"{address}/", ready="window.__usable")  # the browser's own warming up
        found = []
        for name, state in views.items():
            picture = pictures / f"{name}.png" if pictures else None
            trace = traces / f"{name}.json" if traces else None
            found.append(
                look(
                    browser,
                    f"{address}/{state}",
                    ready="window.__usable",
                    picture=picture,
                    trace=trace,
                )
            )
            say(name, found[-1])
            if trace is not None:
                print(*longest(trace), sep="\n")
    return found[0]


def _rival(engine: Engine, folder: Path, best: Seen, *, incidents: int) -> None:
    address = naive(engine, folder, incidents=incidents)
    size = (folder / "naive.html").stat().st_size
    with chromium() as browser:
        ready = "document.readyState === 'complete' && document.querySelector('.leaflet-marker-icon, .marker-cluster')"
        seen = replace(look(browser, address, ready=ready, wheel=False), bytes=size)
    say("Folium, all in the page", seen)
    ratios = {
        "painted": seen.painted_s / best.painted_s,
        "usable": seen.usable_s / best.usable_s,
        "longest frame panning": max(seen.pan_ms) / max(best.pan_ms),
        "bytes": size / best.bytes,
    }
    told = ", ".join(f"{name} x {one:.1f}" for name, one in ratios.items())
    print(f"  Folium's page beside ours: {told}")


if __name__ == "__main__":
    main()
