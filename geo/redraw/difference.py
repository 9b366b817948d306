"""Two plans of one community beside each other: what moves from where to where, and how good each is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from scipy.optimize import linear_sum_assignment

from geo.partition.scores import Scores, plan_scores
from geo.redraw.blockmap import block_map
from geo.redraw.draft import Draft, objects
from geo.redraw.hands import Moved, moved, renumbered

LEAST_M2 = 1.0
"""What is smaller is where two ways to cut the same ground differ."""


@dataclass(frozen=True, slots=True)
class MovedGround:
    """Ground that went from one grid to another (EPSG:4490), and who lives there."""

    from_grid: str
    to_grid: str
    shape: shapely.Geometry
    area_m2: float
    buildings: int
    households: int
    residents: int

    def to_json(self) -> dict[str, Any]:
        """Everything, JSON-ready; ``geometry`` as GeoJSON."""
        return {
            "from_grid": self.from_grid,
            "to_grid": self.to_grid,
            "area_m2": round(self.area_m2, 1),
            "buildings": self.buildings,
            "households": self.households,
            "residents": self.residents,
            "geometry": json.loads(shapely.to_geojson(self.shape)),
        }


@dataclass(frozen=True, slots=True)
class PlanDiff:
    """new, gone: grid codes. renumbered: old to new code of grids that are otherwise the same. renamed: both names, by
    (new) code. ground: largest first. homes: building by building. least_households: how many change their grid if each
    new grid is taken for the old one that it has most of, whatever it is called. scores: before and after."""

    new: tuple[str, ...]
    gone: tuple[str, ...]
    renumbered: Mapping[str, str]
    renamed: Mapping[str, tuple[str, str]]
    ground: tuple[MovedGround, ...]
    moved: Moved
    least_households: int
    scores: tuple[Scores, Scores]

    def to_json(self) -> dict[str, Any]:
        """Everything, JSON-ready."""
        return {
            "new": list(self.new),
            "gone": list(self.gone),
            "renumbered": dict(self.renumbered),
            "renamed": {code: list(names) for code, names in self.renamed.items()},
            "ground": [one.to_json() for one in self.ground],
            "buildings": [one.to_json() for one in self.moved.homes],
            "households": self.moved.households,
            "residents": self.moved.residents,
            "load": self.moved.load,
            "least_households": self.least_households,
            "scores": [
                {
                    "evenness": one.evenness,
                    "compactness": one.compactness,
                    "on_lines": one.on_lines,
                }
                for one in self.scores
            ],
        }


def plan_diff(before: Draft, after: Draft) -> PlanDiff:
    """What differs between two plans of one community, opened with the same buildings; their blocks may differ."""
    same = renumbered(before, after)
    change = moved(before, after)
    new_names = {same.get(code, code): facts.name for code, facts in before.grids.items()}
    return PlanDiff(
        new=tuple(sorted(after.grids.keys() - before.grids.keys() - set(same.values()))),
        gone=tuple(sorted(before.grids.keys() - after.grids.keys() - same.keys())),
        renumbered=same,
        renamed={
            code: (new_names[code], facts.name)
            for code, facts in after.grids.items()
            if code in new_names and new_names[code] != facts.name
        },
        ground=_ground(before, after, same, change),
        moved=change,
        least_households=_least(before, after),
        scores=(scores(before), scores(after)),
    )


def scores(draft: Draft) -> Scores:
    """How good a draft is (`geo.partition.scores`); one without grids has nothing uneven."""
    if not draft.grids:
        return Scores(evenness=0.0, compactness=1.0, on_lines=1.0)
    blocks = list(draft.blocks.values())
    grid = np.unique([block.grid for block in blocks], return_inverse=True)[1].reshape(-1)
    return plan_scores(block_map(draft, blocks), grid)


def _ground(
    before: Draft, after: Draft, same: Mapping[str, str], change: Moved
) -> tuple[MovedGround, ...]:
    """What lies in another grid now, by pair of grids."""
    old, new = list(before.grids), list(after.grids)
    tree = shapely.STRtree(objects(after.shape(code) for code in new))
    was, now = tree.query(objects(before.shape(code) for code in old), predicate="intersects")
    found = []
    for a, b in zip(was.tolist(), now.tolist(), strict=True):
        from_grid, to_grid = old[a], new[b]
        if same.get(from_grid, from_grid) == to_grid:
            continue
        shape = _areal(shapely.intersection(before.shape(from_grid), after.shape(to_grid)))
        area = float(shapely.area(before.ground.metres(objects([shape]))[0]))
        if area < LEAST_M2:
            continue
        code = same.get(from_grid, from_grid)
        homes = [h for h in change.homes if (h.from_grid, h.to_grid) == (code, to_grid)]
        found.append(
            MovedGround(
                from_grid,
                to_grid,
                shape,
                area,
                buildings=len(homes),
                households=sum(home.households for home in homes),
                residents=sum(home.residents for home in homes),
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.area_m2, one.from_grid, one.to_grid)))


def _areal(shape: shapely.Geometry) -> shapely.Geometry:
    """The polygons of an intersection, without the lines along which shapes only touch."""
    parts = shapely.get_parts(shape)
    polygons = parts[shapely.get_dimensions(parts) == 2]
    whole: shapely.Geometry = polygons[0] if len(polygons) == 1 else shapely.multipolygons(polygons)
    return whole


def _least(before: Draft, after: Draft) -> int:
    homes = before.ground.homes
    was, now = (
        {one: block.grid for block in draft.blocks.values() for one in block.buildings}
        for draft in (before, after)
    )
    rows = {code: row for row, code in enumerate(before.grids)}
    columns = {code: column for column, code in enumerate(after.grids)}
    shared = np.zeros((len(rows), len(columns)), dtype=np.int64)
    total = 0
    for one in was.keys() | now.keys():
        people = int(homes.households[homes.row_of[one]]) if one in homes.row_of else 0
        total += people
        if one in was and one in now:
            shared[rows[was[one]], columns[now[one]]] += people
    return total - int(shared[linear_sum_assignment(shared, maximize=True)].sum())
