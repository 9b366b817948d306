"""The register of the party's units: branches, groups and party households (党员中心户)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from api.services.imports.result import Imported, Noted, Options, source_name
from api.services.imports.sheet import open_sheet
from api.services.imports.territory import Territory
from data.intake import Reason, State
from data.readers.ledger_cells import Cells, verified
from data.readers.party import TARGETS, party_row
from data.store import buildings, grids, party

NOUN = "party"


@dataclass(frozen=True, slots=True)
class _Known:
    """What a unit may hang on."""

    territory: Territory
    grids: dict[str, str]
    houses: Collection[str]


def take(connection: Connection, spec: str, options: Options) -> Imported:
    """Import units by code (data.store.party.merge). A unit of an unknown grid, community, house or parent is refused,
    and so is everything under it."""
    sheet = open_sheet(spec, options, TARGETS)
    in_force = grids.published(connection)[["code", "community_code"]]
    known = _Known(
        Territory(connection, options.profile),
        dict(in_force.itertuples(index=False)),
        buildings.keys(connection),
    )
    seen: dict[str, int] = {}
    rows: list[Noted] = []
    units: list[dict[str, Any]] = []
    for index, number in enumerate(sheet.table.rows):
        unit, reasons = _read(sheet.cells, index, known)
        unit["as_of"], unread = verified(sheet.cells, index, zone=options.zone)
        reasons += unread
        first = seen.setdefault(str(unit["code"]), number)
        if unit["code"] is not None and first != number:
            told = {"first_row": first, "key": unit["code"]}
            reasons.append(Reason("repeated", State.REFUSED, told))
        rows.append(Noted(number, unit["code"], tuple(reasons)))
        units.append(unit)
    rows = _orphans(rows, units, party.keys(connection))
    good = [unit for unit, row in zip(units, rows, strict=True) if State.REFUSED not in row.states]
    frame = pd.DataFrame(good, columns=list(party.FIELDS), dtype=object)
    done = party.merge(connection, frame.assign(source=source_name(spec)))
    return sheet.result(NOUN, rows, options, added=done.added, updated=done.updated)


def _read(cells: Cells, index: int, known: _Known) -> tuple[dict[str, Any], list[Reason]]:
    unit = party_row(cells, index)
    told_kind = cells.text("party_kind", index)
    reasons = []
    if unit["code"] is None:
        reasons.append(Reason("party-code-missing", State.REFUSED))
    if unit["kind"] is None:
        reasons.append(Reason("party-kind-unknown", State.REFUSED, {"value": told_kind or "-"}))
    grid, named, house = (unit[name] for name in ("grid_code", "community_code", "building_id"))
    if grid is not None and grid not in known.grids:
        reasons.append(Reason("grid-unknown", State.REFUSED, {"value": grid}))
    region = known.territory.region(named)
    if named is not None and region is None:
        reasons.append(Reason("post-community-unknown", State.REFUSED, {"value": named}))
    if house is not None and house not in known.houses:
        reasons.append(Reason("building-unknown", State.REFUSED, {"value": house}))
    own = region or known.grids.get(grid or "")
    return {**unit, "community_code": own, "name": unit["name"] or unit["code"]}, reasons


def _orphans(
    rows: list[Noted], units: list[dict[str, Any]], present: Collection[str]
) -> list[Noted]:
    """The rows, those under a parent that goes in nowhere refused, and so on down."""
    while True:
        there = set(present) | {
            unit["code"]
            for unit, row in zip(units, rows, strict=True)
            if State.REFUSED not in row.states
        }
        lost = [
            State.REFUSED not in row.states and unit["parent_code"] not in (None, *there)
            for unit, row in zip(units, rows, strict=True)
        ]
        if not any(lost):
            return rows
        rows = [
            replace(
                row,
                reasons=(
                    *row.reasons,
                    Reason("parent-unknown", State.REFUSED, {"value": unit["parent_code"]}),
                ),
            )
            if gone
            else row
            for row, unit, gone in zip(rows, units, lost, strict=True)
        ]
