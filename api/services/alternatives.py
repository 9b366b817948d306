"""Other plans for the same city, each the best in one respect, and within the bounds wherever the main plan can be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from api.services.draw import DrawResult
from geo.partition.search import Aims

KINDS: dict[str, Aims] = {
    "even": Aims(even=60.0, compact=0.5, lines=0.25),
    "compact": Aims(even=4.0, compact=3.0, lines=0.4),
    "lines": Aims(even=8.0, compact=0.8, lines=2.0),
}
"""Most even, most compact, most on roads and rivers. (The least change is what ``--from`` draws.)"""


@dataclass(frozen=True, slots=True)
class Alternative:
    """One of KINDS and what came of it."""

    kind: str
    result: DrawResult


def alternatives(count: int, drawn: Callable[[Aims], DrawResult]) -> tuple[Alternative, ...]:
    """The first ``count`` kinds; ``drawn`` makes the plan that some aims mean."""
    kinds = list(KINDS)[:count]
    return tuple(Alternative(kind, drawn(KINDS[kind])) for kind in kinds)
