"""横向到边: whether communities and grids leave no gap, do not overlap, and leave nothing out.

    examine(Delivered(…), Measure(…))      every finding and the coverage rate, on any polygons, whoever drew them
    check(communities, grids, buildings)   the findings alone
    summarize(findings)                    how many of each code and severity
    gravest_first(findings)                in the order in which they are read

One module a subject: `layers` (frames in metres, repaired), `town` (all of them), `shapes` (what is narrow, what is
noise); `overlaps`, `between` and `inside` (gap, spill), `chains` (which need no looking at), `parts` (multipart,
exclave, sliver); `buildings`, `things`, `contents` (what stands in a fault); `sizes`, `bases`, `ages`, `records`.
"""

from geo.coverage.check import Coverage, check, examine
from geo.coverage.delivered import STALE_DAYS, TOLERANCE_M, Delivered, Measure
from geo.coverage.rates import CoverageRate
from geo.coverage.summary import gravest_first, summarize

__all__ = [
    "STALE_DAYS",
    "TOLERANCE_M",
    "Coverage",
    "CoverageRate",
    "Delivered",
    "Measure",
    "check",
    "examine",
    "gravest_first",
    "summarize",
]
