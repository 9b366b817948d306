"""Who gets what is narrow: spills, crumbs, overlaps and gaps below the tolerance, on one level."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely

from geo.blocks.noding import Geometries, merge
from geo.coverage.layers import grouped
from geo.coverage.shapes import widths_m
from geo.repair.claims import Claims, joined, pieces
from geo.repair.faces import Arrangement, Bools, Floats, Ints

NOBODY = -1
_ROUNDS = 5
"""What lies between two narrow faults waits until one of these is settled."""

Allowed = Callable[[Ints, Ints], Bools]
"""``allowed(face, polygon)``: whether a polygon may get a face."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Faces that hang together and are faulty alike: the number of each face's region (-1: none), and how wide each
    region is."""

    region: Ints
    shapes: Geometries
    width_m: Floats

    def narrow(self, within_m: float) -> Ints:
        """Each face's region where that is no wider than the tolerance, else -1."""
        wide = np.append(self.width_m > within_m, True)
        return np.where(wide[self.region], NOBODY, self.region)


def without_spills(
    arrangement: Arrangement, held: Claims, at_home: Bools, *, within_m: float
) -> Claims:
    """Polygons without what reaches out of their home no farther than the tolerance. ``at_home``: of each pair."""
    away = ~at_home
    rows = np.flatnonzero(away)
    return _without(arrangement, held, rows, pieces(arrangement, held.where(away)), within_m)


def without_crumbs(arrangement: Arrangement, held: Claims, *, within_m: float) -> Claims:
    """Polygons without their narrow lesser parts."""
    part = pieces(arrangement, held)
    area = np.bincount(part, shapely.area(arrangement.shapes)[held.face])
    largest = np.zeros(held.polygons)
    np.maximum.at(largest, held.polygon, area[part])
    rows = np.flatnonzero(area[part] < largest[held.polygon])
    return _without(arrangement, held, rows, part[rows], within_m)


def _without(
    arrangement: Arrangement, held: Claims, rows: Ints, piece: Ints, within_m: float
) -> Claims:
    """Without those pairs (``rows``) whose piece is no wider than the tolerance."""
    groups = [mine for _, mine in grouped(piece, rows)]
    widths = _widths([arrangement.shapes[held.face[mine]] for mine in groups])[1]
    keep = np.ones(len(held.face), dtype=np.bool_)
    for mine, width in zip(groups, widths, strict=True):
        keep[mine] = width > within_m
    return held.where(keep)


def _widths(groups: list[Geometries]) -> tuple[Geometries, Floats]:
    """Each group of faces as one polygon, and how wide that is."""
    merged = np.empty(len(groups), dtype=object)
    for at, faces in enumerate(groups):
        merged[at] = merge(faces)
    return merged, widths_m(merged) if len(merged) else np.empty(0)


def without_overlaps(
    arrangement: Arrangement, held: Claims, order: Ints, *, within_m: float
) -> Claims:
    """Narrow overlaps given to that one of the claimants with which they share the longest border.

    ``order``: the rank of each polygon; the first wins a tie, and where none shares a border.
    """
    for _ in range(_ROUNDS):
        shared = held.count > 1
        if not shared.any():
            break
        fault = _faults(arrangement, np.where(shared, held.set_numbers(), NOBODY))
        narrow = fault.narrow(within_m)
        winner = _winners(arrangement, narrow, held.only, order, held.has)
        won = np.append(winner, NOBODY)[narrow[held.face]]
        if (won == NOBODY).all():
            break
        held = held.where((won == NOBODY) | (won == held.polygon))
    return _firsts(arrangement, held, order, within_m=within_m)


def _firsts(arrangement: Arrangement, held: Claims, order: Ints, *, within_m: float) -> Claims:
    """Narrow overlaps that no claimant borders on go to the first of them."""
    shared = held.count > 1
    if not shared.any():
        return held
    narrow = _faults(arrangement, np.where(shared, held.set_numbers(), NOBODY)).narrow(within_m)
    rows = np.flatnonzero(narrow[held.face] != NOBODY)
    by_rank = rows[np.lexsort((order[held.polygon[rows]], held.face[rows]))]
    later = np.append(False, np.diff(held.face[by_rank]) == 0)[: len(by_rank)]
    keep = np.ones(len(held.face), dtype=np.bool_)
    keep[by_rank[later]] = False
    return held.where(keep)


def without_gaps(
    arrangement: Arrangement,
    held: Claims,
    kind: Ints,
    order: Ints,
    allowed: Allowed,
    *,
    within_m: float,
) -> Claims:
    """Narrow gaps given to that polygon beside them with which they share the longest border.

    ``kind``: of faces that somebody must have (-1: nobody must); gaps of two kinds are settled apart.
    """
    for _ in range(_ROUNDS):
        open_ = (held.count == 0) & (kind != NOBODY)
        fault = _faults(arrangement, np.where(open_, kind, NOBODY))
        narrow = fault.narrow(within_m)
        parted = _faults(arrangement, np.where(narrow == NOBODY, NOBODY, kind), across_cuts=False)
        winner = _winners(arrangement, parted.region, held.only, order, allowed)
        won = np.append(winner, NOBODY)[parted.region]
        faces = np.flatnonzero(won != NOBODY)
        if len(faces) == 0:
            break
        held = held.plus(faces, won[faces])
    return held


def narrow_gaps(arrangement: Arrangement, held: Claims, kind: Ints, *, within_m: float) -> Fault:
    """The gaps that `without_gaps` would settle."""
    fault = _faults(arrangement, np.where((held.count == 0) & (kind != NOBODY), kind, NOBODY))
    return Fault(fault.narrow(within_m), fault.shapes, fault.width_m)


def enclosed(arrangement: Arrangement, among: Bools) -> Bools:
    """Faces ``among`` which nothing leads out of: their region has no rim without a face."""
    region = _regions(arrangement, np.where(among, 0, NOBODY))
    open_m = np.bincount(region[among], arrangement.open_m[among], int(region.max(initial=0)) + 1)
    return among & (np.append(open_m, 1.0)[region] < 1e-6)


def _regions(arrangement: Arrangement, kind: Ints, *, across_cuts: bool = True) -> Ints:
    """The number of each face's region: faces of one kind that touch; -1 for faces of kind -1."""
    i, j = arrangement.face, arrangement.other
    alike = (kind[i] == kind[j]) & (kind[i] != NOBODY)
    if not across_cuts:
        alike &= ~arrangement.cut
    group = joined(i[alike], j[alike], len(kind))
    chosen = kind != NOBODY
    region = np.full(len(kind), NOBODY, dtype=np.intp)
    region[chosen] = np.unique(group[chosen], return_inverse=True)[1]
    return region


def _faults(arrangement: Arrangement, kind: Ints, *, across_cuts: bool = True) -> Fault:
    region = _regions(arrangement, kind, across_cuts=across_cuts)
    chosen = np.flatnonzero(region != NOBODY)
    groups = [arrangement.shapes[mine] for _, mine in grouped(region[chosen], chosen)]
    return Fault(region, *_widths(groups))


def _winners(
    arrangement: Arrangement, region: Ints, only: Ints, order: Ints, allowed: Allowed
) -> Ints:
    """For each region the allowed polygon with the longest border to it, -1 for none."""
    winner = np.full(int(region.max(initial=NOBODY)) + 1, NOBODY, dtype=np.intp)
    mine, polygon = region[arrangement.face], only[arrangement.other]
    rows = np.flatnonzero((mine != NOBODY) & (polygon != NOBODY))
    rows = rows[allowed(arrangement.face[rows], polygon[rows])]
    pairs = np.column_stack([mine[rows], polygon[rows]])
    known, of = np.unique(pairs, axis=0, return_inverse=True)
    length = np.bincount(of.reshape(-1), arrangement.length_m[rows], len(known))
    # Within a micrometre two borders are equally long; the last one written stays, so the best comes last.
    best = np.lexsort((-order[known[:, 1]], np.round(length, 6), known[:, 0]))
    winner[known[best, 0]] = known[best, 1]
    return winner
