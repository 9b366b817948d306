"""Who answers for buildings and things: what no grid covers, what several do, and whether grids have the right size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.coverage import ages, bases, buildings, sizes, things
from geo.coverage.between import filled, union
from geo.coverage.buildings import NOWHERE, Rows, Shared, Standing, shared_places, stand
from geo.coverage.layers import Layer
from geo.coverage.shapes import Shapes
from geo.coverage.things import Ground, Part, Points, Things, Where
from geo.coverage.town import Town
from geo.model import Finding


@dataclass(frozen=True, slots=True)
class Answers:
    """out: of each building whether it is in no grid or in several. things: what of each layer is in exactly one;
    points: those of a layer one by one."""

    findings: list[Finding]
    out: NDArray[np.bool_]
    things: Mapping[str, tuple[Part, ...]]
    points: Mapping[str, Points]


def answers(town: Town, shape_faults: Sequence[Finding]) -> Answers:
    """Findings about buildings, things, sizes and ages; ``shape_faults`` in metres, for the overlaps among them."""
    overlaps = [
        finding
        for finding in shape_faults
        if finding.code == "overlap" and finding.params["layer"] == town.areas.kind
    ]
    standing = Standing(community=_stand(town, town.communities), grid=_stand(town, town.grids))
    inside = standing.grid if len(town.grids) else standing.community
    shared = shared_places(town.tree, overlaps)
    out = inside == NOWHERE
    for one in shared:
        out[one.rows] = True
    found = _buildings(town, standing, shared)
    measured: dict[str, tuple[Part, ...]] = {}
    points: dict[str, Points] = {}
    ground = _ground(town)
    for layer in town.things:
        more, own = _points(town, layer, overlaps)
        extents, parts = _extents(town, layer, ground)
        found += [*more, *extents]
        if own is not None:
            points[layer.name] = own
        measured[layer.name] = (*(() if own is None else (own.part,)), *parts)
    return Answers(found + _ages(town, standing), out, measured, points)


def _stand(town: Town, layer: Layer) -> Rows:
    return stand(town.buildings.shapes, town.tree, layer, tolerance_m=town.measure.tolerance_m)


def _buildings(town: Town, standing: Standing, shared: Sequence[Shared]) -> list[Finding]:
    rule, houses = town.measure.rule, town.buildings
    if not len(houses):
        base = bases.grid_bases(town.grids, None, None)
        return [
            *sizes.sizes(town.grids, None, None, base, rule=rule),
            *bases.mixed_bases(town.grids, None, base),
        ]
    base = bases.grid_bases(town.grids, houses, standing)
    return [
        *buildings.uncovered(houses, standing, communities=town.communities, areas=town.areas),
        *buildings.multiple(houses, shared),
        *buildings.wrong_community(
            houses, standing, communities=town.communities, tolerance_m=town.measure.tolerance_m
        ),
        *sizes.sizes(town.grids, houses, standing, base, rule=rule),
        *sizes.estates(town.grids, houses, standing, rule=rule),
        *bases.mixed_bases(town.grids, houses, base),
    ]


def _ground(town: Town) -> Ground | None:
    """Where somebody answers; None where nothing is there that has a length or an area."""
    if not any(len(layer.lines) or len(layer.areas) for layer in town.things):
        return None
    tolerance_m = town.measure.tolerance_m
    whole = union(_answering(town))
    realm = union(town.communities.shapes) if len(town.communities) else whole
    if town.areas is town.communities or not len(town.communities):
        realm = filled(realm)
    answered, wide = (
        shapely.buffer(one, tolerance_m, join_style="mitre") for one in (whole, realm)
    )
    shapely.prepare(answered)
    return Ground(answered, realm, wide)


def _answering(town: Town) -> Shapes:
    """Polygons whose union is all that grids cover: a community that its grids tile stands for them."""
    pair = town.grids_within
    if pair is None:
        return town.areas.shapes
    loose = pair.suspects
    return np.concatenate([town.communities.shapes[pair.tiled], town.grids.shapes[loose]])


def _points(
    town: Town, layer: Things, overlaps: Sequence[Finding]
) -> tuple[list[Finding], Points | None]:
    """The points of a layer; None where it has none."""
    if not len(layer.points):
        return [], None
    tree, tolerance_m = shapely.STRtree(layer.points), town.measure.tolerance_m
    home = stand(layer.points, tree, town.communities, tolerance_m=tolerance_m)
    grid = stand(layer.points, tree, town.areas, tolerance_m=tolerance_m)
    shared = shared_places(tree, overlaps)
    return things.points_out(layer, grid, shared, home, Where(town.communities, town.areas.kind))


def _extents(
    town: Town, layer: Things, ground: Ground | None
) -> tuple[list[Finding], tuple[Part, ...]]:
    """The lines and polygons of a layer."""
    where = Where(town.communities, town.areas.kind)
    found: list[Finding] = []
    measured = []
    if ground is not None and len(layer.lines):
        more, part = things.lines_out(layer, ground, where)
        found += more
        measured.append(part)
    if ground is not None and len(layer.areas):
        more, part = things.areas_out(layer, ground, where)
        found += more
        measured.append(part)
    return found, tuple(measured)


def _ages(town: Town, standing: Standing) -> list[Finding]:
    """Stale records of every layer, buildings by the community that must renew them."""
    at, limit = town.measure.at, town.measure.stale_days
    if at is None:
        return []
    found: list[Finding] = []
    homes = {"buildings": standing.community}
    for layer in (town.communities, town.grids, town.buildings):
        home = homes.get(layer.kind, np.full(len(layer), NOWHERE, dtype=np.intp))
        found += ages.stale_records(layer, home, at=at, limit_days=limit)
    for thing in town.things:
        found += ages.stale_things(thing.name, thing.table, at=at, limit_days=limit)
    return found
