"""What is said of rows, counted: each thing once, with how many rows it is said of and the first few of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from data.readers.ledger_cells import Reason

NAMED = 3
"""How many rows are named beside what is said of them."""
APART = 1000
"""How many different things are counted one by one; what comes after is counted by its kind."""


@dataclass(frozen=True, slots=True)
class Said:
    """``reason`` is said of ``count`` rows, first of ``rows``. ``alike``: of the others something alike is said."""

    reason: Reason
    count: int
    rows: tuple[int, ...]
    alike: bool = False


@dataclass(slots=True)
class _Count:
    reason: Reason
    alike: bool
    count: int = 0
    rows: list[int] = field(default_factory=list)


class Tally:
    """How often each thing is said; its memory does not grow with the rows."""

    def __init__(self) -> None:
        self._counts: dict[object, _Count] = {}

    def add(self, row: int, reasons: Iterable[Reason]) -> None:
        """What is said of one row."""
        for reason in reasons:
            key: object = (reason.code, tuple(reason.params.items()))
            found = self._counts.get(key)
            if found is None and len(self._counts) >= APART:
                key = reason.code
                found = self._counts.get(key)
            if found is None:
                found = self._counts[key] = _Count(reason, isinstance(key, str))
            found.count += 1
            if len(found.rows) < NAMED:
                found.rows.append(row)

    def said(self) -> tuple[Said, ...]:
        """What was said, most often first."""
        ordered = sorted(self._counts.values(), key=lambda one: -one.count)
        return tuple(Said(one.reason, one.count, tuple(one.rows), one.alike) for one in ordered)
