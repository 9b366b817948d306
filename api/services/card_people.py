"""Whom a dispatcher calls about one place, by sections; what is missing is said, with the code of its finding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from api.services.card_lacks import Lack, Missing
from api.services.card_registers import PlaceRows
from api.services.on_duty import Duty, Row, Whereabouts
from geo.chain.houses import same_unit
from geo.chain.rules import ChainRules

OFFICE_LINES = ("值班", "办公室", "网格管理")
"""Lines of business of whoever answers for a town's office, the first to call first."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Who is called. duty: A, stand-in, B, liaison, branch, group, household or contact. role: its line, unit or
    kind. region: the code of the region whose post it is, where that is above the community. on_leave: away,
    and nobody who is there stands in."""

    name: str | None
    phone: str | None
    duty: str
    role: str | None = None
    until: datetime | None = None
    stand_in_for: str | None = None
    on_leave: bool = False
    region: str | None = None


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
    regions: Sequence[str]
    building: Row | None = None
    unit: str | None = None
    line: str | None = None
    rules: ChainRules = field(default_factory=lambda: ChainRules("none"))

    @property
    def lowest(self) -> str | None:
        """The community, or the town where there is none."""
        return self.regions[-1] if self.regions else None


def sections(rows: PlaceRows, at: Standpoint, lacks: Sequence[Lack]) -> list[Section]:
    """All sections that have somebody or lack somebody. ``lacks``: what the chain's check finds of a grid."""
    posts = rows.on_duty()
    told = {
        "a_officer": _officers(posts, at),
        "office": _office(posts, at),
        "b_officer": _lines(posts, at),
        "liaisons": _liaisons(posts, at),
        "party": _party(rows.units, at),
        "estate": [_contact(row) for row in rows.reachable()],
    }
    found = [Section(name, people, _said(lacks, name, at)) for name, people in told.items()]
    if at.grid is None and at.rules.demands and not told["office"]:
        found.insert(0, Section("office", missing=[Missing("line-uncovered")]))
    return [one for one in found if one.people or one.missing]


def _said(lacks: Sequence[Lack], section: str, at: Standpoint) -> list[Missing]:
    """What a section lacks; of the lines only the one that was asked for."""
    mine = [one.missing for one in lacks if one.section == section]
    if section == "b_officer" and at.line is not None:
        return [one for one in mine if one.role == at.line]
    return mine


def _officers(posts: Sequence[Duty], at: Standpoint) -> list[Contact]:
    return [_post(one) for one in posts if at.grid is not None and one.row["grid_code"] == at.grid]


def _office(posts: Sequence[Duty], at: Standpoint) -> list[Contact]:
    """Who answers for a town or village without grids."""
    own = [] if at.grid is not None else [one for one in posts if _of(one, at.lowest)]
    own.sort(key=lambda one: (_turn(one.row["line"]), one.row["line"]))
    return [_post(one) for one in own]


def _turn(line: str) -> int:
    return OFFICE_LINES.index(line) if line in OFFICE_LINES else len(OFFICE_LINES)


def _of(one: Duty, region: str | None) -> bool:
    return bool(one.row["kind"] == "B" and one.row["community_code"] == region)


def _lines(posts: Sequence[Duty], at: Standpoint) -> list[Contact]:
    """The B officers of a line, or of all lines of the community; where it has none, those above it."""
    demand = at.rules.community
    mine = [one for one in posts if one.row["line"] not in (None, *demand.liaisons)]
    told = dict.fromkeys(one.row["line"] for one in mine if _of(one, at.lowest))
    own = [] if at.grid is None else dict.fromkeys([*demand.lines, *told])
    lines = own if at.line is None else [at.line]
    return [who for line in lines for who in _holders(mine, line, at)]


def _holders(posts: Sequence[Duty], line: str, at: Standpoint) -> list[Contact]:
    """The holders of a line in the lowest region that has any."""
    for region in reversed(at.regions):
        found = [one for one in posts if _of(one, region) and one.row["line"] == line]
        if found:
            above = None if region == at.lowest else region
            return [_post(one, region=above) for one in found]
    return []


def _liaisons(posts: Sequence[Duty], at: Standpoint) -> list[Contact]:
    lines = at.rules.community.liaisons if at.grid is not None else ()
    held = [one for one in posts if _of(one, at.lowest)]
    return [_post(one, duty="liaison") for line in lines for one in held if one.row["line"] == line]


def _post(one: Duty, *, duty: str | None = None, region: str | None = None) -> Contact:
    """Who answers at a post: its holder, or whoever stands in. until: the end of the leave, else of the term."""
    row, stood = one.row, one.where is Whereabouts.STOOD_IN
    away = one.where is not Whereabouts.WORK
    return Contact(
        row["stand_in"] if stood else row["person"],
        row["stand_in_phone"] if stood else row["phone"],
        duty or ("stand-in" if stood else row["kind"]),
        role=row["line"] or row["title"],
        until=row["leave_until"] if away and row["leave_until"] else row["until"],
        stand_in_for=row["person"] if stood else None,
        on_leave=one.where is Whereabouts.AWAY,
        region=region,
    )


def _party(units: Sequence[Row], at: Standpoint) -> list[Contact]:
    """From the branch of the community down to the household of the unit."""
    house = None if at.building is None else at.building["building_id"]
    here = [row for row in units if row["building_id"] in (None, house)]
    of_grid = [row for row in here if row["grid_code"] == at.grid and at.grid is not None]
    above = [row for row in here if row["grid_code"] is None and row["building_id"] is None]
    kinds = {kind: [row for row in of_grid if row["kind"] == kind] for kind in ("branch", "group")}
    homes = [row for row in here if row["kind"] == "household" and row["building_id"] is not None]
    parents = {row["parent_code"] for row in homes}
    groups = [row for row in kinds["group"] if row["code"] in parents] or kinds["group"]
    asked = [row for row in homes if at.unit is None or same_unit(row["unit"], at.unit)]
    branches = [row for row in above if _is_lowest(row, above, at)] + kinds["branch"]
    return [_unit(row) for row in (*branches, *groups, *(asked or homes))]


def _is_lowest(row: Row, rows: Iterable[Row], at: Standpoint) -> bool:
    """Whether a region's unit is of the lowest region that has one."""
    having = {one["community_code"] for one in rows}
    lowest = next((code for code in reversed(at.regions) if code in having), None)
    return (row["kind"], row["community_code"]) == ("branch", lowest)


def _unit(row: Row) -> Contact:
    role = row["unit"] if row["kind"] == "household" and row["unit"] else row["name"]
    return Contact(row["contact"], row["phone"], row["kind"], role=role)


def _contact(row: Row) -> Contact:
    name = row["person"] or row["organisation"]
    return Contact(name, row["phone"], "contact", role=row["kind"], until=row["until"])
