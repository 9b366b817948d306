"""Offers to split an estate or to dedicate ground, tried: the community cut and drawn again as it would be then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from geo.blocks import BlockMap
from geo.errors import GeometryError, OptionError
from geo.partition.assignment import Assignment, CommunityResult, Offer
from geo.partition.problem import community_problem
from geo.partition.setting import Setting
from geo.partition.trial import can_hold

TRIED = ("split", "dedicated")
MOST_TRIED = 3
"""Offers that are tried in one community."""
MOST_COMMUNITIES = 8
"""Communities in which they are tried."""


def splits_tried(
    setting: Setting,
    block_map: BlockMap,
    assignment: Assignment,
    *,
    part: Sequence[int],
    cancelled: Callable[[], bool] = lambda: False,
) -> Assignment:
    """The assignment, its offers to split and to dedicate checked or marked as tried in vain; splits past a budget stay
    unchecked. (That dedicating helps was found without what else a name may mean, and without cutting anew.)

    ``block_map``: what ``setting`` was cut into. ``part``: the community there of each result (several, where dedicated
    ground parts one). Dedicated ground, crossings allowed and estates split already are as they were.
    """
    left, results = MOST_COMMUNITIES, []
    for community, result in zip(part, assignment.results, strict=True):
        tried = result
        if left and not cancelled() and any(one.kind in TRIED for one in result.offers):
            left -= 1
            tried = _tried(result, setting.alone(block_map, community), cancelled)
        results.append(tried)
    return replace(assignment, results=tuple(results))


def _tried(
    result: CommunityResult, alone: Setting, cancelled: Callable[[], bool]
) -> CommunityResult:
    offers, left = list[Offer](), MOST_TRIED
    for offer in result.offers:
        told = offer
        if offer.kind in TRIED and left and not cancelled():
            left -= 1
            holds = _holds(_taken(alone, offer), cancelled)
            told = replace(
                offer, checked=holds, kind=offer.kind if holds else f"{offer.kind}-tried"
            )
        offers.append(told)
    return replace(result, offers=tuple(offers))


def _taken(alone: Setting, offer: Offer) -> Setting:
    """The setting as an offer would have it."""
    if offer.kind == "split":
        return alone.without(str(offer.params["estate"]))
    options = offer.params["options"]
    assert isinstance(options, list)
    return alone.dedicating(options)


def _holds(alone: Setting, cancelled: Callable[[], bool]) -> bool:
    """Whether a community can be divided as it is set: every part of it that is lived in."""
    try:
        _, reserved = alone.cut()
    except (GeometryError, OptionError):
        return False
    rest = reserved.rest
    problems = [community_problem(rest, one, alone.rule) for one in range(len(rest.communities))]
    return all(can_hold(one, rest, cancelled=cancelled) for one in problems if any(one.totals))
