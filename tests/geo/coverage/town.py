"""A hand-drawn town of 3 x 3 communities, four grids each, to plant faults in. Shapes in metres from its corner."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import shapely
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from geo import crs
from geo.coverage import Coverage, Delivered, Measure, examine
from geo.model import CRS, Finding
from maps.findings import describe, title

METRIC = crs.metric_crs(117.0, 31.0)
CORNER = (500_000.0, 3_430_000.0)
SIDE = 400.0


def degrees(shapes: list[BaseGeometry]) -> list[BaseGeometry]:
    placed = [translate(shape, *CORNER) for shape in shapes]
    return list(crs.project(placed, source=METRIC, target=crs.LONLAT))


def metres(shape: BaseGeometry | None) -> BaseGeometry:
    assert shape is not None
    (moved,) = crs.project([shape], source=crs.LONLAT, target=METRIC)
    return translate(moved, -CORNER[0], -CORNER[1])


def layer(shapes: list[BaseGeometry], **columns: object) -> gpd.GeoDataFrame:
    """Shapes in metres from the corner as a layer."""
    return gpd.GeoDataFrame(columns, geometry=degrees(shapes), crs=CRS)


class Town:
    """Shapes in metres from the town's corner, every vertex shared."""

    def __init__(self) -> None:
        self.outlines: list[BaseGeometry] = [
            shapely.segmentize(shapely.box(x, y, x + SIDE, y + SIDE), SIDE / 2)
            for y in np.arange(3) * SIDE
            for x in np.arange(3) * SIDE
        ]
        self.communities = [f"34088100100{n + 1}" for n in range(9)]
        half = SIDE / 2
        self.shapes: list[BaseGeometry] = []
        self.codes: list[str | None] = []
        self.parents: list[str | None] = []
        for code, outline in zip(self.communities, self.outlines, strict=True):
            west, south = outline.bounds[:2]
            for n, (dx, dy) in enumerate(((0, 0), (half, 0), (0, half), (half, half))):
                x, y = west + dx, south + dy
                self.shapes.append(shapely.box(x, y, x + half, y + half))
                self.codes.append(f"{code}00{n + 1}")
                self.parents.append(code)
        self.points = [shape.centroid for shape in self.shapes]
        self.records = list(self.parents)
        self.estates = [f"e{n}" for n in range(36)]
        self.households = [400] * 36
        self.more: dict[str, object] = {}
        """Further columns of the buildings."""
        self.regions: gpd.GeoDataFrame | None = None
        self.things: dict[str, gpd.GeoDataFrame] = {}

    def delivered(self, *, buildings: bool = True) -> Delivered:
        places = layer(
            list(self.points),
            building_id=[f"b{n}" for n in range(len(self.points))],
            community_code=self.records,
            estate=self.estates,
            kind="residence",
            households=self.households,
            residents=[2 * n for n in self.households],
            **self.more,
        )
        return Delivered(
            layer(self.outlines, code=self.communities),
            layer(self.shapes, code=self.codes, community_code=self.parents),
            places if buildings else None,
            self.regions,
            self.things,
        )

    def examine(self, measure: Measure | None = None, *, buildings: bool = True) -> Coverage:
        seen = examine(self.delivered(buildings=buildings), measure or Measure())
        for finding in seen.findings:
            for lang in ("zh", "en"):
                assert describe(finding, lang) and title(finding.code, lang)
        return seen

    def check(self, *, tolerance_m: float = 0.05, buildings: bool = True) -> list[Finding]:
        measure = replace(Measure(), tolerance_m=tolerance_m)
        return list(self.examine(measure, buildings=buildings).findings)


def kinds(found: list[Finding] | tuple[Finding, ...]) -> list[str]:
    return sorted(one.code for one in found)


def only(found: list[Finding] | tuple[Finding, ...], code: str) -> Finding:
    (one,) = [finding for finding in found if finding.code == code]
    return one
