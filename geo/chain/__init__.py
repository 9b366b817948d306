"""纵向到底: who answers for each grid and building, and the first broken link of each chain.

    check_posts(grids, posts, at=…)                       the officers (A posts) alone
    check_chain(Town(…), Registers(…), rules=…, at=…)     every link that rules demand, and whose chains are whole
    check_place(Ladder.part(…), Registers(…), …)          the same of one grid and building

The links hang below one another: city, street, community, grid, estate, building, unit (`Rung`). One module a subject:
`rules` (what is demanded), `town` (the levels, and the registers held against them), `officers`, `leave`, `lines` (B
posts and liaisons), `party`, `estates` (contacts), `houses` (buildings and their units), `kept` (what registers tell of
at all), `check`, `place`, `result`.
"""

from geo.chain.check import check_chain
from geo.chain.kept import Kept, kept
from geo.chain.officers import check_posts
from geo.chain.place import check_place
from geo.chain.result import OUTSIDE, WHOLE, ChainResult
from geo.chain.rules import BuildingDemand, ChainRules, EstateDemand, GridDemand, RegionDemand
from geo.chain.terms import Rung
from geo.chain.town import Ladder, Registers, Town, ladder

__all__ = [
    "OUTSIDE",
    "WHOLE",
    "BuildingDemand",
    "ChainResult",
    "ChainRules",
    "EstateDemand",
    "GridDemand",
    "Kept",
    "Ladder",
    "RegionDemand",
    "Registers",
    "Rung",
    "Town",
    "check_chain",
    "check_place",
    "check_posts",
    "kept",
    "ladder",
]
