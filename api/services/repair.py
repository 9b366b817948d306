"""``wangge check --repair``: the layers as they would be without their digitising faults, and what would change."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np

from data.writers.layers import write_layers
from geo.coverage import Delivered, Measure, summarize
from geo.model import CRS
from geo.repair import Change, Proposal, propose

_FIGURES = (
    "gained_m2", "lost_m2", "widest_m", "buildings_in", "buildings_out", "households_in", "households_out",
)  # fmt: skip


def run_repair(
    delivered: Delivered, measure: Measure, *, within_m: float, output: Path
) -> Proposal:
    """Propose the repair and write it down: the layers mended with all their columns, and a layer ``changes``.

    Raises what `propose` and `write_layers` raise.
    """
    proposal = propose(delivered, measure, within_m=within_m)
    mended = {"communities": proposal.communities, "grids": proposal.grids}
    layers = {name: frame for name, frame in mended.items() if frame is not None and len(frame)}
    write_layers(output, {**layers, "changes": changes_layer(_all(proposal))})
    return proposal


def _all(proposal: Proposal) -> list[Change]:
    return [change for layer in proposal.changed.values() for change in layer.changes]


def changes_layer(changes: Sequence[Change]) -> gpd.GeoDataFrame:
    """One row a polygon that changes, with all that changes of it as its shape."""
    columns: dict[str, object] = {
        name: [getattr(one, name) for one in changes] for name in ("layer", "code", *_FIGURES)
    }
    shapes = np.array([one.geometry for one in changes], dtype=object)
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)


def repair_json(proposal: Proposal) -> dict[str, object]:
    """What a report says of a repair: totals a layer, what would be left, and each polygon that changes."""
    return {
        "within_m": proposal.within_m,
        "layers": {
            name: {
                "polygons": len(layer.changes),
                "moved_m2": layer.moved_m2,
                "widest_m": max((one.widest_m for one in layer.changes), default=0.0),
                "buildings": layer.buildings,
                "households": layer.households,
            }
            for name, layer in proposal.changed.items()
        },
        "remaining": summarize(proposal.remaining.findings),
        "changes": [
            {name: getattr(one, name) for name in ("layer", "code", *_FIGURES)}
            for one in _all(proposal)
        ],
    }
