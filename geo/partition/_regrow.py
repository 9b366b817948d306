"""Grids drawn anew by chance: each grows from a random block, the lightest first, by whole faces where it can."""

# ruff: noqa: PLR0912 - a kernel in one piece

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo._jit import kernel
from geo.partition._energy import dice
from geo.partition.ground import Ground

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@kernel
def regrow(
    label: Ints, group: Ints, inside: Bools, ground: Ground, state: NDArray[np.uint64]
) -> bool:
    """Share the blocks ``inside`` out among the grids of ``group``; each is in one piece and none is empty.

    False, and labels of no use, where there are too few blocks or some can't be reached.
    """
    members = np.flatnonzero(inside)
    count, grids = len(members), len(group)
    if count < grids:
        return False
    free = inside.copy()
    label[members] = -1
    load, stuck = np.zeros(grids), np.zeros(grids, np.bool_)
    touched, stack = np.zeros(len(ground.neighbour), np.int64), np.zeros(count + 1, np.int64)
    for x in range(grids):
        seed = members[int(dice(state) * count)]
        while not free[seed]:
            seed = members[int(dice(state) * count)]
        free[seed], label[seed] = False, group[x]
        load[x] = ground.amounts[2, seed]
    left = count - grids
    while left > 0:
        x = -1
        for y in range(grids):
            if not stuck[y] and (x < 0 or load[y] < load[x]):
                x = y
        if x < 0:
            return False
        found = 0
        for i in members:
            if label[i] == group[x]:
                for e in range(ground.start[i], ground.start[i + 1]):
                    if ground.passable[e] and free[ground.neighbour[e]]:
                        touched[found] = ground.neighbour[e]
                        found += 1
        if found == 0:
            stuck[x] = True
            continue
        first = touched[int(dice(state) * found)]
        free[first], label[first] = False, group[x]
        stack[0], top = first, 1
        while top > 0:
            top -= 1
            u = stack[top]
            load[x] += ground.amounts[2, u]
            left -= 1
            for e in range(ground.start[u], ground.start[u + 1]):
                v = ground.neighbour[e]
                if ground.passable[e] and free[v] and ground.face[v] == ground.face[u]:
                    free[v], label[v] = False, group[x]
                    stack[top] = v
                    top += 1
    return True


@kernel
def some_group(
    label: Ints, grids: int, size: int, ground: Ground, state: NDArray[np.uint64]
) -> Bools:
    """Which of the grids belong to a random group of up to ``size`` that hang together."""
    chosen = np.zeros(grids, np.bool_)
    blocks = len(label)
    chosen[label[int(dice(state) * blocks)]] = True
    number = 1
    for _ in range(400):
        if number == size:
            break
        i = int(dice(state) * blocks)
        degree = ground.start[i + 1] - ground.start[i]
        if degree == 0 or not chosen[label[i]]:
            continue
        e = ground.start[i] + int(dice(state) * degree)
        other = label[ground.neighbour[e]]
        if ground.passable[e] and not chosen[other]:
            chosen[other] = True
            number += 1
    return chosen
