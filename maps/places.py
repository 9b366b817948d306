"""The figures of every place as the JSON of a page: one table for headlines, lists, popups and charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from geo.codes import Level
from geo.disclosure import FLOOR, publishable
from geo.tally import Tallies, Tally

FEW = -1
"""Stands for a count of people that is not shown, because it is below FLOOR or would tell one that is."""


def places(tallies: Tallies, *, scrubbed: bool) -> list[dict[str, object]]:
    """One row a place, each after its parent; ``parent`` is a position. scrubbed: no sum gives a small count away."""
    territory = tallies.territory
    residents = [one.residents for one in tallies.of]
    shown = _scrubbed(tallies) if scrubbed else [few(value) for value in residents]
    parents = [-1 if one.parent is None else territory.row(one.parent) for one in territory.places]
    return [
        {
            "code": place.code,
            "level": place.level.value,
            "name": place.name,
            "parent": parent,
            "horizontal": [figures.covered, figures.buildings],
            "vertical": [figures.whole, figures.chains],
            "kinds": {kind or "other": pair for kind, pair in figures.by_kind.items()},
            "components": figures.components_covered,
            "componentKinds": {}
            if place.level
            is Level.GRID  # a hundred kinds for each of ten thousand grids would be a megabyte
            else {kind or "other": pair for kind, pair in figures.components.items()},
            "grids": figures.grids,
            "counted": figures.counted,
            "inside": figures.inside,
            "households": figures.households,
            "residents": people,
            "findings": dict(figures.findings),
        }
        for place, parent, figures, people in zip(
            territory.places, parents, tallies.of, shown, strict=True
        )
    ]


def unsaid(rows: Sequence[Mapping[str, object]]) -> set[str]:
    """The codes of the places whose residents are not told."""
    return {str(row["code"]) for row in rows if row["residents"] == FEW}


def few(value: int | float | None) -> int | float | None:
    """A count of people as it may be shown."""
    return FEW if value is not None and 0 < value < FLOOR else value


def _scrubbed(tallies: Tallies) -> list[int | float | None]:
    """The residents of each place, without those that sums would tell."""
    own = _own(tallies.of, tallies.territory.children())
    shown = publishable(tallies.territory, own[:, None]).totals
    return [
        None if one.residents is None else int(total)
        for one, total in zip(tallies.of, shown, strict=True)
    ]


def _own(
    of: Sequence[Tally], children: Sequence[Sequence[int]]
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """What of each place's residents is in no place below it."""
    known = [one.residents or 0 for one in of]
    return np.array(
        [
            total - sum(known[child] for child in below)
            for total, below in zip(known, children, strict=True)
        ],
        dtype=np.int64,
    )
