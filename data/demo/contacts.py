"""Whom one calls in each estate: its property manager (物业) and its owners' committee (业委会). All are made up."""

from __future__ import annotations

import pandas as pd

from data.demo.crew import Crew
from data.demo.posts import SINCE

KINDS = ("物业", "业委会")

Row = dict[str, object]


def contacts(houses: pd.DataFrame, people: Crew) -> list[Row]:
    """One contact of each kind for each estate of ``houses`` (community_code, estate)."""
    columns = ["community_code", "estate"]
    estates = houses.dropna(subset=["estate"])[columns].drop_duplicates().sort_values(columns)
    rows: list[Row] = []
    for community, estate in estates.to_numpy():
        for kind in KINDS:
            person = next(people)
            rows.append(
                {
                    "kind": kind,
                    "estate": estate,
                    "community_code": community,
                    "organisation": f"{estate}{'物业服务中心' if kind == '物业' else '业主委员会'}",
                    "person": person.name,
                    "phone": person.phone,
                    "valid_from": SINCE,
                    "valid_to": pd.NaT,
                }
            )
    return rows
