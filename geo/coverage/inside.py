"""One level held against the one above: grids in their community, communities in their street, streets in the city."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.coverage.between import union
from geo.coverage.chains import tiled
from geo.coverage.faults import Concern, faults
from geo.coverage.layers import Layer
from geo.coverage.shapes import NODING_M, ROUNDING_M, Shapes
from geo.model import Finding, Severity

_LISTED_NEIGHBOURS = 6
FOREIGN, NOBODYS = -2, -1
_BARE = 0.5
"""A region of which this much is open, and to which nothing belongs, is one that was not drawn further."""


@dataclass(frozen=True, slots=True)
class Within:
    """``inner`` polygons and the ``outer`` ones that they belong to.

    named: the code of the outer one that each record names, "" for none.
    homes: for each inner one the row of its outer one; `NOBODYS` for none, `FOREIGN` for one that was not handed over.
    tiled: for each outer one whether its own tile it exactly (proved by their borders).
    """

    outer: Layer
    inner: Layer
    named: NDArray[np.object_]
    homes: NDArray[np.intp]
    tiled: NDArray[np.bool_]

    @property
    def suspects(self) -> NDArray[np.bool_]:
        """Inner ones that may leave their outline, or lie on another one of it."""
        safe = np.append(self.tiled, [False, False])
        return ~safe[self.homes]


def within(outer: Layer, inner: Layer, named: NDArray[np.object_], *, strict: bool) -> Within:
    """The inner polygons at home: in what their record names, else in what holds most of them.

    ``strict``: one whose record names an outline that is not there is `FOREIGN`; else the place decides for it too.
    """
    homes = _homes(outer, inner, named, strict=strict)
    return Within(outer, inner, named, homes, tiled(outer.shapes, inner.shapes, homes))


def _homes(
    outer: Layer, inner: Layer, named: NDArray[np.object_], *, strict: bool
) -> NDArray[np.intp]:
    by_code = {str(code): row for row, code in reversed(list(enumerate(outer.codes)))}
    rows = np.array([by_code.get(str(name), NOBODYS) for name in named], dtype=np.intp)
    lost = np.flatnonzero(rows < 0)
    if strict:
        rows[lost[named[lost] != ""]] = FOREIGN
        lost = lost[rows[lost] != FOREIGN]
    if len(lost) and len(outer):
        tree = shapely.STRtree(outer.shapes)
        index, near = tree.query(inner.shapes[lost], predicate="intersects")
        areas = shapely.area(shapely.intersection(inner.shapes[lost[index]], outer.shapes[near]))
        for place in np.argsort(areas, kind="stable"):
            rows[lost[index[place]]] = near[place]
    return rows


def gaps_inside(pair: Within, *, tolerance_m: float) -> list[Finding]:
    """What of each outline nothing of the inner layer covers, whoever's it is."""
    outer, inner = pair.outer, pair.inner
    rows = np.flatnonzero(~pair.tiled)
    regional = inner.kind != "grids"
    open_ = shapely.difference(outer.shapes[rows], _covered(outer.shapes[rows], inner.shapes))
    bare = shapely.area(open_) > _BARE * shapely.area(outer.shapes[rows])
    bare &= regional & ~np.isin(rows, pair.homes)
    unknown, rows, open_ = rows[bare], rows[~bare], open_[~bare]
    tree = shapely.STRtree(inner.shapes)

    def describe(piece: BaseGeometry, owner: int) -> Concern:
        row = int(rows[owner])
        near = np.sort(tree.query(piece, predicate="dwithin", distance=ROUNDING_M))
        listed = near[:_LISTED_NEIGHBOURS]
        whole = bool(piece.area > 0.999 * outer.shapes[row].area)
        codes = () if whole else tuple(str(inner.codes[one]) for one in listed)
        params: dict[str, object] = {
            "case": "region" if regional else "empty" if whole else "inside",
            "region" if regional else "community": outer.label(row),
            "labels": [inner.label(int(one)) if regional else inner.codes[one] for one in listed],
        }
        return Concern((str(outer.codes[row]), *codes), params)

    rounding_m = NODING_M if regional else ROUNDING_M
    return faults(
        "gap",
        open_,
        describe,
        layer=inner.kind,
        tolerance_m=tolerance_m,
        rounding_m=rounding_m,
    ) + _unknown(outer, inner, unknown)


def _unknown(outer: Layer, inner: Layer, rows: NDArray[np.intp]) -> list[Finding]:
    """Regions of which nothing further is known: a town drawn for the map's sake. One note for all of them."""
    if len(rows) == 0:
        return []
    shapes = outer.shapes[rows]
    return [
        Finding(
            "gap",
            Severity.NOTE,
            codes=tuple(str(outer.codes[row]) for row in rows),
            area_m2=float(shapely.area(shapes).sum()),
            count=len(rows),
            geometry=shapely.MultiPolygon(list(shapely.get_parts(shapes))),
            params={
                "layer": inner.kind,
                "case": "regions-empty",
                "labels": [outer.label(int(row)) for row in rows],
            },
        )
    ]


def _covered(outlines: Shapes, shapes: Shapes) -> Shapes:
    """For each outline, the union of the shapes that meet its interior (empty where none does)."""
    result = np.full(len(outlines), shapely.Polygon(), dtype=object)
    if len(shapes) == 0 or len(outlines) == 0:
        return result
    tree = shapely.STRtree(shapes)
    rows, near = tree.query(outlines, predicate="intersects")
    touching = shapely.touches(outlines[rows], shapes[near])
    rows, near = rows[~touching], near[~touching]
    for row in np.unique(rows):
        result[row] = union(shapes[near[rows == row]])
    return result


def spills(pair: Within, *, tolerance_m: float) -> list[Finding]:
    """What of each inner polygon lies outside its own outline."""
    outer, inner = pair.outer, pair.inner
    rows = np.flatnonzero(pair.suspects & (pair.homes != FOREIGN))
    own = np.full(len(rows), shapely.Polygon(), dtype=object)
    held = pair.homes[rows] >= 0
    own[held] = outer.shapes[pair.homes[rows[held]]]
    outside = shapely.difference(inner.shapes[rows], own)
    tree = shapely.STRtree(outer.shapes)

    @cache
    def into(owner: int) -> list[int]:
        near: list[int] = np.sort(tree.query(outside[owner], predicate="intersects")).tolist()
        return near

    def describe(piece: BaseGeometry, owner: int) -> Concern:
        row = int(rows[owner])
        home = int(pair.homes[row])
        entered = [
            other
            for other in into(owner)
            if other != home
            and shapely.intersection(piece, outer.shapes[other]).area > 0.5 * piece.area
        ]
        case = "into" if entered else "outside"
        params: dict[str, object] = {
            "label": inner.label(row),
            "home": outer.label(home) if home >= 0 else "",
            "into": [outer.label(other) for other in entered],
            "whole": bool(piece.area > 0.999 * inner.shapes[row].area),
            "case": case if inner.kind == "grids" else f"region-{case}",
        }
        return Concern((str(inner.codes[row]),), params)

    return faults(
        "spill",
        outside,
        describe,
        layer=inner.kind,
        tolerance_m=tolerance_m,
        rounding_m=ROUNDING_M if inner.kind == "grids" else NODING_M,
    )
