"""What is written on the map of a report: names, and the numbers and dots of findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.model import Finding
from maps import shapes
from maps.reports.content import Report
from maps.reports.fonts import Face
from maps.reports.ground import Ground
from maps.reports.paper import INK, PAPER
from maps.reports.words import cut, width_em
from maps.styles import SEVERITY

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.font_manager import FontProperties

LABELS = 60
"""More places than these are not named: nobody could read it."""
FEW = 3
"""Where there are no more communities than these, their grids are named instead."""


def dots(axes: Axes, report: Report, place: Ground) -> None:
    """What is narrow or small is ringed, so that it is seen at all; notes are left to the list."""
    for severity, colour in SEVERITY.items():
        mine = [one for one in report.findings if one.severity is severity]
        if severity.value == "note":
            continue
        spots = [at for one in mine if (at := place.spot(one.geometry)) is not None]
        if spots:
            xy = shapely.get_coordinates(np.array(spots, dtype=object))
            axes.plot(
                xy[:, 0],
                xy[:, 1],
                "o",
                ms=3.2,
                mfc=colour,
                mec=PAPER,
                mew=0.5,
                ls="none",
                zorder=8,
            )


Box = tuple[float, float, float, float]
"""Middle, half width and half height of what is written already, in metres."""


def _point_m(axes: Axes, place: Ground) -> float:
    """How many metres of ground one typographic point covers."""
    points = axes.bbox.width / axes.figure.dpi * 72
    return place.width_m / points


def labels(axes: Axes, report: Report, place: Ground, face: Face) -> list[Box]:
    """The names of communities where they read best, on a halo; of few communities those of their grids. Where they
    stand."""
    from matplotlib.patheffects import withStroke

    frame, names = _named(report)
    if not 0 < len(names) <= LABELS:
        return []
    size = 6.5
    one_m = _point_m(axes, place) * size
    anchors = [shapely.Point(*at) if at else None for at in shapes.anchors(frame)]
    taken = []
    for name, at in zip(names, place.move(anchors), strict=True):
        label = face.settable(cut(name, 8))
        if at.is_empty or not label:
            continue
        taken.append((at.x, at.y, width_em(label) * one_m / 2, 0.7 * one_m))
        axes.annotate(
            label,
            (at.x, at.y),
            ha="center",
            va="center",
            fontproperties=face.sized(size),
            color=INK,
            zorder=9,
            parse_math=False,
            path_effects=[withStroke(linewidth=1.8, foreground="#ffffffd0")],
        )
    return taken


def _named(report: Report) -> tuple[gpd.GeoDataFrame, list[str]]:
    """What is named on the map, and how it is called there: short, for the map is small."""
    grids, communities = report.data.grids, report.data.communities
    known = (
        [] if communities is None or "name" not in communities else communities["name"].fillna("")
    )
    if communities is not None and len(communities) > FEW:
        return communities, [str(name).removesuffix("社区") for name in known]
    codes, called = (grids.get(name, pd.Series("", index=grids.index)) for name in ("code", "name"))
    short = []
    for code, name in zip(codes, called.fillna(""), strict=True):
        own = next((str(one) for one in known if one and str(name).startswith(str(one))), "")
        short.append(str(name).removeprefix(own).lstrip(" -·") or str(code)[-3:])
    return grids, short


def numbers(
    axes: Axes,
    marked: Sequence[Finding],
    place: Ground,
    font: FontProperties,
    taken: list[Box],
) -> None:
    """The numbers of the findings in the table, moved a little where a name or another number is."""
    reach = 0.95 * font.get_size_in_points() * _point_m(axes, place)
    for number, finding in enumerate(marked, start=1):
        at = place.spot(finding.geometry)
        if at is None:
            continue
        x, y = _free(at.x, at.y, reach, taken)
        taken.append((x, y, reach, reach))
        if (x, y) != (at.x, at.y):
            colour = SEVERITY[finding.severity]
            axes.plot([at.x, x], [at.y, y], color=colour, lw=0.7, zorder=11.5)
        box = {
            "boxstyle": "circle,pad=0.22",
            "fc": SEVERITY[finding.severity],
            "ec": PAPER,
            "lw": 0.7,
        }
        axes.annotate(
            str(number),
            (x, y),
            ha="center",
            va="center",
            fontproperties=font,
            color=PAPER,
            bbox=box,
            zorder=12,  # above the scale and the arrow: no finding is hidden
            parse_math=False,
        )


def _free(x: float, y: float, reach: float, taken: Sequence[Box]) -> tuple[float, float]:
    """The place nearest to a point where nothing is written, on rings around it; the point itself if none is free."""
    for ring in range(8):
        for turn in range(max(8 * (ring > 0), 1)):
            angle = turn * np.pi / 4 + np.pi / 2
            a = x + 1.1 * ring * reach * float(np.cos(angle))
            b = y + 1.1 * ring * reach * float(np.sin(angle))
            if not any(abs(a - c) < w + reach and abs(b - d) < h + reach for c, d, w, h in taken):
                return (x, y) if ring == 0 else (a, b)
    return x, y
