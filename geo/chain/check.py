"""The whole check: what each level must have, from the city down to the unit of a house."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from geo.chain.ages import register_ages, stale_registers
from geo.chain.estates import check_estates
from geo.chain.houses import check_houses, demanded
from geo.chain.kept import Kept, kept, standing_units
from geo.chain.lines import check_lines, check_register
from geo.chain.officers import officers
from geo.chain.party import check_branches, check_grid_units, check_units
from geo.chain.result import ChainResult, first_breaks, houses_first
from geo.chain.rules import ChainRules, RegionDemand
from geo.chain.terms import Break, Rung
from geo.chain.town import Ladder, Registers, Town, ladder
from geo.coverage.delivered import STALE_DAYS
from geo.coverage.summary import gravest_first
from geo.model import Finding, Severity


def check_chain(
    town: Town,
    registers: Registers,
    *,
    rules: ChainRules,
    at: datetime,
    stale_days: int = STALE_DAYS,
) -> ChainResult:
    """Hold the registers of people against what ``rules`` demand, at the moment ``at`` (time-zone aware).

    Findings line-uncovered, liaison-missing, branch-missing, post-…, group-missing, household-missing, code-parent;
    and stale, for registers with rows that nobody verified for ``stale_days``, which breaks no chain.
    What a region lacks breaks the chain of each grid below it, what a grid lacks that of each of its buildings; what a
    building lacks breaks its own and its grid's. A register without a single row of some kind is not there: what it
    would tell is said to be unchecked, not missing.
    """
    steps = ladder(town)
    unchecked: list[str] = []
    told = kept(steps, registers)
    found = [
        *breaks(steps, registers, rules=rules, at=at, told=told, unchecked=unchecked),
        *_parents(steps, rules),
        *stale_registers(registers, at=at, limit_days=stale_days),
    ]
    place = {
        id(finding): n for n, finding in enumerate(gravest_first(one.finding for one in found))
    }
    ordered = sorted(found, key=lambda one: place[id(one.finding)])
    return ChainResult(
        findings=tuple(one.finding for one in ordered),
        levels=tuple(one.level for one in ordered),
        broken=first_breaks(ordered) if rules.demands else {},
        houses=houses_first(steps, ordered) if rules.demands else ChainResult().houses,
        grids=len(steps.grids) if rules.demands else 0,
        rules=rules.version,
        unchecked=tuple(unchecked),
        ages=register_ages(registers, at=at),
    )


def breaks(
    steps: Ladder,
    registers: Registers,
    *,
    rules: ChainRules,
    at: datetime,
    told: Kept,
    unchecked: list[str],
) -> Iterator[Break]:
    """What the registers lack of what ``rules`` demand of a town, or of a part of one. ``told``: what is kept at all,
    of the whole town; ``unchecked`` hears what is demanded and is not."""
    asked = _Asked(rules, at, told, unchecked)
    yield from _posts(steps, registers, asked)
    yield from _party(steps, registers, asked)
    yield from _contacts(steps, registers, asked)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of a town, as `breaks` says."""

    rules: ChainRules
    at: datetime
    told: Kept
    unchecked: list[str]


def _regions(rules: ChainRules) -> dict[Rung, RegionDemand]:
    return {Rung.CITY: rules.city, Rung.STREET: rules.street, Rung.COMMUNITY: rules.community}


def _posts(steps: Ladder, registers: Registers, asked: _Asked) -> Iterator[Break]:
    rules, at = asked.rules, asked.at
    posts = registers.known_posts()
    demands = {code: rules.of(kind) for code, kind in _kinds(steps).items()}
    answered = [code for code, demand in demands.items() if demand.officer]
    if registers.posts is None:
        asked.unchecked.extend(["officers"] if answered else [])
    else:
        stood_in = [code for code, demand in demands.items() if demand.stand_in]
        yield from officers(steps.grids, posts, at=at, answered=answered, stood_in=stood_in)
    lines = posts[posts["kind"] == "B"]
    for level, demand in _regions(rules).items():
        regions = steps.regions[level]
        if not (demand.lines or demand.liaisons) or regions.empty:
            continue
        if level in asked.told.lines:
            below = steps.below[level]
            yield from check_lines(regions, posts, demand=demand, level=level, grids=below, at=at)
        else:
            asked.unchecked.append(f"{level.word}-lines")
    wanted = {line for one in _regions(rules).values() for line in (*one.lines, *one.liaisons)}
    everywhere = steps.everywhere
    yield from check_register(lines, everywhere, known=steps.known, demanded=wanted, at=at)


def _kinds(steps: Ladder) -> dict[str, object]:
    kinds = steps.grids.get("kind", pd.Series(None, index=steps.grids.index))
    return dict(zip(map(str, steps.grids.index), kinds, strict=True))


def _party(steps: Ladder, registers: Registers, asked: _Asked) -> Iterator[Break]:
    rules, unchecked = asked.rules, asked.unchecked
    if not asked.told.party:
        unchecked += ["party"] if rules.demands_party else []
        return
    houses = steps.houses
    standing = steps.standing
    units = standing_units(steps, registers.listed_units())
    for level, demand in _regions(rules).items():
        regions = steps.regions[level]
        if not demand.branch or regions.empty:
            continue
        if level not in asked.told.branches:
            unchecked.append(f"{level.word}-branches")
            continue
        yield from check_branches(regions, units, level=level, grids=steps.below[level])
    of_grids = list(check_grid_units(steps.grids, units, rules=rules))
    yield from of_grids
    known = None if houses is None else set(houses["building_id"])
    yield from check_units(units, known=set(steps.grids.index), houses=known, standing=standing)
    if any(one.demands for one in rules.buildings.values()):
        yield from _houses_asked(steps, units, of_grids, rules, unchecked)


def _houses_asked(
    steps: Ladder,
    units: pd.DataFrame,
    of_grids: Sequence[Break],
    rules: ChainRules,
    unchecked: list[str],
) -> Iterator[Break]:
    if steps.houses is None:
        unchecked.append("houses")
        return
    asked = demanded(steps.houses, rules)
    if any(one.units for one in rules.buildings.values()) and asked["units"].isna().all():
        unchecked.append("units")
    none = [one.finding for one in of_grids if not one.finding.params["there"]]
    yield from check_houses(
        asked,
        units,
        steps.grids,
        without_group={one.codes[0] for one in none if one.code == "group-missing"},
        without_household={one.codes[0] for one in none if one.code == "household-missing"},
    )


def _contacts(steps: Ladder, registers: Registers, asked: _Asked) -> Iterator[Break]:
    demand = asked.rules.estate
    if not demand.contacts:
        return
    contacts = registers.listed_contacts()
    if not asked.told.contacts:
        asked.unchecked.append("contacts")
    elif steps.houses is None:
        asked.unchecked.append("estates")
    else:
        communities = steps.regions[Rung.COMMUNITY]
        yield from check_estates(steps.houses, contacts, communities, demand=demand, at=asked.at)


def _parents(steps: Ladder, rules: ChainRules) -> Iterator[Break]:
    """Communities that hang on no street that is recorded, or whose street hangs on no city."""
    for level, demand in ((Rung.STREET, rules.street), (Rung.CITY, rules.city)):
        lost = steps.lost[level]
        if lost and demand != RegionDemand():
            finding = Finding(
                "code-parent",
                Severity.WARNING,
                codes=tuple(lost),
                count=len(lost),
                geometry=steps.regions[Rung.COMMUNITY].geometry.loc[lost].union_all(),
                params={"case": f"no-{level.word}"},
            )
            below = steps.below[Rung.COMMUNITY]
            yield Break(
                finding, level, tuple(grid for code in lost for grid in below.get(code, ()))
            )
