"""What is missing at one place: what the check of chains finds of its grid and building, by the same rules."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from api.services.card_registers import PlaceRows
from geo.chain import ChainRules, Ladder, Rung, check_place
from geo.chain.houses import demanded, same_unit
from geo.chain.terms import Break

KEPT = 512
"""How many places are remembered: a pin that is dragged within a grid asks for the same again and again."""
SECTIONS = {
    "post-missing": "a_officer",
    "post-expired": "a_officer",
    "line-uncovered": "b_officer",
    "branch-missing": "party",
    "group-missing": "party",
    "household-missing": "party",
}
"""Where on a card it is said; that two answer for one grid, or that a code has no parent, is nobody missing."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A link that should be there: the code of its finding, and what of it (a line, a kind, a unit). level: on which
    rung of the chain, None where no chain is demanded. region: the code of the region that lacks it."""

    code: str
    role: str | None = None
    level: Rung | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Lack:
    """``section``: of the card."""

    section: str
    missing: Missing


class Lacks:
    """Holds places against ``rules``. What was found of the very same rows is remembered as long as no term or leave
    among them begins or ends."""

    def __init__(self, rules: ChainRules) -> None:
        self.rules = rules
        self._found: OrderedDict[object, tuple[datetime | None, list[Lack]]] = OrderedDict()
        self._lock = Lock()

    def of(
        self, steps: Ladder, rows: PlaceRows, *, grid: str, building: str | None, unit: str | None
    ) -> list[Lack]:
        """What is missing of a grid and of a building there; of a ``unit`` where the caller told one."""
        key = (id(steps), grid, building, unit, _frozen(rows))
        with self._lock:
            until, found = self._found.get(key, (None, None))
        if found is not None and (until is None or rows.at < until):
            return found
        found = self._checked(steps, rows, grid=grid, building=building, unit=unit)
        with self._lock:
            self._found[key] = _turn(rows), found
            while len(self._found) > KEPT:
                self._found.popitem(last=False)
        return found

    def _checked(
        self, steps: Ladder, rows: PlaceRows, *, grid: str, building: str | None, unit: str | None
    ) -> list[Lack]:
        stands = [row["grid_code"] for row in rows.homes if row["building_id"] == building]
        part = steps.part({grid, *stands}, rows.houses)
        breaks = check_place(
            part,
            rows.registers,
            rules=self.rules,
            at=rows.at,
            told=rows.told,
            grid=grid,
            building=building,
        )
        if unit is not None and building is not None:
            breaks = [one for one in breaks if one.level is not Rung.UNIT]
            lacks_unit = self._lacks_unit(part, rows, breaks, building=building, unit=unit)
        else:
            lacks_unit = False
        said = [_lack(one) for one in breaks if _section(one) is not None]
        if lacks_unit:
            said.append(Lack("party", Missing("household-missing", unit, Rung.UNIT)))
        return said

    def _lacks_unit(
        self, part: Ladder, rows: PlaceRows, breaks: Sequence[Break], *, building: str, unit: str
    ) -> bool:
        """Whether the unit that the caller told has no party household, where each must have one. That it is there is
        known now, whether or not the building's units are recorded."""
        if part.houses is None or any(one.finding.code == "household-missing" for one in breaks):
            return False
        asked = demanded(part.houses, self.rules)
        wants = asked.loc[asked["building_id"] == building, "wants"]
        homes = [row for row in rows.units if row["building_id"] == building]
        held = any(same_unit(row["unit"], unit) for row in homes if row["kind"] == "household")
        return any(one.units for one in wants) and not held


def _section(one: Break) -> str | None:
    if one.finding.code == "liaison-missing":
        return "estate" if one.level is Rung.ESTATE else "liaisons"
    return SECTIONS.get(one.finding.code)


def _lack(one: Break) -> Lack:
    section, params = _section(one), one.finding.params
    assert section is not None
    role = params.get("line") or (params.get("kind") if one.level is Rung.ESTATE else None)
    houses = params.get("houses")
    if one.level is Rung.UNIT and isinstance(houses, list):
        role = "、".join(houses)
    above = one.level in (Rung.CITY, Rung.STREET, Rung.COMMUNITY)
    region = one.finding.codes[0] if above else None
    return Lack(
        section, Missing(one.finding.code, None if role is None else str(role), one.level, region)
    )


def _frozen(rows: PlaceRows) -> object:
    """All that the check goes by, to be compared."""
    lists = (rows.posts, rows.units, rows.contacts, rows.homes)
    return rows.told, tuple(tuple(tuple(row.values()) for row in one) for one in lists)


def _turn(rows: PlaceRows) -> datetime | None:
    """When the next term or leave among the rows begins or ends."""
    names = ("since", "until", "leave_since", "leave_until")
    moments = [row.get(name) for row in (*rows.posts, *rows.contacts) for name in names]
    return min((one for one in moments if one is not None and one > rows.at), default=None)
