"""A plan's layers with what was concluded about each community and grid, for who opens the file alone."""

from __future__ import annotations

import geopandas as gpd
import numpy as np

from api.services.draw import DrawResult
from geo.model import BOUND_COLUMNS, EXCEPTION_COLUMN, GridKind, SizeRule
from geo.partition.assignment import CommunityResult, State
from geo.partition.screen import excess


def marked(result: DrawResult) -> dict[str, gpd.GeoDataFrame]:
    """The layers grids, blocks and communities to be written.

    Communities carry state, grids_inside, worst_percent, exception, and the bounds that are their own; grids
    ``within`` (whether both bounds hold; null for dedicated ones) and ``off_percent``.
    """
    plan, rule = result.plan, _rule(result)
    by_code = {one.code: one for one in result.results}
    communities = plan.communities.assign(**_columns(plan.communities, by_code))
    for position, name in enumerate(BOUND_COLUMNS):
        if rule.own:
            own = [_ends(rule, str(code))[position] for code in communities["code"]]
            communities = communities.assign(**{name: own})
    return {
        "grids": _marked_grids(plan.grids, rule),
        "blocks": plan.blocks,
        "communities": gpd.GeoDataFrame(communities, geometry="geometry", crs=plan.communities.crs),
    }


def _rule(result: DrawResult) -> SizeRule:
    """The rule that the plan was drawn under, out of its figures."""
    given = result.summary["rule"]
    assert isinstance(given, dict)
    own = {
        code: SizeRule(tuple(one["households"]), tuple(one["residents"]))
        for code, one in given["own"].items()
    }
    return SizeRule(tuple(given["households"]), tuple(given["residents"]), own)


def _ends(rule: SizeRule, code: str) -> tuple[int, int, int, int]:
    own = rule.of(code)
    return (*own.households, *own.residents)


def _columns(
    communities: gpd.GeoDataFrame, by_code: dict[str, CommunityResult]
) -> dict[str, list[object]]:
    own = [by_code[str(code)] for code in communities["code"]]
    return {
        "state": [one.state.value for one in own],
        "grids_inside": [one.inside for one in own],
        "worst_percent": [
            0.0 if one.state is State.FEASIBLE else round(100 * one.worst, 1) for one in own
        ],
        EXCEPTION_COLUMN: [one.exception for one in own],
    }


def _marked_grids(grids: gpd.GeoDataFrame, rule: SizeRule) -> gpd.GeoDataFrame:
    off = [
        excess(h, own.households) + excess(r, own.residents)
        for h, r, own in zip(
            grids["households"],
            grids["residents"],
            (rule.of(str(code)) for code in grids["community_code"]),
            strict=True,
        )
    ]
    free = (grids["kind"] == GridKind.DEDICATED.value).to_numpy()
    shares = np.where(free, 0.0, np.round(100 * np.array(off, dtype=float), 1))
    return grids.assign(within=(shares == 0).astype(int), off_percent=shares)
