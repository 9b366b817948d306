"""One box: what a caller says or a dispatcher pastes, and the places it may mean, each with its grid and people."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import cos, radians

import shapely
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from api.services.incidents import degrees
from api.services.locating import Answer, Epoch, LocatorCache
from api.services.region_answer import RegionName, answering
from api.services.words import WordsCache
from data.store import words
from geo.coordinates import Pair, coordinates
from geo.crs import Datum, parse_datum
from geo.errors import DatumError, NotFound
from geo.gazetteer import Candidate, Entry, EntryKind
from geo.gazetteer.links import Linked, link

M_PER_DEGREE = 111_320.0
"""Of latitude; for moving a point by what "东边200米" says, good to a few decimetres."""
UNDECLARED = ("wgs84", "gcj02", "bd09")
_LONGEST_CODE = 100
_log = logging.getLogger(__name__)


class Understood(StrEnum):
    """What the text was taken for."""

    WORDS = "words"
    CODE = "code"
    OFFICER = "officer"
    COORDINATES = "coordinates"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Hit:
    """A place that may be meant. said: how it is known. candidate: how the words were matched, None where none were.
    key: what a choice is remembered by. datum: of coordinates, the reading that gives this place. answer: its grid and
    people; None without a place. region: the town or village without grids that answers for it itself. raw: longitude
    and latitude as they were told, in ``datum``; None where they follow from a name."""

    said: str
    lng: float | None
    lat: float | None
    answer: Answer | None
    kind: str
    key: str
    candidate: Candidate | None = None
    datum: str | None = None
    building_id: str | None = None
    region: RegionName | None = None
    raw: tuple[float, float] | None = None

    @property
    def pending(self) -> bool:
        """Whether it is known and has no place yet: a row of the ledger that waits for one."""
        return self.lng is None and self.key.startswith(words.PENDING)


@dataclass(frozen=True, slots=True)
class Searched:
    """What a text was understood as, and the likeliest first. choose: the readings of undeclared coordinates lie in
    different grids, a person must pick one. link: a link that was pasted, whether or not it holds a place. behind: so
    much was imported just now that not all of it is found yet."""

    understood: Understood
    hits: Sequence[Hit]
    choose: bool = False
    link: Linked | None = None
    behind: bool = False


class Searcher:
    """Searches with what a process holds in memory."""

    def __init__(self, engine: Engine, locators: LocatorCache, gazetteers: WordsCache) -> None:
        self._engine, self._locators, self._gazetteers = engine, locators, gazetteers

    def search(self, text: str, *, datum: str | None = None, limit: int = 10) -> Searched:
        """The places that ``text`` may mean. ``datum``: of coordinates, where known (else DatumError)."""
        pasted = link(text)
        if pasted is not None:
            return self._linked(pasted)
        pairs = coordinates(text)
        if pairs:
            return self._coordinates(pairs, datum)
        known = self._known(text.strip())
        if known is not None:
            return known
        found = self._gazetteers.search(text, limit=limit)
        hits = [self._candidate(one) for one in found.candidates]
        return Searched(Understood.WORDS, hits, behind=found.behind)

    def choose(self, said: str, *, kind: str, key: str) -> bool:
        """Remember what was meant by some words: it comes first from now on. Whether there was something to remember:
        coordinates, codes and officers mean one thing anyway. NotFound for a place that is not known (any more)."""
        if kind not in tuple(EntryKind):
            return False
        if key not in self._gazetteers:
            raise NotFound("choice-unknown", key=key)
        return self._gazetteers.choose(said, kind=kind, key=key)

    def chosen(self, said: str, *, kind: str, key: str) -> None:
        """The same beside a report that is on disk already: what can't be remembered does not undo it."""
        try:
            self.choose(said, kind=kind, key=key)
        except (NotFound, SQLAlchemyError) as error:
            _log.warning("a choice is not remembered: %s", error)

    def _linked(self, pasted: Linked) -> Searched:
        if pasted.lng is None or pasted.lat is None or pasted.datum is None:
            return Searched(Understood.LINK, [], link=pasted)
        hit = self._read(Pair(pasted.lng, pasted.lat), parse_datum(pasted.datum))
        return Searched(Understood.LINK, [] if hit is None else [hit], link=pasted)

    def _coordinates(self, pairs: Sequence[Pair], declared: str | None) -> Searched:
        """Every reading of a pair; where all of them lie in one grid nobody is asked which is right."""
        datums = [declared] if declared else UNDECLARED
        hits = [
            hit
            for pair in pairs
            for name in datums
            if (hit := self._read(pair, parse_datum(name))) is not None
        ]
        places = {_place(hit) for hit in hits}
        if len(places) < 2:
            return Searched(Understood.COORDINATES, hits[:1])
        return Searched(Understood.COORDINATES, hits, choose=True)

    def _read(self, pair: Pair, datum: Datum) -> Hit | None:
        try:
            lng, lat = degrees(pair.lng, pair.lat, datum=datum)
        except DatumError:
            return None
        answer = self._locators.locate(lng=lng, lat=lat)
        hit = Hit(
            f"{_shown(pair.lng)}, {_shown(pair.lat)}",
            lng,
            lat,
            answer,
            "point",
            f"point:{datum}",
            datum=str(datum),
            raw=(pair.lng, pair.lat),
        )
        return replace(hit, region=self._region(answer, lng=lng, lat=lat))

    def _known(self, said: str) -> Searched | None:
        """A code of a grid or a building, or an officer's name, number or telephone."""
        if not 0 < len(said) <= _LONGEST_CODE or "\0" in said:
            return None
        epoch = self._locators.current()
        if said in epoch.names:
            return Searched(Understood.CODE, [self._grid(said, epoch)])
        with self._engine.connect() as connection:
            house = words.building(connection, said)
            officers = words.officers(connection, said)
        if house is not None:
            return Searched(Understood.CODE, [self._at(house, None)])
        hits = [
            replace(
                self._grid(row["grid_code"], epoch),
                said=row["person"],
                kind="officer",
                key=f"officer:{row['grid_code']}",
            )
            for row in officers
            if row["grid_code"] in epoch.names
        ]
        return Searched(Understood.OFFICER, hits) if hits else None

    def _grid(self, code: str, epoch: Epoch) -> Hit:
        grids = epoch.placing.grids
        shape = grids.geometry[grids["code"] == code].iloc[0]
        spot = shapely.point_on_surface(shape)
        answer = self._locators.locate(lng=spot.x, lat=spot.y, epoch=epoch)
        return Hit(epoch.names[code].name or code, spot.x, spot.y, answer, "grid", f"grid:{code}")

    def _candidate(self, one: Candidate) -> Hit:
        moved = _moved(one.entry, one)
        return self._at(moved, one)

    def _at(self, entry: Entry, candidate: Candidate | None) -> Hit:
        answer, region = None, None
        if entry.lng is not None and entry.lat is not None and entry.kind is not EntryKind.ROAD:
            answer = self._locators.locate(lng=entry.lng, lat=entry.lat)
            region = self._region(answer, lng=entry.lng, lat=entry.lat)
        if entry.kind is EntryKind.REGION:
            answer = None
            region = region if region is not None and region.code == entry.region else None
        said = entry.said.replace("/", " × ") if entry.kind is EntryKind.CROSSING else entry.said
        return Hit(
            said, entry.lng, entry.lat, answer, entry.kind.value, entry.key, candidate,
            building_id=entry.building or None, region=region,
        )  # fmt: skip

    def _region(self, answer: Answer, *, lng: float, lat: float) -> RegionName | None:
        """The region without grids that answers for a place in none, the same as on its card."""
        if answer.grid is not None:
            return None
        with self._engine.connect() as connection:
            epoch = self._locators.current()
            return answering(connection, epoch, answer, lng=lng, lat=lat)


def _moved(entry: Entry, one: Candidate) -> Entry:
    """The entry at the place so many metres from it that was said."""
    heading, metres = one.parts.heading, one.parts.metres
    if heading is None or metres is None or entry.lng is None or entry.lat is None:
        return entry
    east, north = heading
    lat = entry.lat + north * metres / M_PER_DEGREE
    lng = entry.lng + east * metres / (M_PER_DEGREE * cos(radians(entry.lat)))
    return replace(entry, lng=lng, lat=lat)


def _shown(degrees_: float) -> str:
    """Degrees to a decimetre, no zeros at the end: what is read back is the place that was meant."""
    return f"{degrees_:.6f}".rstrip("0").rstrip(".")


def _place(hit: Hit) -> str | None:
    """Who answers for a hit: a grid, or a region without grids."""
    if hit.region is not None:
        return hit.region.code
    return hit.answer.grid.code if hit.answer and hit.answer.grid else None
