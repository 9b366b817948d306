"""From pieces of the plane to findings: each real piece one, all noise of a kind one note."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from shapely.geometry.base import BaseGeometry

from geo.coverage.shapes import ROUNDING_M, Pieces, Shapes, merge, separate, widths_m
from geo.model import Finding, Severity

LISTED = 50
"""How many of the widest places a note lists; its count and geometry hold all of them."""


@dataclass(frozen=True, slots=True)
class Concern:
    """Who a piece concerns: their codes, and the numbers and names that the sentence needs."""

    codes: tuple[str, ...]
    params: dict[str, object]


Describe = Callable[[BaseGeometry, int], Concern]
"""``describe(piece, owner)``: whom one piece concerns; ``owner`` is the row of the shape it came from."""


def faults(
    code: str,
    shapes: Shapes,
    describe: Describe,
    *,
    layer: str,
    tolerance_m: float,
    severity: Severity = Severity.BLOCKING,
    rounding_m: float = ROUNDING_M,
) -> list[Finding]:
    """One finding for each connected piece wider than the tolerance, and one note for all narrower ones.

    Its area is the whole piece's, its width the greatest, its geometry where the piece is wider than the tolerance.
    ``shapes``: metric (multi)polygons, one per owner. ``layer`` goes into params and tells communities'
    faults from the grids'.
    """
    pieces = separate(shapes, tolerance_m=tolerance_m, rounding_m=rounding_m)
    found = real_faults(code, pieces.real, describe, layer=layer, severity=severity)
    return found + noise_note(code, pieces.noise, describe, layer=layer, tolerance_m=tolerance_m)


def real_faults(
    code: str, pieces: Pieces, describe: Describe, *, layer: str, severity: Severity
) -> list[Finding]:
    """One finding a piece."""
    return [
        _real_fault(code, pieces, row, describe, layer=layer, severity=severity)
        for row in range(len(pieces.shapes))
    ]


def _real_fault(
    code: str, pieces: Pieces, row: int, describe: Describe, *, layer: str, severity: Severity
) -> Finding:
    piece = pieces.shapes[row]
    concern = describe(piece, int(pieces.owners[row]))
    return Finding(
        code,
        severity,
        codes=concern.codes,
        area_m2=float(pieces.faces[row].area),
        width_m=float(pieces.widths_m[row]),
        geometry=piece,
        params={"layer": layer, **concern.params},
    )


def noise_note(
    code: str, noise: Pieces, describe: Describe, *, layer: str, tolerance_m: float
) -> list[Finding]:
    """At most one note: how many places, the widest, all of them as one geometry, the widest ones by name."""
    if len(noise.shapes) == 0:
        return []
    order = np.argsort(-noise.widths_m, kind="stable")
    listed = order[:LISTED]
    exact_m = widths_m(noise.shapes[listed])
    concerns = [describe(noise.shapes[row], int(noise.owners[row])) for row in listed]
    places = [
        _place(noise.shapes[row], width, concern)
        for row, width, concern in zip(listed, exact_m, concerns, strict=True)
    ]
    return [
        Finding(
            code,
            Severity.NOTE,
            codes=tuple(dict.fromkeys(name for concern in concerns for name in concern.codes)),
            area_m2=float(sum(shape.area for shape in noise.shapes)),
            width_m=float(exact_m.max()),
            count=len(noise.shapes),
            geometry=merge(noise.shapes),
            params={
                "layer": layer,
                "case": "noise",
                "tolerance_m": tolerance_m,
                "places": places,
            },
        )
    ]


def _place(shape: BaseGeometry, width: float, concern: Concern) -> dict[str, object]:
    return {
        "codes": list(concern.codes),
        "width_m": float(width),
        "area_m2": float(shape.area),
        **concern.params,
    }
