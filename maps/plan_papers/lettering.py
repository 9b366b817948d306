"""What is written on the maps: roads along their course, names on a halo, and nothing over anything else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.blocks.adjacency import Lines
from maps.reports.fonts import Face
from maps.reports.ground import Ground
from maps.reports.paper import INK
from maps.reports.words import cut, width_em

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINE = 1.25
"""Of the size of the letters."""
NEAR_M = 60.0
ALONG = (0.5, 0.3, 0.7, 0.15, 0.85)
"""Where on its course a road may be named, the best place first."""


@dataclass
class Lettering:
    """What is written on one map so far, as boxes in metres."""

    axes: Axes
    place: Ground
    plain: Face
    bold: Face
    taken: list[shapely.Geometry] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._frame = shapely.box(
            self.place.west, self.place.south, self.place.east, self.place.north
        )

    @property
    def point_m(self) -> float:
        """How many metres of ground a typographic point covers."""
        return self.place.width_m / (self.axes.bbox.width / self.axes.figure.dpi * 72)

    def write(
        self,
        at: tuple[float, float],
        rows: Sequence[str],
        size: float,
        *,
        bold: bool = False,
        colour: str = INK,
        turn: float = 0.0,
        always: bool = False,
    ) -> bool:
        """Some rows around a point (metres), if nothing is there yet or they must be; whether they were written."""
        told = [self.plain.settable(row) for row in rows]
        room = self._room(at, told, size, turn)
        if always:
            at, room = self._inside(at, room)
        free = shapely.covers(self._frame, room) and not any(
            shapely.intersects(room, other) for other in self.taken
        )
        if not any(told) or not (free or always):
            return False
        self.taken.append(room)
        face = self.bold if bold else self.plain
        self.axes.text(
            *at, "\n".join(told), ha="center", va="center", rotation=turn, color=colour, zorder=12,
            fontproperties=face.sized(size), linespacing=LINE, path_effects=_halo(), parse_math=False,
            rotation_mode="anchor",
        )  # fmt: skip
        return True

    def _inside(
        self, at: tuple[float, float], room: shapely.Geometry
    ) -> tuple[tuple[float, float], shapely.Geometry]:
        """What would run over the frame, moved in as far as it must."""
        least, most = shapely.bounds(self._frame).reshape(2, 2)
        low, high = shapely.bounds(room).reshape(2, 2)
        by = np.maximum(least - low, 0) - np.maximum(high - most, 0)
        if not by.any():
            return at, room
        moved = shapely.transform(room, lambda xy: xy + by)
        return (at[0] + float(by[0]), at[1] + float(by[1])), moved

    def _room(
        self, at: tuple[float, float], rows: Sequence[str], size: float, turn: float
    ) -> shapely.Geometry:
        wide = (max((width_em(row) for row in rows), default=0.0) + 0.5) * size * self.point_m / 2
        high = 0.68 * size * len(rows) * self.point_m
        box = shapely.box(at[0] - wide, at[1] - high, at[0] + wide, at[1] + high)
        return _turned(box, turn, at)

    def free(self, shape: shapely.Geometry) -> shapely.Geometry:
        """What nothing is written on of a polygon; the polygon where that is everything."""
        left = shapely.difference(shape, shapely.union_all(self.taken))
        return left if shapely.area(left) > 0.1 * shapely.area(shape) else shape

    def keep_free(self, shape: shapely.Geometry) -> None:
        """Nothing is written there."""
        self.taken.append(shape)

    def roads(self, lines: Lines, size: float, *, near: shapely.Geometry) -> None:
        """The names of roads and rivers along their course, the longest first; each once. ``near``: of what
        they must be, for others would only be read for these."""
        for name, course, river in named_courses(lines, self._frame):
            if not shapely.dwithin(course, near, NEAR_M):
                continue
            colour = "#1f5f8b" if river else "#3c4650"
            for share in ALONG:
                at, turn = _on(course, share)
                if self.write(at, [cut(name, 14)], size, colour=colour, turn=turn):
                    break


def _halo() -> list[object]:
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=2.0, foreground="#ffffffe0")]


def _turned(box: shapely.Geometry, turn: float, at: tuple[float, float]) -> shapely.Geometry:
    if not turn:
        return box
    angle = np.radians(turn)
    matrix = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])

    def rotated(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        moved: NDArray[np.float64] = (xy - at) @ matrix + at
        return moved

    return shapely.transform(box, rotated)


def named_courses(
    lines: Lines, frame: shapely.Geometry
) -> Iterable[tuple[str, shapely.LineString, bool]]:
    """Each name, the longest run of what is called so inside a frame, and whether it is a river; longest first."""
    if lines.names is None:
        return []
    runs: dict[str, tuple[list[shapely.Geometry], bool]] = {}
    for shape, name, kind in zip(lines.shapes, lines.names, lines.kinds.tolist(), strict=True):
        if name is not None:
            runs.setdefault(str(name), ([], kind == 0))[0].append(shape)
    found = []
    for name, (shapes, river) in runs.items():
        inside = shapely.intersection(shapely.union_all(shapes), frame)
        merged = shapely.get_parts(shapely.line_merge(inside))
        courses = [one for one in merged if isinstance(one, shapely.LineString) and one.length]
        if courses:
            found.append((name, max(courses, key=lambda one: one.length), river))
    return sorted(found, key=lambda one: (-one[1].length, one[0]))


def _on(course: shapely.LineString, share: float) -> tuple[tuple[float, float], float]:
    """A point of a line, and how text is turned there to be read upright."""
    middle = shapely.line_interpolate_point(course, share, normalized=True)
    reach = min(40.0, course.length / 8)
    along = shapely.line_locate_point(course, middle)
    ends = shapely.line_interpolate_point(course, [max(along - reach, 0), along + reach])
    (x0, y0), (x1, y1) = shapely.get_coordinates(ends).tolist()
    turn = float(np.degrees(np.arctan2(y1 - y0, x1 - x0)))
    turn = turn - 180 if turn > 90 else turn + 180 if turn <= -90 else turn
    return (middle.x, middle.y), turn


def inside(shape: shapely.Geometry) -> tuple[float, float]:
    """The middle of the widest place in a polygon: where a name reads best."""
    parts = [one for one in shapely.get_parts(shape) if one.area]
    largest = max(parts, key=lambda one: one.area)
    circle = shapely.maximum_inscribed_circle(largest, tolerance=1.0)
    x, y = shapely.get_coordinates(circle)[0].tolist()
    return x, y
