"""Codes: malformed, given twice, or under a parent that is not theirs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.codes import Level, Profile, is_code, level_of, parent_code
from geo.coverage.layers import Layer, number_column, text_column
from geo.coverage.shapes import Shapes
from geo.coverage.things import known_sum
from geo.model import Finding, Severity

_LEVELS = {"communities": Level.COMMUNITY, "grids": Level.GRID}


def delivered_codes(layer: Layer) -> NDArray[np.object_]:
    """The codes as they came, "" where there was none (`Layer.codes` then says ``#row``)."""
    return text_column(layer.table, "building_id" if layer.kind == "buildings" else "code")


def formats(layer: Layer, *, profile: Profile) -> list[Finding]:
    """Missing codes and malformed ones, one finding each. A layer without any codes is only warned of."""
    codes = delivered_codes(layer)
    absent = codes == ""
    if layer.kind == "buildings":
        none_at_all = absent.all()
        return [] if none_at_all else _finding("code-format", layer, absent, {"case": "missing"})
    if absent.all():
        return _finding("code-format", layer, absent, {"case": "absent"})
    level = _LEVELS[layer.kind]
    bad = np.array([not is_code(str(code), level=level, profile=profile) for code in codes])
    return _finding("code-format", layer, absent, {"case": "missing"}) + _finding(
        "code-format", layer, bad & ~absent, {"case": f"malformed-{layer.kind}"}
    )


def duplicates(layer: Layer) -> list[Finding]:
    """Codes on several rows: one finding a code, for buildings one for all of them."""
    codes = delivered_codes(layer)
    repeated = pd.Series(codes).duplicated(keep=False).to_numpy() & (codes != "")
    if layer.kind == "buildings":
        extra = int(pd.Series(codes[codes != ""]).duplicated().sum())
        return _finding("code-duplicate", layer, repeated, {"case": "buildings", "extra": extra})
    found = []
    for code in dict.fromkeys(codes[repeated]):
        found += _finding("code-duplicate", layer, codes == code, {"label": str(code)})
    return found


def grid_parents(grids: Layer, communities: Layer, *, profile: Profile) -> NDArray[np.object_]:
    """The community code that each grid's record names (by code or name), else the one in its own code."""
    record = text_column(grids.table, "community_code")
    by_name = {
        name: code for name, code in zip(communities.names, communities.codes, strict=True) if name
    }
    known = set(communities.codes)
    return np.array(
        [
            (value if value in known else by_name.get(value, value))
            or _parent_in(str(code), profile)
            for value, code in zip(record, grids.codes, strict=True)
        ],
        dtype=object,
    )


def _parent_in(code: str, profile: Profile) -> str:
    if profile is Profile.CN and level_of(code) is not Level.GRID:
        return ""
    return parent_code(code, profile=profile) or ""


def parents(
    grids: Layer, communities: Layer, named: NDArray[np.object_], *, profile: Profile
) -> list[Finding]:
    """Grids whose code contradicts their record, and grids under a community that is not there."""
    within = np.array([_parent_in(str(code), profile) for code in grids.codes], dtype=object)
    differs = (within != "") & (named != "") & (within != named)
    if profile is Profile.PLAIN:
        differs[:] = False
    found = _finding("code-parent", grids, differs, {"case": "differs"})
    if len(communities) and (delivered_codes(communities) != "").any():
        unknown = (named != "") & ~np.isin(named.astype(str), communities.codes.astype(str))
        for value in dict.fromkeys(named[unknown]):
            rows = unknown & (named == value)
            found += _finding("code-parent", grids, rows, {"case": "unknown", "value": str(value)})
    return found


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
            households=known_sum(number_column(layer.table, "households")[rows])
            if building
            else None,
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
