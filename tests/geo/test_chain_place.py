"""One place of a town says what the check of the whole town says of it, whatever the registers lack."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.chain import ChainResult, Registers, Rung, Town, check_chain, check_place, kept, ladder
from tests.geo.chain_town import (
    CODES,
    NOW,
    RULES,
    communities,
    contacts,
    grids,
    houses,
    posts,
    regions,
    units,
)

Lack = tuple[str, Rung, str | None]


def damaged(frame: pd.DataFrame, rng: np.random.Generator, *, share: float) -> pd.DataFrame:
    """The register without a share of its rows."""
    return frame[rng.random(len(frame)) >= share].reset_index(drop=True)


def with_leaves(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The posts, some on leave, stood in for by somebody, by themselves, by an absent one, or by nobody."""
    away = rng.random(len(frame)) < 0.3
    people = np.array([None, "别人", *frame["person"].head(5)], dtype=object)
    told = frame.assign(stand_in=rng.choice(people, len(frame)), stand_in_no=None)
    told.loc[away, "leave_since"] = pd.Timestamp("2026-11-01", tz="UTC")
    told.loc[rng.random(len(frame)) < 0.1, "until"] = pd.Timestamp("2026-11-20", tz="UTC")
    return told


def of_place(result: ChainResult, grid: str, house: str | None) -> set[Lack]:
    """What the whole check says of a grid and a house: findings by grid name all houses that they concern."""
    told: set[Lack] = set()
    for finding, level in zip(result.findings, result.levels, strict=True):
        if level is None or finding.code == "code-parent":
            continue
        line = finding.params.get("line") or finding.params.get("kind")
        if level in (Rung.BUILDING, Rung.UNIT):
            concerned = house in finding.codes
        elif level is Rung.ESTATE:
            concerned = grid in finding.codes and house is not None
        elif level is Rung.GRID:
            concerned = grid in finding.codes
        else:
            concerned = any(grid.startswith(code) for code in finding.codes)
        if concerned:
            told.add((finding.code, level, None if line is None else str(line)))
    return told


@settings(max_examples=15)
@given(st.integers(0, 2**32), st.floats(0, 0.9), st.sampled_from(CODES), st.booleans())
def test_a_place_says_what_the_check_says(seed: int, share: float, grid: str, pinned: bool) -> None:
    rng = np.random.default_rng(seed)
    town = Town(communities(), grids(), houses(), regions())
    registers = Registers(
        with_leaves(damaged(posts(), rng, share=share), rng),
        damaged(units(), rng, share=share),
        damaged(contacts(), rng, share=share),
    )
    whole = check_chain(town, registers, rules=RULES, at=NOW)
    steps = ladder(town)
    assert steps.houses is not None
    house = f"B{grid}" if pinned else None
    mine = steps.houses[steps.houses["building_id"] == house]
    found = check_place(
        steps.part([grid], mine if pinned else None),
        registers,
        rules=RULES,
        at=NOW,
        told=kept(steps, registers),
        grid=grid,
        building=house,
    )
    levels = [one.level for one in found]
    assert levels == sorted(levels)
    named = {
        (
            one.finding.code,
            one.level,
            one.finding.params.get("line") or one.finding.params.get("kind"),
        )
        for one in found
        if one.level is not None
    }
    assert named == of_place(whole, grid, house)
