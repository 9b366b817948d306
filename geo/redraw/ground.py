"""What does not change while a plan is changed: who lives where, what runs through, what was reported, who answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo.blocks.adjacency import Lines
from geo.blocks.noding import LONLAT, Geometries
from geo.codes import Profile
from geo.crs import project
from geo.model import SizeRule

Ints = NDArray[np.intp]


@dataclass(frozen=True, eq=False)  # no slots: cached properties
class Homes:
    """The buildings of a community as arrays, in the order of ``table`` (BUILDING_COLUMNS as delivered).

    ids: unique ("#row" for those without a number of their own). points: one inside each, EPSG:4490, empty where it has
    no place; households, residents: whole numbers, 0 where unknown.
    """

    table: pd.DataFrame
    ids: tuple[str, ...]
    points: Geometries
    households: NDArray[np.int64]
    residents: NDArray[np.int64]
    estate: NDArray[np.object_]
    label: NDArray[np.object_]

    @cached_property
    def row_of(self) -> Mapping[str, int]:
        """The row of each id."""
        return {one: row for row, one in enumerate(self.ids)}

    def rows(self, ids: tuple[str, ...]) -> list[int]:
        """The rows of some ids; of one that is no more, none."""
        return [self.row_of[one] for one in ids if one in self.row_of]


@dataclass(frozen=True, eq=False)  # no slots: cached properties
class Ground:
    """One community. outline: made of its blocks (EPSG:4490). incidents: points of last year's. officers: the names of
    those who answer for a grid, by its code; None where that is not known. grid_name: a pattern with {community} and
    {number}."""

    code: str
    name: str
    outline: shapely.Geometry
    metric_crs: pyproj.CRS
    homes: Homes
    lines: Lines
    incidents: Geometries
    rule: SizeRule
    profile: Profile = Profile.CN
    grid_name: str = "{community}-{number}"
    officers: Mapping[str, tuple[str, ...]] | None = None
    known: dict[str, Any] = field(default_factory=dict, repr=False)
    """What was found out about it once and for all, by who found it out."""

    @property
    def bounds(self) -> SizeRule:
        """The bounds of this community's grids."""
        return self.rule.of(self.code)

    @cached_property
    def homes_tree(self) -> shapely.STRtree:
        """Of the buildings' points."""
        return shapely.STRtree(self.homes.points)

    @cached_property
    def incidents_tree(self) -> shapely.STRtree:
        """Of the incidents' points."""
        return shapely.STRtree(self.incidents)

    def metres(self, shapes: Geometries) -> Geometries:
        """Shapes in the metric CRS."""
        return project(shapes, source=LONLAT, target=self.metric_crs)

    def degrees(self, shapes: Geometries) -> Geometries:
        """Shapes of the metric CRS in EPSG:4490."""
        return project(shapes, source=self.metric_crs, target=LONLAT)
