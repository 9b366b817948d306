"""派单台 on a slow machine: how long a key waits, and how far behind the list is, while much happens.

    .venv/bin/python -m tests.benchmarks.dispatch_page [--listed 500] [--per-second 50] [--seconds 20]

The page at 390 px in Chromium, its processor slowed six times and its line to that of a weak mobile network, by the
browser's own tools; so many open incidents in the list, so many taken or given back a second by others. A key's wait is
from when it was pressed until the next frame was drawn with it. Nothing may be asked for that did not change.
"""

# ruff: noqa: T201

from __future__ import annotations

import argparse
import shutil
import threading
import time
from collections.abc import Mapping
from itertools import cycle
from uuid import UUID

import numpy as np
from playwright.sync_api import Page, sync_playwright
from sqlalchemy import Engine, create_engine, text

from api.services.actor import Actor
from api.services.handling import Desk
from api.services.locating import LocatorCache
from tests.benchmarks.epochs import SERVE
from tests.benchmarks.town import filled, own_cluster, served

SLOW_CPU = 6
SLOW_LINE = {"latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 93_750}
"""Milliseconds; bytes a second: 1.6 and 0.75 Mbit/s."""
WORDS = "heping xiaoqu 3 dong 2 danyuan louti dengbuliang "
FILL = """
    INSERT INTO incidents (id, source, source_id, note, category, reported_at)
    SELECT gen_random_uuid(), 'bench', n::text, '第' || n || '件：路灯不亮，晚上看不见路', '市政公用',
        clock_timestamp() - make_interval(secs => n) FROM generate_series(1, :open) n"""
WAITS = """() => {
    window.waits = [];
    window.longest = 0;
    new PerformanceObserver((list) => {
        for (const one of list.getEntries()) window.longest = Math.max(window.longest, one.duration);
    }).observe({ type: 'longtask' });
    document.getElementById('box').addEventListener('keydown', (event) => {
        const pressed = event.timeStamp;
        requestAnimationFrame(() => setTimeout(() => window.waits.push(performance.now() - pressed)));
    });
}"""


def slowed(tab: Page, *, cpu: int, line: Mapping[str, int]) -> None:
    """Slow a page down, as its browser can."""
    tools = tab.context.new_cdp_session(tab)
    tools.send("Network.enable")
    tools.send("Network.emulateNetworkConditions", {"offline": False, **line})
    tools.send("Emulation.setCPUThrottlingRate", {"rate": cpu})


def busy(engine: Engine, numbers: list[UUID], per_second: float, stop: threading.Event) -> None:
    """Others take incidents and give them back, so many times a second."""
    desk, clerk = Desk(engine, LocatorCache(engine)), Actor("别人")
    due = time.monotonic()
    held: set[UUID] = set()
    for number in cycle(numbers):
        if stop.is_set():
            return
        (desk.release if number in held else desk.take)(clerk, number)
        held ^= {number}
        due += 1 / per_second
        stop.wait(max(0.0, due - time.monotonic()))


def measured(tab: Page, engine: Engine, options: argparse.Namespace) -> None:
    """Type while it happens, and print what was seen."""
    with engine.connect() as connection:
        query = text("SELECT id FROM incidents ORDER BY reported_at DESC LIMIT :n")
        numbers = list(connection.scalars(query, {"n": options.listed}))
    asked: list[str] = []
    got = [0]
    tab.on("request", lambda request: asked.append(request.url))
    tab.on(
        "response",
        lambda reply: got.__setitem__(0, got[0] + int(reply.headers.get("content-length", 0))),
    )
    tab.evaluate(WAITS)
    stop = threading.Event()
    thread = threading.Thread(target=busy, args=(engine, numbers, options.per_second, stop))
    thread.start()
    tab.click("#box")
    end, letters = time.monotonic() + options.seconds, cycle(WORDS)
    while time.monotonic() < end:
        tab.keyboard.press("Space" if (letter := next(letters)) == " " else letter)
        tab.wait_for_timeout(120)
    stop.set()
    thread.join()
    start = time.monotonic()
    with engine.connect() as connection:
        taken = connection.scalar(text("SELECT count(*) FROM incidents WHERE taken_by IS NOT NULL"))
    tab.wait_for_function(
        "(n) => document.querySelectorAll('#live li.others').length === n",
        arg=taken,
        timeout=120_000,
    )
    behind = time.monotonic() - start
    waits = np.array(tab.evaluate("window.waits"))
    lists = [one for one in asked if "/incidents?" in one]
    print(f"{len(waits)} keys: p50 {np.median(waits):.0f} ms, p95 {np.quantile(waits, 0.95):.0f} ms, "
          f"longest {waits.max():.0f} ms; longest task {tab.evaluate('window.longest'):.0f} ms")  # fmt: skip
    print(f"the list was right {behind:.1f} s after the last change; {len(lists)} looks at it, "
          f"{sum('id=' not in one for one in lists)} of them whole; {got[0] / 1024:.0f} kB received")  # fmt: skip


def main() -> None:
    """Fill a store, serve it, open the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listed", type=int, default=500)
    parser.add_argument("--per-second", type=float, default=50.0)
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args()
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with own_cluster() as cluster, sync_playwright() as playwright:
        filled(cluster.url())
        engine = create_engine(cluster.url())
        with engine.begin() as connection:
            connection.execute(text(FILL), {"open": options.listed})
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        with served(SERVE, cluster.url()) as (address, _pid):
            tab = browser.new_page(viewport={"width": 390, "height": 780}, has_touch=True)
            tab.goto(f"http://{address[0]}:{address[1]}/dispatch")
            while tab.locator("#live li").count() < options.listed:
                tab.wait_for_timeout(500)
                tab.evaluate("() => { if (!further.hidden) further.click(); }")
            slowed(tab, cpu=SLOW_CPU, line=SLOW_LINE)
            measured(tab, engine, options)
            browser.close()


if __name__ == "__main__":
    main()
