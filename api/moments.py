"""Times as requests tell them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError


def _kept(moment: datetime) -> datetime:
    """In UTC where a zone is told: PostgreSQL refuses offsets of 16 hours, which pydantic takes. In the first year and
    the last some zones leave the calendar: what PostgreSQL keeps of those, Python can't read again."""
    if not 1 < moment.year < 9999:
        raise PydanticCustomError("datetime_beyond", "beyond the calendar")
    return moment if moment.tzinfo is None else moment.astimezone(UTC)


Moment = Annotated[datetime, AfterValidator(_kept)]
"""Without a zone it is the city's."""
