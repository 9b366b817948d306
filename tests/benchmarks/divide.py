"""W17 and W18: providence_blocks in 15 wards beside the enacted ones, fl25 in 3 districts with its proof.

    .venv/bin/python -m tests.benchmarks.divide [REDISTRICTING.gpkg] [--seeds 3]

Seconds are those of the division itself (blocks fitted, divided, measured), in a process that has done one before: what
is compiled at the very first call is kept on the disk.
"""

# ruff: noqa: T201

from __future__ import annotations

import argparse
import time
from pathlib import Path

from api.services.divide import Divided, divide_blocks
from data.readers.vector import read_layer

CASES = (("providence_blocks", "TOTPOP", 15, "WARD", False), ("fl25", "pop", 3, None, True))


def row(name: str, figures: dict[str, object], spent: tuple[float, float] | None) -> None:
    """One line of the table. spent: seconds on the wall and of the processor."""
    least, most = (100 * float(str(figures[key])) for key in ("least", "most"))
    seconds = "" if spent is None else f"  {spent[0]:6.2f} s ({spent[1]:.2f} s of processor)"
    state = figures.get("state", "")
    print(
        f"  {name:10} {least:+6.2f} .. {most:+.2f} %  PP {figures['compactness']:.3f}{seconds}  {state}"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = Path("../shared/data/redistricting/redistricting.gpkg")
    parser.add_argument("file", type=Path, nargs="?", default=default)
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args()
    for layer, weight, count, enacted, prove in CASES:
        blocks = read_layer(f"{given.file}:{layer}", default_layer=layer)

        def made(seed: int) -> Divided:
            return divide_blocks(
                blocks, weight, count, within=0.01, prove=prove, seed=seed, compare=enacted  # noqa: B023
            )  # fmt: skip

        print(f"{layer}: {len(blocks)} blocks in {count}")
        first = made(0)
        beside = first.summary.get("compared")
        if isinstance(beside, dict):
            row("enacted", beside, None)
        for seed in range(given.seeds):
            start, busy = time.perf_counter(), time.process_time()
            done = made(seed)
            spent = time.perf_counter() - start, time.process_time() - busy
            row(f"seed {seed}", done.summary, spent)


if __name__ == "__main__":
    main()
