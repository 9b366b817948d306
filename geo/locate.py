"""Points -> grids. The one authority on which grid a point belongs to.

A point belongs to the grid that covers it; on a shared edge or vertex, to the lowest code (code-point order).
GEOS is the reference: the answer equals shapely ``intersects`` for every point.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import Protocol

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geo import crs as crs_module
from geo._cells import CellEngine, best_engine
from geo._spot import Spot, ready
from geo.errors import CodeError, DatumError, GeometryError, OptionError
from geo.model import How, Located, Outside
from geo.ruler import Ruler

Floats = NDArray[np.float64]

HOWS = (How.INSIDE, How.BOUNDARY, How.OUTSIDE, How.INVALID)
"""What the numbers of `Locator.how` mean, by position."""

_POLYGONAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


class Engine(Protocol):
    """What decides. It holds polygons in the order in which they win, and the position of each in the caller's."""

    def indices(self, x: Floats, y: Floats) -> NDArray[np.int32]:
        """The first polygon that intersects each point; -1 for none and for NaN and infinity."""

    def on_boundary(self, x: Floats, y: Floats, indices: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Whether each point lies on the boundary of the polygon that it was given (False for -1)."""

    def place(self, x: float, y: float) -> tuple[int, bool]:
        """What both say of one point."""


class Locator:
    """Grids that points are looked up in.

    ``polygons``: valid shapely polygons or multipolygons, in any order, with holes, overlapping or not.
    ``codes``: one a polygon, no two alike. ``crs``: what the polygons' coordinates, and those of all points but
    the arguments of `locate`, refer to (anything that pyproj understands); None for a plane in metres.
    ``points``: about how many will be asked for, where that is known: for few, a coarser index is built sooner.
    Raises CodeError for an empty or repeated code and GeometryError naming a polygon that can't be used.
    """

    def __init__(
        self,
        polygons: Sequence[BaseGeometry] | NDArray[np.object_],
        codes: Sequence[str],
        *,
        crs: CRS | str | int | None,
        points: int | None = None,
    ) -> None:
        self.codes = tuple(codes)
        self.crs = None if crs is None else CRS.from_user_input(crs)
        order = _winning_order(self.codes)
        shapes = _checked(polygons, self.codes)[order]
        self._position = np.append(order, -1).astype(np.int32)
        self._shapes = shapes
        self._engine: Engine = best_engine(shapes, self._position[:-1], points)

    def indices(self, x: ArrayLike, y: ArrayLike) -> NDArray[np.int32]:
        """The position, in the caller's order, of the grid of each point; -1 nowhere, also for NaN and infinity.

        ``x``, ``y``: two arrays of one length (NumPy, or Arrow without a copy).
        """
        return self._engine.indices(*_points(x, y))

    def how(self, x: ArrayLike, y: ArrayLike, indices: NDArray[np.int32]) -> NDArray[np.uint8]:
        """How each point came to its grid, as a position in `HOWS`. ``indices`` are those of the same points."""
        east, north = _points(x, y)
        edge = self._engine.on_boundary(east, north, indices)
        how = np.where(edge, np.uint8(1), np.uint8(0))
        how[indices < 0] = 2
        how[~(np.isfinite(east) & np.isfinite(north))] = 3
        return how

    def nearest(self, x: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.int32], Floats]:
        """The nearest grid of each point (the lowest code of equals) and its distance in metres; 0 inside.

        -1 and NaN for a point that is no place, or where there are no grids.
        """
        east, north = _points(x, y)
        found = self._engine.indices(east, north)
        away = np.flatnonzero(found < 0)
        metres = np.zeros(len(found))
        ranks, metres[away] = self._ruler.nearest(east[away], north[away], outside=True)
        found[away] = self._position[ranks]
        return found, metres

    def locate(self, *, lng: float, lat: float) -> Located | Outside:
        """Where one place is (EPSG:4490 degrees, whatever the grids' CRS). DatumError if it is no place on Earth."""
        if not (abs(lng) <= 180 and abs(lat) <= 90):
            raise DatumError("lonlat-impossible", lng=lng, lat=lat)
        if self._spot is not None:
            found, inside, edge_m, other = self._spot(lng, lat)
            if found >= 0:
                return self._located(found, inside == 0, edge_m, other)
        east, north = self._from_degrees(lng, lat)
        found, edge = self._engine.place(east, north)
        if found < 0:
            nearest, metres = self._ruler.nearest_outside(east, north)
            code = None if nearest < 0 else self.codes[int(self._position[nearest])]
            return Outside(nearest_code=code, nearest_m=metres)
        edge_m, beyond = self._ruler.edge(east, north, int(self._ranks[found]), on_edge=edge)
        return self._located(found, edge, edge_m, beyond)

    def inside(self, *, lng: float, lat: float) -> tuple[int, float, str | None] | None:
        """What `locate` tells of a place inside a grid (position, metres to the edge, the code beyond), sooner.

        None for every other place, and where only `locate` can tell.
        """
        if self._spot is None:
            return None
        found, inside, edge_m, other = self._spot(lng, lat)
        if found < 0 or inside != 1:
            return None
        return found, edge_m, None if other < 0 else self.codes[self._position[other]]

    def _located(self, position: int, edge: bool, edge_m: float, beyond: int) -> Located:
        other = None if beyond < 0 else self.codes[int(self._position[beyond])]
        how = How.BOUNDARY if edge else How.INSIDE
        return Located(self.codes[position], how, edge_m, other)

    def warm_up(self) -> None:
        """Build what is otherwise built at the first use, so that the first answer is as quick as the next."""
        if len(self._shapes):
            inner = shapely.get_coordinates(self._shapes[0].representative_point())[0]
            x, y = float(inner[0]), float(inner[1])
            self.how(inner[:1], inner[1:], self._engine.indices(inner[:1], inner[1:]))
            self.nearest(inner[:1], inner[1:])
            self._engine.place(x, y)
            self._ruler.nearest_outside(x, y)
            self._ruler.edge(x, y, 0, on_edge=False)
            if self._spot is not None:
                self._spot(x, y)

    def overlaps(self) -> list[tuple[int, int, float]]:
        """The pairs of polygons that overlap: two positions, the winner's first, and the area that they share.

        In the order of their codes; the area in the square of the polygons' own units. Shared borders are no overlap.
        """
        tree = shapely.STRtree(self._shapes)
        pairs = []
        for rank, shape in enumerate(self._shapes):
            near = np.sort(tree.query(shape, predicate="intersects"))
            later = near[near > rank]
            areas = shapely.area(shapely.intersection(shape, self._shapes[later]))
            pairs += [
                (int(self._position[rank]), int(self._position[other]), float(area))
                for other, area in zip(later, areas, strict=True)
                if area > 0
            ]
        return pairs

    @cached_property
    def _from_degrees(self) -> crs_module.Mover:
        if self.crs is None:
            return lambda lng, lat: (lng, lat)
        return crs_module.mover(crs_module.LONLAT, self.crs)

    @cached_property
    def _ranks(self) -> NDArray[np.int64]:
        """Of each position in the caller's order."""
        return np.argsort(self._position[:-1]).astype(np.int64)

    @cached_property
    def _spot(self) -> Spot | None:
        """The short way for one place; None where the grids or the plane to measure in are not what it is made for."""
        if self.crs != crs_module.LONLAT or not isinstance(self._engine, CellEngine):
            return None
        plane = self._ruler.plane
        if plane is None:
            return None
        return ready(self._engine.tables, plane, self._ruler.beyond, self._ranks)

    @cached_property
    def _ruler(self) -> Ruler:
        return Ruler(self._shapes, crs=self.crs)


def _winning_order(codes: tuple[str, ...]) -> NDArray[np.intp]:
    """Positions from the lowest code to the highest, by code point."""
    if "" in codes:
        raise CodeError("code-empty", position=codes.index("") + 1)
    order = sorted(range(len(codes)), key=codes.__getitem__)
    for one, two in pairwise(order):
        if codes[one] == codes[two]:
            raise CodeError("code-duplicated", value=codes[one], positions=f"{one + 1}, {two + 1}")
    return np.array(order, dtype=np.intp)


def _checked(
    polygons: Sequence[BaseGeometry] | NDArray[np.object_], codes: tuple[str, ...]
) -> NDArray[np.object_]:
    """The polygons, two-dimensional. They stay the caller's: whoever prepares them makes copies."""
    shapes = np.array(list(polygons), dtype=object)
    if len(shapes) != len(codes):
        raise OptionError("codes-unpaired", polygons=len(shapes), codes=len(codes))
    kind = shapely.get_type_id(shapes)
    for bad in np.flatnonzero(~np.isin(kind, _POLYGONAL) | shapely.is_empty(shapes)):
        found = "-" if shapes[bad] is None else shapes[bad].geom_type
        raise GeometryError("polygon-missing", value=codes[bad], found=found)
    for bad in np.flatnonzero(~shapely.is_valid(shapes)):
        reason = shapely.is_valid_reason(shapes[bad])
        raise GeometryError("polygon-invalid", value=codes[bad], reason=reason)
    deep = shapely.has_z(shapes)
    shapes[deep] = shapely.force_2d(shapes[deep])
    return shapes


def _points(x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    east, north = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if east.shape != north.shape or east.ndim != 1:
        raise OptionError("points-unpaired", x=east.shape, y=north.shape)
    return east, north
