"""What is asked of the engine that draws plans, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from sqlalchemy.engine import RowMapping

from geo.model import Finding, GridKind, SizeRule
from geo.redraw import Draft
from geo.redraw.difference import scores


@dataclass(frozen=True, slots=True)
class Anew:
    """What is to be drawn: ``communities``, those of a ``street``, or all; or on the blocks of one ``plan``.

    kinds: which of AIMS. grids: how many in each community (None: the engine chooses; as many as there are). name: of
    the drafts. Of communities without a plan in force alone: bounds (theirs from then on), dedicated (names of estates
    and buildings, a grid each) and load (columns of the buildings and their weights, balanced instead of households).
    """

    communities: tuple[str, ...] | None = None
    street: str | None = None
    plan: int | None = None
    kinds: tuple[str, ...] = ("balanced",)
    grids: int | None = None
    name: str | None = None
    seed: int = 0
    households: tuple[int, int] | None = None
    residents: tuple[int, int] | None = None
    dedicated: tuple[str, ...] = ()
    load: Mapping[str, float] = field(default_factory=dict)

    def rule(self, usual: SizeRule, codes: Iterable[str]) -> SizeRule:
        """The usual bounds, and what is asked for as the own ones of the communities that are drawn."""
        if self.households is None and self.residents is None:
            return usual
        asked = SizeRule(self.households or usual.households, self.residents or usual.residents)
        return replace(usual, own=dict.fromkeys(codes, asked))


@dataclass(frozen=True, slots=True)
class Choice:
    """The drafts of one kind and how good they are together. inside: how many grids hold both bounds."""

    kind: str
    plans: tuple[int, ...]
    grids: int
    inside: int
    evenness: float
    compactness: float
    on_lines: float


@dataclass(frozen=True, slots=True)
class Kept:
    """heads: of all drafts, those of the first kind first. left_out: communities that could not be drawn, and why."""

    heads: Sequence[RowMapping]
    choices: tuple[Choice, ...]
    left_out: Mapping[str, str]
    findings: tuple[Finding, ...]


def choice(kind: str, ids: Sequence[int], made: Sequence[Draft]) -> Choice:
    """How good drafts are together: means over communities."""
    told = [scores(draft) for draft in made]
    return Choice(
        kind,
        tuple(ids),
        grids=sum(len(draft.grids) for draft in made),
        inside=sum(_inside(draft) for draft in made),
        evenness=float(np.mean([one.evenness for one in told])),
        compactness=float(np.mean([one.compactness for one in told])),
        on_lines=float(np.mean([one.on_lines for one in told])),
    )


def _inside(draft: Draft) -> int:
    """How many grids hold both bounds; a dedicated one has none."""
    rule, found = draft.ground.bounds, 0
    for code, facts in draft.grids.items():
        blocks = draft.of(code)
        sizes = (
            (sum(block.households for block in blocks), rule.households),
            (sum(block.residents for block in blocks), rule.residents),
        )
        free = facts.kind == GridKind.DEDICATED.value
        found += free or all(low <= size <= high for size, (low, high) in sizes)
    return found
