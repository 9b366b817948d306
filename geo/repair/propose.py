"""A whole delivery repaired within a tolerance: communities first, then their grids, on one noding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import shapely

from geo.blocks.noding import Geometries, merge
from geo.coverage import Coverage, Delivered, Measure, examine
from geo.coverage.between import open_strips
from geo.coverage.layers import Layer, grouped
from geo.coverage.town import Town, in_degrees, town_of
from geo.errors import OptionError
from geo.repair.changes import Carrier, Changed, changes_of
from geo.repair.claims import Claims, claims_of
from geo.repair.cuts import cuts_across
from geo.repair.faces import Arrangement, Bools, Ints, arrange
from geo.repair.settle import (
    NOBODY,
    Allowed,
    enclosed,
    narrow_gaps,
    without_crumbs,
    without_gaps,
    without_overlaps,
    without_spills,
)

_NO_LINES: Geometries = np.empty(0, dtype=object)
_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Proposal:
    """communities, grids: the layers mended, row by row with every column as it came (None: not delivered).

    changed: what would be different, by layer. within_m: the tolerance. remaining: what a check finds afterwards.
    """

    communities: gpd.GeoDataFrame | None
    grids: gpd.GeoDataFrame | None
    changed: Mapping[str, Changed]
    within_m: float
    remaining: Coverage


def propose(delivered: Delivered, measure: Measure, *, within_m: float) -> Proposal:
    """What becomes of communities and grids if every gap, overlap, spill and crumb no wider than ``within_m`` is given
    to the polygon with the longest border to it (a long gap piece by piece). Inputs are left alone.

    Wider faults stay: both claimants keep what they share. Afterwards polygons share every vertex with their
    neighbours, and grids with their communities. A polygon that nothing concerns keeps its very doubles (but for
    vertices that its neighbours have on its border). Rows without a usable shape stay as they are.
    Raises OptionError for a tolerance that is no length, or where there is nothing to repair.
    """
    if not (np.isfinite(within_m) and within_m > 0):
        raise OptionError("tolerance-impossible", value=within_m)
    town, _ = town_of(delivered, measure)
    layers = (town.communities, town.grids)
    arrangement, held = _settled(town, within_m)
    carrier = Carrier(town, [delivered.communities, delivered.grids])
    shapes = [
        carrier.carried(_merged(arrangement, mine, len(layer)))
        for layer, mine in zip(layers, held, strict=True)
    ]
    communities, grids = (
        _mended(frame, layer, mine)
        for frame, layer, mine in zip(
            (delivered.communities, delivered.grids), layers, shapes, strict=True
        )
    )
    changed: dict[str, Changed] = {
        layer.kind: changes_of(town, layer, mine)
        for layer, mine in zip(layers, shapes, strict=True)
        if len(layer)
    }
    after = replace(delivered, communities=communities, grids=grids)
    return Proposal(communities, grids, changed, within_m, examine(after, measure))


def _merged(arrangement: Arrangement, held: Claims, count: int) -> Geometries:
    """Each polygon from its faces; empty where it has none left."""
    result = np.full(count, shapely.Polygon(), dtype=object)
    order = np.argsort(held.polygon, kind="stable")
    for row, faces in grouped(held.polygon[order], held.face[order]):
        result[row] = merge(arrangement.shapes[faces])
    return result


def _mended(
    frame: gpd.GeoDataFrame | None, layer: Layer, shapes: Geometries
) -> gpd.GeoDataFrame | None:
    """The delivered frame in EPSG:4490 with the new shapes where its rows had usable ones."""
    if frame is None:
        return None
    new = in_degrees(frame).copy()
    geometry = np.array(new.geometry.values, dtype=object)
    geometry[layer.rows] = shapes
    return new.set_geometry(gpd.GeoSeries(geometry, index=new.index, crs=new.crs))


def _settled(town: Town, within_m: float) -> tuple[Arrangement, list[Claims]]:
    """All faces, and who has them on both levels. Twice where a long gap has to be cut first."""
    upper = town.communities if len(town.communities) else town.grids
    closing = open_strips(upper, tolerance_m=within_m)
    polygons = np.concatenate([town.communities.shapes, town.grids.shapes])
    arrangement = arrange(polygons, closing, _NO_LINES)
    held, cuts = _levels(town, arrangement, closing, within_m)
    if len(cuts):
        arrangement = arrange(polygons, closing, cuts)
        held, _ = _levels(town, arrangement, closing, within_m)
    return arrangement, held


def _levels(
    town: Town, arrangement: Arrangement, closing: Geometries, within_m: float
) -> tuple[list[Claims], Geometries]:
    """The claims on communities and on grids, settled; and the cuts that long gaps ask for."""
    communities = claims_of(arrangement, town.communities.shapes)
    grids = claims_of(arrangement, town.grids.shapes)
    cuts = _NO_LINES
    if len(town.communities):
        level = _alone(town.communities, arrangement, communities, closing)
        communities, cuts = level.settled(communities, within_m=within_m)
    if len(town.grids) and town.grids_within is not None:
        level = _at_home(town.grids, arrangement, communities, town.grids_within.homes)
        grids = level.trimmed(grids, within_m=within_m)
    elif len(town.grids):
        level = _alone(town.grids, arrangement, grids, closing)
    if len(town.grids):
        grids, more = level.settled(grids, within_m=within_m)
        cuts = np.concatenate([cuts, more])
    return [communities, grids], cuts


@dataclass(frozen=True, slots=True)
class _Level:
    """What one level is settled by. kind: of faces that somebody must have (-1: nobody must); order: the rank of each
    polygon; allowed: which polygon may get which face."""

    arrangement: Arrangement
    kind: Ints
    order: Ints
    allowed: Allowed

    def trimmed(self, held: Claims, *, within_m: float) -> Claims:
        """Without what leaves its home by no more than the tolerance."""
        at_home = self.allowed(held.face, held.polygon)
        return without_spills(self.arrangement, held, at_home, within_m=within_m)

    def settled(self, held: Claims, *, within_m: float) -> tuple[Claims, Geometries]:
        """Without narrow overlaps, crumbs and gaps; and the cuts that long gaps ask for."""
        held = without_crumbs(self.arrangement, held, within_m=within_m)
        held = without_overlaps(self.arrangement, held, self.order, within_m=within_m)
        gaps = narrow_gaps(self.arrangement, held, self.kind, within_m=within_m)
        cuts = cuts_across(self.arrangement, gaps.region, held.only, within_m=within_m)
        for _ in range(_ROUNDS):
            held = without_gaps(
                self.arrangement, held, self.kind, self.order, self.allowed, within_m=within_m
            )
            # What an overlap was settled by may hang on its new owner by a corner only: then it is a crumb.
            tidy = without_crumbs(self.arrangement, held, within_m=within_m)
            if len(tidy.face) == len(held.face):
                break
            held = tidy
        return held, cuts


def _alone(layer: Layer, arrangement: Arrangement, held: Claims, closing: Geometries) -> _Level:
    """A level with none above it: gaps are what it encloses, and open strips between neighbours."""
    free = held.count == 0
    wanted = enclosed(arrangement, free) | (free & (claims_of(arrangement, closing).count > 0))
    wanted |= ~free

    def allowed(face: Ints, _: Ints) -> Bools:
        return np.ones(len(face), dtype=np.bool_)

    return _Level(arrangement, np.where(wanted, 0, NOBODY), _ranks(layer), allowed)


def _at_home(layer: Layer, arrangement: Arrangement, above: Claims, home: Ints) -> _Level:
    """Grids in their communities (``home``: the row of each one's): gaps are what of a community nobody has."""

    def allowed(face: Ints, polygon: Ints) -> Bools:
        return above.has(face, home[polygon]) & (home[polygon] >= 0)

    kind = np.where(above.count > 0, above.set_numbers(), NOBODY)
    return _Level(arrangement, kind, _ranks(layer), allowed)


def _ranks(layer: Layer) -> Ints:
    """The place of each row in the order of codes."""
    ranks = np.empty(len(layer), dtype=np.intp)
    ranks[np.argsort(layer.codes.astype(str), kind="stable")] = np.arange(len(layer))
    return ranks
