"""Last year's incidents through a draft: what each grid would have had to do, and how evenly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from geo.redraw.draft import Draft
from geo.redraw.hands import moved


@dataclass(frozen=True, slots=True)
class Spread:
    """loads: incidents of each grid. gini: 0 where all have as many, towards 1 where one has all. max_to_mean: how many
    times an average grid the fullest one has. Both are None where there is nothing to share."""

    loads: Mapping[str, int]
    gini: float | None
    max_to_mean: float | None

    def to_json(self) -> dict[str, Any]:
        """Everything, JSON-ready."""
        return {"loads": dict(self.loads), "gini": self.gini, "max_to_mean": self.max_to_mean}


@dataclass(frozen=True, slots=True)
class Replay:
    """before, after: how it was shared, and would be. moved: incidents that another grid would have had."""

    before: Spread
    after: Spread
    moved: int

    def to_json(self) -> dict[str, Any]:
        """Everything, JSON-ready."""
        return {
            "before": self.before.to_json(),
            "after": self.after.to_json(),
            "moved": self.moved,
        }


def replay(before: Sequence[Draft], after: Sequence[Draft]) -> Replay:
    """The incidents of last year under two plans of the same communities, each in the order of the other."""
    pairs = zip(before, after, strict=True)
    return Replay(
        before=spread(_loads(before)),
        after=spread(_loads(after)),
        moved=sum(moved(was, now).load for was, now in pairs),
    )


def spread(loads: Mapping[str, int]) -> Spread:
    """How evenly something is shared.

    Gini's coefficient: half the mean difference of two grids, as a share of the mean.
    """
    values = np.sort(np.array(list(loads.values()), dtype=np.float64))
    if len(values) == 0 or values.sum() == 0:
        return Spread(dict(loads), None, None)
    rank = np.arange(1, len(values) + 1)
    gini = (2 * rank - len(values) - 1) @ values / (len(values) * values.sum())
    return Spread(dict(loads), float(gini), float(values[-1] / values.mean()))


def _loads(drafts: Sequence[Draft]) -> dict[str, int]:
    return {code: sum(b.load for b in draft.of(code)) for draft in drafts for code in draft.grids}
