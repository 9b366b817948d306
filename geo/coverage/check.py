"""The whole check: every subject in turn, in metres, then what stands in each fault, then back to degrees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import get_args

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

from geo import crs, model
from geo.codes import Profile
from geo.coverage import parts, records, sizes, things, tiling
from geo.coverage.layers import Kind, Layer, Plane, common_plane, number_column, prepare
from geo.coverage.summary import gravest_first
from geo.errors import OptionError
from geo.model import Finding, Severity, SizeRule

PLACE_M = 1e-4
"""The grid on which places of findings are rounded: finer than anything that is reported."""
TOLERANCE_M = 0.05
"""Straight borders bend by up to 18 mm between degrees and metres; faults below this are digitising noise."""

_AREAL = frozenset({"gap", "overlap", "spill", "multipart", "exclave", "sliver"})


def check(
    communities: gpd.GeoDataFrame | None,
    grids: gpd.GeoDataFrame | None,
    buildings: gpd.GeoDataFrame | None = None,
    *,
    rule: SizeRule = SizeRule(),  # noqa: B008 (frozen)
    profile: str = Profile.CN,
    tolerance_m: float = TOLERANCE_M,
) -> list[Finding]:
    """Every finding about these layers, gravest first. Inputs are left alone.

    Layers: EPSG:4490 (a frame in another CRS is converted), columns of geo.model; optional ones may be
    missing or null. With communities and grids, grids are held against their communities; communities or
    grids alone, against one another. Invalid shapes are reported, repaired on a copy, and checked on.

    ``area_m2`` and ``width_m`` (the largest circle inside, see `shapes.widths_m`) are measured in
    `crs.metric_crs` at the middle. Faults of shape narrower than ``tolerance_m`` become one note of their kind,
    with ``count`` places; of the others ``count`` and ``households`` tell the buildings standing in them.
    ``geometry`` is in EPSG:4490; ``params["case"]`` tells variants of a finding apart.

    Raises OptionError where there is nothing to check or the tolerance is no length.
    """
    if not tolerance_m >= 0:
        raise OptionError("tolerance-impossible", value=tolerance_m)
    town, found = _prepared(communities, grids, buildings)
    kind = Profile(profile)
    found += _shape_faults(town, kind, tolerance_m=tolerance_m)
    found += _record_faults(town, kind)
    found += _building_faults(town, found, rule=rule, tolerance_m=tolerance_m)
    return _delivered(_with_contents(found, town.buildings), town.plane)


@dataclass(frozen=True, slots=True)
class _Town:
    """The layers in metres; one that was not handed in is empty."""

    communities: Layer
    grids: Layer
    buildings: Layer
    plane: Plane

    @property
    def areas(self) -> Layer:
        """What must cover the buildings."""
        return self.grids if len(self.grids) else self.communities


def _prepared(*delivered: gpd.GeoDataFrame | None) -> tuple[_Town, list[Finding]]:
    frames = [_degrees(frame) for frame in delivered]
    if len(frames[0]) + len(frames[1]) == 0:
        raise OptionError("check-nothing")
    plane = common_plane(frames)
    made = [
        prepare(frame, kind, plane=plane)
        for frame, kind in zip(frames, get_args(Kind), strict=True)
    ]
    layers = [layer for layer, _ in made]
    return _Town(layers[0], layers[1], layers[2], plane), [
        finding for _, found in made for finding in found
    ]


def _degrees(frame: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    if frame is None:
        return model.empty_layer(())
    if frame.crs is None or frame.crs.equals(CRS.from_user_input(model.CRS)):
        return frame
    return crs.frame_to_lonlat(frame, datum=None)


def _shape_faults(town: _Town, profile: Profile, *, tolerance_m: float) -> list[Finding]:
    found: list[Finding] = []
    for layer in (town.communities, town.grids):
        found += tiling.overlaps(layer, tolerance_m=tolerance_m)
        found += parts.parts(layer, tolerance_m=tolerance_m)
    found += parts.slivers(town.grids)
    # Grids need not cover what no community claims, so they are held against each other only alone.
    found += tiling.gaps_between(
        town.communities if len(town.communities) else town.grids, tolerance_m=tolerance_m
    )
    if len(town.communities) and len(town.grids):
        named = records.grid_parents(town.grids, town.communities, profile=profile)
        homes = tiling.home_rows(town.communities, town.grids, named)
        found += tiling.gaps_inside(town.communities, town.grids, tolerance_m=tolerance_m)
        found += tiling.spills(town.communities, town.grids, homes, tolerance_m=tolerance_m)
    return found


def _record_faults(town: _Town, profile: Profile) -> list[Finding]:
    found: list[Finding] = []
    for layer in (town.communities, town.grids, town.buildings):
        found += records.formats(layer, profile=profile) + records.duplicates(layer)
    named = records.grid_parents(town.grids, town.communities, profile=profile)
    return found + records.parents(town.grids, town.communities, named, profile=profile)


def _building_faults(
    town: _Town, shape_faults: Sequence[Finding], *, rule: SizeRule, tolerance_m: float
) -> list[Finding]:
    if not len(town.buildings):
        return sizes.sizes(town.grids, None, None, rule=rule)
    buildings, areas = town.buildings, town.areas
    standing = things.Standing(
        community=things.stand(buildings, town.communities, tolerance_m=tolerance_m),
        grid=things.stand(buildings, town.grids, tolerance_m=tolerance_m),
    )
    shared = [
        finding
        for finding in shape_faults
        if finding.code == "overlap" and finding.params["layer"] == areas.kind
    ]
    return [
        *things.uncovered(buildings, standing, communities=town.communities, areas=areas),
        *things.multiple(buildings, shared),
        *things.wrong_community(
            buildings, standing, communities=town.communities, tolerance_m=tolerance_m
        ),
        *sizes.sizes(town.grids, buildings, standing, rule=rule),
        *sizes.estates(town.grids, buildings, standing, rule=rule),
    ]


def _with_contents(found: Sequence[Finding], buildings: Layer) -> list[Finding]:
    """Faults of shape with the buildings that stand in them; notes keep their count of places."""
    result = list(found)
    rows = [
        row
        for row, finding in enumerate(found)
        if finding.code in _AREAL and finding.severity is not Severity.NOTE
    ]
    if not rows or not len(buildings):
        return result
    places = np.array([found[row].geometry for row in rows], dtype=object)
    place, inside = shapely.STRtree(buildings.shapes).query(places, predicate="intersects")
    households = number_column(buildings.table, "households")
    for position, row in enumerate(rows):
        within = inside[place == position]
        result[row] = replace(
            found[row],
            count=len(within),
            households=things.known_sum(households[within]) if len(within) else 0,
        )
    return result


def _delivered(found: Sequence[Finding], plane: Plane) -> list[Finding]:
    """Gravest, then widest first, with geometry in degrees."""
    ordered = gravest_first(found)
    shapes = np.array([one.geometry for one in ordered], dtype=object)
    # A difference of polygons may touch itself within rounding; on a grid of PLACE_M it stays valid in degrees too.
    sound = shapely.is_valid(shapes)
    shapes[sound] = shapely.set_precision(shapes[sound], PLACE_M)
    moved = crs.project(shapes, source=plane.metric, target=CRS.from_user_input(model.CRS))
    return [replace(one, geometry=shape) for one, shape in zip(ordered, moved, strict=True)]
