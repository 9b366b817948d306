"""L8: how fast ``GET /locate`` answers, beside routes that look nothing up; on each server.

``/locate-constant``: a constant `Place` as FastAPI serves it, which all ratios refer to. ``/express-constant``: parsed,
written and sent as ours is, always the same fields (the strictest). ``/express-located``: the same with a constant
answer of the locator, put into words each time.

    .venv/bin/python -m tests.benchmarks.service_locate [--rounds 5] [--seconds 1] [uvicorn granian]

One process a server. The routes take turns, so that a busy machine disturbs them alike; medians of the rounds.
CPU: processor time of the server for one answer, which other load disturbs least.
"""

# ruff: noqa: T201

from __future__ import annotations

import argparse
import os
import statistics
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import cycle

from tests.benchmarks import tilings
from tests.benchmarks.load import Tally, press
from tests.benchmarks.town import cpu_s, filled, own_cluster, served

APP = "tests.benchmarks.constant_app:make"
SERVERS = {
    "uvicorn": ["-m", "uvicorn", APP, "--factory", "--port", "{port}", "--no-access-log", "--log-level", "warning"],
    "granian": ["-m", "granian", APP, "--factory", "--port", "{port}", "--interface", "asgi", "--no-access-log",
                "--log-level", "warning"],
}  # fmt: skip
ROUTES = ("/locate-constant", "/express-constant", "/express-located", "/locate")
CLIENTS = 16


def requests(path: str) -> Iterator[bytes]:
    """Questions about points as calls come."""
    x, y = tilings.clustered(5000)
    made = [
        f"GET {path}?lng={lng:.6f}&lat={lat:.6f} HTTP/1.1\r\nHost: bench\r\nAccept-Language: zh-CN\r\n\r\n"
        for lng, lat in zip(x, y, strict=True)
    ]
    return cycle([one.encode() for one in made])


def measure(name: str, url: str, *, rounds: int, seconds: float) -> None:
    """Print one server's lines."""
    with served(SERVERS[name], url) as (address, pid):
        asked = {path: requests(path) for path in ROUTES}
        for path in ROUTES:
            press(address, asked[path], clients=CLIENTS, seconds=1)
        many: dict[str, list[tuple[float, float]]] = {path: [] for path in ROUTES}
        single: dict[str, list[Tally]] = {path: [] for path in ROUTES}
        for _ in range(rounds):
            for path in ROUTES:
                before = cpu_s(pid)
                tally = press(address, asked[path], clients=CLIENTS, seconds=seconds)
                assert set(tally.statuses) == {200}, tally.statuses
                spent = (cpu_s(pid) - before) / tally.statuses[200]
                many[path].append((tally.rate, spent))
                single[path].append(press(address, asked[path], clients=1, seconds=seconds / 2))
    print(f"{name}:")
    for path in ROUTES:
        rate, cpu = (statistics.median(column) for column in zip(*many[path], strict=True))
        ratio = statistics.median(
            one[0] / two[0] for one, two in zip(many[path], many[ROUTES[0]], strict=True)
        )
        cpu_ratio = statistics.median(
            two[1] / one[1] for one, two in zip(many[path], many[ROUTES[0]], strict=True)
        )
        p50 = statistics.median(one.quantile_ms(0.5) for one in single[path])
        p99 = statistics.median(one.quantile_ms(0.99) for one in single[path])
        print(
            f"  {path:18} {rate:7.0f}/s, {ratio:6.1%} of the constant's; CPU {cpu * 1e6:5.0f} us ({cpu_ratio:6.1%});"
            f" one client: p50 {p50:.2f} ms, p99 {p99:.2f} ms"
        )


def main() -> None:
    """Measure the servers that are asked for and installed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("servers", nargs="*", default=list(SERVERS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0)
    options = parser.parse_args()
    with own_cluster() as cluster:
        filled(cluster.url()).dispose()
        print(f"load average {os.getloadavg()[0]:.1f}; {CLIENTS} clients")
        for name in options.servers:
            if find_spec(name):
                measure(name, cluster.url(), rounds=options.rounds, seconds=options.seconds)
            else:
                print(f"{name}: not installed")


if __name__ == "__main__":
    main()
