"""A first partition to start from: METIS (Karypis & Kumar 1998) on the joint load; tree bisection where it is absent.

Either way every grid comes out in one piece and none is empty, but bounds may be broken: repair comes next.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree

from geo.partition.problem import Problem, components

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]

LOAD_STEPS = 10_000
"""METIS wants whole weights: the whole load is cut into so many."""
TREES = 6
HAS_METIS = find_spec("pymetis") is not None


@dataclass(frozen=True, slots=True)
class _Graph:
    load: Floats
    pairs: Ints
    price: Floats


def split(problem: Problem, members: Ints, count: int, rng: np.random.Generator) -> Ints | None:
    """``members`` (connected blocks) in ``count`` connected parts of about equal load: 0 … count-1 for each.

    None where there are fewer blocks than parts.
    """
    if len(members) < count:
        return None
    if count == 1:
        return np.zeros(len(members), dtype=np.intp)
    position = np.full(problem.size, -1)
    position[members] = np.arange(len(members))
    inside = (position[problem.pairs] >= 0).all(axis=1)
    pairs = position[problem.pairs[inside]]
    price = problem.price[inside] * rng.uniform(0.6, 1.6, int(inside.sum()))
    graph = _Graph(_load(problem, members), pairs, price)
    label = (_metis if HAS_METIS else _bisect)(graph, count, rng)
    return made_whole(label, pairs, graph.load, count)


def _load(problem: Problem, members: Ints) -> Floats:
    """The joint load: the mean of a block's share of the households and of the residents."""
    h, r = problem.households[members], problem.residents[members]
    load: Floats = h / max(1, h.sum()) + r / max(1, r.sum())
    return load / 2


def _metis(graph: _Graph, count: int, rng: np.random.Generator) -> Ints:
    import pymetis

    size = len(graph.load)
    ends = np.concatenate([graph.pairs, graph.pairs[:, ::-1]])
    weight = np.rint(np.concatenate([graph.price, graph.price]) * 10).astype(int).clip(min=1)
    order = np.argsort(ends[:, 0], kind="stable")
    start = np.searchsorted(ends[order, 0], np.arange(size + 1))
    options = pymetis.Options(seed=int(rng.integers(1, 2**30)), ufactor=20)
    _, label = pymetis.part_graph(
        count,
        pymetis.CSRAdjacency(start.tolist(), ends[order, 1].tolist()),
        vweights=np.rint(graph.load * LOAD_STEPS).astype(int).tolist(),
        eweights=weight[order].tolist(),
        recursive=count <= 8,
        options=options,
    )
    return np.array(label, dtype=np.intp)


def _bisect(graph: _Graph, count: int, rng: np.random.Generator) -> Ints:
    """Cut a random spanning tree again and again where both sides come nearest to a whole number of grids."""
    label = np.zeros(len(graph.load), dtype=np.intp)
    open_parts = [(np.arange(len(label)), count, 0)]
    while open_parts:
        members, parts, base = open_parts.pop()
        label[members] = base
        if parts > 1:
            side, taken = _best_cut(graph, members, parts, rng)
            open_parts.append((members[side], taken, base))
            open_parts.append((members[~side], parts - taken, base + taken))
    return label


def _best_cut(
    graph: _Graph, members: Ints, parts: int, rng: np.random.Generator
) -> tuple[NDArray[np.bool_], int]:
    """Of several random trees, the cut that leaves both sides nearest to a whole number of parts."""
    position = np.full(len(graph.load), -1)
    position[members] = np.arange(len(members))
    inside = (position[graph.pairs] >= 0).all(axis=1)
    pairs, price = position[graph.pairs[inside]], graph.price[inside]
    within = _Graph(graph.load[members], pairs, price / max(1e-9, price.mean()))
    _, side, taken = min((_tree_cut(within, parts, rng) for _ in range(TREES)), key=lambda c: c[0])
    return side, taken


def _tree_cut(
    graph: _Graph, parts: int, rng: np.random.Generator
) -> tuple[float, NDArray[np.bool_], int]:
    """The best cut of one random tree: how far off it is, one side of it, and the parts that side gets."""
    size = len(graph.load)
    # Dear borders get light edges: the tree keeps them, so that a cut falls on a cheap one.
    weight = rng.random(len(graph.price)) + 0.01 + 1 / (1 + graph.price)
    links = coo_array((weight, tuple(graph.pairs.T)), shape=(size, size))
    tree = minimum_spanning_tree(links.tocsr())
    order, parent = breadth_first_order(tree, int(rng.integers(size)), directed=False)
    below, number = graph.load.copy(), np.ones(size, dtype=np.intp)
    for node in order[:0:-1]:
        below[parent[node]] += below[node]
        number[parent[node]] += number[node]
    share = below / max(below[order[0]], 1e-12) * parts
    taken = np.rint(share).clip(1, parts - 1)
    crowded = (number < taken) | (size - number < parts - taken)
    off = np.abs(share - taken) / np.minimum(taken, parts - taken) + 9.0 * parts * crowded
    off[order[0]] = np.inf
    top = int(off.argmin())
    inside = np.zeros(size, dtype=bool)
    inside[top] = True
    for node in order[1:]:
        inside[node] |= inside[parent[node]]
    return float(off[top]), inside, int(taken[top])


def made_whole(label: Ints, pairs: Ints, load: Floats, count: int) -> Ints:
    """Stray pieces join the part they touch; parts that got nothing take a piece of the heaviest."""
    label = label.copy()
    _join_strays(label, pairs, load)
    for part in range(count):
        if not (label == part).any():
            _take_one(label, pairs, load, part)
    return label


def _join_strays(label: Ints, pairs: Ints, load: Floats) -> None:
    while True:
        same = label[pairs[:, 0]] == label[pairs[:, 1]]
        piece = components(len(label), pairs[same])
        weight = np.bincount(piece, load) + np.bincount(piece) * 1e-9
        owner = np.zeros(len(weight), dtype=np.intp)
        owner[piece] = label
        order = np.lexsort((-weight, owner))
        main = order[np.flatnonzero(np.diff(owner[order], prepend=-1))]
        stray = np.setdiff1d(np.arange(len(weight)), main)
        if len(stray) == 0:
            return
        one = piece == stray[int(weight[stray].argmin())]
        edge = pairs[one[pairs[:, 0]] != one[pairs[:, 1]]]
        beside = label[np.where(one[edge[:, 0]], edge[:, 1], edge[:, 0])]
        label[one] = int(np.bincount(beside).argmax())


def _take_one(label: Ints, pairs: Ints, load: Floats, part: int) -> None:
    """One block whose part stays whole without it becomes a part of its own."""
    number = np.bincount(label, minlength=int(label.max()) + 1)
    weight = np.bincount(label, load)
    for block in np.lexsort((load, -weight[label])):
        if number[label[block]] > 1:
            rest = (label == label[block]) & (np.arange(len(label)) != block)
            within = pairs[rest[pairs].all(axis=1)]
            if len(np.unique(components(len(label), within)[rest])) == 1:
                label[block] = part
                return
