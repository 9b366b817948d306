"""Who answers: officers and their posts, the party's units, the contacts of estates. All persons are made up."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from data.demo import faults
from data.demo.city import DemoCity
from data.demo.contacts import contacts
from data.demo.crew import crew
from data.demo.dice import dice
from data.demo.layers import SOURCE
from data.demo.party import units
from data.demo.posts import LIAISONS, LINES, SINCE, posts

__all__ = ["LIAISONS", "LINES", "DemoPeople", "build_people"]

POST_COLUMNS = (
    "kind", "title", "person", "person_no", "phone", "grid_code", "community_code", "line",
    "valid_from", "valid_to", "leave_since", "leave_until", "stand_in", "stand_in_no", "stand_in_phone",
    "source",
)  # fmt: skip
PARTY_COLUMNS = (
    "code", "kind", "name", "parent_code", "community_code", "grid_code", "building_id", "unit",
    "contact", "phone", "source",
)  # fmt: skip
CONTACT_COLUMNS = (
    "kind", "estate", "community_code", "organisation", "person", "phone", "valid_from", "valid_to",
    "source",
)  # fmt: skip
MOMENTS = ("valid_to", "leave_since", "leave_until")


@dataclass(frozen=True, slots=True)
class DemoPeople:
    """posts: POST_COLUMNS (valid_to NaT: until further notice). party_units: PARTY_COLUMNS, parents first. contacts:
    CONTACT_COLUMNS."""

    posts: pd.DataFrame
    party_units: pd.DataFrame
    contacts: pd.DataFrame


def build_people(city: DemoCity, grids: gpd.GeoDataFrame, *, seed: int) -> DemoPeople:
    """Everybody whom the rules that come along (data/rules/cn.toml) demand for ``grids`` (code, community_code,
    geometry), with the faults of `faults.PLANTED`."""
    rng = dice(seed, "people")
    grids = grids.sort_values("code", ignore_index=True)
    houses = city.city.buildings
    people = crew(len(grids) * 12 + 2000 + int(houses["units"].sum()), rng)
    named = {str(code): str(name) for code, name in city.regions[["code", "name"]].to_numpy()}
    above = sorted({code[:n] for code in grids["community_code"] for n in (6, 9)})
    registers = DemoPeople(
        posts=_frame(posts(grids, above, people), POST_COLUMNS),
        party_units=_frame(units(houses, grids, named, people, rng), PARTY_COLUMNS),
        contacts=_frame(contacts(houses, people), CONTACT_COLUMNS),
    )
    spots = faults.pick_grids(grids["code"], seed=seed)
    return DemoPeople(
        posts=faults.spoil_posts(registers.posts, spots),
        party_units=faults.spoil_units(registers.party_units, spots, seed=seed),
        contacts=faults.spoil_contacts(registers.contacts, spots, houses, seed=seed),
    )


def _frame(rows: list[dict[str, object]], columns: tuple[str, ...]) -> pd.DataFrame:
    frame = pd.DataFrame([{**row, "source": SOURCE} for row in rows], columns=list(columns))
    moments = [name for name in MOMENTS if name in columns]
    return frame.assign(
        **{name: pd.to_datetime(frame[name], utc=True).dt.tz_convert(SINCE.tz) for name in moments}
    )
