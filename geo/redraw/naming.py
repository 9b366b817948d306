"""Codes, names and predecessors of grids that an operation makes."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import shapely

from geo.blocks.noding import merge
from geo.codes import grid_number, number_grids
from geo.redraw.draft import Block, Draft, GridFacts, objects


def new_codes(draft: Draft, groups: Sequence[Collection[Block]]) -> list[str]:
    """Codes for groups of blocks that become grids of their own: the lowest numbers never used in the community, west
    to east, then north to south."""
    shapes = objects([merge(objects([block.shape for block in group])) for group in groups])
    points = shapely.get_coordinates(shapely.point_on_surface(shapes))
    ground = draft.ground
    return number_grids(points, ground.code, used=draft.used, profile=ground.profile)


def new_facts(draft: Draft, code: str, blocks: Collection[Block]) -> GridFacts:
    """What is said of a new grid that is made of ``blocks`` (as they were before)."""
    former = tuple(sorted({block.grid for block in blocks}))
    bases = {draft.grids[one].basis for one in former if one in draft.grids}
    return GridFacts(
        name=default_name(draft, code),
        predecessors=former,
        basis=bases.pop() if len(bases) == 1 else None,
    )


def default_name(draft: Draft, code: str) -> str:
    """The name of a grid that nobody named."""
    ground = draft.ground
    number = grid_number(code, ground.code, profile=ground.profile) or code
    return ground.grid_name.format(community=ground.name, number=number)
