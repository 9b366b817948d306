"""A plan as it stands under today's counts: its blocks, who lives in them, and which grids no longer hold.

A plan drawn here comes with its blocks. One drawn elsewhere is polygons only: where these tile, each is a block that is
cut when it must be; where they don't, their borders are noded into the linework of the city, and what they leave out
goes to the grid beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo.blocks import BlockMap, cut_blocks
from geo.blocks.adjacency import Lines, city_lines, shared_borders
from geo.blocks.noding import LONLAT, merge, tiled
from geo.blocks.pieces import OUTSIDE, holders
from geo.blocks.tidy import tidy_buildings, tidy_communities
from geo.blocks.units import Stock, block_estates, block_labels, stock
from geo.codes import Profile, grid_number
from geo.crs import metric_crs, project
from geo.errors import GeometryError
from geo.model import CRS, City, CityPlan, Finding, GridKind, SizeRule

Ints = NDArray[np.intp]

NEARLY = 0.02
"""Polygons that tile, but leave so much of a community out (as a share), are not a plan of these communities."""
NARROW_DEG = 5e-7
"""About five centimetres: what is narrower is noise of digitising."""


@dataclass(frozen=True, slots=True)
class Standing:
    """blocks: block_id, community_code, grid_code, estate, households, residents, buildings, an exact coverage
    (EPSG:4490), sorted by community. kind: of each grid code. communities: code, name, outlines made of the blocks.
    renoded: the polygons did not tile, so that every outline was drawn anew. findings: about the counts.
    """

    blocks: gpd.GeoDataFrame
    kind: dict[str, str]
    communities: gpd.GeoDataFrame
    homes: Stock
    lines: Lines
    metric_crs: pyproj.CRS
    renoded: bool
    findings: tuple[Finding, ...]


def stand(
    plan: CityPlan, city: City, *, rule: SizeRule, profile: Profile, cut: bool = False
) -> Standing:
    """``plan`` (its ``blocks`` and ``communities`` may be empty) under the counts of ``city``. ``cut``: grids without
    blocks are cut into some even where they tile.

    Raises GeometryError where a polygon can't be used or grids and communities lie in different places.
    """
    communities = tidy_communities(city.communities)
    west, south, east, north = communities.total_bounds
    crs = metric_crs((west + east) / 2, (south + north) / 2)
    buildings, findings = tidy_buildings(city.buildings)
    homes = stock(buildings, crs)
    grids = _with_communities(plan.grids, communities, profile)
    blocks = plan.blocks if len(plan.blocks) else _grids_as_blocks(grids)
    noded = plan.communities if len(plan.communities) else None
    renoded = (cut and not len(plan.blocks)) or not _usable(blocks, communities, noded)
    if renoded:
        blocks = _noded_in(replace(city, communities=communities), grids, rule)
    blocks = blocks.sort_values(["community_code", "block_id"], ignore_index=True)
    outlines = plan.communities if len(plan.communities) and not renoded else None
    return Standing(
        blocks=counted(blocks, homes),
        kind=dict(zip(grids["code"], grids["kind"], strict=True)),
        communities=outlines if outlines is not None else _outlines(blocks, communities),
        homes=homes,
        lines=city_lines(city.roads, city.rivers, city.bridges, crs),
        metric_crs=crs,
        renoded=renoded,
        findings=findings,
    )


def counted(blocks: gpd.GeoDataFrame, homes: Stock) -> gpd.GeoDataFrame:
    """Blocks with the households, residents and buildings that stand in them."""
    at = holders(homes.points, np.asarray(blocks.geometry.array))
    held = at != OUTSIDE

    def total(counts: NDArray[np.int64]) -> NDArray[np.int64]:
        sums = np.zeros(len(blocks), dtype=np.int64)
        np.add.at(sums, at[held], counts[held])
        return sums

    ones = np.ones(len(at), dtype=np.int64)
    return blocks.assign(
        households=total(homes.households), residents=total(homes.residents), buildings=total(ones)
    )


def _with_communities(
    grids: gpd.GeoDataFrame, communities: gpd.GeoDataFrame, profile: Profile
) -> gpd.GeoDataFrame:
    """Grids with the community that each belongs to: its record, else its code, else where it lies; and a kind."""
    codes = communities["code"].astype(str).tolist()
    middles = shapely.point_on_surface(shapely.make_valid(np.asarray(grids.geometry.array)))
    places = holders(middles, np.asarray(communities.geometry.array))
    homes = []
    for code, record, place in zip(grids["code"], grids["community_code"], places, strict=True):
        named = [one for one in codes if grid_number(str(code), one, profile=profile)]
        if pd.notna(record) and str(record) in codes:
            homes.append(str(record))
        elif named:
            homes.append(named[0])
        elif place != OUTSIDE:
            homes.append(codes[place])
        else:
            raise GeometryError("grid-nowhere", value=str(code))
    kind = grids["kind"].where(grids["kind"].notna(), GridKind.BASIC.value)
    return grids.assign(code=grids["code"].astype(str), community_code=homes, kind=kind)


def _grids_as_blocks(grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Each grid as one block."""
    return gpd.GeoDataFrame(
        {
            "block_id": [f"{code}-B" for code in grids["code"]],
            "community_code": grids["community_code"].to_numpy(object),
            "grid_code": grids["code"].to_numpy(object),
            "estate": None,
        },
        geometry=np.asarray(grids.geometry.array),
        crs=CRS,
    )


def _usable(
    blocks: gpd.GeoDataFrame, communities: gpd.GeoDataFrame, noded: gpd.GeoDataFrame | None
) -> bool:
    """Whether blocks tile the communities: those of the plan (``noded``) where it has some, else today's."""
    shapes = np.asarray(blocks.geometry.array)
    single = shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON
    if not (single.all() and shapely.is_valid(shapes).all()):
        return False
    codes = communities["code"].astype(str).tolist()
    home = blocks["community_code"].to_numpy(str)
    if set(home) != set(codes):
        return False
    made = tiled(shapes, np.searchsorted(codes, home))
    if made is None:
        return False
    own = np.asarray(communities.geometry.array)
    if not (np.abs(shapely.area(made) - shapely.area(own)) <= NEARLY * shapely.area(own)).all():
        return False
    if noded is not None:
        known = dict(zip(noded["code"].astype(str), noded.geometry, strict=True))
        own = np.array([known.get(code) for code in codes] + [None], dtype=object)[:-1]
    # Most outlines are what their blocks make, vertex by vertex, which is told a hundred times faster.
    other = ~shapely.equals_exact(shapely.normalize(made), shapely.normalize(own))
    off = shapely.symmetric_difference(made[other], own[other])
    return bool(shapely.is_empty(shapely.buffer(off, -NARROW_DEG / 2)).all())


def _noded_in(city: City, grids: gpd.GeoDataFrame, rule: SizeRule) -> gpd.GeoDataFrame:
    """The blocks of the city with the borders of the old grids among its lines, and the old grid of each."""
    shapes = shapely.make_valid(np.asarray(grids.geometry.array))
    order = np.argsort(grids["code"].to_numpy(str), kind="stable")
    block_map = cut_blocks(city, rule=rule, parts=shapes[order])
    codes = block_map.communities["code"].astype(str).to_numpy(object)[block_map.community]
    middles = shapely.point_on_surface(block_map.geometry)
    grid = np.full(len(codes), None, dtype=object)
    for code, own in grids.iloc[order].groupby("community_code"):
        mine = np.flatnonzero(codes == code)
        held = holders(middles[mine], np.asarray(shapely.make_valid(own.geometry.array)))
        known = held != OUTSIDE
        grid[mine[known]] = own["code"].to_numpy(object)[held[known]]
    _spread(grid, block_map)
    number = np.arange(len(codes)) - np.searchsorted(codes.astype(str), codes.astype(str)) + 1
    return gpd.GeoDataFrame(
        {
            "block_id": [f"{code}-B{n:05d}" for code, n in zip(codes, number, strict=True)],
            "community_code": codes,
            "grid_code": grid,
            "estate": block_map.estate,
        },
        geometry=block_map.geometry,
        crs=CRS,
    )


def _spread(grid: NDArray[np.object_], block_map: BlockMap) -> None:
    """Blocks that no grid had go to the one with which they share most, the nearest first."""
    borders = block_map.borders
    while True:
        known = np.array([one is not None for one in grid])
        facing = known[borders.i] != known[borders.j]
        if not facing.any():
            break
        inner = np.where(known[borders.i], borders.j, borders.i)[facing]
        outer = np.where(known[borders.i], borders.i, borders.j)[facing]
        length = borders.length_m[facing]
        for block in np.unique(inner).tolist():
            mine = inner == block
            shares = pd.Series(length[mine]).groupby(grid[outer[mine]].astype(str)).sum()
            grid[block] = str(shares.idxmax())
    lost = np.flatnonzero([one is None for one in grid])
    if len(lost):
        code = block_map.communities["code"].iloc[int(block_map.community[lost[0]])]
        raise GeometryError("community-no-grids", value=str(code))


def _outlines(blocks: gpd.GeoDataFrame, communities: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Communities with outlines made of their blocks."""
    shapes = np.asarray(blocks.geometry.array)
    home = blocks["community_code"].to_numpy(str)
    made = [merge(shapes[home == str(code)]) for code in communities["code"]]
    return communities.set_geometry(gpd.GeoSeries(made, crs=CRS))


def block_map_of(standing: Standing, which: NDArray[np.bool_]) -> tuple[BlockMap, Ints]:
    """Some communities' blocks (whole rows of ``standing.blocks``) as a block map, and their rows."""
    rows = np.flatnonzero(which)
    blocks = standing.blocks.iloc[rows]
    geometry = np.asarray(blocks.geometry.array)
    metric = project(geometry, source=LONLAT, target=standing.metric_crs)
    codes, community = np.unique(blocks["community_code"].to_numpy(str), return_inverse=True)
    community = community.reshape(-1)
    borders = shared_borders(metric, standing.lines).regrouped(np.arange(len(rows)))
    at = holders(standing.homes.points, geometry)
    names = standing.communities.set_index(standing.communities["code"].astype(str))
    estate = block_estates(standing.homes, at, len(rows))
    return (
        BlockMap(
            communities=names.loc[codes].reset_index(drop=True),
            geometry=geometry,
            metric=metric,
            metric_crs=standing.metric_crs,
            community=community,
            households=blocks["households"].to_numpy(np.int64),
            residents=blocks["residents"].to_numpy(np.int64),
            estate=estate,
            label=block_labels(standing.homes, at, len(rows)),
            building_block=at,
            borders=borders.only(community[borders.i] == community[borders.j]),
            findings=(),
        ),
        rows,
    )
