"""How well and how fast words find their place: ours beside pg_trgm, on the same sayings, in one run.

    .venv/bin/python -m tests.benchmarks.search [--addresses 300000] [--each 100] [--rivals pg_trgm]

The city is made up by seed: roads with numbered houses, estates with buildings. The sayings and their rules:
tests/benchmarks/sayings.py; right is the very house, among the first (top 1) or the first three (top 3).
"""

# ruff: noqa: T201

from __future__ import annotations

import argparse
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator

import numpy as np
from sqlalchemy import Connection, create_engine, text

from geo.gazetteer import Entry, EntryKind, Gazetteer
from tests.benchmarks.sayings import Sayer
from tests.benchmarks.town import own_cluster

STEMS = (
    "和平文昌朝阳重庆桐城东南西北新兴华盛金银山水明秀龙腾凤凰紫荆香溪光大同安海峰"
    "学府名仕锦绣江南世纪阳光绿洲御景湾翠柳杏梅竹松鹤云天"
)
ROADS = ("路", "街", "巷", "大道", "东路", "西路")
ESTATES = ("小区", "花园", "家园", "苑", "新村", "佳苑", "名邸", "公寓")
FIRST, KEPT = 1, 3

Find = Callable[[str], list[str]]


def city(count: int, *, seed: int) -> list[Entry]:
    """So many addresses: about 40 houses a road, 25 buildings an estate."""
    rng = np.random.default_rng(seed)

    def names(endings: tuple[str, ...], many: int) -> list[str]:
        made: dict[str, None] = {}
        while len(made) < many:
            stem = "".join(rng.choice(list(STEMS), size=rng.integers(2, 4)))
            made[stem + endings[int(rng.integers(len(endings)))]] = None
        return list(made)

    said = list[tuple[str, EntryKind]]()
    for road in names(ROADS, count // 80):
        said += [(f"{road}{number}号", EntryKind.BUILDING) for number in range(1, 41)]
    for estate in names(ESTATES, count // 52):
        said.append((estate, EntryKind.ESTATE))
        said += [(f"{estate}{number}栋", EntryKind.BUILDING) for number in range(1, 26)]
    return [Entry(str(n), words, kind, 117.0, 31.0) for n, (words, kind) in enumerate(said)]


def by_ours(entries: list[Entry]) -> Find:
    """Our search in memory."""
    gazetteer = Gazetteer(entries)
    return lambda words: [one.entry.said for one in gazetteer.search(words, limit=KEPT)]


def by_trgm(connection: Connection, entries: list[Entry]) -> Find:
    """PostgreSQL's trigrams with a GiST index that returns the nearest first."""
    connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
    connection.execute(text("CREATE TEMP TABLE said (words text)"))
    connection.execute(text("INSERT INTO said VALUES (:w)"), [{"w": one.said} for one in entries])
    connection.execute(text("CREATE INDEX ON said USING gist (words gist_trgm_ops(siglen=64))"))
    connection.execute(text("ANALYZE said"))
    query = text(f"SELECT words FROM said ORDER BY words <-> :w LIMIT {KEPT}")
    return lambda words: list(connection.execute(query, {"w": words}).scalars())


def report(name: str, make: Callable[[], Find], sayings: list[tuple[str, str, Entry]]) -> None:
    """Print one engine's lines."""
    start = time.perf_counter()
    find = make()
    built_s = time.perf_counter() - start
    first, three, total = (
        defaultdict[str, int](int),
        defaultdict[str, int](int),
        defaultdict[str, int](int),
    )
    spans = []
    for rule, words, meant in sayings:
        begun = time.perf_counter()
        found = find(words)
        spans.append(time.perf_counter() - begun)
        total[rule] += 1
        first[rule] += meant.said in found[:FIRST]
        three[rule] += meant.said in found
    p50, p99 = np.quantile(spans, [0.5, 0.99]) * 1e3
    print(
        f"{name}: ready in {built_s:.1f} s; p50 {p50:.1f} ms, p99 {p99:.1f} ms;"
        f" top 1 {sum(first.values()) / len(sayings):.1%}, top 3 {sum(three.values()) / len(sayings):.1%}"
    )
    for rule, count in total.items():
        print(f"  {rule:10} top 1 {first[rule] / count:6.1%}  top 3 {three[rule] / count:6.1%}")


def rivals(names: list[str], entries: list[Entry]) -> Iterator[tuple[str, Callable[[], Find]]]:
    """The engines that are asked for, each ready to be made."""
    yield "ours", lambda: by_ours(entries)
    if "pg_trgm" in names:
        with own_cluster() as cluster, create_engine(cluster.url()).connect() as connection:
            yield "pg_trgm", lambda: by_trgm(connection, entries)


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--addresses", type=int, default=300_000)
    parser.add_argument("--each", type=int, default=100)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--rivals", default="pg_trgm")
    options = parser.parse_args()
    entries = city(options.addresses, seed=options.seed)
    sayings = list(Sayer(entries, seed=options.seed).sayings(options.each))
    print(
        f"{len(entries):,} addresses, {len(sayings):,} sayings; load average {os.getloadavg()[0]:.1f}"
    )
    for name, make in rivals(options.rivals.split(","), entries):
        report(name, make, sayings)


if __name__ == "__main__":
    main()
