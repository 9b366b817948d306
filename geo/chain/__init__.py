"""纵向到底: who answers for each grid and building, and the first broken link of each chain.

    check_posts(grids, posts, at=…)                       the officers (A posts) alone
    check_chain(Town(…), Registers(…), rules=…, at=…)     every link that rules demand, and whose chains are whole

The links hang below one another: city, street, community, grid, estate, building, unit (`Rung`). One module a subject:
`rules` (what is demanded), `town` (the levels, and the registers held against them), `officers`, `leave`, `lines` (B
posts and liaisons), `party`, `estates` (contacts), `houses` (buildings and their units), `check`, `result`.
"""

from geo.chain.check import check_chain
from geo.chain.officers import check_posts
from geo.chain.result import OUTSIDE, WHOLE, ChainResult
from geo.chain.rules import BuildingDemand, ChainRules, EstateDemand, GridDemand, RegionDemand
from geo.chain.terms import Rung
from geo.chain.town import Registers, Town

__all__ = [
    "OUTSIDE",
    "WHOLE",
    "BuildingDemand",
    "ChainResult",
    "ChainRules",
    "EstateDemand",
    "GridDemand",
    "RegionDemand",
    "Registers",
    "Rung",
    "Town",
    "check_chain",
    "check_posts",
]
