"""Plans that the engine draws: any process that is asked knows how far it is, and a browser that dies loses nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, select, text, update
from sqlalchemy.engine import RowMapping

from data.tables import PlanDrawing
from data.tables.plan_drawings import DrawingState

LOST_S = 20
"""How long after its last sign of life a drawing counts as lost: its process is no more."""
_KEPT = text("interval '3 days'")
_ALIVE = PlanDrawing.beat_at > func.clock_timestamp() - text(f"interval '{LOST_S} seconds'")


def begin(connection: Connection, *, asked: Mapping[str, Any], by: str) -> int:
    """A new drawing; its number. What is too old goes."""
    old = PlanDrawing.created_at < func.clock_timestamp() - _KEPT
    connection.execute(delete(PlanDrawing).where(old))
    made = insert(PlanDrawing).values(asked=dict(asked), created_by=by)
    return connection.execute(made.returning(PlanDrawing.id)).scalar_one()


def beat(
    connection: Connection, number: int, *, step: str | None, done: int, total: int | None
) -> bool:
    """Say how far it is; whether somebody wants it to stop."""
    told = update(PlanDrawing).where(PlanDrawing.id == number)
    told = told.values(step=step, done=done, total=total, beat_at=func.clock_timestamp())
    return bool(connection.scalar(told.returning(PlanDrawing.cancelled)))


def end(
    connection: Connection, number: int, state: DrawingState, result: Mapping[str, Any]
) -> None:
    """Say what became of it."""
    told = update(PlanDrawing).where(PlanDrawing.id == number)
    connection.execute(told.values(state=state, result=dict(result)))


def cancel(connection: Connection, number: int) -> None:
    """Ask it to stop, if it still runs."""
    running = PlanDrawing.id == number, PlanDrawing.state == DrawingState.RUNNING
    connection.execute(update(PlanDrawing).where(*running).values(cancelled=True))


def get(connection: Connection, number: int) -> RowMapping | None:
    """One of them, with ``lost``: whether it should run, and its process is gone; None where there is none."""
    return connection.execute(_rows().where(PlanDrawing.id == number)).mappings().first()


def running(connection: Connection) -> Sequence[RowMapping]:
    """Those that run, the latest first."""
    wanted = PlanDrawing.state == DrawingState.RUNNING, _ALIVE
    query = _rows().where(*wanted).order_by(PlanDrawing.id.desc())
    return connection.execute(query).mappings().all()


def _rows() -> Select[Any]:
    lost = ((PlanDrawing.state == DrawingState.RUNNING) & ~_ALIVE).label("lost")
    table = PlanDrawing
    return select(
        table.id, table.asked, table.state, lost, table.step, table.done, table.total,
        table.result, table.created_by, table.created_at,
    )  # fmt: skip
