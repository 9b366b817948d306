"""The register of posts: who answers for a grid (A岗) or for a line of business in a community (B岗)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from api.services.imports.result import Imported, Options, source_name
from api.services.imports.sheet import open_sheet
from api.services.imports.territory import Territory
from data.intake import Reason, State
from data.readers.ledger_cells import Cells
from data.store import grids, posts

NOUN = "posts"
TARGETS = (
    "post_kind", "grid_code", "community_code", "line", "title", "person", "person_no", "phone",
)  # fmt: skip


def take(connection: Connection, spec: str, options: Options) -> Imported:
    """Import a register as it stands now (data.store.posts.merge). A row for an unknown grid or community is refused.

    The kind is told by a column, else by which of grid and line a row has.
    """
    sheet = open_sheet(spec, options, TARGETS)
    territory = Territory(connection, options.profile)
    in_force = dict(grids.published(connection)[["code", "community_code"]].itertuples(index=False))
    rows, taken = sheet.sorted(lambda cells, index: _read(cells, index, territory, in_force))
    done = posts.merge(connection, taken, source=source_name(spec))
    return sheet.result(
        NOUN, rows, options, added=done.added, updated=done.updated, ended=done.ended
    )


def _read(
    cells: Cells, index: int, territory: Territory, in_force: dict[str, str]
) -> tuple[str, dict[str, Any], list[Reason]]:
    text = {name: cells.text(name, index) for name in TARGETS}
    kind = _kind(text["post_kind"], text)
    community = territory.called(text["community_code"])
    values = {
        "kind": kind,
        **{name: text[name] for name in ("title", "person", "person_no", "phone")},
        "grid_code": text["grid_code"] if kind == "A" else None,
        "community_code": in_force.get(text["grid_code"] or "") if kind == "A" else community,
        "line": text["line"] if kind == "B" else None,
    }
    return _key(values), values, _faults(kind, text, values)


def _kind(told: str | None, text: dict[str, str | None]) -> str | None:
    letter = (told or "").strip().upper()[:1]
    if letter in ("A", "B"):
        return letter
    if told is not None:
        return None
    return "A" if text["grid_code"] else "B"


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
