"""The maps of a plan: its grids in tints, roads, rivers and buildings, who lies beside, and the borders before."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geo.model import LineClass
from geo.redraw.draft import Draft, objects
from maps.plan_papers.colours import BEFORE
from maps.plan_papers.content import Papers, say, short
from maps.plan_papers.lettering import Lettering, inside
from maps.reports.ground import Ground
from maps.reports.paper import INK, SOFT
from maps.reports.picture import AROUND, WATER, draw_areas
from maps.reports.words import cut

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RIVER, ARTERIAL, STREET, LANE = (
    tuple(LineClass).index(one)
    for one in (LineClass.RIVER, LineClass.ARTERIAL, LineClass.STREET, LineClass.LANE)
)
ROADS = {ARTERIAL: 3.4, STREET: 2.2, LANE: 1.1}
"""Points of width; lighter inside, so that borders on them are seen."""


def base(axes: Axes, place: Ground) -> None:
    """A frame for a map."""
    axes.set_xlim(place.west, place.east)
    axes.set_ylim(place.south, place.north)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_facecolor("#fafafa")
    for spine in axes.spines.values():
        spine.set_linewidth(0.8)
        spine.set_edgecolor(INK)


def surroundings(axes: Axes, papers: Papers, place: Ground) -> None:
    """The communities beside this one."""
    shapes = objects(papers.around.values())
    draw_areas(axes, shapes, place, face="#f0f1f2", edge=AROUND, width=0.8, order=1)


def fills(axes: Axes, papers: Papers, place: Ground, colours: Mapping[str, str]) -> None:
    """The grids of the plan, each in its colour."""
    for code, colour in colours.items():
        shape = objects([papers.after.shape(code)])
        draw_areas(axes, shape, place, face=colour, edge="none", width=0, order=2)


def moved(axes: Axes, papers: Papers, place: Ground) -> None:
    """Ground that another grid has now, hatched."""
    shapes = objects(one.shape for one in papers.diff.ground)
    draw_areas(axes, shapes, place, face="none", edge="#5a6672", width=0, order=2.5, hatch="////")


def ways(axes: Axes, papers: Papers) -> None:
    """Rivers and roads."""
    lines = papers.after.ground.lines
    for kind, width in {RIVER: 3.4, **ROADS}.items():
        mine = lines.shapes[lines.kinds == kind]
        if kind == RIVER:
            _lines(axes, mine, colour=WATER, width=width, order=3)
            continue
        _lines(axes, mine, colour="#9aa5ad", width=width, order=3.4)
        _lines(axes, mine, colour="#ffffff", width=width - 0.8, order=3.5)


def borders(axes: Axes, draft: Draft, place: Ground, *, width: float = 1.6) -> None:
    """The borders of the grids of a plan."""
    shapes = objects(draft.shape(code) for code in draft.grids)
    draw_areas(axes, shapes, place, face="none", edge=INK, width=width, order=5)


def borders_before(axes: Axes, papers: Papers) -> None:
    """The borders of the grids before, dashed."""
    rings = shapely.boundary(objects(papers.before.metric(code) for code in papers.before.grids))
    # A border that two share is one line: dashes over dashes would fill each other's gaps.
    courses = objects([shapely.line_merge(shapely.union_all(rings))])
    _lines(axes, courses, colour=BEFORE, width=1.5, order=6, dashes=(4.0, 2.6))


def buildings(axes: Axes, papers: Papers, place: Ground, *, size: float = 2.4) -> None:
    """Each building as a small square."""
    points = place.move(papers.after.ground.homes.points)
    xy = shapely.get_coordinates(points)
    axes.plot(
        xy[:, 0], xy[:, 1], "s", ms=size, mfc="#6b7a89", mec="#ffffff", mew=0.3, ls="none", zorder=4
    )


def name_surroundings(letters: Lettering, papers: Papers, size: float) -> None:
    """The names of the communities beside."""
    frame = shapely.box(*_corners(letters.place))
    moved_in = letters.place.move(objects(papers.around.values()))
    for name, shape in zip(papers.around, moved_in, strict=True):
        seen = shapely.intersection(shapely.make_valid(shape), frame)
        if seen.area:
            letters.write(inside(seen), [cut(name, 14)], size, colour=SOFT)


def name_grids(
    letters: Lettering,
    papers: Papers,
    size: float,
    *,
    codes: Collection[str],
    counts: bool = False,
    lang: str = "zh",
) -> None:
    """The names of grids where they read best; ``counts``: with their households, before and after."""
    frame = shapely.box(*_corners(letters.place))
    for code in codes:
        seen = letters.free(shapely.intersection(papers.after.metric(code), frame))
        if not shapely.area(seen):
            continue
        rows = [cut(short(papers.after.grids[code].name, papers.place), 12)]
        if counts:
            old = papers.old_of.get(code)
            was = "—" if old is None else f"{papers.was[old].households:,}"
            now = f"{papers.now[code].households:,}"
            rows.append(
                say(
                    "households-change" if was != now else "households-same", lang, was=was, now=now
                )
            )
        letters.write(inside(seen), rows, size, bold=True, always=True)


def name_buildings(letters: Lettering, papers: Papers, code: str, size: float) -> None:
    """The buildings of a grid by name, as far as there is room."""
    homes = papers.after.ground.homes
    ids = tuple(one for block in papers.after.of(code) for one in block.buildings)
    rows = homes.rows(ids)
    points = letters.place.move(homes.points[rows])
    names = homes.table["name"]
    for row, at in zip(rows, points, strict=True):
        if at.is_empty:
            continue
        told = names.iloc[row]
        label = homes.ids[row].rsplit("-", 1)[-1] if pd.isna(told) else str(told)
        up = at.y + 0.95 * size * letters.point_m
        letters.write((at.x, up), [cut(label, 10)], size, colour="#3c4650")


def _corners(place: Ground) -> tuple[float, float, float, float]:
    return place.west, place.south, place.east, place.north


def _lines(
    axes: Axes,
    shapes: object,
    *,
    colour: str,
    width: float,
    order: float,
    dashes: tuple[float, float] | None = None,
) -> None:
    from matplotlib.collections import LineCollection

    parts = shapely.get_parts(shapely.get_parts(np.asarray(shapes, dtype=object)))
    paths = [shapely.get_coordinates(one) for one in parts if isinstance(one, shapely.LineString)]
    style = "solid" if dashes is None else (0.0, dashes)
    axes.add_collection(
        LineCollection(
            paths, colors=colour, linewidths=width, zorder=order, linestyles=style,
            capstyle="round" if dashes is None else "butt",
        )
    )  # fmt: skip


def outline(axes: Axes, draft: Draft, place: Ground, code: str, *, width: float = 2.6) -> None:
    """The border of one grid, strong."""
    draw_areas(
        axes, objects([draft.shape(code)]), place, face="none", edge=INK, width=width, order=5.5
    )
