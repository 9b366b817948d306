"""Whatever else a grid should answer for: 部件 (lamps, hydrants), roads, rivers, open space. Points count, lines have
a length, polygons an area."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.coverage.buildings import NOWHERE, Rows, Shared
from geo.coverage.layers import Layer, Plane, grouped, invalid_places, projected, text_column
from geo.coverage.shapes import Shapes
from geo.model import Finding, Severity

KEY, KIND = "component_id", "kind"
"""Columns of a layer of things by which its rows are called, where it has them, and what sort each is of."""
LISTED = 50
"""How many rows of its layer a finding names; its count and geometry hold all of them."""


@dataclass(frozen=True, slots=True)
class Things:
    """One layer of them in metres, taken apart. point_rows: the rows of the delivered frame that the points are of."""

    name: str
    table: pd.DataFrame
    points: Shapes
    point_rows: Rows
    lines: Shapes
    areas: Shapes

    def called(self, rows: Rows) -> list[str]:
        """What rows of the layer are called: their number, else their place in it (``#`` and a number from 1)."""
        names = text_column(self.table, KEY)
        return [str(names[row]) or f"#{row + 1}" for row in rows]


@dataclass(frozen=True, slots=True)
class Ground:
    """Where somebody answers: ``answered`` is all that grids cover (a tolerance wider, so that what runs along a border
    is inside), ``realm`` what they ought to cover: all communities, or the outside of all grids."""

    answered: BaseGeometry
    realm: BaseGeometry
    wide_realm: BaseGeometry


@dataclass(frozen=True, slots=True)
class Told:
    """Whom a finding concerns, and what its sentence needs."""

    codes: tuple[str, ...]
    params: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Where:
    """communities: to say in which one something lies. layer: what should answer: grids, or communities alone."""

    communities: Layer
    layer: str

    def told(self, row: int) -> Told:
        """What to say of a place in that community (its row), or in none."""
        name = "" if row == NOWHERE else self.communities.label(row)
        codes = () if row == NOWHERE else (str(self.communities.codes[row]),)
        return Told(codes, {"layer": self.layer, "community": name})


@dataclass(frozen=True, slots=True)
class Part:
    """``covered`` of ``total``, counted in ``count`` (things), ``m`` or ``m2``."""

    counted_in: str
    covered: float
    total: float


@dataclass(frozen=True, slots=True)
class Points:
    """The points of a layer of things: the row that each is of, and whether it is in no grid or in several."""

    rows: Rows
    out: NDArray[np.bool_]

    @property
    def part(self) -> Part:
        """How many are in exactly one."""
        return Part("count", len(self.out) - int(self.out.sum()), len(self.out))


def prepare_things(
    name: str, frame: gpd.GeoDataFrame, *, plane: Plane
) -> tuple[Things, list[Finding]]:
    """One layer in metres, with at most one finding about shapes that can't be used."""
    table = pd.DataFrame(frame.drop(columns=frame.geometry.name)).reset_index(drop=True)
    shapes, reasons = projected(np.array(frame.geometry.values, dtype=object), plane)
    parts, rows = shapely.get_parts(_flat(shapes), return_index=True)
    dimension = shapely.get_dimensions(parts)
    kept = ~shapely.is_empty(parts)
    points, lines, areas = (kept & (dimension == n) for n in (0, 1, 2))
    codes = np.array([f"#{row + 1}" for row in range(len(table))], dtype=object)
    found = [invalid_places(codes, shapes, reasons, layer=name)] if reasons else []
    return Things(name, table, parts[points], rows[points], parts[lines], parts[areas]), found


def _flat(shapes: Shapes) -> Shapes:
    """Collections inside collections opened, so that parts are simple."""
    nested = shapely.get_type_id(shapes) == shapely.GeometryType.GEOMETRYCOLLECTION
    result = shapes.copy()
    for row in np.flatnonzero(nested):
        parts = [part for one in shapely.get_parts(shapes[row]) for part in shapely.get_parts(one)]
        result[row] = shapely.GeometryCollection(parts)
    return result


def points_out(
    things: Things, standing: Rows, shared: Iterable[Shared], home: Rows, where: Where
) -> tuple[list[Finding], Points]:
    """Points that nothing covers, by community, and those in two grids at once; and which all of these are.

    standing, home: the row of the grid (where there are none: the community) and of the community of each point.
    """
    bad = standing == NOWHERE
    lost = np.flatnonzero(bad)
    found = []
    for community, rows in grouped(home[lost], lost):
        case = "outside" if community == NOWHERE else "inside"
        found.append(_points(things, rows, case, where.told(community)))
    for one in shared:
        bad[one.rows] = True
        told = Told(
            one.overlap.codes, {"layer": where.layer, "labels": one.overlap.params["labels"]}
        )
        found.append(_points(things, one.rows, "multiple", told))
    return found, Points(things.point_rows, bad)


def _points(things: Things, rows: Rows, case: str, of: Told) -> Finding:
    mine = things.point_rows[rows]
    kinds = Counter(text_column(things.table, KIND)[mine].tolist())
    told = {name: count for name, count in kinds.most_common() if name}
    return Finding(
        "thing-uncovered",
        Severity.WARNING,
        codes=of.codes,
        count=len(rows),
        geometry=shapely.MultiPoint(list(things.points[rows])),
        params={
            "thing": things.name,
            "case": f"points-{case}",
            "rows": things.called(mine[:LISTED]),
            **({"kinds": told} if told else {}),
            **of.params,
        },
    )


def lines_out(things: Things, ground: Ground, where: Where) -> tuple[list[Finding], Part]:
    """Length that no grid answers for, by community; what runs on where no community is, is a note."""
    return _rest(things, things.lines, _LENGTH, ground, where)


def areas_out(things: Things, ground: Ground, where: Where) -> tuple[list[Finding], Part]:
    """Area that no grid answers for, by community; what lies where no community is, is a note."""
    return _rest(things, things.areas, _AREA, ground, where)


@dataclass(frozen=True, slots=True)
class _Extent:
    """How things of one dimension are measured."""

    name: str
    unit: str
    dimension: int
    size: Callable[[Shapes], NDArray[np.float64]]
    many: Callable[[list[Any]], BaseGeometry]


_LENGTH = _Extent("lines", "m", 1, shapely.length, shapely.MultiLineString)
_AREA = _Extent("areas", "m2", 2, shapely.area, shapely.MultiPolygon)


def _rest(
    things: Things, shapes: Shapes, extent: _Extent, ground: Ground, where: Where
) -> tuple[list[Finding], Part]:
    size = extent.size
    open_ = shapes[~shapely.covers(ground.answered, shapes)]
    bits = shapely.difference(open_, ground.answered)
    answered = float(size(shapes).sum() - size(bits).sum())
    bits = bits[size(bits) > 0]
    inside = shapely.intersection(bits, ground.realm)
    total = answered + float(size(inside).sum())
    found = _by_community(things, inside, extent, where)
    outside = shapely.difference(bits, ground.wide_realm)
    if size(outside).sum() > 0:
        note = _extent(things, outside, extent, "outside", where.told(NOWHERE))
        found.append(replace(note, severity=Severity.NOTE))
    return found, Part(extent.unit, answered, total)


def _by_community(things: Things, bits: Shapes, extent: _Extent, where: Where) -> list[Finding]:
    if not len(where.communities) or where.layer == "communities":
        whole = extent.size(bits).sum()
        return [_extent(things, bits, extent, "hole", where.told(NOWHERE))] if whole > 0 else []
    tree = shapely.STRtree(where.communities.shapes)
    bit, community = tree.query(bits, predicate="intersects")
    pieces = shapely.intersection(bits[bit], where.communities.shapes[community])
    held = extent.size(pieces) > 0
    return [
        _extent(things, pieces[mine], extent, "inside", where.told(row))
        for row, mine in grouped(community[held], np.flatnonzero(held))
    ]


def _extent(things: Things, shapes: Shapes, extent: _Extent, case: str, told: Told) -> Finding:
    parts = shapely.get_parts(shapes)
    parts = parts[(shapely.get_dimensions(parts) == extent.dimension) & ~shapely.is_empty(parts)]
    whole = float(extent.size(parts).sum())
    return Finding(
        "thing-uncovered",
        Severity.WARNING,
        codes=told.codes,
        area_m2=whole if extent.dimension == 2 else None,
        geometry=extent.many(list(parts)),
        params={
            "thing": things.name,
            "case": f"{extent.name}-{case}",
            **({"length_m": whole} if extent.dimension == 1 else {}),
            **told.params,
        },
    )
