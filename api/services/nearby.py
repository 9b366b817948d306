"""Whether a call is about a matter that is known already: open incidents near in place, time and words, the likeliest
first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import RowMapping

from data.readers.nearby_rules import NearbyRules, Reach
from data.store import nearby
from data.store.nearby import Around
from geo.errors import InputError
from geo.gazetteer.normal import normal

ALIKE = 0.3
"""So much of the shorter of two texts, in pairs of characters, is found in the other of what is said alike."""
MOST = 20
_WEIGHTS = {"building": 0.3, "near": 0.25, "words": 0.3, "category": 0.1, "recent": 0.05}


@dataclass(frozen=True, slots=True)
class Call:
    """What is known of a call: EPSG:4490 degrees or None, words, matter, the building that was chosen. exclude: the
    incident that it is recorded as."""

    lng: float | None = None
    lat: float | None = None
    words: str | None = None
    category: str | None = None
    catalogue_code: str | None = None
    building: str | None = None
    exclude: UUID | None = None


@dataclass(frozen=True, slots=True)
class Same:
    """An open incident that may be the same. metres: None where its place is unknown. building: in the same one;
    words, category: said alike, of the same category. score: from 0 to 1."""

    incident: RowMapping
    metres: float | None
    minutes: float
    building: bool
    words: bool
    category: bool
    score: float


def find(engine: Engine, rules: NearbyRules, call: Call) -> tuple[Reach, list[Same]]:
    """Within which reach was looked, and what may be the same.

    InputError "nearby-nowhere" where neither place nor words are known.
    """
    if (call.lng is None) != (call.lat is None):
        raise InputError("place-half", lng=call.lng, lat=call.lat)
    if call.lng is None and not normal(call.words or ""):
        raise InputError("nearby-nowhere")
    with engine.connect() as connection:
        kind, matter = nearby.matter(connection, category=call.category, code=call.catalogue_code)
        reach = rules.reach(kind=kind, words=" ".join(matter))
        rows = _candidates(connection, call, reach)
    judged = [_judged(row, call, frozenset(matter), reach) for row in rows]
    found = [one for one in judged if one is not None]
    found.sort(key=lambda one: (-one.score, one.minutes, str(one.incident["id"])))
    return reach, found[:MOST]


def _candidates(connection: Connection, call: Call, reach: Reach) -> Sequence[RowMapping]:
    about: Any = {
        "since": datetime.now(UTC) - timedelta(hours=reach.window_h),
        "exclude": call.exclude,
    }
    if call.lng is None or call.lat is None:
        return nearby.recent(connection, anywhere=True, **about)
    place = Around(call.lng, call.lat, reach.radius_m, call.building)
    rows = list(nearby.around(connection, place, **about))
    if call.words:
        rows += nearby.recent(connection, anywhere=False, **about)
    return rows


def likeness(one: str, other: str) -> float:
    """How much of the shorter text is found in the other, in pairs of characters: from 0 to 1."""
    ours, theirs = _pairs(one), _pairs(other)
    if not ours or not theirs:
        return 0.0
    return len(ours & theirs) / min(len(ours), len(theirs))


def _pairs(words: str) -> set[tuple[str, str]]:
    return set(pairwise(normal(words)))


def _judged(row: RowMapping, call: Call, matter: frozenset[str], reach: Reach) -> Same | None:
    """What speaks for a row; None where it is too far away, or another matter."""
    metres, house = row["metres"], row["in_house"]
    alike = likeness(call.words or "", f"{row['note'] or ''} {row['place'] or ''}")
    theirs = {row[name] for name in ("category", "item_category", "item") if row[name]}
    same = not matter.isdisjoint(theirs)
    too_far = metres is not None and metres > reach.radius_m and not house
    other = bool(matter and theirs) and not same
    if too_far or (alike < ALIKE and (metres is None or other)):
        return None
    minutes = max(float(row["minutes"]), 0.0)
    told = {
        "building": float(house),
        "near": 0.0 if metres is None else 1 - min(metres / reach.radius_m, 1),
        "words": alike,
        "category": float(same),
        "recent": 1 - min(minutes / 60 / reach.window_h, 1),
    }
    score = sum(_WEIGHTS[name] * share for name, share in told.items())
    return Same(row, metres, minutes, house, alike >= ALIKE, same, round(score, 3))
