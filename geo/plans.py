"""Blocks + assignment -> CityPlan: grids made of whole blocks, numbered from west to east, tiling exactly."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.blocks import BlockMap
from geo.blocks.noding import merge
from geo.codes import Profile, grid_number, number_grids
from geo.errors import GeometryError
from geo.model import BLOCK_COLUMNS, COMMUNITY_COLUMNS, CRS, GRID_COLUMNS, CityPlan, GridKind
from geo.partition.assignment import Assignment

Codes = NDArray[np.object_]


def assemble(
    block_map: BlockMap,
    assignment: Assignment,
    *,
    profile: Profile = Profile.CN,
    grid_name: str = "{community}-{number}",
    dedicated: Codes | None = None,
) -> CityPlan:
    """The plan that an assignment means. ``grid_name`` is a pattern with {community} (its name) and {number}.
    ``dedicated``: for each block the name of the dedicated grid that it is ground of, or None.

    Grids are unions of blocks that keep every vertex, so that grids, blocks and communities share their outlines
    double by double. Raises CodeError where a community's code can't carry grid codes.
    """
    codes = grid_codes(block_map, assignment, profile=profile)
    order = np.argsort(codes.astype(str), kind="stable")
    starts = np.flatnonzero(np.append(True, codes[order][1:] != codes[order][:-1]))
    parts = np.split(order, starts[1:])
    grids = _grids(block_map, codes, parts, profile=profile, grid_name=grid_name)
    if dedicated is not None:
        grids = _with_dedicated(grids, [dedicated[blocks[0]] for blocks in parts])
    if not shapely.coverage_is_valid(np.asarray(grids.geometry.array)):
        raise GeometryError("blocks-torn")
    communities = block_map.communities[[*COMMUNITY_COLUMNS, "geometry"]]
    return CityPlan(grids=grids, blocks=_blocks(block_map, codes), communities=communities)


def grid_codes(block_map: BlockMap, assignment: Assignment, *, profile: Profile) -> Codes:
    """The grid code of each block: numbered by representative points, west to east, then north to south."""
    codes: Codes = np.empty(len(block_map.geometry), dtype=object)
    for index, community in enumerate(block_map.communities["code"]):
        rows = np.flatnonzero(block_map.community == index)
        grid = assignment.grid[rows]
        shapes = [merge(block_map.geometry[rows[grid == one]]) for one in np.unique(grid)]
        points = shapely.get_coordinates(shapely.point_on_surface(np.array(shapes, dtype=object)))
        names = np.array(number_grids(points, str(community), profile=profile), dtype=object)
        codes[rows] = names[np.unique(grid, return_inverse=True)[1]]
    return codes


def _grids(
    block_map: BlockMap,
    codes: Codes,
    parts: list[NDArray[np.intp]],
    *,
    profile: Profile,
    grid_name: str,
) -> gpd.GeoDataFrame:
    communities = block_map.communities
    rows, shapes = [], []
    for blocks in parts:
        code = str(codes[blocks[0]])
        home = communities.iloc[int(block_map.community[blocks[0]])]
        number = grid_number(code, str(home["code"]), profile=profile)
        shapes.append(merge(block_map.geometry[blocks]))
        rows.append(
            (
                code,
                grid_name.format(community=home["name"], number=number),
                str(home["code"]),
                GridKind.BASIC.value,
                int(block_map.households[blocks].sum()),
                int(block_map.residents[blocks].sum()),
            )
        )
    columns = dict(zip(GRID_COLUMNS, zip(*rows, strict=True), strict=True))
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)


def _with_dedicated(grids: gpd.GeoDataFrame, names: list[object]) -> gpd.GeoDataFrame:
    """Dedicated grids go by the name of what they are for."""
    kept = zip(names, grids["name"], grids["kind"], strict=True)
    rows = [
        (kind, name) if own is None else (GridKind.DEDICATED.value, own) for own, name, kind in kept
    ]
    return grids.assign(kind=[kind for kind, _ in rows], name=[name for _, name in rows])


def _blocks(block_map: BlockMap, codes: Codes) -> gpd.GeoDataFrame:
    """Blocks numbered within their community, in the block map's order."""
    community = block_map.community
    first = np.searchsorted(community, community)
    number = np.arange(len(community)) - first + 1
    home = block_map.communities["code"].astype(str).to_numpy(object)[community]
    ids = [f"{code}-B{n:05d}" for code, n in zip(home, number, strict=True)]
    values = (
        ids, home, codes, block_map.estate, block_map.households, block_map.residents,
    )  # fmt: skip
    columns = dict(zip(BLOCK_COLUMNS, values, strict=True))
    return gpd.GeoDataFrame(columns, geometry=block_map.geometry.copy(), crs=CRS)
