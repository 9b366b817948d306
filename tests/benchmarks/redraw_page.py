"""R11: frames of the planner's page in Chromium while grids are painted and the map is moved, all buildings in view.

    .venv/bin/python -m tests.benchmarks.redraw_page [--rounds 2] [--no-rival] [--look FOLDER] [--trace FOLDER]
        [--only zooming]

On a copy of the demo city of the configured database (./run makes it; nobody may be connected to it meanwhile), with
10,000 buildings: every community's plan in force is copied into a draft, all of them are open and wholly in view.
`wangge serve` runs in a process of its own; Chromium has no GPU: what a page costs on a slow machine. A frame is the
time between two calls of requestAnimationFrame. A stroke of the brush is counted until the server's answer is drawn.

The rival is the plain way: Folium's GeoJson of the same blocks and buildings, all in one page, moved and zoomed alike;
where ours paints, its blocks light up under the pointer (highlight_function), which costs it no server.
"""

# ruff: noqa: T201

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import folium
import geopandas as gpd
import httpx
from playwright.sync_api import Browser, Page
from sqlalchemy import Engine, create_engine, text

from data.database import open_database
from data.settings import Settings
from data.store import frames
from maps import assets
from tests.benchmarks.maps import SERVE, WATCH, chromium, longest
from tests.benchmarks.town import served

SIZE = {"width": 1440, "height": 900}
AIM_MS = 100.0
BUILDINGS = 10_000
MORE = """
INSERT INTO buildings (building_id, community_code, kind, name, households, residents, point, source)
SELECT 'more-' || building_id, community_code, kind, name, 0, 0, ST_Translate(point, 1e-5, 1e-5), 'benchmark'
FROM buildings ORDER BY building_id LIMIT greatest(0, :wanted - (SELECT count(*) FROM buildings))
"""
"""Houses beside houses, empty: sizes of grids stay."""
Frames = tuple[float, ...]
Deed = Callable[[Page, int], None]


@dataclass(frozen=True, slots=True)
class Open:
    """What is open: the drafts' ids and how much is in view."""

    ids: tuple[int, ...]
    blocks: int
    buildings: int


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--rival", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--look", type=Path, help="a folder for pictures")
    parser.add_argument("--trace", type=Path, help="a folder for what the browser did")
    parser.add_argument("--only", choices=DEEDS, action="append", help="only this")
    options = parser.parse_args()
    assets.build_assets()
    with copy_of_demo() as engine:
        url = engine.url.render_as_string(hide_password=False)
        with served(SERVE, url) as ((host, port), _):
            address = f"http://{host}:{port}"
            with httpx.Client(base_url=address, timeout=300) as client:
                drafts = copied(client)
            _run(engine, address, drafts, options)


@contextmanager
def copy_of_demo() -> Iterator[Engine]:
    """The configured database copied, with as many buildings as wanted; gone afterwards."""
    source = open_database(Settings())
    admin = create_engine(source.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    source.dispose()
    name = f"wangge_bench_{uuid.uuid4().hex[:12]}"
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE {name} TEMPLATE "{source.url.database}"'))
        engine = create_engine(source.url.set(database=name))
        try:
            with engine.begin() as filling:
                filling.execute(text(MORE), {"wanted": BUILDINGS})
            yield engine
        finally:
            engine.dispose()
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


def _run(engine: Engine, address: str, drafts: Open, options: argparse.Namespace) -> None:
    names = options.only or list(DEEDS)
    print(
        f"{len(drafts.ids)} drafts open, {drafts.blocks:,} blocks and {drafts.buildings:,} buildings in view"
        f"   (load {os.getloadavg()[0]:.1f})"
    )
    hashed = ",".join(map(str, drafts.ids))
    with chromium() as browser:
        page = f"{address}/redraw#{hashed}"
        ours = look(browser, page, "body[data-ready]", names=names, options=options, name="redraw")
    told("ours", ours)
    if not options.rival:
        return
    with tempfile.TemporaryDirectory(prefix="wangge-redraw-") as folder, chromium() as browser:
        page = naive(engine, Path(folder))
        ready = ".leaflet-overlay-pane path"
        theirs = look(browser, page, ready, names=names, options=options, name="folium")
    told("Folium, all in the page", theirs)
    for name in names:
        print(f"  {name:10} Folium x {max(theirs[name]) / max(ours[name]):.1f} (longest frames)")


def copied(client: httpx.Client) -> Open:
    """Every plan in force as a draft."""
    made = client.post("/plans", json={})
    made.raise_for_status()
    ids = tuple(int(one["id"]) for one in made.json()["plans"])
    layers = [client.get(f"/plans/{one}/layers").json() for one in ids]
    blocks, buildings = (
        sum(len(one[kind]["features"]) for one in layers) for kind in ("blocks", "buildings")
    )
    return Open(ids, blocks, buildings)


def look(
    browser: Browser,
    address: str,
    ready: str,
    *,
    names: list[str],
    options: argparse.Namespace,
    name: str,
) -> dict[str, Frames]:
    """The frames (ms) of each deed, done as often as asked."""
    context = browser.new_context(viewport=SIZE)  # type: ignore[arg-type]
    tab = context.new_page()
    tab.add_init_script(WATCH)
    tab.goto(address, timeout=120_000)
    tab.wait_for_selector(ready, state="attached", timeout=120_000)
    tab.wait_for_timeout(2500)
    found: dict[str, Frames] = {}
    for deed in names:
        if options.trace:
            browser.start_tracing(page=tab, path=options.trace / f"{name}-{deed}.json")
        tab.evaluate("window.__frames.length = 0")
        for turn in range(options.rounds):
            DEEDS[deed](tab, turn)
        found[deed] = tuple(tab.evaluate("window.__frames"))
        if options.trace:
            browser.stop_tracing()
            print(deed, *longest(options.trace / f"{name}-{deed}.json", tasks=6), sep="\n")
        if options.look:
            tab.screenshot(path=options.look / f"{name}-{deed}.png")
    context.close()
    return found


def middle(tab: Page) -> tuple[float, float]:
    """The middle of the map on the page."""
    box = tab.locator(".folium-map").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def take(tab: Page, key: str) -> None:
    """A tool of ours by its key; the rival has none."""
    tab.keyboard.press(key)
    tab.keyboard.press("m")


def answered(tab: Page) -> None:
    """Until what the server said is drawn, and a while longer."""
    tab.wait_for_timeout(900)


def drag(tab: Page, *places: tuple[float, float], steps: int = 30) -> None:
    """The pointer pressed along places, a step in 8 ms."""
    tab.mouse.move(*places[0])
    tab.mouse.down()
    for (x0, y0), (x1, y1) in pairwise(places):
        for step in range(1, steps + 1):
            tab.mouse.move(x0 + (x1 - x0) * step / steps, y0 + (y1 - y0) * step / steps)
            tab.wait_for_timeout(8)
    tab.mouse.up()


def paint(tab: Page, turn: int) -> None:
    """Strokes through what lies in the middle."""
    x, y = middle(tab)
    take(tab, "v")
    tab.mouse.click(x + 40 * (turn % 2), y)
    take(tab, "b")
    drag(tab, (x - 120, y - 90), (x + 120, y), (x - 100, y + 90))
    answered(tab)


def lasso(tab: Page, turn: int) -> None:
    """A loop around what lies in the middle."""
    x, y = middle(tab)
    take(tab, "v")
    tab.mouse.click(x - 40 * (turn % 2), y)
    take(tab, "l")
    wide = 70
    corners = [(x - wide, y), (x, y - wide), (x + wide, y), (x, y + wide), (x - wide + 6, y + 4)]
    drag(tab, *corners, steps=15)
    answered(tab)


def pan(tab: Page, _turn: int) -> None:
    """To and fro, and let go."""
    x, y = middle(tab)
    take(tab, "v")
    for way in (-1, 1):
        drag(tab, (x, y), (x + way * 180, y + way * 90))
        tab.wait_for_timeout(400)


def zoom(tab: Page, _turn: int) -> None:
    """The wheel, in and out."""
    tab.mouse.move(*middle(tab))
    for way in (-1, -1, 1, 1):
        tab.mouse.wheel(0, way * 120)
        tab.wait_for_timeout(700)


DEEDS: Mapping[str, Deed] = {"painting": paint, "lasso": lasso, "panning": pan, "zooming": zoom}


def told(title: str, found: Mapping[str, Frames]) -> None:
    """A line a deed."""
    print(title)
    for name, frames_ms in found.items():
        worst = max(frames_ms)
        missed = "" if worst <= AIM_MS else "   <-- misses its aim"
        print(
            f"  {name:10} longest {worst:7.1f} ms, median {statistics.median(frames_ms):5.1f} ms,"
            f" over 50 ms {sum(one > 50 for one in frames_ms):3} of {len(frames_ms):4}{missed}"
        )


def naive(engine: Engine, folder: Path) -> str:
    """The page as Folium alone makes it; its address."""
    with engine.connect() as connection:
        houses = frames.buildings(connection, footprints=True)
        blocks = gpd.read_postgis(
            "SELECT b.block_id, b.grid_code, b.geom AS geometry FROM blocks b JOIN plans p ON p.id = b.plan_id"
            " WHERE p.status = 'published'",
            connection,
            geom_col="geometry",
        )
    west, south, east, north = blocks.total_bounds
    drawn = folium.Map(tiles=None, maxZoom=19)
    lit = {"fillColor": "#b3400b", "fillOpacity": 0.9}
    folium.GeoJson(
        blocks.to_json(),
        style_function=lambda _: {"weight": 0.6, "fillOpacity": 0.55},
        highlight_function=lambda _: lit,
    ).add_to(drawn)
    folium.GeoJson(
        gpd.GeoDataFrame(houses[["building_id", "kind", "geometry"]]).to_json(),
        style_function=lambda _: {"weight": 0.5, "interactive": False},
        marker=folium.CircleMarker(radius=2),
    ).add_to(drawn)
    drawn.fit_bounds([[south, west], [north, east]])
    return written(drawn, folder)


def written(drawn: folium.Map, folder: Path) -> str:
    """A Folium page with its library beside it; its address."""
    shutil.copy(assets.VENDOR / "leaflet.js", folder / "leaflet.js")
    sheet = Path(assets.__file__).parent / "node_modules" / "leaflet/dist/leaflet.css"
    shutil.copy(sheet, folder)
    html = drawn.get_root().render()
    kept = [line for line in html.splitlines() if "https://" not in line or "<script>" in line]
    head = '<head><link rel="stylesheet" href="leaflet.css"><script src="leaflet.js"></script>'
    path = folder / "naive.html"
    path.write_text("\n".join(kept).replace("<head>", head, 1), "utf-8")
    return path.as_uri()


if __name__ == "__main__":
    main()
