"""A code for each area of a drawing: that which it was given, else that of the published grid with which it shares most
households, as far as that can be for all of them together (Kuhn's Hungarian method), else a new one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from geo.blocks.noding import Geometries
from geo.blocks.pieces import OUTSIDE, holders
from geo.codes import Profile, number_grids

LEAST_SHARE = 0.05
"""An area that shares less of its ground with a published grid, and no household, is no heir of it."""


class Why(StrEnum):
    """Where a code comes from: the drawing, a number written in it, a person, a published grid, or nowhere yet."""

    FILE = "file"
    NUMBER = "number"
    CHOSEN = "chosen"
    MATCHED = "matched"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Row:
    """An area of a drawing (EPSG:4490) in its community, with the code that it was given, and why. Without a code, but
    chosen: it is nobody's heir, and gets a new one."""

    shape: shapely.Geometry
    community: str
    code: str | None = None
    why: Why = Why.FILE


@dataclass(frozen=True, slots=True)
class Numbered:
    """households: in the area. former: the published grid with which it shares most of them, and how many."""

    code: str
    why: Why
    households: int
    former: str | None
    shared: int


def number(
    rows: Sequence[Row],
    published: gpd.GeoDataFrame,
    homes: tuple[Geometries, NDArray[np.int64]],
    *,
    used: Mapping[str, Collection[str]],
    profile: Profile,
) -> list[Numbered]:
    """A code for each of ``rows``, no two of a community the same but where they came so.

    ``published``: grids in force (code, community_code). ``homes``: where households live (points), and how many.
    ``used``: codes ever used, by community. CodeError where a community's numbers run out.
    """
    shapes = shapely.make_valid(_objects([row.shape for row in rows]))
    points, households = homes
    at = holders(points, shapes)
    lived = np.zeros(len(rows), dtype=np.int64)
    np.add.at(lived, at[at != OUTSIDE], households[at != OUTSIDE])
    found: list[Numbered | None] = [None] * len(rows)
    for community in sorted({row.community for row in rows}):
        mine = [i for i, row in enumerate(rows) if row.community == community]
        grids = published[published["community_code"].astype(str) == community]
        shared, alike = _shared(mine, shapes, at, grids, homes)
        told = _told(
            mine, rows, grids, alike,
            used=used.get(community, ()), shapes=shapes, profile=profile,
        )  # fmt: skip
        old = grids["code"].astype(str).to_numpy(object)
        for place, row in enumerate(mine):
            most = int(np.argmax(alike[:, place])) if len(old) else -1
            heir = most >= 0 and alike[most, place] > 0
            found[row] = replace(
                told[place],
                households=int(lived[row]),
                former=str(old[most]) if heir else None,
                shared=int(shared[most, place]) if heir else 0,
            )
    return [one for one in found if one is not None]


def _shared(
    mine: list[int],
    shapes: Geometries,
    at: NDArray[np.intp],
    grids: gpd.GeoDataFrame,
    homes: tuple[Geometries, NDArray[np.int64]],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Households that published grids (rows) and areas (columns) have in common, and how alike they are: by these, and
    where they tie by the share of ground."""
    points, households = homes
    old = shapely.make_valid(np.asarray(grids.geometry.array, dtype=object))
    shared = np.zeros((len(old), len(mine)), dtype=np.int64)
    if len(old) == 0:
        return shared, shared.astype(np.float64)
    place = np.full(len(shapes) + 1, OUTSIDE, dtype=np.intp)
    place[mine] = np.arange(len(mine))
    column, row = place[at], holders(points, old)
    both = (column != OUTSIDE) & (row != OUTSIDE)
    np.add.at(shared, (row[both], column[both]), households[both])
    common = shapely.area(shapely.intersection(old[:, None], shapes[mine][None, :]))
    share = common / np.maximum(shapely.area(shapes[mine]), 1e-18)[None, :]
    share[share < LEAST_SHARE] = 0.0
    return shared, shared + 0.5 * share


def _told(
    mine: list[int],
    rows: Sequence[Row],
    grids: gpd.GeoDataFrame,
    alike: NDArray[np.float64],
    *,
    used: Collection[str],
    shapes: Geometries,
    profile: Profile,
) -> list[Numbered]:
    """The code of each area of one community."""
    given = {rows[row].code for row in mine if rows[row].code is not None}
    old = grids["code"].astype(str).to_numpy(object)
    bare = [place for place, row in enumerate(mine) if rows[row].code is None]
    without = [place for place in bare if rows[mine[place]].why is not Why.CHOSEN]
    free = [n for n, code in enumerate(old) if code not in given]
    heirs: dict[int, str] = {}
    if without and free:
        chosen, place = linear_sum_assignment(alike[np.ix_(free, without)], maximize=True)
        heirs = {
            without[p]: str(old[free[n]])
            for n, p in zip(chosen.tolist(), place.tolist(), strict=True)
            if alike[free[n], without[p]] > 0
        }
    new = [place for place in bare if place not in heirs]
    points = shapely.get_coordinates(shapely.point_on_surface(shapes[[mine[p] for p in new]]))
    community = rows[mine[0]].community
    taken = {*used, *old.tolist(), *(code for code in given if code)}
    fresh = dict(
        zip(new, number_grids(points, community, used=taken, profile=profile), strict=True)
    )
    return [
        Numbered(*_code(rows[row], heirs.get(place), fresh.get(place)), 0, None, 0)
        for place, row in enumerate(mine)
    ]


def _code(row: Row, heir: str | None, fresh: str | None) -> tuple[str, Why]:
    if row.code is not None:
        return row.code, row.why
    return (heir, Why.MATCHED) if heir is not None else (str(fresh), Why.NEW)


def _objects(values: Sequence[shapely.Geometry]) -> Geometries:
    made = np.empty(len(values), dtype=object)
    made[:] = list(values)
    return made
