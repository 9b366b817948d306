"""横向到边: whether communities and grids leave no gap, do not overlap, and leave nothing out.

    check(communities, grids, buildings)   every finding, on any polygons, also ones not drawn by us
    summarize(findings)                    how many of each code and severity
    gravest_first(findings)                in the order in which they are read
    coverage_rate(buildings, findings)     横向覆盖率

One module a subject: `shapes` (what is narrow, what is noise), `layers` (frames in metres, repaired),
`tiling` (gap, overlap, spill), `parts` (multipart, exclave, sliver), `things` (buildings), `sizes`, `records`.
"""

from geo.coverage.check import TOLERANCE_M, check
from geo.coverage.rates import CoverageRate, coverage_rate
from geo.coverage.summary import gravest_first, summarize

__all__ = [
    "TOLERANCE_M",
    "CoverageRate",
    "check",
    "coverage_rate",
    "gravest_first",
    "summarize",
]
