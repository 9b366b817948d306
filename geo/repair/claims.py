"""Which polygons claim which faces: pairs, and what hangs together of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.blocks.noding import Geometries
from geo.repair.faces import Arrangement, Bools, Ints


@dataclass(frozen=True, slots=True)
class Claims:
    """Pairs of a face and a polygon that has it, by face, then polygon; each once. faces, polygons: how many."""

    face: Ints
    polygon: Ints
    faces: int
    polygons: int

    def where(self, rows: Bools) -> Claims:
        """Some of the pairs."""
        return Claims(self.face[rows], self.polygon[rows], self.faces, self.polygons)

    def plus(self, face: Ints, polygon: Ints) -> Claims:
        """These pairs and more."""
        keys = np.unique(np.concatenate([self.keys, face * self.polygons + polygon]))
        return Claims(keys // self.polygons, keys % self.polygons, self.faces, self.polygons)

    @property
    def keys(self) -> Ints:
        """One number a pair, rising."""
        return self.face * self.polygons + self.polygon

    def has(self, face: Ints, polygon: Ints) -> Bools:
        """Whether pairs are among these."""
        return np.isin(face * self.polygons + polygon, self.keys)

    @property
    def count(self) -> Ints:
        """How many polygons claim each face."""
        return np.bincount(self.face, minlength=self.faces)

    @property
    def only(self) -> Ints:
        """The polygon of each face that exactly one claims, else -1."""
        result = np.full(self.faces, -1, dtype=np.intp)
        result[self.face] = self.polygon
        result[self.count != 1] = -1
        return result

    def set_numbers(self) -> Ints:
        """A number for the set of polygons that claim each face: the same for the same set."""
        first = np.searchsorted(self.face, np.arange(self.faces + 1))
        sets: dict[tuple[int, ...], int] = {(): 0}
        shared = np.flatnonzero(np.diff(first) > 1)
        result = self.only + 1
        for face in shared:
            mine = tuple(self.polygon[first[face] : first[face + 1]].tolist())
            result[face] = self.polygons + sets.setdefault(mine, len(sets))
        return result


def claims_of(arrangement: Arrangement, polygons: Geometries) -> Claims:
    """In which polygons each face lies."""
    points = shapely.STRtree(shapely.point_on_surface(arrangement.shapes))
    polygon, face = points.query(polygons, predicate="intersects")
    order = np.lexsort((polygon, face))
    return Claims(face[order], polygon[order], len(arrangement), len(polygons))


def pieces(arrangement: Arrangement, pairs: Claims) -> Ints:
    """For each pair the number of the piece of its polygon that it is of: faces of one polygon that touch."""
    first = np.searchsorted(pairs.face, arrangement.face)
    many = np.searchsorted(pairs.face, arrangement.face, side="right") - first
    border = np.repeat(np.arange(len(first)), many)
    within = np.arange(len(border)) - np.repeat(np.cumsum(many) - many, many)
    one = first[border] + within
    keys = pairs.keys
    wanted = arrangement.other[border] * pairs.polygons + pairs.polygon[one]
    other = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
    both = keys[other] == wanted
    return joined(one[both], other[both], len(keys))


def joined(i: Ints, j: Ints, count: int) -> Ints:
    """The number of the component of each of ``count`` things, where i and j hang together."""
    graph = coo_array((np.ones(len(i)), (i, j)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.intp)
