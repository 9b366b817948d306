"""What is kept of a town at all: where a register holds nothing of some kind, nothing of that kind is missing."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from geo.chain.terms import Rung
from geo.chain.town import Ladder, Registers

REGIONS = (Rung.CITY, Rung.STREET, Rung.COMMUNITY)


@dataclass(frozen=True, slots=True)
class Kept:
    """lines, branches: the levels of regions of which any is kept. party, contacts: whether anything is."""

    lines: frozenset[Rung] = frozenset(REGIONS)
    branches: frozenset[Rung] = frozenset(REGIONS)
    party: bool = True
    contacts: bool = True


def kept(steps: Ladder, registers: Registers) -> Kept:
    """What the registers of a whole town tell of."""
    posts = registers.known_posts()
    lines = posts.loc[posts["kind"] == "B", "community_code"]
    units = standing_units(steps, registers.listed_units())
    branches = units[(units["kind"] == "branch") & units["grid_code"].isna()]
    return Kept(
        lines=_levels(steps, lines),
        branches=_levels(steps, branches["community_code"]),
        party=registers.known_units() is not None,
        contacts=registers.known_contacts() is not None,
    )


def standing_units(steps: Ladder, units: pd.DataFrame) -> pd.DataFrame:
    """The party's units; one that tells no grid is of the grid that its house stands in."""
    own = units["building_id"].map(steps.standing)
    return units.assign(grid_code=units["grid_code"].where(units["grid_code"].notna(), own))


def _levels(steps: Ladder, codes: pd.Series) -> frozenset[Rung]:
    return frozenset(one for one in REGIONS if codes.isin(steps.regions[one].index).any())
