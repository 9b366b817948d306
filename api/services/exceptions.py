"""Exceptions that a user approves: a community's plan stands though it breaks bounds, with the reason beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import geopandas as gpd
import pandas as pd

from geo.model import EXCEPTION_COLUMN, City, CityPlan, Finding, Severity
from geo.partition.assignment import CommunityResult, State


def exceptions_of(
    city: City, given: Mapping[str, str], *, former: CityPlan | None = None
) -> dict[str, str]:
    """The reasons by community code: of a ``former`` plan, of the city's own column, and those ``given``; the later
    ones win."""
    known = _told_in(former.communities) if former is not None else {}
    return known | _told_in(city.communities) | dict(given)


def _told_in(communities: gpd.GeoDataFrame) -> dict[str, str]:
    if EXCEPTION_COLUMN not in communities:
        return {}
    texts = communities[EXCEPTION_COLUMN]
    return {
        str(code): str(text).strip()
        for code, text in zip(communities["code"], texts, strict=True)
        if pd.notna(text) and str(text).strip()
    }


def excused(
    results: Sequence[CommunityResult],
    findings: Sequence[Finding],
    plan: CityPlan,
    reasons: Mapping[str, str],
    *,
    split: Sequence[str] = (),
) -> tuple[tuple[CommunityResult, ...], list[Finding]]:
    """Results that carry their exception (they keep their state), and findings: what was approved, or what a user asked
    to be split, is a note, and each exception is told."""
    homes = dict(zip(plan.grids["code"], plan.grids["community_code"], strict=True))
    names = dict(zip(plan.communities["code"].astype(str), plan.communities["name"], strict=True))
    approved = {one.code for one in results if one.code in reasons and not _holds(one)}
    asked = {name.rpartition("/")[2].strip() for name in split}
    kept = tuple(
        replace(one, exception=reasons[one.code]) if one.code in approved else one
        for one in results
    )
    told = [_told(one, str(names.get(one.code, one.code)), reasons) for one in results]
    softened = [
        replace(finding, severity=Severity.NOTE)
        if (finding.code.startswith("size-") and homes.get(finding.codes[0]) in approved)
        or (finding.code == "estate-split" and finding.params.get("estate") in asked)
        else finding
        for finding in findings
    ]
    return kept, [*(one for one in told if one is not None), *softened]


def _holds(result: CommunityResult) -> bool:
    return result.state is State.FEASIBLE


def _told(result: CommunityResult, name: str, reasons: Mapping[str, str]) -> Finding | None:
    if result.code not in reasons:
        return None
    params: dict[str, object] = {
        "code": result.code,
        "name": name,
        "reason": reasons[result.code],
        "grids": result.grids,
        "inside": result.inside,
        "worst_percent": round(100 * result.worst, 1),
    }
    code = "draw-exception-idle" if _holds(result) else "draw-exception"
    return Finding(code, Severity.NOTE, codes=(result.code,), params=params)
