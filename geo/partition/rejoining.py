"""What was drawn beside dedicated ground, and the dedicated grids, as the plan of the whole map again.

Where dedicated ground parts a community, its parts were drawn by themselves: they become one result of it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from geo.model import Finding
from geo.partition.assignment import Assignment, CommunityResult, Offer, State
from geo.partition.dedicated import Reserved

GRAVITY = (State.FEASIBLE, State.NOT_FOUND, State.PROVED, State.IMPOSSIBLE)
"""A community is as impossible as the worst of its parts."""


def rejoined(reserved: Reserved, drawn: Assignment) -> Assignment:
    """The assignment of the whole map: what was drawn, and after it the dedicated grids of each community."""
    whole = reserved.whole
    grid = np.full(len(whole.geometry), -1, dtype=np.intp)
    after = np.zeros(len(whole.communities), dtype=np.intp)
    for index, community in enumerate(reserved.part.tolist()):
        mine = reserved.rest.community == index
        grid[reserved.rows[mine]] = drawn.grid[mine] + after[community]
        after[community] += int(drawn.grid[mine].max()) + 1
    for piece in range(int(reserved.piece.max(initial=-1)) + 1):
        mine = reserved.piece == piece
        community = int(whole.community[mine][0])
        grid[mine] = after[community]
        after[community] += 1
    return Assignment(grid, _results(reserved, drawn), _findings(drawn))


def _findings(drawn: Assignment) -> tuple[Finding, ...]:
    """What was found, said of a part of its community where dedicated ground parts that."""
    codes, times = np.unique([one.code for one in drawn.results], return_counts=True)
    several = set(codes[times > 1].tolist())
    return tuple(
        replace(one, params={**one.params, "part": True}) if one.codes[0] in several else one
        for one in drawn.findings
    )


def _results(reserved: Reserved, drawn: Assignment) -> tuple[CommunityResult, ...]:
    """One a community, of its basic grids; one that is dedicated altogether holds."""
    found: dict[str, CommunityResult] = {}
    for result in drawn.results:
        former = found.get(result.code)
        found[result.code] = result if former is None else _both(former, result)
    codes = reserved.whole.communities["code"].astype(str)
    return tuple(
        found.get(code) or CommunityResult(code, State.FEASIBLE, 0, 0, 0.0, 0, 0) for code in codes
    )


def _both(a: CommunityResult, b: CommunityResult) -> CommunityResult:
    """Of two parts of a community: it holds where both do, and is as impossible as the worse of them."""
    return CommunityResult(
        a.code,
        max(a.state, b.state, key=GRAVITY.index),
        a.grids + b.grids,
        a.inside + b.inside,
        max(a.worst, b.worst),
        a.households + b.households,
        a.residents + b.residents,
        offers=_all_offers(a.offers, b.offers),
        cut_short=a.cut_short or b.cut_short,
    )


def _all_offers(*each: tuple[Offer, ...]) -> tuple[Offer, ...]:
    """The ways out of parts as those of their community: bounds and exceptions are of the whole of it."""
    every = [offer for offers in each for offer in offers]
    approve = [one for one in every if one.kind == "approve"][:1]
    bounds = [one for one in every if one.kind.startswith("bounds")]
    if len(bounds) > 1:
        ends = {
            key: (min if key.startswith("low") else max)(
                int(str(one.params[key])) for one in bounds
            )
            for key in bounds[0].params
            if key != "code"
        }
        bounds = [Offer("bounds", bounds[0].params | ends, checked=all(b.checked for b in bounds))]
    rest = [one for one in every if one.kind != "approve" and not one.kind.startswith("bounds")]
    if all(each):
        # What helps one part leaves the other as it is.
        rest = [replace(one, checked=False) for one in rest]
    return (*approve, *bounds, *rest)
