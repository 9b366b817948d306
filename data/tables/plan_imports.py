"""Plans drawn elsewhere that wait to be accepted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, Number, Touched
from data.tables.places import EMPTY


class PlanImport(Base):
    """A file as it was handed over, and what was said of it last; gone when it is accepted, refused, or too old."""

    __tablename__ = "plan_imports"

    id: Mapped[Number]
    file: Mapped[str]
    content: Mapped[bytes]
    wishes: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=EMPTY)
    created_by: Mapped[str]
    created_at: Mapped[Touched]
    expires_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True),
        server_default=func.clock_timestamp() + text("interval '3 days'"),
        index=True,
    )
