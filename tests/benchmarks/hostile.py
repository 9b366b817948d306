"""Hostile polygons by seed, for `locate_fuzz.py`: each maker gives shapes, not all of them valid."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import shapely
from numpy.typing import NDArray

from tests.benchmarks.tilings import tiling

Shapes = NDArray[np.object_]
Floats = NDArray[np.float64]
Rng = np.random.Generator


def wriggling(rng: Rng) -> Shapes:
    """A tiling with wriggling borders."""
    shapes = tiling(
        int(rng.integers(1, 200)), int(rng.integers(4, 60)), seed=int(rng.integers(1 << 30))
    )
    west, south, _, _ = shapely.total_bounds(shapes)
    return shapely.transform(shapes, lambda xy: (xy - (west, south)) * 20)


def squares(rng: Rng) -> Shapes:
    """Boxes on a coarse lattice: shared, collinear, overlapping and merely touching edges; holes and islands."""
    count = int(rng.integers(1, 80))
    corner = rng.integers(0, 10, (count, 2)) / rng.choice([1.0, 3.0, 256.0])
    size = rng.integers(1, 5, (count, 2)) / rng.choice([1.0, 7.0, 256.0])
    boxes = shapely.box(*corner.T, *(corner + size).T)
    holes = shapely.box(*(corner + size / 4).T, *(corner + size / 2).T)
    return np.where(rng.random(count) < 0.3, shapely.difference(boxes, holes), boxes)


def slivers(rng: Rng) -> Shapes:
    """Triangles, many of them thin, and fans that meet in a point."""
    count = int(rng.integers(1, 80))
    rings = rng.integers(0, 12, (count, 3, 2)) / 1.0
    thin = rng.random(count) < 0.5
    rings[thin, 2] = rings[thin, 1] + rng.choice([1e-9, 1e-5, 0.01], (int(thin.sum()), 2))
    hub = rng.random(count) < 0.4
    rings[hub, 0] = (5.0, 5.0)
    return shapely.polygons(rings)


def stars(rng: Rng) -> Shapes:
    """Wild rings around common middles, some with thousands of vertices, most in few cells."""
    shapes = []
    for _ in range(int(rng.integers(1, 12))):
        n = int(rng.choice([5, 40, 3000]))
        reach = rng.uniform(0.2, 1, n) * rng.choice([1e-3, 0.1, 5.0])
        shapes.append(shapely.Polygon(_around(rng, n) * reach[:, None] + rng.integers(0, 4, 2)))
    return np.array(shapes)


def spirals(rng: Rng) -> Shapes:
    """Bands rolled up into each other, which share their long borders."""
    turns, n = rng.uniform(1, 12), int(rng.integers(20, 2500))
    angle = np.linspace(0, 2 * np.pi * turns, n)
    arms = int(rng.integers(2, 5))
    way = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    lines = [way * (angle / 7 + arm / arms)[:, None] for arm in range(arms + 1)]
    return np.array(
        [shapely.Polygon(np.concatenate([a, b[::-1]])) for a, b in itertools.pairwise(lines)]
    )


def nested(rng: Rng) -> Shapes:
    """Rings within rings, each the hole of the next; every other one in one multipolygon, or all on their own."""
    depth, corners = int(rng.integers(2, 40)), int(rng.choice([3, 4, 8, 200]))
    sizes = np.sort(rng.uniform(0.01, 5, depth))[::-1]
    if rng.random() < 0.3:
        sizes = 5 - np.arange(depth) * rng.choice([1e-9, 1e-6, 0.01])
    disks = [
        shapely.Polygon(_around(rng, corners, even=True) * size + 5) for size in sizes if size > 0
    ]
    rings = [
        shapely.Polygon(outer.exterior.coords, [inner.exterior.coords])
        for outer, inner in itertools.pairwise(disks)
    ]
    together = [shapely.MultiPolygon(rings[k::2]) for k in (0, 1) if rings[k::2]]
    return np.array([*rings, disks[-1], *(together if rng.random() < 0.5 else [])], dtype=object)


def collinear(rng: Rng) -> Shapes:
    """Neighbours whose straight borders carry hundreds of vertices each, not the same ones: rounded, they bend."""
    shapes = []
    cuts = np.cumsum(rng.uniform(0.3, 2, 6))
    tilt = rng.choice([0.0, 0.0, 0.1, 1 / 3])
    for left, right in itertools.pairwise(cuts):
        for low, high in itertools.pairwise(cuts):
            ring = np.array([(left, low), (right, low), (right, high), (left, high), (left, low)])
            ring[:, 1] += tilt * ring[:, 0]
            shapes.append(shapely.Polygon(_crowded(rng, ring, int(rng.choice([0, 3, 40, 400])))))
    return np.array(shapes)


def repeated(rng: Rng) -> Shapes:
    """Rings whose vertices stand there twice or three times, and ones that are an ulp away from the one before."""
    rings = []
    for shape in squares(rng):
        for part in shapely.get_parts(shape):
            xy = shapely.get_coordinates(part.exterior)
            xy = np.repeat(xy, rng.integers(1, 4, len(xy)), axis=0)
            if rng.random() < 0.5:
                xy[1:-1] = np.nextafter(xy[1:-1], rng.choice([-9.0, 9.0], xy[1:-1].shape))
            rings.append(shapely.Polygon(xy))
    return np.array(rings)


def hairlines(rng: Rng) -> Shapes:
    """Strips across everything, some an ulp wide, beside and over each other."""
    shapes = []
    for _ in range(int(rng.integers(1, 40))):
        a, b = rng.uniform(0, 10, (2, 2))
        wide = rng.choice([0.0, 1e-15, 1e-12, 1e-7, 1e-3], 2) * rng.uniform(1, 2, 2)
        first = np.nextafter(a, np.inf) if not wide.any() else a + wide
        shapes.append(shapely.Polygon([a, b, b + wide[::-1], first]))
        if rng.random() < 0.5:  # another that shares a long side
            shapes.append(shapely.Polygon([a, b, rng.uniform(0, 10, 2)]))
    return np.array(shapes)


def checkers(rng: Rng) -> Shapes:
    """A board, all fields of a colour one multipolygon: parts that meet in corners, neighbours along every edge."""
    side = int(rng.integers(2, 20))
    i, j = (axis.ravel() for axis in np.meshgrid(np.arange(side), np.arange(side)))
    step = rng.choice([1.0, 1 / 3, 0.1])
    fields = shapely.box(i * step, j * step, (i + 1) * step, (j + 1) * step)
    colours = int(rng.integers(2, 5))
    wanted = (i + 2 * j) % colours if rng.random() < 0.5 else rng.integers(0, colours, len(i))
    return np.array(
        [shapely.MultiPolygon(list(fields[wanted == colour])) for colour in range(colours)]
        + [shapely.union_all(fields[wanted == colour]) for colour in range(colours)],
        dtype=object,
    )


def clipped(rng: Rng) -> Shapes:
    """Voronoi cells clipped at boxes, each box on its own: T-junctions that miss each other by an ulp."""
    sites = rng.uniform(0, 10, (int(rng.integers(4, 120)), 2))
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(sites)))
    x, y = rng.uniform(2, 8, 2)
    boxes = [(0, 0, x, y), (x, 0, 10, y), (0, y, x, 10), (x, y, 10, 10)]
    return np.concatenate(
        [shapely.get_parts(shapely.intersection(cells, shapely.box(*box))) for box in boxes]
    )


def crowds(rng: Rng) -> Shapes:
    """Many small shapes in one place and a large one far off: all of them in a few cells."""
    small = wriggling(rng)
    scale = 10.0 ** rng.integers(-9, -2)
    small = shapely.transform(small, lambda xy: xy * scale)
    far = shapely.box(*(rng.uniform(50, 1000, 2)), 1001, 1001)
    return np.array([*small, far], dtype=object)


def combs(rng: Rng) -> Shapes:
    """Two combs with their teeth in each other, narrower than any cell."""
    teeth = int(rng.integers(2, 1500))
    x = np.linspace(0, 10, 2 * teeth + 1)
    height = np.where(np.arange(2 * teeth + 1) % 2, 0.0, 1.0) * 8 + 1
    if rng.random() < 0.5:
        height += rng.uniform(-0.5, 0.5, len(x))
    edge = np.column_stack([x, height])
    if rng.random() < 0.5:  # with steep sides instead of slanting ones
        edge = np.repeat(edge, 2, axis=0)
        edge[1:, 0] = edge[:-1, 0]
    low = shapely.Polygon([*edge, (10, 0), (0, 0)])
    return np.array([low, shapely.Polygon([*edge, (10, 10), (0, 10)])])


def fans(rng: Rng) -> Shapes:
    """Triangles around a point, so that all edges meet in it."""
    n = int(rng.integers(3, 300))
    rim = _around(rng, n) * rng.uniform(1, 5, n)[:, None] + 5
    hub = rng.choice([5.0, 5 + 1e-9, 5.1], 2)
    return shapely.polygons(np.stack([np.broadcast_to(hub, (n, 2)), rim, np.roll(rim, -1, 0)], 1))


def steps(rng: Rng) -> Shapes:
    """Two neighbours whose border goes in steps, from far smaller than a cell to far larger."""
    n = int(rng.integers(2, 400))
    size = 10.0 ** rng.uniform(-14, 0, n)
    x = 5 + np.cumsum(size * rng.choice([-1.0, 1.0, 0.0], n))
    y = np.linspace(1, 9, n)
    if rng.random() < 0.5:
        y = 1 + np.cumsum(10.0 ** rng.uniform(-14, -1, n))
    border = np.column_stack([np.clip(x, 0.5, 9.5), y])
    top = float(y[-1]) + 1
    return np.array(
        [
            shapely.Polygon([(0, 0), *border, (0, top)]),
            shapely.Polygon([(10, 0), *border, (10, top)]),
        ]
    )


def rounded(rng: Rng) -> Shapes:
    """As files have them: few decimals, so that vertices fall on lines and edges on each other."""
    return shapely.set_precision(wriggling(rng), rng.choice([0.5, 0.1, 1e-3]))


def vanishing(rng: Rng) -> Shapes:
    """Around 0, with coordinates so small that their products are 0."""
    sizes = np.array([0.0, 5e-324, 1e-310, 1e-200, 1e-160, 1e-100, 1e-30, 1.0])
    rings = rng.choice(sizes, (int(rng.integers(1, 40)), 4, 2)) * rng.choice([-1.0, 1.0])
    return np.append(shapely.polygons(rings), shapely.box(0, 0, 1, 1))


def on_cells(rng: Rng) -> Shapes:
    """Vertices on the borders and corners of the cells themselves: the extent is such that cells are powers of two."""
    lines = np.arange(257) / 16.0 - 8.0
    count = int(rng.integers(1, 60))
    a, b = np.sort(rng.choice(lines, (2, count, 2)), axis=0)
    boxes = shapely.box(*a.T, *b.T)
    triangles = shapely.polygons(rng.choice(lines, (count, 3, 2)))
    return np.array([*boxes, *triangles, shapely.box(-8, -8, 8, 8)], dtype=object)


def _around(rng: Rng, n: int, *, even: bool = False) -> Floats:
    """Unit vectors in order of their angle."""
    angle = np.arange(n) / n if even else np.sort(rng.random(n))
    return np.column_stack([np.cos(2 * np.pi * angle), np.sin(2 * np.pi * angle)])


def _crowded(rng: Rng, ring: Floats, more: int) -> Floats:
    """A ring with so many more vertices on each edge."""
    parts = []
    for a, b in itertools.pairwise(ring):
        share = np.sort(np.append(rng.random(more), 0.0))[:, None]
        parts.append(a + (b - a) * share)
    return np.concatenate(parts)


MAKERS: tuple[Callable[[Rng], Shapes], ...] = (
    wriggling,
    squares,
    slivers,
    stars,
    spirals,
    nested,
    collinear,
    repeated,
    hairlines,
    checkers,
    clipped,
    crowds,
    combs,
    fans,
    steps,
    rounded,
    vanishing,
    on_cells,
)
