"""What the words of a call's row mean: its place, its note, or what somebody chose or wrote beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Connection

from api.services.clear import Decision, Doubt, decide
from api.services.imports import call_sheet
from api.services.imports.call_sheet import Spot
from api.services.locating import LocatorCache
from api.services.searching import Hit, Searcher
from api.services.words import WordsCache
from data.intake import Reason, State
from data.store import choices, estates
from geo.gazetteer import normal

LONGEST = 300
"""Characters of what was said that are searched: a place comes early or not at all."""
KEPT = 4096
"""How many different words are remembered while a file is read."""
_QUOTED = 40
_NAMED = 3

Said = Mapping[str, str | None]
"""A row by our names: place, note, choice and the candidates of a former sheet."""


class Place(NamedTuple):
    """A place in EPSG:4490 degrees, as it is known. raw: the coordinates that were told, and their datum."""

    lng: float
    lat: float
    name: str
    raw: tuple[float, float, str] | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody meant by words (in their normal form): an entry of the gazetteer."""

    words: str
    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class Meant:
    """``place``, or None and ``reason`` says why. ``hits``: the candidates. ``choice``: to be remembered."""

    place: Place | None
    reason: Reason
    hits: Sequence[Hit] = ()
    choice: Choice | None = None


class CallWords:
    """Searches as /search does, on connections of its own. ``datum``: of coordinates among the words."""

    def __init__(self, connection: Connection, *, datum: str | None) -> None:
        engine = connection.engine
        cache = LocatorCache(engine)
        self._searcher = Searcher(engine, cache, WordsCache(engine))
        self._parted = estates.parted(connection, cache.current().locator)
        self._datum = datum
        self._search = lru_cache(maxsize=KEPT)(self._searched)

    def meant(self, said: Said) -> Meant:
        """The place that a row means, or its candidates."""
        choice = said["choice"]
        if choice is None:
            return self._by_words(said["place"], said["note"])
        taken = call_sheet.chosen(choice, [said[name] for name in call_sheet.CANDIDATES])
        if isinstance(taken, Spot):
            place = Place(taken.lng, taken.lat, taken.name, self._told(said, taken))
            reason = Reason("placed-chosen", State.NOTE)
            return Meant(place, reason, choice=self._choice(said["place"], taken))
        if taken is not None:
            return self._by_words(taken, None)
        hits = self._by_words(said["place"], said["note"]).hits
        return Meant(None, Reason("choice-unknown", State.TO_PLACE, {"value": choice}), hits)

    def _by_words(self, place: str | None, note: str | None) -> Meant:
        """By the words of the place, or by those of the note where the place says too little."""
        told = [(words, self._search(words[:LONGEST])) for words in (place, note) if words]
        if not told:
            return Meant(None, Reason("words-missing", State.TO_PLACE))
        words, best = told[0]
        if len(told) > 1 and best.hit is None and _says_more(told[1][1], best):
            words, best = told[1]
        hit = best.hit
        if hit is None or hit.lng is None or hit.lat is None:
            return Meant(None, _doubtful(words, best), best.hits)
        reason = Reason(f"placed-{_how(hit)}", State.NOTE)
        return Meant(Place(hit.lng, hit.lat, hit.said, _raw(hit)), reason, best.hits)

    def _searched(self, words: str) -> Decision:
        found = self._searcher.search(words, datum=self._datum)
        return decide(words, found, parted=self._parted)

    def _told(self, said: Said, taken: Spot) -> tuple[float, float, str] | None:
        """The coordinates among a row's words of which a reading was chosen."""
        hits = self._by_words(said["place"], said["note"]).hits
        return next((_raw(hit) for hit in hits if hit.raw is not None and _is(hit, taken)), None)

    def _choice(self, words: str | None, taken: Spot) -> Choice | None:
        """The entry that was chosen for these words, if it can still be told which one it was."""
        form = normal(words) if words and len(words) <= choices.LONGEST else ""
        hits = self._search(words).hits if words and form else ()
        known = (hit for hit in hits if hit.candidate is not None and _is(hit, taken))
        return next((Choice(form, hit.kind, hit.key) for hit in known), None)


def _raw(hit: Hit) -> tuple[float, float, str] | None:
    return None if hit.raw is None or hit.datum is None else (*hit.raw, hit.datum)


def _says_more(note: Decision, place: Decision) -> bool:
    """Whether a note is clear where the place is not, and does not contradict it."""
    if note.hit is None:
        return False
    if place.doubt is Doubt.NOTHING:
        return True
    if place.doubt is not Doubt.WIDE:
        return note.hit.key in {hit.key for hit in place.hits}
    kind, _, code = place.hits[0].key.partition(":")
    grid = note.hit.answer.grid if note.hit.answer else None
    return kind != "region" or (grid is not None and grid.code.startswith(code))


def _how(hit: Hit) -> str:
    """What a place was recognised by."""
    if hit.candidate is None:
        return "point"
    return "learned" if hit.candidate.learned else str(hit.candidate.match)


def _doubtful(words: str, decision: Decision) -> Reason:
    params: dict[str, object] = {"words": words[:_QUOTED]}
    if decision.doubt not in (Doubt.NOTHING, Doubt.DATUM):
        names = dict.fromkeys(hit.said for hit in decision.hits[:_NAMED])
        params["names"] = "、".join(names)
    return Reason(f"place-{decision.doubt}", State.TO_PLACE, params)


def _is(hit: Hit, spot: Spot) -> bool:
    if hit.lng is None or hit.lat is None:
        return False
    return abs(hit.lng - spot.lng) < 1e-6 and abs(hit.lat - spot.lat) < 1e-6
