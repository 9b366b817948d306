"""Plans that the engine draws while people wait for them."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, Number, Touched, one_of
from data.tables.places import EMPTY


class DrawingState(StrEnum):
    """What became of it."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class PlanDrawing(Base):
    """What was asked, how far it is and what came of it; kept for some days.

    step, done, total: as `Progress` tells. cancelled: whether somebody wants it to stop. beat_at: when the process that
    draws was last alive. result: plans and figures, or the code and parameters of an error.
    """

    __tablename__ = "plan_drawings"
    __table_args__ = (one_of("state", DrawingState), Index(None, "created_at"))

    id: Mapped[Number]
    asked: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=EMPTY)
    state: Mapped[str] = mapped_column(server_default=text("'running'"))
    step: Mapped[str | None]
    done: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    total: Mapped[int | None] = mapped_column(BigInteger)
    cancelled: Mapped[bool] = mapped_column(server_default=text("false"))
    result: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=EMPTY)
    created_by: Mapped[str]
    created_at: Mapped[Touched]
    beat_at: Mapped[Touched]
