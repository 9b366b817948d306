"""The register of estates' contacts: 物业, 业委会."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import Connection

from api.services.imports.posts import told_moments
from api.services.imports.result import Imported, Noted, Options, source_name
from api.services.imports.sheet import open_sheet
from api.services.imports.territory import Territory
from data.intake import Reason, State
from data.readers.contacts import TARGETS, contact_rows
from data.readers.ledger_cells import Cells, verified
from data.readers.posts import BadMomentError
from data.store import buildings, contacts

NOUN = "contacts"


def take(connection: Connection, spec: str, options: Options) -> Imported:
    """Import a register as it stands now (data.store.contacts.merge).

    A row tells one contact, or one of each kind in columns of its own. Without a community the estate's own is taken,
    where only one has an estate of that name. A row without estate or kind, or in an unknown community, is refused.
    """
    sheet = open_sheet(spec, options, TARGETS)
    territory = Territory(connection, options.profile)
    homes = buildings.estates(connection)
    rows: list[Noted] = []
    taken: list[dict[str, Any]] = []
    for index, number in enumerate(sheet.table.rows):
        found, reasons = _read(sheet.cells, index, territory, homes, options)
        rows.append(Noted(number, _key(found), tuple(reasons)))
        if State.REFUSED not in rows[-1].states:
            taken += found
    frame = pd.DataFrame(taken, columns=[*contacts.FIELDS, "as_of", "since", "until"], dtype=object)
    done = contacts.merge(connection, frame, source=source_name(spec))
    return sheet.result(
        NOUN, rows, options, added=done.added, updated=done.updated, ended=done.ended
    )


def _read(
    cells: Cells,
    index: int,
    territory: Territory,
    homes: dict[str, set[str]],
    options: Options,
) -> tuple[list[dict[str, Any]], list[Reason]]:
    """The contacts of a row, and what is to be said of it."""
    try:
        told = contact_rows(cells, index, zone=options.zone)
        until = told_moments(cells, index, options)["until"]
    except BadMomentError as bad:
        return [], [Reason(bad.code, State.REFUSED, {"value": bad.value})]
    named = cells.text("community_code", index)
    estate = cells.text("estate", index)
    reasons = _faults(named, estate, territory, homes)
    if not told:
        reasons.append(Reason("contact-vacant", State.NOTE))
    if any(one["kind"] is None for one in told):
        reasons.append(Reason("contact-kind-missing", State.REFUSED))
    as_of, unread = verified(cells, index, zone=options.zone)
    reasons += unread
    own = homes.get(estate or "", set())
    community = territory.called(named) or (next(iter(own)) if len(own) == 1 else None)
    mine = {"community_code": community, "until": until, "as_of": as_of}
    return [{**one, **mine} for one in told], reasons


def _faults(
    named: str | None, estate: str | None, territory: Territory, homes: dict[str, set[str]]
) -> list[Reason]:
    if estate is None:
        return [Reason("estate-missing", State.REFUSED)]
    if named is not None and territory.called(named) is None:
        return [Reason("post-community-unknown", State.REFUSED, {"value": named})]
    if homes and estate not in homes:
        return [Reason("estate-unknown", State.NOTE, {"value": estate})]
    return []


def _key(found: list[dict[str, Any]]) -> str | None:
    return "、".join(f"{one['estate']}/{one['kind']}" for one in found) or None
