"""The map of a report, drawn in metres: grids by load, borders, roads, rivers, and where the findings are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.model import Finding, LineClass
from maps.reports.content import Report
from maps.reports.fonts import Face
from maps.reports.ground import Ground
from maps.reports.marks import FEW, dots, labels, numbers
from maps.reports.paper import INK, SOFT
from maps.styles import LOAD, LoadClass, load_class

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.path import Path

WATER, GREEN, AROUND, BORDER = "#7fb2d9", "#dcebd2", "#b8bfc6", "#4f6170"
ROAD = {LineClass.ARTERIAL: 1.3, LineClass.STREET: 0.6, LineClass.LANE: 0.25}
HATCH = {"none": "", "dots": "....", "hatch": "/////", "blank": ""}


def draw(
    axes: Axes,
    report: Report,
    place: Ground,
    face: Face,
    *,
    marked: Sequence[Finding],
    mark_pt: float = 6.5,
) -> None:
    """The map on ``axes``. ``marked``: the findings that bear a number, 1 …; all others are dots."""
    axes.set_xlim(place.west, place.east)
    axes.set_ylim(place.south, place.north)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_linewidth(0.6)
        spine.set_edgecolor(SOFT)
    data = report.data
    draw_areas(axes, _shapes(data.regions), place, face="#f6f7f8", edge=AROUND, width=0.6, order=1)
    draw_areas(axes, _shapes(data.greens), place, face=GREEN, edge="none", width=0, order=2)
    _grids(axes, report, place)
    _ways(axes, data.rivers, place, lambda _: (WATER, 3.4), order=4)
    _ways(axes, data.roads, place, _road, order=5)
    few = data.communities is not None and len(data.communities) <= FEW
    width = 1.0 if few else 0.55
    draw_areas(axes, _shapes(data.grids), place, face="none", edge=BORDER, width=width, order=5.5)
    draw_areas(axes, _shapes(data.communities), place, face="none", edge=INK, width=1.4, order=6)
    dots(axes, report, place)
    taken = labels(axes, report, place, face)
    numbers(axes, marked, place, face.sized(mark_pt), taken)


def _shapes(frame: gpd.GeoDataFrame | None) -> NDArray[np.object_]:
    return (
        np.array([], dtype=object)
        if frame is None
        else np.asarray(frame.geometry.array, dtype=object)
    )


def _road(kind: str) -> tuple[str, float]:
    return "#ffffff", ROAD.get(
        LineClass(kind) if kind in tuple(LineClass) else LineClass.STREET, 0.4
    )


def draw_areas(
    axes: Axes,
    areas: NDArray[np.object_],
    place: Ground,
    *,
    face: str,
    edge: str,
    width: float,
    order: float,
    hatch: str = "",
) -> None:
    """Polygons with their holes."""
    from matplotlib.collections import PathCollection

    paths = [path for shape in place.move(areas) if (path := path_of(shape)) is not None]
    if paths:
        made = PathCollection(paths, facecolors=face, edgecolors=edge, linewidths=width)
        made.set_zorder(order)
        made.set_hatch(hatch)
        axes.add_collection(made)


def path_of(shape: BaseGeometry) -> Path | None:
    """All polygons of a shape as one path."""
    from matplotlib.path import Path

    parts = [
        Path(shapely.get_coordinates(ring), closed=True)
        for part in shapely.get_parts(shapely.get_parts([shape]))
        if isinstance(part, shapely.Polygon)
        for ring in (part.exterior, *part.interiors)
        if not part.is_empty
    ]
    return Path.make_compound_path(*parts) if parts else None


def _grids(axes: Axes, report: Report, place: Ground) -> None:
    """Grids by households against their bounds; a pattern too, so that grey paper tells them apart."""
    classes = np.array([one.value for one in load_classes(report)])
    areas = _shapes(report.data.grids)
    for kind, swatch in LOAD.items():
        draw_areas(
            axes,
            areas[classes == kind.value],
            place,
            face=swatch.fill,
            edge="none"
            if swatch.pattern == "none"
            else "#a8481c"
            if swatch.pattern == "hatch"
            else "#8fa0ad",
            width=0.0,
            order=3,
            hatch=HATCH[swatch.pattern],
        )


def load_classes(report: Report) -> list[LoadClass]:
    """The class of each grid by its households."""
    grids = report.data.grids
    counts = pd.to_numeric(
        grids.get("households", pd.Series(None, index=grids.index)), errors="coerce"
    )
    homes = grids.get("community_code", pd.Series("", index=grids.index)).astype("str")
    size = report.data.size
    return [
        load_class(None if pd.isna(count) else float(count), size.of(home).households)
        for count, home in zip(counts, homes, strict=True)
    ]


def _ways(
    axes: Axes,
    frame: gpd.GeoDataFrame | None,
    place: Ground,
    style: Callable[[str], tuple[str, float]],
    *,
    order: int,
) -> None:
    """Lines (and areas, where a river is drawn as one), each class in its width."""
    from matplotlib.collections import LineCollection

    if frame is None or frame.empty:
        return
    kinds = frame.get("class", pd.Series("", index=frame.index)).astype("str").to_numpy()
    moved = place.move(_shapes(frame))
    for kind in sorted(set(kinds), key=lambda one: style(one)[1]):
        colour, width = style(kind)
        mine = moved[kinds == kind]
        lines = [shapely.get_coordinates(part) for part in _lines(mine)]
        axes.add_collection(LineCollection(lines, colors=colour, linewidths=width, zorder=order))
        paths = [path for shape in mine if (path := path_of(shape)) is not None]
        if paths:
            from matplotlib.collections import PathCollection

            axes.add_collection(
                PathCollection(paths, facecolors=colour, edgecolors="none", zorder=order)
            )


def _lines(moved: Iterable[BaseGeometry]) -> Iterable[BaseGeometry]:
    for part in shapely.get_parts(shapely.get_parts(np.asarray(list(moved), dtype=object))):
        if isinstance(part, shapely.LineString) and not part.is_empty:
            yield part
