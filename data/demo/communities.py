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
LIGHTEST, FAINTEST, HEAVIEST = 0.55, 0.35, 1.7
"""Shares of the mean weight: under the first a face is joined to a neighbour at the start, under the second later
on; over the third it is cut."""
SLIVER_M2 = 5.0
"""Left to whatever piece is nearest."""

NARROW_M = 100.0
"""A shared border of this length or less is a poor reason to join."""


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
    noded = shapely.unary_union(
        [town.exterior, *(named.line for named in lines)], grid_size=ground.GRID_M
    )
    faces = [
        face
        for face in _faces(noded)
        if face.area > SLIVER_M2 and town.contains(face.representative_point())
    ]
    cuts: list[LineString] = []
    faces = _join_light(faces, lines)
    while len(faces) > COMMUNITIES:
        faces = _join(faces, int(np.argmin(_weights(faces))), lines)
    for _ in range(4 * COMMUNITIES):
        weights = _weights(faces) / _weights(faces).mean()
        if len(faces) < COMMUNITIES or (len(faces) == COMMUNITIES and weights.max() > HEAVIEST):
            faces, parting = _halved(faces, int(np.argmax(weights)), rng)
            cuts.extend(parting)
        elif len(faces) > COMMUNITIES or weights.min() < FAINTEST:
            faces = _join(faces, int(np.argmin(weights)), lines)
        else:
            return Quarters(faces, cuts)
    raise ValueError("the town can't be parted into communities of like weight")


def _halved(
    faces: list[Polygon], index: int, rng: np.random.Generator
) -> tuple[list[Polygon], list[LineString]]:
    pieces, parting = halve(faces[index], rng)
    return [*faces[:index], *pieces, *faces[index + 1 :]], parting


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
        if shared.length < 1.0:
            continue
        whole = shapely.union(land, face, grid_size=ground.GRID_M)
        if not isinstance(whole, Polygon):
            continue
        long_m, short_m, _ = axes(whole)
        over_water = shapely.length(shapely.intersection(shared, water.buffer(1.0))) / shared.length
        loss = _weight(whole) / 6e5 + long_m / short_m + 1.5 * over_water
        loss += NARROW_M / shared.length
        if loss < cost:
            best, cost = other, loss
    if best < 0:
        raise ValueError("a face of the town touches no other")
    rest = [face for i, face in enumerate(faces) if i not in (index, best)]
    return [*rest, *_whole(land, faces[best])]


def _whole(one: Polygon, other: Polygon) -> list[Polygon]:
    return [
        part
        for part in shapely.get_parts(shapely.union(one, other, grid_size=ground.GRID_M))
        if isinstance(part, Polygon)
    ]
