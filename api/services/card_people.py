"""Whom a dispatcher calls about one place, by sections; what is missing is said, with the code of its finding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from data.store import card
from geo.chain.houses import unit_number
from geo.chain.rules import BuildingDemand, ChainRules
from geo.chain.terms import same_word
from geo.model import BuildingKind

Row = RowMapping
OFFICE_LINES = ("值班", "办公室", "网格管理")
"""Lines of business of whoever answers for a town's office, the first to call first."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Who is called. duty: A, stand-in, B, liaison, branch, group, household or contact. role: its line, unit or
    kind. region: the code of the region whose post it is, where that is above the community. on_leave: away,
    and nobody stands in."""

    name: str | None
    phone: str | None
    duty: str
    role: str | None = None
    until: datetime | None = None
    stand_in_for: str | None = None
    on_leave: bool = False
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """A link that should be there: the code of its finding, and what of it (a line, a kind, a unit)."""

    code: str
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """name: office, a_officer, b_officer, liaisons, party or estate."""

    name: str
    people: Sequence[Contact] = ()
    missing: Sequence[Missing] = ()


@dataclass(frozen=True, slots=True)
class Standpoint:
    """Where the question is asked. regions: codes from the top down. building: a row of data.store.card, or None."""

    grid: str | None
    grid_kind: str | None
    regions: Sequence[str]
    building: Row | None = None
    unit: str | None = None
    line: str | None = None
    rules: ChainRules = field(default_factory=lambda: ChainRules("none"))

    @property
    def lowest(self) -> str | None:
        """The community, or the town where there is none."""
        return self.regions[-1] if self.regions else None


def sections(connection: Connection, at: Standpoint) -> list[Section]:
    """All sections that have somebody or should have."""
    posts = card.posts(connection, grid=at.grid, regions=at.regions)
    house = at.building["building_id"] if at.building else None
    units = card.party(connection, grid=at.grid, building=house, regions=at.regions)
    first = _officer(posts, at) if at.grid else _office(posts, at)
    told = [first, _lines(posts, at), _liaisons(posts, at), _party(units, at)]
    if at.building is not None and at.building["estate"] is not None:
        told.append(_estate(connection, at.building, at.rules))
    return [one for one in told if one.people or one.missing]


def _officer(posts: Sequence[Row], at: Standpoint) -> Section:
    people = [_post(row) for row in posts if row["kind"] == "A"]
    missing = []
    if at.rules.of(at.grid_kind).officer and not any(not one.on_leave for one in people):
        missing.append(Missing("post-missing"))
    return Section("a_officer", people, missing)


def _office(posts: Sequence[Row], at: Standpoint) -> Section:
    """Who answers for a town or village without grids."""
    own = [row for row in posts if row["community_code"] == at.lowest and row["kind"] == "B"]
    own.sort(key=lambda row: (_turn(row["line"]), row["line"]))
    missing = [] if own or not at.rules.demands else [Missing("line-uncovered")]
    return Section("office", [_post(row) for row in own], missing)


def _turn(line: str) -> int:
    return OFFICE_LINES.index(line) if line in OFFICE_LINES else len(OFFICE_LINES)


def _lines(posts: Sequence[Row], at: Standpoint) -> Section:
    """The B officers of a line, or of all lines of the community; where it has none, those above it."""
    demand = at.rules.community
    mine = [row for row in posts if row["kind"] == "B" and row["line"] not in demand.liaisons]
    told = dict.fromkeys(row["line"] for row in mine if row["community_code"] == at.lowest)
    if at.line is not None:
        lines = [at.line]
    elif at.grid is not None:
        lines = list(dict.fromkeys([*demand.lines, *told]))
    else:
        lines = []
    people, missing = list[Contact](), list[Missing]()
    for line in lines:
        held = [row for row in mine if row["line"] == line]
        here = [_post(row) for row in held if row["community_code"] == at.lowest]
        if not any(not one.on_leave for one in here) and line in demand.lines:
            missing.append(Missing("line-uncovered", line))
        people += here or _above(held, at)
    return Section("b_officer", people, missing)


def _above(held: Sequence[Row], at: Standpoint) -> list[Contact]:
    """The holders in the lowest region that has any."""
    for region in reversed(at.regions):
        found = [_post(row, region=region) for row in held if row["community_code"] == region]
        if found:
            return found
    return []


def _liaisons(posts: Sequence[Row], at: Standpoint) -> Section:
    people, missing = list[Contact](), list[Missing]()
    for line in at.rules.community.liaisons if at.grid is not None else ():
        held = [
            _post(row, duty="liaison")
            for row in posts
            if row["line"] == line and row["community_code"] == at.lowest
        ]
        people += held
        if not held:
            missing.append(Missing("liaison-missing", line))
    return Section("liaisons", people, missing)


def _post(row: Row, *, duty: str | None = None, region: str | None = None) -> Contact:
    stood = row["stand_in_for"] is not None
    return Contact(
        row["person"],
        row["phone"],
        duty or ("stand-in" if stood else row["kind"]),
        role=row["line"] or row["title"],
        until=row["until"],
        stand_in_for=row["stand_in_for"],
        on_leave=row["on_leave"],
        region=region,
    )


def _party(units: Sequence[Row], at: Standpoint) -> Section:
    """From the branch of the community down to the household of the unit."""
    of_grid = [row for row in units if row["grid_code"] == at.grid and at.grid is not None]
    above = [row for row in units if row["grid_code"] is None and row["building_id"] is None]
    kinds = {kind: [row for row in of_grid if row["kind"] == kind] for kind in ("branch", "group")}
    homes = [row for row in units if row["kind"] == "household" and row["building_id"] is not None]
    parents = {row["parent_code"] for row in homes}
    groups = [row for row in kinds["group"] if row["code"] in parents] or kinds["group"]
    asked = _in_unit(homes, at.unit)
    branches = [row for row in above if _is_lowest(row, above, at)] + kinds["branch"]
    people = [_unit(row) for row in (*branches, *groups, *(asked or homes))]
    demand = at.rules.of(at.grid_kind)
    missing = [
        Missing(f"{kind}-missing")
        for kind, wanted in (("branch", demand.branches), ("group", demand.groups))
        if at.grid is not None and wanted and not kinds[kind]
    ]
    return Section("party", people, missing + _homes_missing(homes, asked, at))


def _is_lowest(row: Row, rows: Iterable[Row], at: Standpoint) -> bool:
    """Whether a region's unit is of the lowest region that has one."""
    having = {one["community_code"] for one in rows}
    lowest = next((code for code in reversed(at.regions) if code in having), None)
    return (row["kind"], row["community_code"]) == ("branch", lowest)


def _in_unit(homes: Sequence[Row], unit: str | None) -> list[Row]:
    """The households of a unit, whichever way it is written; all where none is told."""
    if not unit:
        return list(homes)
    number = unit_number(unit)
    return [
        row
        for row in homes
        if row["unit"] is not None
        and (row["unit"] == unit or (number is not None and unit_number(row["unit"]) == number))
    ]


def _homes_missing(homes: Sequence[Row], asked: Sequence[Row], at: Standpoint) -> list[Missing]:
    if at.building is None or at.grid is None:
        return []
    kind = at.building["kind"] or BuildingKind.RESIDENCE.value
    demand = at.rules.buildings.get(BuildingKind(kind), BuildingDemand())
    if (at.building["households"] or 0) < demand.from_households:
        return []
    if demand.households and not homes:
        return [Missing("household-missing")]
    if demand.units and at.unit and not asked:
        return [Missing("household-missing", at.unit)]
    return []


def _unit(row: Row) -> Contact:
    role = row["unit"] if row["kind"] == "household" and row["unit"] else row["name"]
    return Contact(row["contact"], row["phone"], row["kind"], role=role)


def _estate(connection: Connection, house: Row, rules: ChainRules) -> Section:
    place = {"estate": house["estate"], "community": house["community_code"]}
    rows = card.contacts(connection, **place)
    people = [
        Contact(
            row["person"] or row["organisation"],
            row["phone"],
            "contact",
            role=row["kind"],
            until=row["until"],
        )
        for row in rows
    ]
    held = {same_word(row["kind"]) for row in rows}
    lacking = [kind for kind in rules.estate.contacts if same_word(kind) not in held]
    if lacking and card.estate_households(connection, **place) < rules.estate.from_households:
        lacking = []
    return Section("estate", people, [Missing("liaison-missing", kind) for kind in lacking])
