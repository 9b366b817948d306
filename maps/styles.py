"""Colours and classes of the maps: what is coloured how, and where one class ends.

Within the size rule: three blues of equal width. Outside it: warm colours, and a pattern as well, so that
the two can be told apart without seeing colour (dots: too few, hatching: too many). The pairs are from
ColorBrewer RdYlBu and Blues, both marked colour-blind safe.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from geo.model import BuildingKind, LineClass, Severity


class LoadClass(StrEnum):
    """Where a grid's households or residents stand against their bounds."""

    BELOW = "below"
    LOW = "low"
    MID = "mid"
    HIGH = "high"
    ABOVE = "above"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Swatch:
    """A fill colour and the pattern over it: none, dots, hatch, blank (no data) or cross (not told)."""

    fill: str
    pattern: str = "none"


LOAD = MappingProxyType(
    {
        LoadClass.BELOW: Swatch("#f7d77e", "dots"),
        LoadClass.LOW: Swatch("#d3e6f3"),
        LoadClass.MID: Swatch("#9cc7e2"),
        LoadClass.HIGH: Swatch("#5a9cc9"),
        LoadClass.ABOVE: Swatch("#e8743b", "hatch"),
        LoadClass.MISSING: Swatch("#eceff1", "blank"),
    }
)

STEPS = MappingProxyType(
    {
        "cool": ("#eff3ff", "#bdd7e7", "#6baed6", "#3182bd", "#08519c"),
        "warm": ("#feedde", "#fdbe85", "#fd8d3c", "#e6550d", "#a63603"),
    }
)
"""Classes from few to many: people in blues, what happened in oranges (ColorBrewer, both colour-blind safe)."""

UNTOLD = MappingProxyType(
    {
        "no-data": Swatch("#eceff1", "blank"),
        "few": Swatch("#eceff1", "cross"),
        "small-base": Swatch("#eceff1", "cross"),
        "kept-back": Swatch("#eceff1", "cross"),
    }
)
"""Grids without a number: not known, or not told."""

BUILDING = MappingProxyType(
    {
        BuildingKind.RESIDENCE: "#6b7a89",
        BuildingKind.EMPLOYER: "#8856a7",
        BuildingKind.COMMERCIAL: "#c2447a",
        BuildingKind.PUBLIC: "#1b7f5f",
    }
)
OTHER_BUILDING = "#9aa5ad"

SEVERITY = MappingProxyType(
    {Severity.BLOCKING: "#b3261e", Severity.WARNING: "#a15c00", Severity.NOTE: "#2a5d9f"}
)

LINE_WIDTH = MappingProxyType(
    {LineClass.RIVER: 3.0, LineClass.ARTERIAL: 3.5, LineClass.STREET: 2.0, LineClass.LANE: 1.0}
)
"""Screen pixels at zoom 15."""


def load_class(value: float | None, bounds: tuple[int, int]) -> LoadClass:
    """The class of a count against its inclusive bounds; None and NaN are MISSING, never 0."""
    if value is None or math.isnan(value):
        return LoadClass.MISSING
    low, first, second, high = class_breaks(bounds)
    if value < low:
        return LoadClass.BELOW
    if value > high:
        return LoadClass.ABOVE
    if value < first:
        return LoadClass.LOW
    return LoadClass.MID if value < second else LoadClass.HIGH


def class_breaks(bounds: tuple[int, int]) -> tuple[int, int, int, int]:
    """Lower bound, the first whole number of MID, that of HIGH, and the upper bound.

    Three classes of equal width over the whole numbers from bound to bound.
    """
    low, high = bounds
    width = (high - low + 1) / 3
    return low, low + math.ceil(width), low + math.ceil(2 * width), high


def palette() -> dict[str, object]:
    """All of the above as the JSON that a page is given."""
    return {
        "fills": _fills(),
        "building": {kind.value: colour for kind, colour in BUILDING.items()},
        "otherBuilding": OTHER_BUILDING,
        "severity": {severity.value: colour for severity, colour in SEVERITY.items()},
        "lineWidth": {name.value: width for name, width in LINE_WIDTH.items()},
    }


def _fills() -> dict[str, list[str]]:
    """Name of a class -> colour and pattern."""
    named = {name.value: swatch for name, swatch in LOAD.items()} | dict(UNTOLD)
    plain = {f"{hue}-{n}": [c, "none"] for hue, steps in STEPS.items() for n, c in enumerate(steps)}
    return {name: [swatch.fill, swatch.pattern] for name, swatch in named.items()} | plain
