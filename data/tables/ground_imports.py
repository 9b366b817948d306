"""Files with communities, buildings, roads that were handed over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, Number, Touched
from data.tables.places import EMPTY


class GroundImport(Base):
    """A file as it was handed over (``noun``: what it is to be imported as) and what was said of it last, until it is
    imported, thrown away, or too old. Once imported, who did it and what came of it stay for good; ``returned``, the
    rows that somebody must complete, as long as a file waits."""

    __tablename__ = "ground_imports"
    __table_args__ = (
        CheckConstraint(
            "(imported_at IS NULL) = (imported_by IS NULL) AND (imported_at IS NULL) = (result IS NULL)"
            " AND (imported_at IS NULL) = (content IS NOT NULL)",
            name="whole",
        ),
    )

    id: Mapped[Number]
    noun: Mapped[str]
    file: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(index=True)
    content: Mapped[bytes | None]
    wishes: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=EMPTY)
    created_by: Mapped[str]
    created_at: Mapped[Touched]
    expires_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True),
        server_default=func.clock_timestamp() + text("interval '3 days'"),
        index=True,
    )
    imported_by: Mapped[str | None]
    imported_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    returned: Mapped[bytes | None]
