"""A border as one walks it: clockwise from its north-western corner, in legs that each follow one thing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.blocks.adjacency import Lines
from geo.sides import Stretches, called, stretches_of

LEAST_M = 15.0
"""What is shorter is a corner of the leg before it."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A stretch of a border. name, kind: the road or river that it follows, None for none. beyond: who lies on the
    other side, None where nobody is known. path: in walking order, metric CRS."""

    name: str | None
    kind: str | None
    beyond: str | None
    path: shapely.LineString

    @property
    def metres(self) -> float:
        """How long it is."""
        return float(self.path.length)


_Key = tuple[str | None, str | None, str | None]


@dataclass(slots=True)
class _Run:
    key: _Key
    rows: list[int]
    metres: float


def legs(
    shape: shapely.Geometry, lines: Lines, beside: Mapping[str, shapely.Geometry]
) -> tuple[Leg, ...]:
    """The legs of a polygon's border (all in one metric CRS); those of several parts one after another. ``beside``:
    neighbours by what they are called."""
    return tuple(leg for part in shapely.get_parts(shape) for leg in _legs(part, lines, beside))


def _legs(
    part: shapely.Geometry, lines: Lines, beside: Mapping[str, shapely.Geometry]
) -> Iterable[Leg]:
    stretches = stretches_of(part)
    name, kind = called(stretches, lines, beside)
    beyond = called(stretches, _NOTHING, beside)[0]
    own = [one != "neighbour" for one in kind]
    keys = [
        (name[row] if own[row] else None, kind[row] if own[row] else None, beyond[row])
        for row in range(len(own))
    ]
    found = [_leg(run, stretches) for run in _joined(_runs(keys, stretches.length_m))]
    clockwise = found[::-1]
    starts = np.array([one.path.coords[0] for one in clockwise])
    first = int((starts[:, 1] - starts[:, 0]).argmax())
    return [*clockwise[first:], *clockwise[:first]]


def _runs(keys: list[_Key], length_m: NDArray[np.float64]) -> list[_Run]:
    """Neighbouring segments that follow the same, from where that changes."""
    first = next((row for row in range(len(keys)) if keys[row] != keys[row - 1]), 0)
    runs: list[_Run] = []
    for row in (*range(first, len(keys)), *range(first)):
        if runs and runs[-1].key == keys[row]:
            runs[-1].rows.append(row)
            runs[-1].metres += float(length_m[row])
        else:
            runs.append(_Run(keys[row], [row], float(length_m[row])))
    return runs


def _joined(runs: list[_Run]) -> list[_Run]:
    """The same without those that are too short: each goes to the one before it."""
    while len(runs) > 1:
        at = min(range(len(runs)), key=lambda n: runs[n].metres)
        equal = next((n for n in range(len(runs)) if runs[n].key == runs[n - 1].key), None)
        if equal is None and runs[at].metres >= LEAST_M:
            break
        at = at if equal is None else equal
        before, gone = runs[at - 1], runs[at]
        before.rows, before.metres = before.rows + gone.rows, before.metres + gone.metres
        del runs[at]
    return runs


def _leg(run: _Run, stretches: Stretches) -> Leg:
    ends = [stretches.start[run.rows[0]], *(stretches.end[row] for row in run.rows)]
    return Leg(*run.key, path=shapely.LineString(np.array(ends[::-1])))


_NOTHING = Lines(np.empty(0, dtype=object), np.empty(0, dtype=np.int8), np.empty((0, 2)))
