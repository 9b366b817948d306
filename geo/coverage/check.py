"""The whole check: every subject in turn, in metres, then what stands in each fault, then back to degrees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geo import crs, model
from geo.codes import Profile
from geo.coverage import ages, answering, shapefaults
from geo.coverage.contents import with_contents
from geo.coverage.delivered import TOLERANCE_M, Delivered, Measure
from geo.coverage.layers import Plane
from geo.coverage.rates import CoverageRate, coverage_rate
from geo.coverage.summary import gravest_first
from geo.coverage.things import Points
from geo.coverage.town import Town, town_of
from geo.errors import OptionError
from geo.model import Finding, SizeRule

PLACE_M = 1e-4
"""The grid on which places of findings are rounded: finer than anything that is reported."""

_CUT = frozenset({"gap", "overlap", "spill", "multipart", "exclave", "thing-uncovered"})
"""Findings whose places were made by cutting shapes; those of others are whole shapes as they came."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """findings: gravest first. rate: the headline figure, from the same look at the same layers. houses: the codes of
    the buildings that it counts ("#row" for those without one), in their order; out: which of these are not covered.
    points: of each layer of things that has points, which of them are not."""

    findings: tuple[Finding, ...]
    rate: CoverageRate
    houses: NDArray[np.object_]
    out: NDArray[np.bool_]
    points: Mapping[str, Points]


def check(
    communities: gpd.GeoDataFrame | None,
    grids: gpd.GeoDataFrame | None,
    buildings: gpd.GeoDataFrame | None = None,
    *,
    rule: SizeRule = SizeRule(),  # noqa: B008 (frozen)
    profile: str = Profile.CN,
    tolerance_m: float = TOLERANCE_M,
) -> list[Finding]:
    """Every finding about these layers, gravest first: `examine` for who needs no more."""
    measure = Measure(rule=rule, profile=Profile(profile), tolerance_m=tolerance_m)
    return list(examine(Delivered(communities, grids, buildings), measure).findings)


def examine(delivered: Delivered, measure: Measure) -> Coverage:
    """Every finding about what was delivered, and the coverage rate. Inputs are left alone.

    With communities and grids, grids are held against their communities; communities or grids alone, against one
    another; communities against their streets and streets against their city where regions are there. Invalid shapes
    are reported, repaired on a copy, and checked on.

    ``area_m2`` and ``width_m`` (the largest circle inside, see `shapes.widths_m`) are measured in
    `crs.metric_crs` at the middle. Faults of shape narrower than the tolerance become one note of their kind,
    with ``count`` places; of the others ``count``, ``households`` and ``params["standing"]`` tell what stands in them.
    ``geometry`` is in EPSG:4490; ``params["case"]`` tells variants of a finding apart.

    Raises OptionError where there is nothing to check or the tolerance is no length.
    """
    if not measure.tolerance_m >= 0:
        raise OptionError("tolerance-impossible", value=measure.tolerance_m)
    town, found = town_of(delivered, measure)
    found += shapefaults.shape_faults(town)
    found += shapefaults.record_faults(town)
    answers = answering.answers(town, found)
    found += answers.findings
    found = with_contents(
        found, town.buildings, town.tree, town.things, tolerance_m=measure.tolerance_m
    )
    rate = coverage_rate(town.buildings, answers.out, things=answers.things, ages=_ages(town))
    findings = tuple(in_lonlat(found, town.plane))
    return Coverage(
        findings, rate, houses=town.buildings.codes, out=answers.out, points=answers.points
    )


def _ages(town: Town) -> dict[str, ages.Age]:
    """How old each layer that was handed over is."""
    tables: dict[str, pd.DataFrame] = {
        layer.kind: layer.table
        for layer in (town.communities, town.grids, town.buildings)
        if len(layer)
    }
    tables |= {layer.name: layer.table for layer in town.things}
    return {
        name: ages.age_of(ages.days_of(table), town.measure.at) for name, table in tables.items()
    }


def in_lonlat(found: Sequence[Finding], plane: Plane) -> list[Finding]:
    """Gravest, then widest first, with geometry in degrees."""
    ordered = gravest_first(found)
    shapes = np.array([one.geometry for one in ordered], dtype=object)
    # A difference of polygons may touch itself within rounding; on a grid of PLACE_M it stays valid in degrees too.
    cut = np.array([one.code in _CUT for one in ordered], dtype=np.bool_)
    sound = cut & shapely.is_valid(shapes)
    shapes[sound] = shapely.set_precision(shapes[sound], PLACE_M)
    moved = crs.project(shapes, source=plane.metric, target=CRS.from_user_input(model.CRS))
    return [replace(one, geometry=shape) for one, shape in zip(ordered, moved, strict=True)]
