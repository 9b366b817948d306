"""The words that people say for places, and the places they mean by them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from geo.gazetteer.below import Lack, rows_below
from geo.gazetteer.names import Match, Named, Names
from geo.gazetteer.normal import normal
from geo.gazetteer.parse import Parts, parse
from geo.gazetteer.told import (
    LONGEST_REGION,
    crossing_name,
    crossing_told,
    house_told,
    stem,
    without_city,
)

NAMES_TRIED = 6
FACING_M, NEAR_M, SIDE_M = 40.0, 60.0, 60.0
"""How far 对面, 旁边 and 东侧 without a distance may be from the place they start at."""
_CITY_CODE = 6
"""Digits of a city's code."""
_NO_NAMES = frozenset(
    ("小区", "社区", "街道", "大街", "马路", "路边", "路口", "楼下", "村里", "村", "楼")
)
"""What every estate and street is: 小区里面有人打架 names none."""
_LEAST = 3
"""Characters of a name that is looked for behind others."""
_BY_ROAD = 0.12
"""What is missing of certainty where a road was said before a name and the entry does not tell of it."""
_ON = re.compile(r"^(?:上的|上|边的|边上的|旁边的|旁的|的)")
_OF = re.compile(r"^(?:的|有个|有家|是)")


class EntryKind(StrEnum):
    """What an entry's words stand for."""

    BUILDING = "building"
    ESTATE = "estate"
    LANDMARK = "landmark"
    ROAD = "road"
    CROSSING = "crossing"
    REGION = "region"


@dataclass(frozen=True, slots=True)
class Entry:
    """Words said for one place. key: the caller's. lng, lat: EPSG:4490 degrees, None where it has no place yet.
    region: the code of the community (or, of a region, its own). building: the number of the building that it is,
    where it is one."""

    key: str
    said: str
    kind: EntryKind
    lng: float | None = None
    lat: float | None = None
    region: str = ""
    building: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that may be meant. score: from 0 to 1 and a little more for what was chosen before. match: how its name
    was recognised. parts: what else was understood. lack: the number that is not known there (the entry is then the
    estate or the nearest number). radius_m: how far from the entry's point the place may be (对面, 旁边), or None.
    learned: dispatchers meant it by the same words."""

    entry: Entry
    score: float
    match: Match
    parts: Parts
    lack: Lack | None = None
    radius_m: float | None = None
    learned: bool = False


class Gazetteer:
    """Entries prepared to be searched. Never changes; safe between threads."""

    def __init__(
        self,
        entries: Iterable[Entry],
        *,
        learned: Mapping[str, Mapping[str, int]] = MappingProxyType({}),
    ) -> None:
        """``learned``: by words in their normal form, how often each key was meant by them."""
        self.entries = tuple(entries)
        self._by_key = {entry.key: n for n, entry in enumerate(self.entries)}
        self._learned = learned
        self._below: list[dict[tuple[str, str], list[int]]] = []
        positions: dict[str, int] = {}
        self._regions, self._stems = _regions(self.entries)
        self._roads = {normal(one.said) for one in self.entries if one.kind is EntryKind.ROAD}
        told = self._stems | self._regions
        cities = [name for name, code in told.items() if len(code) == _CITY_CODE]
        for n, entry in enumerate(self.entries):
            for read in _reads(entry, told, cities):
                position = positions.setdefault(read.name, len(positions))
                if position == len(self._below):
                    self._below.append({})
                self._below[position].setdefault((read.door, read.building), []).append(n)
        self._names = Names(list(positions))

    def __contains__(self, key: str) -> bool:
        """Whether there is an entry of this key."""
        return key in self._by_key

    def with_learned(self, learned: Mapping[str, Mapping[str, int]]) -> Gazetteer:
        """The same entries with other choices; costs next to nothing."""
        twin = copy(self)
        twin._learned = learned
        return twin

    def search(self, text: str, *, limit: int = 10) -> list[Candidate]:
        """What ``text`` may mean, the likeliest first; [] for words that nothing is like."""
        best: dict[str, Candidate] = {}
        for penalty, parts, within in self._ways(text):
            for named in self._names.find(parts.name, limit=NAMES_TRIED):
                for candidate in self._places(named, parts):
                    hint = _hint(candidate.entry, within)
                    _keep(best, replace(candidate, score=candidate.score - penalty + hint))
        self._recall(best, normal(text))
        ranked = sorted(best.values(), key=_rank)
        return ranked[:limit]

    def _ways(self, text: str) -> Iterator[tuple[float, Parts, str]]:
        """The readings of a text with what makes each less likely, and the region (its code) or the road (its name)
        that it is said to lie in."""
        for order, read in enumerate(parse(text)):
            if read.name in _NO_NAMES:
                continue
            parts = replace(read, name=crossing_name(read.name, read.other)) if read.other else read
            yield 0.01 * order, parts, ""
            rest, region = self._without_regions(parts.name)
            if region and rest:
                yield 0.01 * order, replace(parts, name=rest), region
            rest, road = self._without_road(rest)
            if road and not parts.other:
                yield 0.01 * order + _BY_ROAD, replace(parts, name=rest), road
            meant = _OF.sub("", parts.tail)
            if parts.beside and len(meant) >= _LEAST and meant in self._names:
                yield 0.01 * order, parse(meant)[0], ""  # 龙眠河边上的滨河苑

    def _without_regions(self, name: str) -> tuple[str, str]:
        """A name without the regions that it begins with (桐城市文昌街道…), and the last of them.

        A region without its kind (桐城, 文昌) may as well begin a name: it goes only where a name is left.
        """
        region, going = "", True
        while going:
            going = False
            for length in range(min(len(name) - 2, LONGEST_REGION), 1, -1):
                code = self._regions.get(name[:length])
                if code is None and name[length:] in self._names:
                    code = self._stems.get(name[:length])
                if code is not None:
                    name, region, going = name[length:], code, True
                    break
        return name, region

    def _without_road(self, name: str) -> tuple[str, str]:
        """A name without the road that it begins with (同安路铅丝厂宿舍), and that road; "" where there is none, or
        hardly a name is left."""
        for length in range(min(len(name) - _LEAST, LONGEST_REGION), 1, -1):
            if name[:length] in self._roads:
                rest = _ON.sub("", name[length:])
                return (rest, name[:length]) if len(rest) >= _LEAST else (name, "")
        return name, ""

    def _places(self, named: Named, parts: Parts) -> Iterator[Candidate]:
        below = self._below[named.name]
        radius = _radius_m(parts)
        rows, lack = rows_below(below, parts)
        for n in rows:
            entry = self.entries[n]
            score = named.score - (0.12 if lack else 0.0) + _fit(entry, parts, lack)
            yield Candidate(entry, score, named.match, parts, lack, radius)

    def _recall(self, best: dict[str, Candidate], said: str) -> None:
        """What dispatchers meant by the same words comes first."""
        for key, times in self._learned.get(said, {}).items():
            n = self._by_key.get(key)
            if n is None or times < 1:
                continue
            known = best.get(key) or Candidate(self.entries[n], 1.0, Match.EXACT, Parts(said))
            best[key] = replace(known, score=1.2 + min(times, 100) / 1000, learned=True)


def merged(
    former: Iterable[Candidate], newer: Iterable[Candidate], *, limit: int
) -> list[Candidate]:
    """What two gazetteers say of the same words, the likeliest first; of a key that both have, what the newer says."""
    both = {one.entry.key: one for one in former} | {one.entry.key: one for one in newer}
    return sorted(both.values(), key=_rank)[:limit]


def _regions(entries: Iterable[Entry]) -> tuple[dict[str, str], dict[str, str]]:
    """The codes of regions by their names, and by their names without what kind of region they are."""
    whole, stems = dict[str, str](), dict[str, str]()
    for entry in entries:
        name = normal(entry.said) if entry.kind is EntryKind.REGION else ""
        if len(name) > 1:
            whole[name] = entry.region
            stems.setdefault(stem(name), entry.region)
    return whole, stems


def _reads(entry: Entry, regions: Mapping[str, str], cities: Sequence[str]) -> Iterator[Parts]:
    """The names under which an entry is kept: its own, and a landmark's without the city before it."""
    read = _read(entry, regions)
    yield read
    if entry.kind is EntryKind.LANDMARK:
        shorter = without_city(read.name, cities)
        if shorter is not None:
            yield replace(read, name=shorter)


def _read(entry: Entry, regions: Mapping[str, str]) -> Parts:
    """The name and numbers of an entry: of a house both, of anything else all of it is the name."""
    if entry.kind in (EntryKind.BUILDING, EntryKind.LANDMARK):
        return house_told(entry.said, regions)
    if entry.kind is EntryKind.CROSSING:
        return crossing_told(entry.said)
    return Parts(normal(entry.said))


def _radius_m(parts: Parts) -> float | None:
    if parts.metres is not None:
        return max(20.0, 0.25 * parts.metres)
    if parts.heading is not None:
        return SIDE_M
    if parts.facing:
        return FACING_M
    return NEAR_M if parts.near else None


def _fit(entry: Entry, parts: Parts, lack: Lack | None) -> float:
    """A house where one was asked for, or the nearest number; an estate or landmark where its building is not known;
    else the whole before its parts."""
    if lack is Lack.BUILDING:
        right = entry.kind in (EntryKind.ESTATE, EntryKind.LANDMARK)
    else:
        right = (entry.kind is EntryKind.BUILDING) is parts.numbered
    return 0.02 if right else 0.0


def _hint(entry: Entry, within: str) -> float:
    """What makes an entry likelier: it lies in the region, or tells of the road, that was said."""
    if not within:
        return 0.0
    if within[0].isdigit():
        return 0.03 if entry.region.startswith(within) else 0.0
    return _BY_ROAD - 0.03 if within in normal(entry.said) else 0.0


def _keep(best: dict[str, Candidate], one: Candidate) -> None:
    known = best.get(one.entry.key)
    if known is None or one.score > known.score:
        best[one.entry.key] = one


def _rank(one: Candidate) -> tuple[float, int, str]:
    return -round(one.score, 3), len(one.entry.said), one.entry.key
