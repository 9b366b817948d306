"""L9: reports a second over HTTP, each on disk before its answer, beside what pgbench inserts; L10: publications.

    .venv/bin/python -m tests.benchmarks.service_intake [--rounds 3] [--seconds 3] [--workers 2] [--publications 100]

One database in one run, 32 clients each, turn by turn; medians of the rounds. pgbench inserts the same row, one
transaction each, into the same table with all its indexes and keys (prepared statements, 2 threads).
"""

# ruff: noqa: T201

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import unquote

from sqlalchemy import text

from data.cluster import Cluster
from data.cluster.programs import find_programs
from tests.benchmarks import tilings
from tests.benchmarks.epochs import AUDIT, SERVE, faults, reports, under_intake
from tests.benchmarks.load import press
from tests.benchmarks.town import COMMUNITY, GRIDS, cpu_s, draft, filled, own_cluster, served

BOUNDS = (
    tilings.WEST,
    tilings.SOUTH,
    tilings.WEST + tilings.SIZE,
    tilings.SOUTH + tilings.SIZE,
)
CLIENTS = 32
INSERT = """\\set x random(0, 399999)
\\set y random(0, 399999)
\\set g random(1, {grids})
\\set n :n + 1
INSERT INTO incidents (id, source, source_id, raw_x, raw_y, raw_datum, grid_code, plan_id, how, reported_at,
note, point)
VALUES (gen_random_uuid(), 'pgbench', :turn || '-' || :client_id || '-' || :n, 116.8 + :x / 1e6, 30.9 + :y / 1e6,
'wgs84', '{community}' || lpad(CAST(:g AS text), 3, '0'), {plan}, 'inside', clock_timestamp(), '路灯不亮',
ST_SetSRID(ST_Point(116.8 + :x / 1e6, 30.9 + :y / 1e6), 4490));
"""


def by_pgbench(cluster: Cluster, script: Path, seconds: float, turn: int) -> float:
    """Inserts a second."""
    sockets = re.search(r"host=([^&]+)", cluster.url())
    assert sockets is not None
    words = [find_programs() / "pgbench", "-n", "-c", str(CLIENTS), "-j", "2", "-M", "prepared"]
    words += ["-D", "n=0", "-D", f"turn={turn}"]
    words += [
        "-T",
        str(max(round(seconds), 1)),
        "-f",
        script,
        "-h",
        unquote(sockets[1]),
        "-U",
        "wangge",
        "wangge",
    ]
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=True)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found is not None and " 0 (0.0" in done.stdout.split("failed")[1][:40], done.stdout
    return float(found[1])


def main() -> None:
    """Both in turns, then the publications."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--workers", default="2")
    parser.add_argument("--publications", type=int, default=100)
    options = parser.parse_args()
    with own_cluster() as cluster, tempfile.TemporaryDirectory() as folder:
        engine = filled(cluster.url())
        with engine.connect() as connection:
            plan = connection.execute(text("SELECT max(plan_id) FROM plan_grids")).scalar_one()
        script = Path(folder) / "insert.sql"
        insert = INSERT.format(grids=GRIDS, community=COMMUNITY, plan=plan)
        script.write_text(insert, encoding="utf-8")
        print(
            f"load average {os.getloadavg()[0]:.1f}; {CLIENTS} clients; {options.workers} workers"
        )
        with served([*SERVE[:-1], options.workers], cluster.url()) as (address, pid):
            press(address, reports(BOUNDS, seed=99), clients=CLIENTS, seconds=1)
            ours, theirs, slow = [], [], []
            spent: dict[str, list[float]] = {"service": [], "its PostgreSQL": []}
            postmaster = cluster.status().pid
            assert postmaster is not None
            for turn in range(options.rounds):
                before = cpu_s(pid), cpu_s(postmaster)
                tally = press(
                    address, reports(BOUNDS, seed=turn), clients=CLIENTS, seconds=options.seconds
                )
                assert set(tally.statuses) == {201}, tally.statuses
                done = tally.statuses[201] / 1e6
                spent["service"].append((cpu_s(pid) - before[0]) / done)
                spent["its PostgreSQL"].append((cpu_s(postmaster) - before[1]) / done)
                ours.append(tally.rate)
                slow.append(tally.quantile_ms(0.99))
                theirs.append(by_pgbench(cluster, script, options.seconds, turn))
            print(
                {
                    name: f"{statistics.median(us):.0f} us CPU each"
                    for name, us in spent.items()
                    if us
                }
            )
            share = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
            print(
                f"POST /incidents {statistics.median(ours):6.0f}/s (p99 {statistics.median(slow):.0f} ms);"
                f" pgbench {statistics.median(theirs):6.0f}/s; {share:.0%}"
            )
            with engine.begin() as connection:
                connection.execute(text("TRUNCATE incidents CASCADE"))
                for statement in AUDIT:
                    connection.execute(text(statement))

            def publish() -> None:
                for turn in range(options.publications):
                    with engine.begin() as connection:
                        draft(connection, tilings.tiling(165, 32, seed=turn))

            start = time.perf_counter()
            tally, heard = under_intake(address, BOUNDS, publish, clients=8, seed=1000)
            print(
                f"{options.publications} publications in {time.perf_counter() - start:.0f} s under intake:"
                f" {len(heard.grids):,} reports confirmed, p99 {tally.quantile_ms(0.99):.0f} ms,"
                f" statuses {tally.statuses}, broken {tally.broken}; {faults(engine, heard)}"
            )
        engine.dispose()


if __name__ == "__main__":
    main()
