"""Faults of shapes and codes on every level: city, streets, communities, grids."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.coverage import parts, records
from geo.coverage.between import gaps_between, union
from geo.coverage.inside import gaps_inside, spills
from geo.coverage.layers import Layer
from geo.coverage.overlaps import Pairs, overlaps, torn_pairs
from geo.coverage.town import Town
from geo.model import Finding


def shape_faults(town: Town) -> list[Finding]:
    """Gaps, overlaps, spills, parts, exclaves and slivers."""
    tolerance_m = town.measure.tolerance_m
    found: list[Finding] = []
    for layer in (town.cities, town.streets, town.communities):
        found += parts.parts(layer, tolerance_m=tolerance_m)
    found += parts.parts(town.grids, tolerance_m=tolerance_m, ground=town.communities.shapes)
    found += parts.slivers(town.grids)
    found += _overlaps(town)
    found += _between(town)
    for pair in (*town.regions_within, *((town.grids_within,) if town.grids_within else ())):
        found += gaps_inside(pair, tolerance_m=tolerance_m)
        found += spills(pair, tolerance_m=tolerance_m)
    return found


def _overlaps(town: Town) -> list[Finding]:
    """On every level. Grids that tile communities which do not overlap can't overlap: the others are looked at."""
    tolerance_m = town.measure.tolerance_m
    streets, communities = torn_pairs(town.streets.shapes), torn_pairs(town.communities.shapes)
    grids = torn_pairs(town.grids.shapes, suspects=_suspects(town, communities))
    return [
        *overlaps(town.streets, streets, tolerance_m=tolerance_m),
        *overlaps(town.communities, communities, tolerance_m=tolerance_m),
        *overlaps(town.grids, grids, tolerance_m=tolerance_m),
    ]


def _suspects(town: Town, torn: Pairs) -> NDArray[np.bool_] | None:
    """Grids that may overlap; None for all."""
    pair = town.grids_within
    if pair is None:
        return None
    return pair.suspects | np.isin(pair.homes, np.concatenate(torn))


def _between(town: Town) -> list[Finding]:
    """Gaps on the highest level that is there, and below it where nothing above says what is to be covered.

    Grids need not cover what no community claims, so they are held against each other only alone.
    """
    lower = town.communities if len(town.communities) else town.grids
    found = []
    for layer in (town.streets, lower):
        above = [pair.outer for pair in town.regions_within if pair.inner is layer]
        told = union(above[0].shapes) if above else None
        found += gaps_between(layer, tolerance_m=town.measure.tolerance_m, told=told)
    return found


def record_faults(town: Town) -> list[Finding]:
    """Codes that are malformed, given twice, or under a parent that is not theirs."""
    profile = town.measure.profile
    found: list[Finding] = []
    layers: tuple[Layer, ...] = (town.cities, town.streets, town.communities, town.grids)
    for layer in (*layers, town.buildings):
        found += records.formats(layer, profile=profile) + records.duplicates(layer)
    for pair in town.regions_within:
        found += records.parents(pair.inner, pair.outer, pair.named, profile=profile)
    named = records.grid_parents(town.grids, town.communities, profile=profile)
    return found + records.parents(town.grids, town.communities, named, profile=profile)
