"""What an operation names must be there: blocks, grids, estates of this draft."""

from __future__ import annotations

from collections.abc import Iterable

from geo.errors import OptionError
from geo.redraw.draft import Block, Draft, GridFacts


def blocks_named(draft: Draft, ids: Iterable[str]) -> list[Block]:
    """Blocks by id. OptionError for one that is not of this draft."""
    wanted = list(ids)
    for one in wanted:
        if one not in draft.blocks:
            raise OptionError("draft-block-unknown", block=one, community=_community(draft))
    return [draft.blocks[one] for one in wanted]


def grid_named(draft: Draft, code: str) -> GridFacts:
    """A grid's facts by its code. OptionError for one that is not of this draft."""
    if code not in draft.grids:
        raise OptionError("draft-grid-unknown", grid=code, community=_community(draft))
    return draft.grids[code]


def estate_blocks(draft: Draft, estate: str) -> list[Block]:
    """The blocks in which buildings of an estate stand. OptionError where there is none."""
    homes = draft.ground.homes
    mine = {one for one, name in zip(homes.ids, homes.estate, strict=True) if name == estate}
    found = [block for block in draft.blocks.values() if not mine.isdisjoint(block.buildings)]
    found = found or [block for block in draft.blocks.values() if block.estate == estate]
    if not found:
        raise OptionError("draft-estate-unknown", estate=estate, community=_community(draft))
    return found


def refuse_locked(draft: Draft, codes: Iterable[str]) -> None:
    """OptionError where one of these grids is locked."""
    for code in sorted(set(codes)):
        facts = draft.grids.get(code)
        if facts is not None and facts.locked:
            raise OptionError("draft-grid-locked", grid=code, name=facts.name)


def _community(draft: Draft) -> str:
    return f"{draft.ground.name} {draft.ground.code}"
