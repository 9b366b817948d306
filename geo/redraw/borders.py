"""四至 of the grids of a draft: see geo.sides."""

from __future__ import annotations

from collections.abc import Mapping

import shapely

from geo.redraw.draft import Draft, objects
from geo.sides import Along, Side, sides


def grid_sides(
    draft: Draft, code: str, *, around: Mapping[str, shapely.Geometry] | None = None
) -> dict[Side, tuple[Along, ...]]:
    """What each side of a grid follows. ``around``: other communities by name (EPSG:4490), which lie beyond this one's
    border; the other grids of the draft go by their names."""
    near = {facts.name: draft.metric(one) for one, facts in draft.grids.items() if one != code}
    told = around or {}
    metric = draft.ground.metres(objects(told.values()))
    far = dict(zip(told, metric.tolist(), strict=True))
    return sides(draft.metric(code), draft.ground.lines, {**far, **near})
