"""Dedicated grids (专属网格): the ground of employers, parks and campuses, where the user says so.

What is named gets blocks of its own; these leave the map before the rest is drawn, and come back as grids whose size
is nobody's business. Each is in one piece: a name with ground in several places becomes several grids.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.blocks import BlockMap
from geo.blocks.noding import Geometries
from geo.blocks.pieces import OUTSIDE
from geo.model import City, Finding, Severity
from geo.partition.named import NAMED, buildings_named
from geo.partition.problem import components

Ints = NDArray[np.intp]
COLUMN = "dedicated"
"""A column of buildings that says the same as a list of names: the name of the grid, or a word for yes."""
_YES, _NO = {"1", "1.0", "true", "yes", "y", "是"}, {"", "0", "0.0", "false", "no", "n", "否"}
_POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


@dataclass(frozen=True, slots=True)
class Wishes:
    """names: of the dedicated grids. apart: for each building the number of its name, or -1. parts: polygons (4490)
    that are ground of a name themselves, and ``part_name`` the number of it.
    """

    names: tuple[str, ...]
    apart: Ints
    parts: Geometries
    part_name: Ints


def wishes(
    city: City, named: Sequence[str] = (), *, areas: gpd.GeoDataFrame | None = None
) -> Wishes:
    """What a user asked for: names of estates or buildings (``name``, or ``community/name``), a column ``dedicated`` of
    the buildings, and ``areas`` (polygons with a column name). A building that is a polygon is ground itself.

    Raises OptionError for a name that is not there (with the nearest ones) or is there in several communities.
    """
    groups: dict[str, list[int]] = {}
    for one in dict.fromkeys(name.strip() for name in named if name.strip()):
        groups[one.rpartition("/")[2].strip()] = buildings_named(city, one)
    for name, rows in _marked(city.buildings).items():
        groups.setdefault(name, []).extend(rows)
    apart = np.full(len(city.buildings), -1, dtype=np.intp)
    shapes, owner = [], []
    polygon = np.isin(shapely.get_type_id(np.asarray(city.buildings.geometry.array)), _POLYGONS)
    for number, rows in enumerate(groups.values()):
        for row in rows:
            if polygon[row]:
                shapes.append(shapely.make_valid(city.buildings.geometry.iloc[row]))
                owner.append(number)
            else:
                apart[row] = number
    names = list(groups)
    if areas is not None:
        for name, shape in zip(areas["name"], areas.geometry, strict=True):
            shapes.append(shapely.make_valid(shape))
            owner.append(len(names))
            names.append(str(name))
    parts = np.empty(len(shapes), dtype=object)
    parts[:] = shapes
    return Wishes(tuple(names), apart, parts, np.array(owner, dtype=np.intp))


def _marked(buildings: gpd.GeoDataFrame) -> dict[str, list[int]]:
    """The rows that the column ``dedicated`` marks, by the name that it (or the estate, the building) gives."""
    found: dict[str, list[int]] = {}
    if COLUMN not in buildings:
        return found
    for row, value in enumerate(buildings[COLUMN]):
        text = "" if pd.isna(value) else str(value).strip()
        if text.lower() in _NO:
            continue
        name = text
        if text.lower() in _YES:
            own = [buildings[column].iloc[row] for column in NAMED]
            name = next((str(one) for one in own if pd.notna(one)), f"#{row + 1}")
        found.setdefault(name, []).append(row)
    return found


@dataclass(frozen=True, slots=True)
class Reserved:
    """rest: the block map without dedicated ground, each connected part of a community as one of its own. rows: its
    blocks in the whole map. part: the community in the whole map of each of its communities. name: of the dedicated
    grid of each block of the whole map, or None; piece: which of them, -1 for none. noted: what else was dedicated.
    """

    whole: BlockMap
    rest: BlockMap
    rows: Ints
    part: Ints
    name: NDArray[np.object_]
    piece: Ints
    noted: tuple[Finding, ...] = ()

    @property
    def any(self) -> bool:
        """Whether any ground is dedicated."""
        return bool((self.piece >= 0).any())


def reserve(block_map: BlockMap, asked: Wishes) -> Reserved:
    """The dedicated ground of a block map, and what is left to be drawn."""
    name = _ground(block_map, asked)
    piece = _pieces(block_map, name)
    noted = _take_empty(block_map, name, piece)
    rows = np.flatnonzero(piece < 0)
    if len(rows) == len(piece):
        every = np.arange(len(block_map.communities))
        return Reserved(block_map, block_map, rows, every, name, piece)
    position = np.full(len(piece), -1)
    position[rows] = np.arange(len(rows))
    borders = block_map.borders
    inner = borders.only((position[borders.i] >= 0) & (position[borders.j] >= 0))
    inner = replace(inner, i=position[inner.i], j=position[inner.j])
    pairs = np.column_stack([inner.i, inner.j])[inner.passable]
    # What hung together by no crossing before (an exclave, a far bank) is the engine's business as it was.
    loose = _loose(block_map, rows, pairs)
    keys = np.column_stack([block_map.community[rows], loose])
    distinct, part = np.unique(keys, axis=0, return_inverse=True)
    part = part.reshape(-1)
    order = np.argsort(part, kind="stable")
    rank = np.empty(len(order), dtype=np.intp)
    rank[order] = np.arange(len(order))
    rows = rows[order]
    back = np.full(len(piece) + 1, OUTSIDE, dtype=np.intp)
    back[rows] = np.arange(len(rows))
    rest = BlockMap(
        communities=block_map.communities.iloc[distinct[:, 0]].reset_index(drop=True),
        geometry=block_map.geometry[rows],
        metric=block_map.metric[rows],
        metric_crs=block_map.metric_crs,
        community=part[order],
        households=block_map.households[rows],
        residents=block_map.residents[rows],
        estate=block_map.estate[rows],
        label=block_map.label[rows],
        building_block=back[block_map.building_block],
        borders=replace(
            inner,
            i=np.minimum(rank[inner.i], rank[inner.j]),
            j=np.maximum(rank[inner.i], rank[inner.j]),
        ),
        findings=block_map.findings,
    )
    return Reserved(block_map, rest, rows, distinct[:, 0], name, piece, tuple(noted))


def _ground(block_map: BlockMap, asked: Wishes) -> NDArray[np.object_]:
    """The name that each block is ground of, or None."""
    name: NDArray[np.object_] = np.full(len(block_map.geometry), None, dtype=object)
    at = block_map.building_block
    for number, text in enumerate(asked.names):
        mine = at[(asked.apart == number) & (at != OUTSIDE)]
        name[mine] = text
    if len(asked.parts):
        middles = shapely.point_on_surface(block_map.geometry)
        part, block = shapely.STRtree(middles).query(asked.parts, predicate="intersects")
        for shape, row in zip(part.tolist(), block.tolist(), strict=True):
            name[row] = asked.names[asked.part_name[shape]]
    return name


def _pieces(block_map: BlockMap, name: NDArray[np.object_]) -> Ints:
    """Dedicated blocks of one name and community that touch are one grid: its number, -1 for other blocks."""
    borders = block_map.borders
    same = np.array(
        [
            name[i] is not None and name[i] == name[j]
            for i, j in zip(borders.i, borders.j, strict=True)
        ],
        dtype=bool,
    )
    pairs = np.column_stack([borders.i, borders.j])[same]
    piece = components(len(name), pairs)
    mine = np.array([one is not None for one in name], dtype=bool)
    numbers = np.full(len(name), -1, dtype=np.intp)
    numbers[mine] = np.unique(piece[mine], return_inverse=True)[1]
    return numbers


def _take_empty(block_map: BlockMap, name: NDArray[np.object_], piece: Ints) -> list[Finding]:
    """Land without people that dedicated ground cuts off from the rest goes to it (in ``name`` and ``piece``): as a
    basic grid it would hold nobody. A finding for each."""
    borders, rows = block_map.borders, np.flatnonzero(piece < 0)
    whole = np.column_stack([borders.i, borders.j])[borders.passable]
    before = components(len(piece), whole)
    now = components(len(piece), whole[(piece[whole] < 0).all(axis=1)])
    people = np.bincount(now, block_map.households + block_map.residents)
    found = []
    for part in np.unique(now[rows][people[now[rows]] == 0]).tolist():
        mine = now == part
        others = rows[(before[rows] == before[mine][0]) & ~mine[rows]]
        beside = _beside(block_map, mine, piece)
        if len(others) and beside >= 0:
            taker = int(np.flatnonzero(piece == beside)[0])
            name[mine], piece[mine] = name[taker], beside
            found.append(_taken(block_map, mine, str(name[taker])))
    return found


def _beside(block_map: BlockMap, mine: NDArray[np.bool_], piece: Ints) -> int:
    """The dedicated grid that some blocks share most of their outline with; -1 for none."""
    borders = block_map.borders
    outer = mine[borders.i] != mine[borders.j]
    across = piece[np.where(mine[borders.i], borders.j, borders.i)]
    shared = outer & (across >= 0)
    if not shared.any():
        return -1
    return int(np.bincount(across[shared], borders.length_m[shared]).argmax())


def _taken(block_map: BlockMap, mine: NDArray[np.bool_], name: str) -> Finding:
    first = int(np.flatnonzero(mine)[0])
    row = block_map.communities.iloc[int(block_map.community[first])]
    code = str(row["code"])
    return Finding(
        "draw-dedicated-took",
        Severity.NOTE,
        codes=(code,),
        area_m2=float(shapely.area(block_map.metric[mine]).sum()),
        geometry=shapely.point_on_surface(block_map.geometry[first]),
        params={"code": code, "name": str(row["name"]), "grid": name},
    )


def _loose(block_map: BlockMap, rows: Ints, pairs: Ints) -> Ints:
    """For each block that is left, the part that dedicated ground cut off; 0 where it cut nothing."""
    now = components(len(rows), pairs)
    borders = block_map.borders
    before = components(
        len(block_map.geometry), np.column_stack([borders.i, borders.j])[borders.passable]
    )[rows]
    # Parts that were apart before share one label, those that were one and now are several do not.
    frame = pd.DataFrame({"community": block_map.community[rows], "now": now, "before": before})
    split = frame.groupby("before")["now"].transform("nunique") > 1
    first = frame.groupby("before")["now"].transform("min")
    cut_off = (split & (frame["now"] != first)).to_numpy(bool)
    return np.where(cut_off, now + 1, 0)
