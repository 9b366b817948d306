"""City -> blocks (地块): the smallest pieces that a plan may hand to one grid or another, and how they touch.

The linework of the whole city (borders, roads, rivers, Voronoi edges between buildings of one face) is noded once in
a metric CRS; its faces are the blocks. An estate that fits a grid is one block. Each distinct vertex is carried back
to EPSG:4490 once, and from then on those doubles are the truth: blocks and communities tile each other exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geo.blocks.adjacency import Borders, Lines, city_lines, shared_borders
from geo.blocks.cells import Sites, cell_edges
from geo.blocks.inner import Inner
from geo.blocks.noding import (
    BORDER_STEP_M,
    LINE_STEP_M,
    LONLAT,
    Geometries,
    boundary_lines,
    carry,
    faces,
    merge,
    node,
    tiled,
)
from geo.blocks.pieces import OUTSIDE, close_noise, group_pieces, holders
from geo.blocks.tidy import tidy
from geo.blocks.units import Stock, block_estates, block_labels, sites, stock, units
from geo.crs import metric_crs, project
from geo.errors import GeometryError
from geo.model import City, Finding, SizeRule

Ints = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class BlockMap:
    """The blocks of a city, sorted by community and then from west to east.

    communities: by code, repaired, with outlines made of their blocks (EPSG:4490); ``community`` counts in them.
    geometry: blocks in EPSG:4490, an exact coverage; metric: the same in ``metric_crs``.
    community, households, residents, estate (name or None), label (what a user calls it, or None): one for each block.
    building_block: the block of each building as delivered, OUTSIDE (-1) where none covers it.
    borders: what two blocks of one community share, one row for each pair and kind.
    findings: counts that could not be used as they were.
    """

    communities: gpd.GeoDataFrame
    geometry: Geometries
    metric: Geometries
    metric_crs: pyproj.CRS
    community: Ints
    households: NDArray[np.int64]
    residents: NDArray[np.int64]
    estate: NDArray[np.object_]
    label: NDArray[np.object_]
    building_block: Ints
    borders: Borders
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Cut:
    """Pieces in a metric CRS, the community and block of each (OUTSIDE: none), and what they share."""

    pieces: Geometries
    owner: Ints
    block: Ints
    borders: Borders


def cut_blocks(
    city: City,
    *,
    rule: SizeRule | None = None,
    parts: Geometries | None = None,
    apart: Ints | None = None,
    loose: NDArray[np.bool_] | None = None,
) -> BlockMap:
    """Cut a city (EPSG:4490) into blocks. ``rule`` says which estates fit a grid and stay whole, but for the
    buildings that are ``loose``.

    ``parts``: polygons (EPSG:4490) whose outlines no block crosses. ``apart``: for each building -1, or the number of a
    group that gets ground of its own and shares no block with others.
    Where communities overlap the lower code keeps the piece; a gap between them stays outside, unless it is so narrow
    that it can only be digitising noise. ``findings`` tells what no check of the finished plan can see: counts that
    were negative or unknown. Raises CodeError or GeometryError where communities can't be told apart or have no shape.
    """
    tidied = tidy(city)
    communities = tidied.communities
    crs = _crs_of(communities)
    outlines = project(np.asarray(communities.geometry.array), source=LONLAT, target=crs)
    lines = city_lines(city.roads, city.rivers, city.bridges, crs)
    homes = stock(tidied.buildings, crs)
    inner = Inner(
        np.empty(0, dtype=object) if parts is None else project(parts, source=LONLAT, target=crs),
        np.full(len(tidied.buildings), -1) if apart is None else apart,
    )
    rules = [(rule or SizeRule()).of(str(code)) for code in communities["code"]]
    none = np.zeros(len(tidied.buildings), dtype=bool)
    unit_of = partial(units, homes, rules=rules, loose=none if loose is None else loose)
    cut = _cut(outlines, lines, homes, inner, unit_of)
    return _block_map(cut, homes, communities=communities, crs=crs, findings=tidied.findings)


def _crs_of(communities: gpd.GeoDataFrame) -> pyproj.CRS:
    west, south, east, north = communities.total_bounds
    return metric_crs((west + east) / 2, (south + north) / 2)


def _cut(
    outlines: Geometries, lines: Lines, homes: Stock, inner: Inner, unit_of: Callable[[Ints], Ints]
) -> _Cut:
    """Node everything twice: coarsely, to see which buildings share a face, and then with their cells."""
    borders = node(boundary_lines(outlines), step_m=BORDER_STEP_M)
    ways = [lines.shapes, boundary_lines(inner.parts)]
    base = node(np.concatenate([borders, node(np.concatenate(ways), step_m=LINE_STEP_M)]))
    coarse = faces(base)
    held_by = holders(shapely.point_on_surface(coarse), outlines)
    face = holders(homes.metric, coarse)
    face[np.append(held_by, OUTSIDE)[face] == OUTSIDE] = OUTSIDE
    unit = unit_of(np.append(held_by, OUTSIDE)[face])
    homes, unit = inner.set_apart(homes, unit, face)
    begun = sites(homes, unit, face)
    edges = node(cell_edges(coarse, begun), step_m=LINE_STEP_M)
    pieces = faces(np.concatenate([base, edges]))
    return _grouped(pieces, coarse, begun, outlines=outlines, lines=lines, inner=inner)


def _grouped(
    pieces: Geometries,
    coarse: Geometries,
    begun: Sites,
    *,
    outlines: Geometries,
    lines: Lines,
    inner: Inner,
) -> _Cut:
    middles = shapely.point_on_surface(pieces)
    borders = shared_borders(pieces, lines)
    owner = close_noise(pieces, holders(middles, outlines), borders)
    face = holders(middles, coarse)
    unit = begun.nearest_unit(shapely.get_coordinates(middles), face)
    units_end = int(begun.unit.max(initial=-1)) + 1
    faceless = units_end + len(coarse) + np.arange(len(pieces))
    label = np.where(unit >= 0, unit, np.where(face >= 0, units_end + face, faceless))
    home = holders(np.asarray(shapely.points(begun.xy)), pieces)
    settled = np.zeros(len(pieces), dtype=bool)
    settled[home[(home >= 0) & (label[home] == begun.unit)]] = True
    block = group_pieces(
        pieces,
        owner=inner.parted(owner, middles),
        label=label,
        settled=settled,
        splinter=unit >= 0,
        borders=borders,
    )
    return _Cut(pieces, owner, block, borders)


def _block_map(
    cut: _Cut,
    homes: Stock,
    *,
    communities: gpd.GeoDataFrame,
    crs: pyproj.CRS,
    findings: tuple[Finding, ...],
) -> BlockMap:
    """Blocks merged, sorted and carried back; buildings counted in the block that covers them."""
    block, community = _sorted(cut)
    pieces = carry(cut.pieces, source=crs, target=LONLAT)
    order = np.argsort(block, kind="stable")[int((block == OUTSIDE).sum()) :]
    starts = np.flatnonzero(np.diff(block[order], prepend=-1))[1:]
    parts = np.split(order, starts)
    geometry = objects([merge(pieces[part]) for part in parts])
    outlines = tiled(geometry, community)
    if outlines is None or len(outlines) < len(communities):
        raise GeometryError("blocks-torn")
    at = holders(homes.points, geometry)
    count = len(geometry)
    return BlockMap(
        communities=communities.set_geometry(gpd.GeoSeries(outlines, crs=LONLAT)),
        geometry=geometry,
        metric=objects([merge(cut.pieces[part]) for part in parts]),
        metric_crs=crs,
        community=community,
        households=_summed(at, homes.households, count),
        residents=_summed(at, homes.residents, count),
        estate=block_estates(homes, at, count),
        label=block_labels(homes, at, count),
        building_block=at,
        borders=_within_communities(cut.borders.regrouped(block), community),
        findings=findings,
    )


def _sorted(cut: _Cut) -> tuple[Ints, Ints]:
    """Blocks renumbered by community, then west to east, then north to south; and the community of each."""
    held = cut.block != OUTSIDE
    count = int(cut.block.max(initial=-1)) + 1
    community = np.zeros(count, dtype=np.intp)
    community[cut.block[held]] = cut.owner[held]
    area = shapely.area(cut.pieces)[held]
    centre = shapely.get_coordinates(shapely.centroid(cut.pieces))[held]
    weight = np.bincount(cut.block[held], area, count)
    x, y = (np.bincount(cut.block[held], area * axis, count) / weight for axis in centre.T)
    order = np.lexsort((-y, x, community))
    rank = np.empty(count + 1, dtype=np.intp)
    rank[order] = np.arange(count)
    rank[OUTSIDE] = OUTSIDE
    return rank[cut.block], community[order]


def _within_communities(borders: Borders, community: Ints) -> Borders:
    return borders.only(community[borders.i] == community[borders.j])


def _summed(at: Ints, counts: NDArray[np.int64], blocks: int) -> NDArray[np.int64]:
    total = np.zeros(blocks, dtype=np.int64)
    np.add.at(total, at[at != OUTSIDE], counts[at != OUTSIDE])
    return total


def objects(shapes: list[shapely.Geometry]) -> Geometries:
    """Shapes as an array of objects, however many there are."""
    array: Geometries = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return array
