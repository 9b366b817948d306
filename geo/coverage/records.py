"""Codes: malformed, given twice, or under a parent that is not theirs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.codes import Level, Profile, is_code, level_of, parent_code
from geo.coverage.buildings import known_sum
from geo.coverage.layers import Layer
from geo.coverage.regions import parent_in
from geo.coverage.shapes import Shapes
from geo.model import Finding, Severity

_LEVELS = {
    "cities": Level.CITY,
    "streets": Level.STREET,
    "communities": Level.COMMUNITY,
    "grids": Level.GRID,
}
_OUTLINES = ("cities", "streets")
"""Known by their place as well: an outline without a code is as good."""


def delivered_codes(layer: Layer) -> NDArray[np.object_]:
    """The codes as they came, "" where there was none (`Layer.codes` then says ``#row``)."""
    return layer.text("building_id" if layer.kind == "buildings" else "code")


def formats(layer: Layer, *, profile: Profile) -> list[Finding]:
    """Missing codes and malformed ones, one finding each. A layer without any codes is only warned of."""
    codes = delivered_codes(layer)
    absent = codes == ""
    if layer.kind == "buildings":
        return [] if absent.all() else _finding("code-format", layer, absent, {"case": "missing"})
    if absent.all():
        told = layer.kind not in _OUTLINES
        return _finding("code-format", layer, absent, {"case": "absent"}) if told else []
    level = _LEVELS[layer.kind]
    bad = np.array(
        [not is_code(str(code), level=level, profile=profile) for code in codes], dtype=np.bool_
    )
    return _finding("code-format", layer, absent, {"case": "missing"}) + _finding(
        "code-format", layer, bad & ~absent, {"case": f"malformed-{layer.kind}"}
    )


def duplicates(layer: Layer) -> list[Finding]:
    """Codes on several rows: one finding a code, for buildings one for all of them."""
    codes = delivered_codes(layer)
    if len(set(codes)) == len(codes):
        return []
    repeated = pd.Series(codes, dtype=object).duplicated(keep=False).to_numpy() & (codes != "")
    if layer.kind == "buildings":
        extra = int(pd.Series(codes[codes != ""], dtype=object).duplicated().sum())
        return _finding("code-duplicate", layer, repeated, {"case": "buildings", "extra": extra})
    found = []
    for code in dict.fromkeys(codes[repeated]):
        found += _finding("code-duplicate", layer, codes == code, {"label": str(code)})
    return found


def grid_parents(grids: Layer, communities: Layer, *, profile: Profile) -> NDArray[np.object_]:
    """The community code that each grid's record names (by code or name), else the one in its own code."""
    record = grids.text("community_code")
    by_name = {
        name: code for name, code in zip(communities.names, communities.codes, strict=True) if name
    }
    known = set(communities.codes)
    return np.array(
        [
            (value if value in known else by_name.get(value, value))
            or _community_in(str(code), profile)
            for value, code in zip(record, grids.codes, strict=True)
        ],
        dtype=object,
    )


def _community_in(code: str, profile: Profile) -> str:
    if profile is Profile.CN and level_of(code) is not Level.GRID:
        return ""
    return parent_code(code, profile=profile) or ""


def parents(
    inner: Layer, outer: Layer, named: NDArray[np.object_], *, profile: Profile
) -> list[Finding]:
    """Grids (communities, streets) whose code contradicts their record, and those under a parent that is not there.

    ``named``: the parent's code that each record names, else the one in its own code, else "".
    """
    of = "" if inner.kind == "grids" else f"-{inner.kind}"
    within = np.array([_parent_in(str(code), outer, profile) for code in inner.codes], dtype=object)
    differs = (within != "") & (named != "") & (within != named)
    if profile is Profile.PLAIN:
        differs[:] = False
    found = _finding("code-parent", inner, differs, {"case": f"differs{of}"})
    if len(outer) and (delivered_codes(outer) != "").any():
        unknown = (named != "") & ~np.isin(named.astype(str), outer.codes.astype(str))
        for value in dict.fromkeys(named[unknown]):
            rows = unknown & (named == value)
            params: dict[str, object] = {"case": f"unknown{of}", "value": str(value)}
            found += _finding("code-parent", inner, rows, params)
    return found


def _parent_in(code: str, outer: Layer, profile: Profile) -> str:
    return (
        _community_in(code, profile)
        if outer.kind == "communities"
        else parent_in(code, outer, profile)
    )


def _finding(
    code: str, layer: Layer, rows: NDArray[np.bool_], params: dict[str, object]
) -> list[Finding]:
    """At most one finding, for all of ``rows``."""
    if not rows.any():
        return []
    building = layer.kind == "buildings"
    worst = Severity.WARNING if building or params.get("case") == "absent" else Severity.BLOCKING
    return [
        Finding(
            code,
            worst,
            codes=tuple(str(value) for value in layer.codes[rows]),
            count=int(rows.sum()),
            households=known_sum(layer.number("households")[rows]) if building else None,
            geometry=_place(layer.shapes[rows]),
            params={"layer": layer.kind, **params},
        )
    ]


def _place(shapes: Shapes) -> BaseGeometry:
    if len(shapes) == 1:
        only: BaseGeometry = shapes[0]
        return only
    if shapely.get_type_id(shapes[0]) == shapely.GeometryType.POINT:
        return shapely.MultiPoint(list(shapes))
    return shapely.MultiPolygon(list(shapely.get_parts(shapes)))
