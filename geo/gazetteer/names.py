"""Names, found by what people make of them: parts of them, other words around them, pinyin, the wrong character.

Two rounds. Postings (which names hold a character, a pair of characters, a sound; rarer ones weigh more) choose some
dozens of names out of any number; these are compared with what was said, letter by letter and sound by sound.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from geo.gazetteer.sounds import (
    beginnings,
    initial_variants,
    segments,
    sound_variants,
    sounds_like,
)

SHORTLIST = 60
LEAST = 0.6
"""What is less alike than this is not offered."""
MAX_HITS = 400
WITHIN = 0.1
"""How much less likely a name is that is only part of another one that was said."""
_BREAK = "\n"


class Match(StrEnum):
    """How a name was recognised."""

    EXACT = "exact"
    PART = "part"
    PINYIN = "pinyin"
    SOUND = "sound"
    ALIKE = "alike"


@dataclass(frozen=True, slots=True)
class Named:
    """A name that was recognised: its position, how alike (1: the same), and by what."""

    name: int
    score: float
    match: Match


class Names:
    """Distinct names in their normal form, prepared to be searched. Never changes."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._position = {name: n for n, name in enumerate(self.names)}
        self._letters = _Postings((_grams(name), n) for n, name in enumerate(self.names))
        variants = [
            (sounds, n) for n, name in enumerate(self.names) for sounds in sound_variants(name)
        ]
        self._sounds = _Postings((_grams(sounds), n) for sounds, n in variants)
        self._said: dict[int, list[str]] = {}
        for sounds, n in variants:
            self._said.setdefault(n, []).append(sounds)
        initials = [(one, n) for n, name in enumerate(self.names) for one in initial_variants(name)]
        self._initials = _BREAK.join(one for one, _ in initials)
        self._initials_of = np.array([n for _, n in initials], dtype=np.int64)
        lengths = np.array([len(one) + 1 for one, _ in initials], dtype=np.int64)
        self._initials_start = np.concatenate([[0], np.cumsum(lengths)])
        self._syllables = beginnings({c for name in self.names for c in name})

    def __contains__(self, name: str) -> bool:
        return name in self._position

    def find(self, said: str, *, limit: int = 8) -> list[Named]:
        """The names that ``said`` (in normal form) may mean, the likeliest first."""
        if not said:
            return []
        found: dict[int, Named] = {}
        exact = self._position.get(said)
        if exact is not None:
            found[exact] = Named(exact, 1.0, Match.EXACT)
        if said.isascii() and any(c.isalpha() for c in said):
            _better(found, self._typed(said))
        _better(found, self._alike(said))
        self._longest(found, said)
        ranked = sorted(
            found.values(), key=lambda one: (-one.score, len(self.names[one.name]), one.name)
        )
        return ranked[:limit]

    def _longest(self, found: dict[int, Named], said: str) -> None:
        """Of two names that are there whole, one within the other, the longer is meant: 紫来桥社区党群服务中心 is no
        community."""
        whole = [n for n in found if self.names[n] in said]
        for n in whole:
            if any(self.names[n] in self.names[other] for other in whole if other != n):
                found[n] = replace(found[n], score=found[n].score - WITHIN)

    def _typed(self, said: str) -> Iterable[Named]:
        """Names that begin, or hold, what was typed in letters."""
        letters = "".join(c for c in said if c.isalnum())
        for pieces in segments(letters, self._syllables, self._initials.__contains__):
            key = "".join(piece[0] for piece in pieces)
            for start in _places(self._initials, key):
                row = int(np.searchsorted(self._initials_start, start, side="right")) - 1
                name, offset = int(self._initials_of[row]), start - int(self._initials_start[row])
                text = self.names[name]
                if sounds_like(pieces, text[offset:]):
                    share = len(pieces) / len(text)
                    yield Named(
                        name, 0.98 * (0.7 + 0.3 * share) - 0.05 * (offset > 0), Match.PINYIN
                    )

    def _alike(self, said: str) -> Iterable[Named]:
        short = set(self._letters.nearest(_grams(said), SHORTLIST))
        heard = sound_variants(said)
        for sounds in heard[:4]:
            short.update(self._sounds.nearest(_grams(sounds), SHORTLIST))
        for n in short:
            name = self.names[n]
            seen, match = _likeness(said, name)
            spoken = max(
                _likeness(a, b, shortened=False)[0] for a in heard[:4] for b in self._said[n]
            )
            # Of names that sound the same, the one that shares more characters: 化园 is 花园 sooner than 花苑.
            spoken *= 0.9 + 0.05 * seen
            if spoken > seen:
                seen, match = spoken, Match.SOUND
            if seen >= LEAST:
                yield Named(n, seen, match)


def _likeness(said: str, name: str, *, shortened: bool = True) -> tuple[float, Match]:
    """From 0 to 1. Held in what was said, or holding it, counts by length; else letter by letter.

    shortened: whether ``said`` may be single characters of the name, in order.
    """
    if said == name:
        return 1.0, Match.EXACT
    if name in said:
        # What else was said is about the matter, not the place: a name that is there whole is nearly certain.
        return min(0.97, 0.62 + 0.08 * len(name)) + 0.02 * (said.startswith(name)), Match.PART
    if said in name:
        return 0.7 + 0.28 * len(said) / len(name), Match.PART
    if shortened and len(said) > 1 and said[0] == name[0] and _in_order(said, name):
        return 0.62 + 0.3 * len(said) / len(name), Match.PART  # 农行 for 农业银行
    whole = OSA.normalized_similarity(said, name)
    inside = fuzz.partial_ratio(said, name) / 100
    return max(whole, 0.8 * inside * min(1.0, len(name) / 4)), Match.ALIKE


def _in_order(said: str, name: str) -> bool:
    """Whether the characters of ``said`` stand in ``name`` in this order, others between them."""
    rest = iter(name)
    return all(c in rest for c in said)


def _better(found: dict[int, Named], more: Iterable[Named]) -> None:
    for one in more:
        known = found.get(one.name)
        if known is None or one.score > known.score:
            found[one.name] = one


def _places(text: str, key: str) -> list[int]:
    """Where ``key`` stands in ``text``, the first MAX_HITS places."""
    places = list[int]()
    start = text.find(key)
    while start >= 0 and len(places) < MAX_HITS:
        places.append(start)
        start = text.find(key, start + 1)
    return places


def _grams(text: str) -> list[int]:
    """Characters and pairs of characters, each once, as numbers."""
    codes = [ord(c) for c in text]
    pairs = [(a << 21) | b for a, b in pairwise(codes)]
    return list(dict.fromkeys(codes + pairs))


class _Postings:
    """Which rows hold which gram, and what each gram weighs: the rarer, the more."""

    def __init__(self, rows: Iterable[tuple[list[int], int]]) -> None:
        grams, owners = list[int](), list[int]()
        for held, row in rows:
            grams += held
            owners += [row] * len(held)
        gram = np.array(grams, dtype=np.int64)
        owner = np.array(owners, dtype=np.int64)
        order = np.lexsort((owner, gram))
        gram, owner = gram[order], owner[order]
        first = np.ones(len(gram), dtype=bool)
        first[1:] = (gram[1:] != gram[:-1]) | (owner[1:] != owner[:-1])
        gram, self._owner = gram[first], owner[first].astype(np.int32)
        self._gram, start, count = np.unique(gram, return_index=True, return_counts=True)
        self._start = np.append(start, len(gram))
        self._rows = int(self._owner.max()) + 1 if len(self._owner) else 0
        self._weight = np.log1p(self._rows / np.maximum(count, 1))
        spread = np.repeat(self._weight, count) ** 2
        whole = np.bincount(self._owner, spread, self._rows) if self._rows else np.empty(0)
        self._norm = np.sqrt(np.maximum(whole, 1e-9))

    def nearest(self, held: list[int], count: int) -> list[int]:
        """The rows that share most with these grams, measured by the cosine of their weights."""
        if not self._rows:
            return []
        asked = np.array(held, dtype=np.int64)
        at = np.minimum(np.searchsorted(self._gram, asked), len(self._gram) - 1)
        at = at[self._gram[at] == asked]
        if not len(at):
            return []
        score: NDArray[np.float64] = np.zeros(self._rows)
        for one in at:
            score[self._owner[self._start[one] : self._start[one + 1]]] += self._weight[one] ** 2
        score /= self._norm
        best = np.argpartition(-score, min(count, len(score) - 1))[:count]
        return [int(n) for n in best if score[n] > 0]
