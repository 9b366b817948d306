"""The town's fabric: every line noded once, the parcels between them, and the named roads and rivers.

All in metres; one noding on a 1 mm grid is the only source of vertices, so that every border that two
pieces share is the same coordinates in both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, MultiLineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from data.demo import names
from data.demo.communities import Quarters, crowding
from data.demo.cuts import parcel
from data.demo.dice import dice
from data.demo.ground import GRID_M, NamedLine

OLD_CROWDING = 1.18
"""From here on a place is old town: small blocks, lanes instead of walls."""
HECTARE = 10_000.0


@dataclass(frozen=True, slots=True)
class Fabric:
    """Parcels (polygons) with the index of their community, and the noded lines with class and name."""

    parcels: NDArray[np.object_]
    community: NDArray[np.int64]
    lines: list[NamedLine]
    bridges: list[Point]
    outside: list[Polygon]


def weave(
    town: Polygon, lines: list[NamedLine], areas: Quarters, around: list[BaseGeometry], *, seed: int
) -> Fabric:
    """Cuts streets, lanes and walls into the communities, nodes all lines with ``around`` and polygonizes."""
    named = [*lines, *_streets(town, lines, areas, seed)]
    every: list[BaseGeometry] = [town.exterior, *(item.line for item in named), *around]
    noded = shapely.unary_union(shapely.MultiLineString(_strings(every)), grid_size=GRID_M)
    edges = shapely.get_parts(noded)
    faces = shapely.get_parts(shapely.polygonize(edges))
    points = shapely.point_on_surface(faces)
    _, community = shapely.STRtree(areas.areas).query_nearest(points, all_matches=False)
    inside = shapely.contains(town, points)
    return Fabric(
        faces[inside],
        community[inside],
        _matched(edges, named),
        _bridges(named),
        list(faces[~inside]),
    )


def _strings(items: list[BaseGeometry]) -> list[LineString]:
    return [
        LineString(part.coords)
        for item in items
        for part in shapely.get_parts(item)
        if part.length > 0
    ]


def _streets(town: Polygon, lines: list[NamedLine], areas: Quarters, seed: int) -> list[NamedLine]:
    """Streets first, then lanes (old town) or lanes and walls (elsewhere), each with its name."""
    rng = dice(seed, "streets")
    made = [("street", cut) for cut in areas.cuts]
    frame = [town.exterior, *(item.line for item in lines), *areas.cuts]
    blocks = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.unary_union(frame))))
    for block in [b for b in blocks if town.contains(b.representative_point())]:
        pieces, streets = parcel(block, lambda p: p.area > _street_m2(p), rng)
        made += [("street", cut) for cut in streets]
        for piece in pieces:
            _, cuts = parcel(piece, lambda p: p.area > _parcel_m2(p), rng)
            for cut in cuts:
                lane = crowding(piece) >= OLD_CROWDING or rng.random() < 0.45
                made.append(("lane" if lane else "wall", cut))
    return _named(made, seed)


def _street_m2(land: Polygon) -> float:
    return HECTARE * float(np.interp(crowding(land), [0.55, 1.0, 1.2], [15.0, 10.0, 5.5]))


def _parcel_m2(land: Polygon) -> float:
    return HECTARE * float(np.interp(crowding(land), [0.55, 1.0, 1.2], [5.4, 4.0, 1.7]))


def _named(made: list[tuple[str, LineString]], seed: int) -> list[NamedLine]:
    """Old lanes have names of their own, heart first; the others are numbered from the street they leave."""
    rng = dice(seed, "road names")
    streets = [cut for kind, cut in made if kind == "street"]
    names_of_streets = names.distinct(names.STREET_STEMS, names.STREET_ENDINGS, len(streets), rng)
    lanes = [cut for kind, cut in made if kind == "lane"]
    named = [NamedLine("street", n, cut) for n, cut in zip(names_of_streets, streets, strict=True)]
    walls = [NamedLine("wall", "", cut) for kind, cut in made if kind == "wall"]
    return [*named, *_named_lanes(lanes, named, rng), *walls]


def _named_lanes(
    lanes: list[LineString], streets: list[NamedLine], rng: np.random.Generator
) -> list[NamedLine]:
    ordered = sorted(lanes, key=crowding, reverse=True)
    own = names.distinct(names.LANE_STEMS, ("巷",), len(names.LANE_STEMS), rng)
    _, street = shapely.STRtree([item.line for item in streets]).query_nearest(
        ordered, all_matches=False
    )
    parents = pd.Series([streets[index].name for index in street])
    numbers = parents[len(own) :].groupby(parents).cumcount() + 1
    numbered = [f"{parents[i]}{numbers[i]}巷" for i in range(len(own), len(ordered))]
    return [
        NamedLine("lane", name, lane)
        for name, lane in zip([*own[: len(ordered)], *numbered], ordered, strict=True)
    ]


def _matched(edges: NDArray[np.object_], named: list[NamedLine]) -> list[NamedLine]:
    """The noded edges, joined again by the line they came from."""
    middles = shapely.line_interpolate_point(edges, 0.5, normalized=True)
    tree = shapely.STRtree([item.line for item in named])
    edge, source = tree.query_nearest(middles, max_distance=0.01, all_matches=False)
    found = []
    for index in np.unique(source):
        item = named[index]
        merged = shapely.line_merge(MultiLineString(list(edges[edge[source == index]])))
        found += [NamedLine(item.klass, item.name, part) for part in shapely.get_parts(merged)]
    return found


def _bridges(named: list[NamedLine]) -> list[Point]:
    """Where arterials cross the water."""
    water = shapely.union_all([item.line for item in named if item.klass == "river"])
    roads = [item.line for item in named if item.klass == "arterial"]
    meetings = [
        meeting
        for road in roads
        for meeting in shapely.get_parts(shapely.intersection(road, water))
        if not meeting.is_empty
    ]
    return [meeting.centroid for meeting in meetings]
