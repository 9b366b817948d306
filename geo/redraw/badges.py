"""What is wrong with a draft, at once after each edit: what `geo.coverage.check` finds, without looking at all anew.

Blocks tile their community, and operations keep it so: gaps, overlaps and spills can't come. Which buildings no grid
covers depends on the community alone and is looked at once. The rest is asked of the check's own functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.coverage import TOLERANCE_M
from geo.coverage.bases import grid_bases
from geo.coverage.buildings import NOWHERE, Standing, stand, uncovered
from geo.coverage.check import in_lonlat
from geo.coverage.contents import with_contents
from geo.coverage.layers import Layer, Plane, prepare
from geo.coverage.parts import parts, slivers
from geo.coverage.sizes import estates, sizes
from geo.model import CRS, Finding, Severity
from geo.redraw.draft import Draft, objects
from geo.redraw.ground import Ground
from geo.redraw.numbers import neighbours

BADGES = (
    "gap",
    "overlap",
    "spill",
    "multipart",
    "exclave",
    "sliver",
    "building-uncovered",
    "building-multiple",
    "estate-split",
    "size-households",
    "size-residents",
    "post-missing",
)
"""The findings that a planner steps through, gravest first; not their notes, of faults that are mere noise."""


Found = tuple[tuple[object, ...], list[Finding]]
"""What findings rest on, and the findings."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A ground as the check sees it. houses: the buildings that have a place. found: what no operation can change."""

    plane: Plane
    houses: Layer
    tree: shapely.STRtree
    found: tuple[Finding, ...]


def badges(draft: Draft) -> tuple[Finding, ...]:
    """Everything wrong with a draft, gravest first: each of BADGES' findings in turn, by code."""
    watched, grids = _watched(draft.ground), _grids(draft)
    standing = _standing(draft, grids, watched)
    rule, houses = draft.ground.rule, watched.houses
    base = grid_bases(grids, houses, standing)
    found = [
        *_parts(draft, grids),
        *slivers(grids),
        *sizes(grids, houses, standing, base, rule=rule),
        *estates(grids, houses, standing, rule=rule),
    ]
    told = with_contents(found, houses, watched.tree, (), tolerance_m=TOLERANCE_M)
    every = (*watched.found, *in_lonlat(told, watched.plane), *_unanswered(draft))
    return tuple(sorted(every, key=lambda one: (BADGES.index(one.code), one.codes)))


def _parts(draft: Draft, grids: Layer) -> list[Finding]:
    """Grids in parts. What was found of a grid stands while it and the grids beside it are what they were."""
    several = shapely.get_num_geometries(grids.shapes) > 1
    if not several.any():
        return []
    beside = neighbours(draft)
    known: Mapping[str, Found] = draft.known.get("parts", {})
    stands: dict[str, Found] = {}
    for row in np.flatnonzero(several):
        code = str(grids.codes[row])
        around = (code, *beside[code])
        key = tuple((one, draft.grids[one].name, draft.metric(one)) for one in around)
        if code in known and known[code][0] == key:
            stands[code] = known[code]
        else:
            only = np.arange(len(grids)) == row
            ground = draft.ground.metres(objects([draft.ground.outline]))
            found = parts(grids, tolerance_m=TOLERANCE_M, of=only, ground=ground)
            stands[code] = key, found
    draft.known["parts"] = stands
    every = (one for _, told in stands.values() for one in told)
    return [one for one in every if one.severity is not Severity.NOTE]


def _watched(ground: Ground) -> Watched:
    if "badges" not in ground.known:
        ground.known["badges"] = _watch(ground)
    watched: Watched = ground.known["badges"]
    return watched


def _watch(ground: Ground) -> Watched:
    lng, lat = shapely.get_coordinates(shapely.centroid(ground.outline))[0]
    plane = Plane(ground.metric_crs, (float(lng), float(lat)))
    frame = gpd.GeoDataFrame(ground.homes.table, geometry=ground.homes.points, crs=CRS)
    houses, _ = prepare(frame, "buildings", plane=plane)
    tree = shapely.STRtree(houses.shapes)
    found = in_lonlat(_uncovered(ground, houses, tree, plane), plane)
    return Watched(plane, houses, tree, tuple(found))


def _uncovered(ground: Ground, houses: Layer, tree: shapely.STRtree, plane: Plane) -> list[Finding]:
    """The buildings that no grid covers, whatever the grids are: all of the community that they cover is one."""
    outline = gpd.GeoSeries([ground.outline], crs=CRS)
    whole = gpd.GeoDataFrame({"code": [ground.code], "name": [ground.name]}, geometry=outline)
    community, grid = (prepare(whole, kind, plane=plane)[0] for kind in ("communities", "grids"))
    at = stand(houses.shapes, tree, community, tolerance_m=TOLERANCE_M)
    return uncovered(houses, Standing(at, at), communities=community, areas=grid)


def _grids(draft: Draft) -> Layer:
    """The grids as the check sees them: with all that it asks of them read already."""
    codes = sorted(draft.grids)
    facts = [draft.grids[code] for code in codes]
    blocks = [draft.of(code) for code in codes]
    read: dict[str, NDArray[Any]] = {
        "text kind": _texts(one.kind for one in facts),
        "text community_code": _texts(draft.ground.code for _ in codes),
        "text residents_basis": _texts(one.basis or "" for one in facts),
        "number households": np.array([sum(b.households for b in own) for own in blocks], float),
        "number residents": np.array([sum(b.residents for b in own) for own in blocks], float),
    }
    return Layer(
        "grids",
        pd.DataFrame(index=range(len(codes))),
        _texts(codes),
        _texts(one.name for one in facts),
        objects(draft.metric(code) for code in codes),
        np.arange(len(codes), dtype=np.intp),
        read,
    )


def _texts(values: Iterable[str]) -> NDArray[np.object_]:
    return np.array([*values, ""], dtype=object)[:-1]


def _standing(draft: Draft, grids: Layer, watched: Watched) -> Standing:
    """The grid of each building, as its block tells."""
    row_of = {str(code): row for row, code in enumerate(grids.codes)}
    at = np.full(len(draft.ground.homes.ids), NOWHERE, dtype=np.intp)
    places = draft.ground.homes.row_of
    pairs = [
        (places[one], row_of[block.grid])
        for block in draft.blocks.values()
        for one in block.buildings
        if one in places
    ]
    home, row = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
    at[home] = row
    grid = at[watched.houses.rows]
    return Standing(community=np.where(grid == NOWHERE, NOWHERE, 0).astype(np.intp), grid=grid)


def _unanswered(draft: Draft) -> Iterable[Finding]:
    """Grids that nobody answers for, where it is known who does."""
    officers = draft.ground.officers
    if officers is None:
        return
    for code, facts in draft.grids.items():
        if not officers.get(code):
            label = f"{facts.name} {code}" if facts.name != code else code
            yield Finding(
                "post-missing",
                Severity.WARNING,
                codes=(code,),
                count=1,
                geometry=draft.shape(code),  # type: ignore[arg-type]
                params={"layer": "grids", "case": "none", "label": label},
            )
