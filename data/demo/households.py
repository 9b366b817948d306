"""How many grids each community is planned for, and households and residents that fit that number.

A grid holds 300-500 households and 600-1,000 residents. At about 2.16 people a household both hold for
300-463 households, so each community gets 366-388 a planned grid: room on both sides, enough for an estate that a
larger one encloses (with 2.25 such a pair of 447 households has 1,028 residents, and no plan can hold).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.demo.dice import dice

GRIDS = 165
FEWEST = 3
PER_GRID = (366.0, 388.0)
PEOPLE = (2.10, 2.22)
ESTATE_CEILING = 420
BIG_ESTATES = 5
BIG_HOUSEHOLDS = (560, 900)

Ints = NDArray[np.int64]


def planned_grids(room: NDArray[np.float64]) -> Ints:
    """GRIDS shared out by ``room`` (households a community may hold), the largest remainders up."""
    shares = room / room.sum() * GRIDS
    counts = np.maximum(np.floor(shares).astype(np.int64), FEWEST)
    while counts.sum() != GRIDS:
        lack = shares - counts
        if counts.sum() < GRIDS:
            counts[np.argmax(lack)] += 1
        else:
            counts[np.argmin(np.where(counts > FEWEST, lack, np.inf))] -= 1
    return np.asarray(counts)


def fill(table: pd.DataFrame, *, seed: int) -> tuple[pd.DataFrame, Ints]:
    """A copy of the houses with ``households`` and ``residents``, and the planned grids by community."""
    rng = dice(seed, "households")
    table = table.copy()
    planned = planned_grids(_by_community(table, "room"))
    wanted = np.round(planned * rng.uniform(*PER_GRID, len(planned))).astype(np.int64)
    big = _big_estates(table, planned, rng)
    table["households"] = 0
    table["residents"] = 0
    for community, group in enumerate(_groups(table)):
        households = _share(group, int(wanted[community]), big, rng)
        table.loc[group.index, "households"] = households
        people = round(int(wanted[community]) * rng.uniform(*PEOPLE))
        weights = households * rng.normal(1.0, 0.08, len(group)).clip(0.7, 1.3)
        table.loc[group.index, "residents"] = _whole(weights, people)
    return table, planned


def _groups(table: pd.DataFrame) -> list[pd.DataFrame]:
    return [group for _, group in table.groupby("community")]


def _by_community(table: pd.DataFrame, column: str) -> NDArray[np.float64]:
    return table.groupby("community")[column].sum().to_numpy(dtype=float)


def _big_estates(table: pd.DataFrame, planned: Ints, rng: np.random.Generator) -> dict[str, int]:
    """The roomiest estates, one a community at most, with more households than a grid may hold."""
    room = (
        table.dropna(subset=["estate"]).groupby("estate").agg({"room": "sum", "community": "first"})
    )
    room = room[planned[room["community"]] >= 5].sort_values("room", ascending=False)
    chosen = room.drop_duplicates("community").index[:BIG_ESTATES]
    return {str(name): int(rng.integers(*BIG_HOUSEHOLDS)) for name in chosen}


def _share(group: pd.DataFrame, total: int, big: dict[str, int], rng: np.random.Generator) -> Ints:
    """Households by house: ``total`` by room, big estates as given, no other estate over the ceiling."""
    weights = group["room"].to_numpy(dtype=float)
    estate = group["estate"]
    fixed: dict[str, float] = {
        name: float(big[name]) for name in estate.dropna().unique() if name in big
    }
    for _ in range(6):
        weights = _scaled(weights, estate, fixed, total)
        sums = pd.Series(weights, index=group.index).groupby(estate).sum()
        over = [name for name in sums.index[sums > ESTATE_CEILING] if name not in fixed]
        if not over:
            break
        fixed |= {str(name): float(rng.uniform(0.72, 0.97) * ESTATE_CEILING) for name in over}
    return _whole(weights, total)


def _scaled(
    weights: NDArray[np.float64], estate: pd.Series, fixed: dict[str, float], total: int
) -> NDArray[np.float64]:
    scaled = weights.copy()
    free = ~estate.isin(list(fixed)).to_numpy()
    for name, households in fixed.items():
        mine = (estate == name).to_numpy()
        scaled[mine] *= households / scaled[mine].sum()
    scaled[free] *= (total - sum(fixed.values())) / scaled[free].sum()
    return scaled


def _whole(weights: NDArray[np.float64], total: int) -> Ints:
    """Whole numbers in proportion to ``weights`` that add up to ``total`` exactly."""
    ends = np.round(np.cumsum(weights) / weights.sum() * total).astype(np.int64)
    return np.asarray(np.diff(ends, prepend=0), dtype=np.int64)
