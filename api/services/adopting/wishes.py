"""What a person says of a file with a plan drawn elsewhere; what is not said is found out, or asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MOST_WITHIN_M = 100.0
"""A tolerance that is wider is none: grids are a few hundred metres wide."""

NEW_CODE = "#new"
"""The code of an area that is no published grid's heir: one that was never used."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """layers: that hold the grids. datum: what coordinates refer to; swapped: northing comes first. columns: ``code``
    and ``name`` -> a column of the file (None: none). within_m: faults no wider are repaired, ends of lines that miss
    each other by no more joined. codes: area -> the code that it gets, or NEW_CODE. left_out: areas that are none.
    complete: what a drawing leaves out of a community stays as the plan in force has it."""

    layers: tuple[str, ...] | None = None
    datum: str | None = None
    swapped: bool = False
    encoding: str | None = None
    columns: Mapping[str, str | None] = field(default_factory=dict)
    within_m: float | None = None
    codes: Mapping[str, str] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    complete: bool = False
