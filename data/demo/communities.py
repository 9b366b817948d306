"""The 26 communities: faces between arterials, river and town edge, joined or cut to a like weight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from data.demo import ground
from data.demo.cuts import axes, halve
from data.demo.dice import dice

COMMUNITIES = 26
LIGHTEST, HEAVIEST = 0.55, 1.7
"""Share of the mean weight under which a face is joined to a neighbour, and over which it is cut."""


@dataclass(frozen=True, slots=True)
class Quarters:
    """The urban area in pieces (metres): one polygon per community, and the streets cut to part them."""

    areas: list[Polygon]
    cuts: list[LineString]


def crowding(where: BaseGeometry) -> float:
    """How many people live on a hectare there, beside the old town's heart (1.0)."""
    away = float(
        np.hypot(where.centroid.x - ground.OLD_TOWN[0], where.centroid.y - ground.OLD_TOWN[1])
    )
    return float(np.interp(away, [0, 700, 1300, 2000, 2900], [1.35, 1.2, 1.0, 0.75, 0.55]))


def quarters(town: Polygon, lines: list[ground.NamedLine], *, seed: int) -> Quarters:
    """Parts ``town`` along ``lines`` into COMMUNITIES pieces of like weight."""
    rng = dice(seed, "communities")
    noded = shapely.unary_union([town.exterior, *(named.line for named in lines)])
    faces = [face for face in _faces(noded) if town.contains(face.representative_point())]
    cuts: list[LineString] = []
    faces = _join_light(faces, lines)
    while len(faces) > COMMUNITIES:
        faces = _join(faces, int(np.argmin(_weights(faces))), lines)
    for _ in range(COMMUNITIES):
        weights = _weights(faces)
        if len(faces) == COMMUNITIES and weights.max() <= HEAVIEST * weights.mean():
            break
        heaviest = int(np.argmax(weights))
        pieces, parting = halve(faces[heaviest], rng)
        faces[heaviest : heaviest + 1] = pieces
        cuts.extend(parting)
        while len(faces) > COMMUNITIES:
            faces = _join(faces, int(np.argmin(_weights(faces))), lines)
    return Quarters(faces, cuts)


def _faces(noded: shapely.Geometry) -> list[Polygon]:
    return list(shapely.get_parts(shapely.polygonize(shapely.get_parts(noded))))


def _weights(faces: list[Polygon]) -> NDArray[np.float64]:
    return np.array([_weight(face) for face in faces])


def _weight(face: Polygon) -> float:
    """Slabs further out house as many people on a hectare as the old town's low houses, sheds fewer."""
    return face.area * float(np.interp(crowding(face), [0.55, 0.75, 1.0], [0.6, 0.85, 1.0]))


def _join_light(faces: list[Polygon], lines: list[ground.NamedLine]) -> list[Polygon]:
    while True:
        weights = _weights(faces)
        lightest = int(np.argmin(weights))
        if weights[lightest] >= LIGHTEST * weights.sum() / COMMUNITIES:
            return faces
        faces = _join(faces, lightest, lines)


def _join(faces: list[Polygon], index: int, lines: list[ground.NamedLine]) -> list[Polygon]:
    """Joins one face to the neighbour that makes the roundest and least heavy whole, rather not over the river."""
    land = faces[index]
    water = shapely.union_all([named.line for named in lines if named.klass == "river"])
    best, cost = -1, np.inf
    for other, face in enumerate(faces):
        shared = shapely.intersection(land, face) if other != index else LineString()
        if shared.length < 60.0:
            continue
        whole = land.union(face)
        if not isinstance(whole, Polygon):
            continue
        long_m, short_m, _ = axes(whole)
        over_water = shapely.length(shapely.intersection(shared, water.buffer(1.0))) / shared.length
        loss = _weight(whole) / 6e5 + long_m / short_m + 1.5 * over_water
        if loss < cost:
            best, cost = other, loss
    if best < 0:
        raise ValueError("a face of the town touches no other")
    rest = [face for i, face in enumerate(faces) if i not in (index, best)]
    return [*rest, *_whole(land, faces[best])]


def _whole(one: Polygon, other: Polygon) -> list[Polygon]:
    return [part for part in shapely.get_parts(one.union(other)) if isinstance(part, Polygon)]
