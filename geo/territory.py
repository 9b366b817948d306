"""Who lies in whom: city, streets, communities and grids as one tree, and numbers summed up it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.codes import Level
from geo.coverage.layers import text_column

DEPTH = (Level.CITY, Level.STREET, Level.COMMUNITY, Level.GRID)
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Place:
    """One node. parent: the code of the place that it lies in; None for the whole."""

    code: str
    level: Level
    name: str | None
    parent: str | None


class Territory:
    """Places, each after its parent; the first is the whole city (code "" where several cities, or none, are known).

    A place whose parent is unknown, itself, or below it lies directly in the whole; of two places with one code the
    first counts.
    """

    def __init__(self, places: Iterable[Place]) -> None:
        known = {place.code: place for place in reversed(list(places)) if place.code}
        cities = [place for place in known.values() if place.level is Level.CITY]
        root = cities[0] if len(cities) == 1 else Place("", Level.CITY, None, None)
        known.pop(root.code, None)
        linked = {code: _link(place, known, root.code) for code, place in known.items()}
        rest = sorted(linked.values(), key=lambda place: (DEPTH.index(place.level), place.code))
        self.places: tuple[Place, ...] = (replace(root, parent=None), *rest)
        self._row = {place.code: row for row, place in enumerate(self.places)}
        self._parent = [
            -1 if place.parent is None else self._row[place.parent] for place in self.places
        ]

    @property
    def root(self) -> Place:
        """The whole."""
        return self.places[0]

    def __len__(self) -> int:
        return len(self.places)

    def __contains__(self, code: object) -> bool:
        return code in self._row

    def rows(self, codes: Iterable[object]) -> Rows:
        """The position of each code in ``places``; 0, the whole, for one that is not known."""
        return np.array([self._row.get(code, 0) for code in codes], dtype=np.intp)  # type: ignore[call-overload]

    def row(self, code: str) -> int:
        """The position of a code in ``places``. KeyError for an unknown one."""
        return self._row[code]

    def line(self, row: int) -> tuple[int, ...]:
        """The positions from a place up to the whole."""
        found = []
        while row >= 0:
            found.append(row)
            row = self._parent[row]
        return tuple(found)

    def children(self) -> list[list[int]]:
        """Of each place, the positions of the places right below it."""
        found: list[list[int]] = [[] for _ in self.places]
        for row, parent in enumerate(self._parent):
            if parent >= 0:
                found[parent].append(row)
        return found

    def path(self, code: str) -> tuple[Place, ...]:
        """The places from the whole down to this one. KeyError for an unknown code."""
        return tuple(self.places[row] for row in reversed(self.line(self._row[code])))

    def below(self, code: str) -> NDArray[np.bool_]:
        """Of each place, whether it is this one or lies in it. KeyError for an unknown code."""
        inside = np.zeros(len(self), dtype=bool)
        inside[self._row[code]] = True
        for row, parent in enumerate(self._parent):  # each place stands after its parent
            if parent >= 0:
                inside[row] |= inside[parent]
        return inside

    def summed(self, rows: Rows, values: ArrayLike | None = None) -> NDArray[np.float64]:
        """Of each place, the sum of ``values`` (default: 1 each) that belong to it or to a place in it."""
        weights = None if values is None else np.asarray(values, dtype=np.float64)
        sums = np.bincount(rows, weights=weights, minlength=len(self)).astype(np.float64)
        for row in range(len(self) - 1, 0, -1):
            sums[self._parent[row]] += sums[row]
        return sums


def territory(
    regions: gpd.GeoDataFrame | None,
    grids: gpd.GeoDataFrame,
    communities: gpd.GeoDataFrame | None = None,
) -> Territory:
    """The tree of ``regions`` (code, name, level, parent_code), ``communities`` (code, name) and ``grids`` (code, name,
    community_code); any column but code may be missing, and the digits of a Chinese code tell its parent where nothing
    else does."""
    places = [] if regions is None else _places(regions, None, "parent_code")
    if communities is not None:
        places += _places(communities, Level.COMMUNITY, "parent_code")
    return Territory(places + _places(grids, Level.GRID, "community_code"))


def standing(
    areas: NDArray[np.object_], codes: NDArray[np.object_], points: NDArray[np.object_]
) -> NDArray[np.object_]:
    """The code of the area that each point (shapely; None is nowhere) stands in, the lowest of several; "" for none."""
    order = np.argsort(codes, kind="stable")
    tree = shapely.STRtree(areas[order])
    point, area = tree.query(points, predicate="intersects")
    found = np.full(len(points), len(order), dtype=np.intp)
    np.minimum.at(found, point, area)
    return np.asarray(np.append(codes[order], "")[found], dtype=object)


def _places(frame: gpd.GeoDataFrame, level: Level | None, parent: str) -> list[Place]:
    levels = text_column(frame, "level") if level is None else [level] * len(frame)
    columns = (text_column(frame, name) for name in ("code", "name", parent))
    return [
        Place(code, _level(deep), name or None, above or _above(code))
        for code, name, above, deep in zip(*columns, levels, strict=True)
    ]


def _level(told: str) -> Level:
    """A street where nothing is told, or a word that means no level."""
    return Level(told) if told in set(Level) else Level.STREET


def _above(code: str) -> str | None:
    return code[:-3] if code.isdigit() and len(code) in (9, 12, 15) else None


def _link(place: Place, known: dict[str, Place], root: str) -> Place:
    """The place with a parent that is known and stands higher, else with the whole as its parent."""
    above = known.get(place.parent or "")
    if above is None or DEPTH.index(above.level) >= DEPTH.index(place.level):
        return replace(place, parent=root)
    return place
