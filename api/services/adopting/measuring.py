"""What is wrong with the areas of a drawing, and what a repair would make of them: layers in, values out, so that it
can be worked out in another process."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo.coverage import Coverage, Delivered, Measure, examine, gravest_first
from geo.errors import OptionError
from geo.model import Finding, Severity
from geo.repair import Change, propose

SHAPE = frozenset({"gap", "overlap", "spill", "invalid-geometry", "multipart"})
"""What a drawing elsewhere has, and blocks no longer can: no drafts are made of it."""
CODES = frozenset({"code-format", "code-duplicate", "code-parent"})
TOLD = SHAPE | CODES | {"sliver", "exclave"}
MOST_FAULTS = 10_000
"""What is more is no net of grids with mistakes."""
MANY_OVERLAPS = 500


@dataclass(frozen=True, slots=True)
class Measured:
    """findings: what is wrong; remaining: what is left after a repair. mended: the shapes then, None without a repair;
    changes: what it changes. tangled: a shape is none, or blocks can't be cut along so many overlaps."""

    findings: tuple[Finding, ...]
    remaining: tuple[Finding, ...]
    mended: NDArray[np.object_] | None
    changes: tuple[Change, ...]
    tangled: bool


MEASURED = (Measured, Finding, Severity, Change)
"""What comes back of `measured`."""


def measured(
    layers: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, gpd.GeoDataFrame],
    measure: Measure,
    within_m: float | None,
    file: str,
) -> Measured:
    """What is wrong with drawn grids, and with those that a repair within ``within_m`` would make of them. layers:
    communities, grids, buildings. OptionError "import-tangle" where it is too much to be looked at."""
    delivered = Delivered(*layers)
    found = told(examine(delivered, measure))
    if len(found) > MOST_FAULTS:
        raise OptionError("import-tangle", file=file)
    remaining, changes, mended = found, tuple[Change, ...](), None
    if within_m is not None and any(_unsound(one) for one in found):
        proposal = propose(delivered, measure, within_m=within_m)
        assert proposal.grids is not None, "grids were delivered"
        remaining = told(proposal.remaining)
        mended = np.asarray(proposal.grids.geometry.array, dtype=object)
        changes = proposal.changed["grids"].changes if "grids" in proposal.changed else ()
    codes = [one.code for one in remaining]
    tangled = codes.count("overlap") > MANY_OVERLAPS or "invalid-geometry" in codes
    return Measured(found, remaining, mended, changes, tangled)


def told(found: Coverage) -> tuple[Finding, ...]:
    """Findings of a check that matter here, the gravest first."""
    return tuple(gravest_first([one for one in found.findings if one.code in TOLD]))


def _unsound(found: Finding) -> bool:
    """Whether a repair may help."""
    return found.code in SHAPE and found.severity is Severity.BLOCKING
