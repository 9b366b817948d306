"""纵向到底: who answers for each grid and building, and the first broken link of each chain.

    check_posts(grids, posts, at=…)              the officers (A posts) alone
    check_chain(communities, grids, …, at=…)     every link that a set of rules demands, and how many chains are whole

One module a subject: `rules` (what is demanded), `officers`, `lines` (B posts and liaisons), `party`, `check`.
"""

from geo.chain.check import ChainResult, check_chain
from geo.chain.officers import check_posts
from geo.chain.rules import ChainRules, GridDemand

__all__ = ["ChainResult", "ChainRules", "GridDemand", "check_chain", "check_posts"]
