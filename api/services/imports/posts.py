"""The register of posts: who answers for a grid (A岗), or for a line of business in a community, a street or the city
(B岗), until when, who is on leave and who stands in."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from api.services.imports.result import Imported, Options, source_name
from api.services.imports.sheet import open_sheet
from api.services.imports.territory import Territory
from data.intake import Reason, State
from data.readers.ledger_cells import Cells, verified
from data.readers.posts import TARGETS, BadMomentError, post_kind, post_moments
from data.store import grids, posts
from data.store.terms import ENDLESS
from geo.errors import ColumnMissing

NOUN = "posts"
LEAVE = ("leave", "leave_since", "leave_until", *posts.STAND_IN)
"""The columns of which one must be there for a register to tell who is on leave, and who is not."""


def take(connection: Connection, spec: str, options: Options) -> Imported:
    """Import a register as it stands now (data.store.posts.merge). A row for an unknown grid or region is refused.

    The kind is told by a column, else by which of grid and line a row has.
    """
    sheet = open_sheet(spec, options, TARGETS)
    if not (sheet.cells.has("grid_code") or sheet.cells.has("line")):
        present = ", ".join(map(str, sheet.table.frame.columns))
        raise ColumnMissing("post-columns-missing", file=source_name(spec), present=present)
    territory = Territory(connection, options.profile)
    in_force = dict(grids.published(connection)[["code", "community_code"]].itertuples(index=False))
    rows, taken = sheet.sorted(
        lambda cells, index: _read(cells, index, territory, in_force, options)
    )
    with_leave = any(sheet.cells.has(name) for name in LEAVE)
    done = posts.merge(connection, taken, source=source_name(spec), with_leave=with_leave)
    return sheet.result(
        NOUN, rows, options, added=done.added, updated=done.updated, ended=done.ended
    )


def _read(
    cells: Cells, index: int, territory: Territory, in_force: dict[str, str], options: Options
) -> tuple[str, dict[str, Any], list[Reason]]:
    text = {name: cells.text(name, index) for name in TARGETS}
    kind = post_kind(text["post_kind"], has_grid=text["grid_code"] is not None)
    region = territory.region(text["community_code"])
    names = ("title", "person", "person_no", "phone", *posts.STAND_IN)
    values: dict[str, Any] = {
        "kind": kind,
        **{name: text[name] for name in names},
        "grid_code": text["grid_code"] if kind == "A" else None,
        "community_code": in_force.get(text["grid_code"] or "") if kind == "A" else region,
        "line": text["line"] if kind == "B" else None,
    }
    values["as_of"], unread = verified(cells, index, zone=options.zone)
    reasons = [*_faults(kind, text, values), *unread]
    try:
        values |= told_moments(cells, index, options)
    except BadMomentError as bad:
        reasons.append(Reason(bad.code, State.REFUSED, {"value": bad.value}))
    return _key(values), values, reasons


def told_moments(cells: Cells, index: int, options: Options) -> dict[str, Any]:
    """The moments of a row; a term that is told to have no end (长期) ends at ENDLESS. BadMomentError as the reader."""
    moments: dict[str, Any] = dict(post_moments(cells, index, zone=options.zone))
    if moments["until"] is None and cells.text("until", index) is not None:
        moments["until"] = ENDLESS
    return moments


def _faults(kind: str | None, text: dict[str, str | None], values: dict[str, Any]) -> list[Reason]:
    if kind is None:
        return [Reason("post-kind-unknown", State.REFUSED, {"value": text["post_kind"]})]
    if kind == "A" and values["community_code"] is None:
        return [Reason("grid-unknown", State.REFUSED, {"value": text["grid_code"] or "-"})]
    if kind == "B" and values["community_code"] is None:
        value = text["community_code"] or "-"
        return [Reason("post-community-unknown", State.REFUSED, {"value": value})]
    if kind == "B" and values["line"] is None:
        return [Reason("line-missing", State.REFUSED)]
    if values["person"] is None:
        return [Reason("post-vacant", State.NOTE)]
    return []


def _key(values: dict[str, Any]) -> str:
    target = values["grid_code"] or f"{values['community_code']}/{values['line']}"
    return f"{target}/{values['person_no'] or values['person'] or ''}"
