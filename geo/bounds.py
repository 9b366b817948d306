"""Bounds of a community's own, from the columns of its layer."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pandas as pd

from geo.errors import OptionError
from geo.model import BOUND_COLUMNS, SizeRule


def with_own_bounds(rule: SizeRule, communities: gpd.GeoDataFrame | None) -> SizeRule:
    """``rule``, and what the columns BOUND_COLUMNS say of single communities; ``rule.own`` wins over them.

    A bound that is not there is the general one. Raises OptionError where a least is above its most.
    """
    if communities is None:
        return rule
    known = [name for name in BOUND_COLUMNS if name in communities]
    if not known or "code" not in communities:
        return rule
    numbers = communities[known].apply(pd.to_numeric, errors="coerce")
    given = numbers.assign(code=communities["code"]).dropna(subset=known, how="all")
    own: dict[str, SizeRule] = {}
    for code, (_, row) in zip(given["code"].astype(str), given[known].iterrows(), strict=True):
        pairs = []
        for measure, bounds in (("households", rule.households), ("residents", rule.residents)):
            ends = [row.get(f"{measure}_{end}") for end in ("min", "max")]
            low, high = (
                other if pd.isna(one) else int(one) for one, other in zip(ends, bounds, strict=True)
            )
            pairs.append(checked_bounds((low, high), option=f"{code} {measure}"))
        own[code] = SizeRule(pairs[0], pairs[1])
    return replace(rule, own={**own, **rule.own})


def checked_bounds(bounds: tuple[int, int], *, option: str) -> tuple[int, int]:
    """The bounds, if they are a range. OptionError names ``option`` where not."""
    low, high = bounds
    if not 0 <= low <= high or high == 0:
        raise OptionError("bounds-impossible", option=option, low=low, high=high)
    return bounds
