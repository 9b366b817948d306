"""What there is in each grid of a draft, beside its bounds and its neighbours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geo.blocks.adjacency import shared_segments
from geo.model import GridKind
from geo.redraw.draft import Draft, objects


@dataclass(frozen=True, slots=True)
class Numbers:
    """One grid. load: incidents of last year. households_limits, residents_limits: inclusive, None for a dedicated one,
    which has none. neighbours: metres of border shared with other grids here, by code. officers: None where not known.
    """

    code: str
    name: str
    kind: str
    locked: bool
    households: int
    residents: int
    load: int
    area_m2: float
    buildings: int
    blocks: int
    households_limits: tuple[int, int] | None
    residents_limits: tuple[int, int] | None
    neighbours: Mapping[str, float]
    officers: tuple[str, ...] | None

    def to_json(self) -> dict[str, Any]:
        """Everything, JSON-ready."""
        limits = None
        if self.households_limits is not None and self.residents_limits is not None:
            limits = {
                "households": list(self.households_limits),
                "residents": list(self.residents_limits),
            }
        return {
            "code": self.code,
            "name": self.name,
            "kind": self.kind,
            "locked": self.locked,
            "households": self.households,
            "residents": self.residents,
            "load": self.load,
            "area_m2": round(self.area_m2, 1),
            "buildings": self.buildings,
            "blocks": self.blocks,
            "limits": limits,
            "neighbours": {code: round(m, 1) for code, m in self.neighbours.items()},
            "officers": None if self.officers is None else list(self.officers),
        }


def numbers(draft: Draft) -> dict[str, Numbers]:
    """The numbers of every grid, by code."""
    beside = neighbours(draft)
    return {code: _numbers(draft, code, beside[code]) for code in draft.grids}


def neighbours(draft: Draft) -> dict[str, dict[str, float]]:
    """For each grid the metres of border that it shares with others of this community."""
    codes = list(draft.grids)
    i, j, start, end = shared_segments(objects([draft.metric(code) for code in codes]))
    length = np.hypot(*(end - start).T)
    pair = i * len(codes) + j
    rows, where = np.unique(pair, return_inverse=True)
    metres = np.bincount(where, length, len(rows))
    found: dict[str, dict[str, float]] = {code: {} for code in codes}
    for one, shared in zip(rows.tolist(), metres.tolist(), strict=True):
        a, b = codes[one // len(codes)], codes[one % len(codes)]
        if a != b:
            found[a][b] = found[b][a] = shared
    return found


def _numbers(draft: Draft, code: str, beside: Mapping[str, float]) -> Numbers:
    facts, blocks, ground = draft.grids[code], draft.of(code), draft.ground
    bounded = facts.kind != GridKind.DEDICATED.value
    return Numbers(
        code=code,
        name=facts.name,
        kind=facts.kind,
        locked=facts.locked,
        households=sum(block.households for block in blocks),
        residents=sum(block.residents for block in blocks),
        load=sum(block.load for block in blocks),
        area_m2=float(shapely.area(draft.metric(code))),
        buildings=sum(len(block.buildings) for block in blocks),
        blocks=len(blocks),
        households_limits=ground.bounds.households if bounded else None,
        residents_limits=ground.bounds.residents if bounded else None,
        neighbours=dict(sorted(beside.items())),
        officers=None if ground.officers is None else tuple(ground.officers.get(code, ())),
    )
