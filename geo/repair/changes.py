"""What a repair changes, polygon by polygon; and vertices carried back to the very degrees that they came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo import crs
from geo.blocks.noding import GRID_M, Geometries, vertex_ids
from geo.coverage.buildings import NOWHERE, Rows, stand
from geo.coverage.layers import Layer
from geo.coverage.shapes import NODING_M, widths_m
from geo.coverage.town import Town, in_degrees
from geo.crs import LONLAT


@dataclass(frozen=True, slots=True)
class RepairFigures:
    """What a polygon gains and loses, how wide that is at most, and the buildings and households that come to it or
    leave it."""

    code: str
    gained_m2: float
    lost_m2: float
    widest_m: float
    buildings_in: int
    buildings_out: int
    households_in: int
    households_out: int


@dataclass(frozen=True, slots=True)
class Change(RepairFigures):
    """One polygon (of layer communities or grids) that would change. geometry: all of what changes, in EPSG:4490."""

    layer: str
    geometry: BaseGeometry


class Carrier:
    """Takes noded vertices back to degrees: a delivered vertex to its very doubles, any other by projection."""

    def __init__(self, town: Town, frames: Sequence[gpd.GeoDataFrame | None]) -> None:
        self.metric = town.plane.metric
        delivered = [in_degrees(frame).geometry.values for frame in frames if frame is not None]
        degrees = shapely.get_coordinates(np.concatenate([np.asarray(one) for one in delivered]))
        degrees = degrees[np.isfinite(degrees).all(axis=1)]
        metric = shapely.get_coordinates(
            crs.project(_points(degrees), source=LONLAT, target=self.metric)
        )
        self.keys, first = np.unique(_keys(metric), return_index=True)
        self.degrees = degrees[first]

    def carried(self, shapes: Geometries) -> Geometries:
        """Shapes on the noding grid, in degrees."""
        vertices, ids = vertex_ids(shapes)
        moved = shapely.get_coordinates(
            crs.project(_points(vertices), source=self.metric, target=LONLAT)
        )
        wanted = _keys(vertices)
        at = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        known = self.keys[at] == wanted
        moved[known] = self.degrees[at[known]]
        return np.asarray(shapely.set_coordinates(shapes.copy(), moved[ids]), dtype=object)


def _keys(metric: NDArray[np.float64]) -> NDArray[np.complex128]:
    """The place of each vertex on the noding grid, as one number."""
    grid = np.rint(metric / GRID_M)
    return np.asarray(grid[:, 0] + 1j * grid[:, 1])


def _points(xy: NDArray[np.float64]) -> Geometries:
    return np.asarray(shapely.points(xy), dtype=object)


@dataclass(frozen=True, slots=True)
class Changed:
    """What becomes of one layer. moved_m2: land that changes hands, each place once; buildings, households: that do."""

    changes: tuple[Change, ...]
    moved_m2: float
    buildings: int
    households: int


def changes_of(town: Town, layer: Layer, degrees: Geometries) -> Changed:
    """What is different in a layer whose shapes become those (in degrees, row by row)."""
    new = crs.project(degrees, source=LONLAT, target=town.plane.metric)
    gained, lost = shapely.difference(new, layer.shapes), shapely.difference(layer.shapes, new)
    tolerance_m = town.measure.tolerance_m
    before, after = (
        stand(town.buildings.shapes, town.tree, one, tolerance_m=tolerance_m)
        for one in (layer, replace(layer, shapes=new))
    )
    moved = before != after
    households = np.nan_to_num(town.buildings.number("households"))
    coming, leaving = (_arrivals(one, moved, households, len(layer)) for one in (after, before))
    found = []
    for row in range(len(layer)):
        parts, width = _told(gained[row], lost[row])
        if width > 0 or coming[0][row] or leaving[0][row]:
            found.append(
                Change(
                    str(layer.codes[row]),
                    float(shapely.area(parts[0]).sum()),
                    float(shapely.area(parts[1]).sum()),
                    width,
                    layer=layer.kind,
                    buildings_in=int(coming[0][row]),
                    buildings_out=int(leaving[0][row]),
                    households_in=int(coming[1][row]),
                    households_out=int(leaving[1][row]),
                    geometry=shapely.MultiPolygon(list(np.concatenate(parts))),
                )
            )
    shapes = np.array([one.geometry for one in found], dtype=object)
    placed = crs.project(shapes, source=town.plane.metric, target=LONLAT)
    told = (replace(one, geometry=shape) for one, shape in zip(found, placed, strict=True))
    land = float(shapely.union_all(shapely.get_parts(shapes)).area)
    return Changed(tuple(told), land, int(moved.sum()), int(households[moved].sum()))


def _arrivals(
    rows: Rows, moved: NDArray[np.bool_], households: NDArray[np.float64], count: int
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """How many buildings and households of those that ``moved`` are in each of ``rows``."""
    held = moved & (rows != NOWHERE)
    people = np.bincount(rows[held], households[held], count).astype(np.float64)
    return np.bincount(rows[held], minlength=count), people


def _told(gained: BaseGeometry, lost: BaseGeometry) -> tuple[list[Geometries], float]:
    """The pieces of each that are wider than noding makes them, and the width of the widest."""
    kept, width = [], 0.0
    for shape in (gained, lost):
        parts = shapely.get_parts(shape)
        parts = parts[shapely.get_dimensions(parts) == 2]
        widths = widths_m(parts) if len(parts) else np.empty(0)
        kept.append(parts[widths > NODING_M])
        width = max(width, float(widths[widths > NODING_M].max(initial=0.0)))
    return kept, width
