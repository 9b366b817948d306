"""Drafts as they are written: new ones whole, then only the rows that an operation changed.

Whoever changes a draft holds its row (`drafts.lock`) and has seen its version: of two editors the second is told.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, insert, text, update
from sqlalchemy.engine import RowMapping

from data.tables import SRID, Plan, PlanEvent, PlanGrid, PlanHappening, PlanOperation
from data.tables import Block as BlockRow
from geo.redraw.draft import Block, Draft
from geo.redraw.step import Step


def create(
    connection: Connection,
    draft: Draft,
    *,
    by: str,
    name: str | None,
    source: str | None,
    params: Mapping[str, Any],
) -> int:
    """Keep a new draft of one community, owned by who made it; its id."""
    made = insert(Plan).values(
        community_code=draft.ground.code,
        name=name,
        source=source,
        params=dict(params),
        created_by=by,
        owner=by,
        owner_at=func.clock_timestamp(),
    )
    plan_id = connection.execute(made.returning(Plan.id)).scalar_one()
    _put_grids(connection, plan_id, draft, draft.grids)
    _put_blocks(connection, plan_id, draft.blocks.values())
    note(connection, plan_id, PlanHappening.CREATED, by=by, version=1, **params)
    return plan_id


def write(
    connection: Connection,
    plan_id: int,
    draft: Draft,
    *,
    gone: Collection[str],
    blocks: Iterable[Block],
    grids: Collection[str],
) -> None:
    """Write blocks that changed, and grids that they or their facts changed; take ``gone`` blocks out, and grids that
    the draft has no more."""
    living = [code for code in grids if code in draft.grids]
    _put_grids(connection, plan_id, draft, living)
    _put_blocks(connection, plan_id, blocks)
    if gone:
        _take_out(connection, BlockRow.plan_id == plan_id, BlockRow.block_id.in_(list(gone)))
    over = sorted(set(grids) - set(living))
    if over:  # last: a grid takes its blocks along
        _take_out(connection, PlanGrid.plan_id == plan_id, PlanGrid.code.in_(over))


def write_whole(connection: Connection, plan_id: int, draft: Draft) -> None:
    """Write all grids and blocks of a draft in place of those that it has."""
    _take_out(connection, BlockRow.plan_id == plan_id)
    _take_out(connection, PlanGrid.plan_id == plan_id)
    _put_grids(connection, plan_id, draft, draft.grids)
    _put_blocks(connection, plan_id, draft.blocks.values())


def step_bytes(step: Step) -> bytes:
    """A step as it is kept."""
    return zlib.compress(json.dumps(step.to_json(), ensure_ascii=False).encode(), 1)


def step_of(kept: bytes) -> Step:
    """The step that `step_bytes` kept, to the last bit."""
    return Step.from_json(json.loads(zlib.decompress(kept)))


def add_steps(
    connection: Connection, plan_id: int, steps: Sequence[Step], *, done: int, undone: int
) -> None:
    """Keep what was done after ``done`` others; what had been undone can't be done again any more."""
    if undone:
        over = PlanOperation.plan_id == plan_id, PlanOperation.undone
        connection.execute(delete(PlanOperation).where(*over))
    rows = [
        {
            "plan_id": plan_id,
            "n": done + 1 + index,
            "operation": dict(step.operation),
            "step": step_bytes(step),
            "used": list(step.used),
        }
        for index, step in enumerate(steps)
    ]
    connection.execute(insert(PlanOperation), rows)


def set_undone(connection: Connection, plan_id: int, n: int, *, undone: bool) -> None:
    """Say that an operation was undone, or done again."""
    which = PlanOperation.plan_id == plan_id, PlanOperation.n == n
    connection.execute(update(PlanOperation).where(*which).values(undone=undone))


def grown(connection: Connection, plan_id: int, *, owner: str | None = None) -> RowMapping:
    """The next ``version`` of a plan, with its owner and since when; with a new ``owner``, from now on."""
    values: dict[str, Any] = {"version": Plan.version + 1}
    if owner is not None:
        values |= {"owner": owner, "owner_at": func.clock_timestamp()}
    change = update(Plan).where(Plan.id == plan_id).values(**values)
    told = change.returning(Plan.version, Plan.owner, Plan.owner_at)
    return connection.execute(told).mappings().one()


def set_exceptions(
    connection: Connection, plan_id: int, exceptions: Sequence[Mapping[str, Any]]
) -> None:
    """Keep which findings of a draft were approved, and why."""
    told = [dict(one) for one in exceptions]
    connection.execute(update(Plan).where(Plan.id == plan_id).values(exceptions=told))


def note(
    connection: Connection,
    plan_id: int,
    what: PlanHappening,
    *,
    by: str,
    version: int,
    **detail: object,
) -> None:
    """Keep that something was done to a plan."""
    row = {"plan_id": plan_id, "version": version, "what": what, "actor": by, "detail": detail}
    connection.execute(insert(PlanEvent), [row])


def discard(connection: Connection, plan_id: int) -> None:
    """Throw a draft away, and all that hangs on it."""
    _take_out(connection, Plan.id == plan_id)


def _take_out(connection: Connection, *which: Any) -> None:
    table = which[0].left.table
    connection.execute(delete(table).where(*which))


def _put_grids(connection: Connection, plan_id: int, draft: Draft, codes: Iterable[str]) -> None:
    rows = [_grid_row(draft, code) for code in codes]
    _put(connection, "plan_grids", "code", plan_id, rows)


def _put_blocks(connection: Connection, plan_id: int, blocks: Iterable[Block]) -> None:
    rows = [
        {
            "block_id": block.block_id,
            "grid_code": block.grid,
            "parent": block.parent,
            "estate": block.estate,
            "households": block.households,
            "residents": block.residents,
            "geom": block.wkb.hex(),
        }
        for block in blocks
    ]
    _put(connection, "blocks", "block_id", plan_id, rows)


def _grid_row(draft: Draft, code: str) -> dict[str, Any]:
    facts, blocks = draft.grids[code], draft.of(code)
    return {
        "code": code,
        "name": facts.name,
        "kind": facts.kind,
        "households": sum(block.households for block in blocks),
        "residents": sum(block.residents for block in blocks),
        "residents_basis": facts.basis,
        "predecessors": list(facts.predecessors),
        "locked": facts.locked,
        "reason": facts.reason,
        "geom": draft.wkb(code).hex(),
    }


def _put(
    connection: Connection, table: str, key: str, plan_id: int, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert or replace rows of a draft by their key, all in one statement."""
    if not rows:
        return
    names = list(rows[0])
    values = ", ".join(_PLAIN.get(name, f"r.{name}") for name in names)
    changes = ", ".join(f"{name} = excluded.{name}" for name in names if name != key)
    connection.execute(
        text(
            f"INSERT INTO {table} (plan_id, {', '.join(names)}) SELECT :plan_id, {values}"
            f" FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r ({_typed(names)})"
            f" ON CONFLICT (plan_id, {key}) DO UPDATE SET {changes}"
        ),
        {"plan_id": plan_id, "rows": json.dumps(rows, ensure_ascii=False)},
    )


_PLAIN = {"geom": f"ST_GeomFromWKB(decode(r.geom, 'hex'), {SRID})"}
"""What is made of a value on its way into a column."""
_TYPES = {
    "households": "integer",
    "residents": "integer",
    "predecessors": "jsonb",
    "locked": "boolean",
}


def _typed(names: Iterable[str]) -> str:
    return ", ".join(f"{name} {_TYPES.get(name, 'text')}" for name in names)
