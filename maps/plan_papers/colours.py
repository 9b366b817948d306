"""A tint for each grid, so that neighbours differ, to the colour-blind too, and dark letters read on each."""

from __future__ import annotations

from collections.abc import Mapping

from maps.plan_papers.content import Papers

TINTS = ("#cfe2f3", "#fbe3b3", "#d3ead9", "#f1d3e2", "#e4e0f4", "#f4f1b8", "#d9d9d9", "#c3e8ea")
"""Light forms of the colours that Okabe and Ito chose for everybody's eyes."""
BEFORE = "#b34700"
"""The grids before: vermilion, dashed."""


def tints(papers: Papers) -> Mapping[str, str]:
    """The tint of each grid of the plan: none that a neighbour has, as far as there are enough."""
    found: dict[str, str] = {}
    for code, one in papers.now.items():
        used = [found[other] for other in one.neighbours if other in found]
        counts = {tint: (used.count(tint), list(found.values()).count(tint)) for tint in TINTS}
        found[code] = min(TINTS, key=lambda tint: counts[tint])
    return found
