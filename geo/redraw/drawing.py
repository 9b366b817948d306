"""What the drawing engine does in a draft: a grid divided into n, all grids drawn anew, and the smallest change that
makes bounds hold."""

from __future__ import annotations

import zlib
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from geo.errors import OptionError
from geo.model import GridKind
from geo.partition.draw import draw_grids
from geo.partition.mend import mended_labels
from geo.partition.parting import part_rule, parted
from geo.partition.problem import community_problem
from geo.partition.search import AIMS
from geo.redraw.asked import grid_named, refuse_locked
from geo.redraw.blockmap import block_map
from geo.redraw.draft import Block, Change, Draft, GridFacts
from geo.redraw.naming import new_codes, new_facts
from geo.redraw.operations import Draw, Mend, Split

MOST_SEED = 2**31


def split(draft: Draft, asked: Split) -> Change:
    """A grid divided into n connected ones: within the bounds if they can be, else about equal. The part with most
    households stays the grid that it was."""
    facts = grid_named(draft, asked.grid)
    refuse_locked(draft, [asked.grid])
    blocks = draft.of(asked.grid)
    if asked.n < 2:
        raise OptionError("split-too-few", n=asked.n)
    if asked.n > len(blocks):
        raise OptionError(
            "split-too-many", n=asked.n, blocks=len(blocks), grid=asked.grid, name=facts.name
        )
    label = parted(block_map(draft, blocks), asked.n, bounds=draft.ground.bounds)
    parts = [
        [block for block, part in zip(blocks, label.tolist(), strict=True) if part == one]
        for one in np.unique(label).tolist()
    ]
    return _as_grids(draft, sorted(parts, key=_people, reverse=True)[1:])


def draw(draft: Draft, asked: Draw) -> Change:
    """All grids drawn anew but locked and dedicated ones.

    Each new one keeps the code of the old one with which it shares most households, as far as that can be for all of
    them together (Kuhn's Hungarian method).
    """
    blocks = [block for block in draft.blocks.values() if _free(draft.grids[block.grid])]
    if not blocks:
        raise OptionError("mend-nothing-free", community=draft.ground.code)
    names, home = np.unique(np.array([block.grid for block in blocks]), return_inverse=True)
    n = len(names) if asked.n is None else asked.n
    if n < 1:
        raise OptionError("draw-too-few", n=n)
    if n > len(blocks):
        raise OptionError("draw-too-many", n=n, blocks=len(blocks), community=draft.ground.code)
    if asked.aims not in AIMS or not 0 <= asked.seed < MOST_SEED:
        value = asked.aims if asked.aims not in AIMS else asked.seed
        raise OptionError("draw-aims-unknown", value=value, known=", ".join(AIMS))
    drawn = draw_grids(
        block_map(draft, blocks),
        rule=part_rule(
            _people(blocks), sum(block.residents for block in blocks), n, draft.ground.bounds
        ),
        planned={draft.ground.code: n},
        aims=AIMS[asked.aims],
        seed=asked.seed,
    )
    _, part = np.unique(drawn.grid, return_inverse=True)
    return _named(draft, blocks, names, _matched(blocks, home.reshape(-1), part.reshape(-1)))


def _matched(blocks: list[Block], old: NDArray[np.intp], new: NDArray[np.intp]) -> NDArray[np.intp]:
    """New parts by the numbers of old ones; what no old one is like comes after these."""
    shared = np.zeros((int(old.max()) + 1, int(new.max()) + 1))
    weight = [block.households + 1e-3 * len(block.buildings) + 1e-6 for block in blocks]
    np.add.at(shared, (old, new), weight)
    rows, columns = linear_sum_assignment(shared, maximize=True)
    label = np.full(shared.shape[1], -1, dtype=np.intp)
    alike = shared[rows, columns] > 0
    label[columns[alike]] = rows[alike]
    others = np.flatnonzero(label < 0)
    label[others] = len(shared) + np.arange(len(others))
    return np.asarray(label[new])


def mend(draft: Draft, asked: Mend) -> Change:  # noqa: ARG001 (it asks nothing)
    """The smallest change that makes the bounds hold; locked and dedicated grids stay as they are."""
    blocks = [block for block in draft.blocks.values() if _free(draft.grids[block.grid])]
    if not blocks:
        raise OptionError("mend-nothing-free", community=draft.ground.code)
    rule = draft.ground.rule
    problem = community_problem(block_map(draft, blocks), 0, rule)
    names, home = np.unique(np.array([block.grid for block in blocks]), return_inverse=True)
    rng = np.random.default_rng([0, zlib.crc32(draft.ground.code.encode())])
    label = mended_labels(problem, home.reshape(-1), rng).label
    return _named(draft, blocks, names, label)


def _free(facts: GridFacts) -> bool:
    return not facts.locked and facts.kind != GridKind.DEDICATED.value


def _people(blocks: list[Block]) -> int:
    return sum(block.households for block in blocks)


def _as_grids(draft: Draft, groups: list[list[Block]]) -> Change:
    """Each group of blocks as a new grid."""
    codes = new_codes(draft, groups)
    moved, facts = list[Block](), dict[str, GridFacts]()
    for code, group in zip(codes, groups, strict=True):
        moved += [replace(block, grid=code) for block in group]
        facts[code] = new_facts(draft, code, group)
    return Change(tuple(moved), grids=facts)


def _named(
    draft: Draft, blocks: list[Block], names: NDArray[np.str_], label: NDArray[np.intp]
) -> Change:
    """Labels as grids: those of old ones keep their codes, others are new."""
    groups: dict[int, list[Block]] = {}
    for block, one in zip(blocks, label.tolist(), strict=True):
        groups.setdefault(one, []).append(block)
    moved = [
        replace(block, grid=str(names[one]))
        for one, group in groups.items()
        if one < len(names)
        for block in group
        if block.grid != names[one]
    ]
    new = [group for one, group in sorted(groups.items()) if one >= len(names)]
    made = _as_grids(draft, new) if new else Change()
    return Change((*moved, *made.blocks), grids=made.grids)
