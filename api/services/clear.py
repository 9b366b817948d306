"""Whether words need nobody's look: one candidate is the place beyond doubt, or why none is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import cos, hypot, radians

from api.services.searching import M_PER_DEGREE, Hit, Searched, Understood
from geo.gazetteer import EntryKind, Match, normal

SURE = 0.9
"""What a name must score at least. Of 2,100 sayings by rule (tests/benchmarks/sayings.py) 78 % are clear, 3 in 1,000 of
them wrongly: where a wrong character makes the name of another place."""
AHEAD = 0.08
"""By how much it must score more than any other place."""
SAME_M = 30.0
"""Candidates this near each other are one place."""

_LESS = (Match.ALIKE, Match.PART)
"""What is only written like a name that stands there as it is (西路1巷, 西路2巷) is no rival of it; what sounds so is:
who writes down what a caller says chooses one of the writings."""


class Doubt(StrEnum):
    """Why no candidate is taken without a person's look."""

    NOTHING = "nothing"
    SEVERAL = "several"
    UNSURE = "unsure"
    NUMBER = "number"
    WIDE = "wide"
    DATUM = "datum"
    ESTATE = "estate"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Decision:
    """``hit``: the place, or None and ``doubt`` says why. ``hits``: the candidates, the likeliest first."""

    hit: Hit | None
    doubt: Doubt | None
    hits: Sequence[Hit]


def decide(words: str, found: Searched, *, parted: Collection[str] = ()) -> Decision:
    """What a search for ``words`` says without anybody's look. ``parted``: keys of estates in several grids."""
    doubt = _doubt(normal(words), found, parted)
    return Decision(None if doubt else found.hits[0], doubt, found.hits)


def _doubt(words: str, found: Searched, parted: Collection[str]) -> Doubt | None:
    if not found.hits:
        return Doubt.NOTHING
    if found.choose:
        return Doubt.DATUM
    first, one = found.hits[0], found.hits[0].candidate
    if (
        one is None
    ):  # coordinates and links are a place, a house by its number too; a grid and an officer are not
        exact = found.understood in (Understood.COORDINATES, Understood.LINK)
        return None if exact or first.building_id else Doubt.WIDE
    rivals = any(_rivals(first, other) for other in found.hits[1:])
    doubts = {
        Doubt.PENDING: first.pending,
        Doubt.NUMBER: one.lack is not None,
        Doubt.WIDE: first.answer is None and first.region is None,
        Doubt.UNSURE: one.score < SURE and words != normal(one.entry.said),
        Doubt.SEVERAL: rivals,
        Doubt.ESTATE: first.key in parted,
    }
    return next((doubt for doubt, held in doubts.items() if held), None)


def _rivals(first: Hit, other: Hit) -> bool:
    """Whether another candidate is as likely and somewhere else."""
    assert first.candidate is not None
    assert other.candidate is not None
    near = first.candidate.score - other.candidate.score < AHEAD
    written = first.candidate.match is Match.EXACT and other.candidate.match in _LESS
    same_house = first.building_id is not None and first.building_id == other.building_id
    own_road = first.kind == EntryKind.CROSSING and other.kind == EntryKind.ROAD
    around = other.kind == EntryKind.REGION and other.region is None
    return (
        near
        and not (written or same_house or own_road or around)
        and _apart_m(first, other) > SAME_M
    )


def _apart_m(a: Hit, b: Hit) -> float:
    if a.lng is None or a.lat is None or b.lng is None or b.lat is None:
        return float("inf")
    east = (a.lng - b.lng) * cos(radians(a.lat))
    return M_PER_DEGREE * hypot(east, a.lat - b.lat)
