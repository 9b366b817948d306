"""How a use case says how far it is; the door decides how to show it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called now and then during long work. ``step`` has a text ``progress.<step>`` in every language."""

    def __call__(self, step: str, done: int, total: int | None) -> None: ...


def silent(step: str, done: int, total: int | None) -> None:
    """For callers that watch nothing."""
