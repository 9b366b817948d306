"""What a community must have: somebody for each line of business (B posts), and its liaisons."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import geopandas as gpd
import pandas as pd

from geo.chain.rules import ChainRules
from geo.chain.terms import about, in_force
from geo.model import Finding


def check_lines(
    communities: gpd.GeoDataFrame, posts: pd.DataFrame, *, rules: ChainRules, at: datetime
) -> Iterator[Finding]:
    """Lines and liaisons that nobody has in a community at ``at``. ``communities``: indexed by code."""
    mine = posts[(posts["kind"] == "B") & posts["person"].notna()]
    now = mine[in_force(mine, at)]
    held = set(zip(now["community_code"].astype(str), now["line"].astype(str), strict=True))
    for code, community in communities.iterrows():
        for line in rules.lines:
            if (str(code), line) not in held:
                yield about("line-uncovered", community, line=line)
        for liaison in rules.liaisons:
            if (str(code), liaison) not in held:
                yield about("liaison-missing", community, line=liaison)
