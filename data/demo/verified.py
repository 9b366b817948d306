"""When the made-up records were last verified: within a year, but for those that are planted as old."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.demo.dice import dice
from data.demo.people import DemoPeople

YOUNG_DAYS, OLD_DAYS = (20, 320), (480, 700)
"""How many days ago."""
OLD_CONTACTS = 0.1
"""The share of estates whose contacts nobody asked after for long."""


def days_before(until: datetime, days: NDArray[np.int64]) -> NDArray[np.datetime64]:
    """The days that lie so many days before the day of ``until``."""
    return np.datetime64(until.date(), "D") - days.astype("timedelta64[D]")


def verified_houses(buildings: gpd.GeoDataFrame, *, seed: int, until: datetime) -> gpd.GeoDataFrame:
    """A copy with ``as_of``: each community went through its houses within three weeks; one of them long ago."""
    rng = dice(seed, "verified houses")
    codes = sorted(set(buildings["community_code"]))
    began = dict(zip(codes, rng.integers(*YOUNG_DAYS, len(codes)), strict=True))
    began[old_community(buildings, seed=seed)] = int(rng.integers(*OLD_DAYS))
    ago = buildings["community_code"].map(began).to_numpy() - rng.integers(0, 20, len(buildings))
    return buildings.assign(as_of=days_before(until, ago))


def old_community(buildings: pd.DataFrame, *, seed: int) -> str:
    """The community whose houses were verified long ago."""
    return str(dice(seed, "old ledger").choice(sorted(set(buildings["community_code"]))))


def verified_people(people: DemoPeople, *, seed: int, until: datetime) -> DemoPeople:
    """A copy with ``as_of`` in every register: posts and the party's units were gone through as a whole, the contacts
    of estates one by one."""
    rng = dice(seed, "verified people")
    estates = sorted(set(people.contacts["estate"]))
    asked = rng.integers(*YOUNG_DAYS, len(estates))
    old = rng.random(len(estates)) < OLD_CONTACTS
    asked[old] = rng.integers(*OLD_DAYS, int(old.sum()))
    ago = people.contacts["estate"].map(dict(zip(estates, asked, strict=True))).to_numpy()
    whole = rng.integers(*YOUNG_DAYS, 2)
    posts, units = (
        days_before(until, np.full(len(table), days))
        for table, days in zip((people.posts, people.party_units), whole, strict=True)
    )
    return replace(
        people,
        posts=people.posts.assign(as_of=posts),
        party_units=people.party_units.assign(as_of=units),
        contacts=people.contacts.assign(as_of=days_before(until, ago)),
    )
