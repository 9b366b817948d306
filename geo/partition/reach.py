"""How far a grid can reach in the graph of blocks, and what parts two of its pieces."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Sequence
from operator import lt

from geo.partition.problem import Problem


def pieces(problem: Problem, blocks: Iterable[int]) -> list[list[int]]:
    """The connected pieces of some blocks, each sorted, the one with the lowest block first."""
    left, found = set(blocks), []
    for block in sorted(left):
        if block in left:
            left.discard(block)
            piece, stack = [block], [block]
            while stack:
                for other in problem.neighbours[stack.pop()]:
                    if other in left:
                        left.discard(other)
                        piece.append(other)
                        stack.append(other)
            found.append(sorted(piece))
    return found


def reach(problem: Problem, block: int, *, barred: Collection[int] = ()) -> frozenset[int]:
    """Every block that could share a grid with ``block``: some way there, both ends included, stays under both
    ceilings and off the ``barred`` blocks. No other block ever can, because a grid is connected.
    """
    rule = problem.rule
    by_households = _lightest(
        problem, problem.households.tolist(), block, rule.households[1], barred
    )
    by_residents = _lightest(problem, problem.residents.tolist(), block, rule.residents[1], barred)
    near = by_households & by_residents
    return frozenset(next((one for one in pieces(problem, near) if block in one), []))


def _lightest(
    problem: Problem, load: Sequence[int], block: int, ceiling: int, barred: Collection[int]
) -> set[int]:
    """The blocks whose lightest way from ``block`` is within ``ceiling``. Method: Dijkstra's, weights on nodes."""
    weight, heap = {block: load[block]}, [(load[block], block)]
    if load[block] > ceiling:
        return set()
    while heap:
        so_far, here = heapq.heappop(heap)
        if so_far > weight[here]:
            continue
        for other in problem.neighbours[here]:
            there = so_far + load[other]
            if there <= ceiling and other not in barred and there < weight.get(other, there + 1):
                weight[other] = there
                heapq.heappush(heap, (there, other))
    return set(weight)


def border(problem: Problem, blocks: Collection[int]) -> set[int]:
    """The blocks beside some blocks."""
    inside = set(blocks)
    return {other for block in inside for other in problem.neighbours[block]} - inside


def enclosed(problem: Problem, blocks: Collection[int]) -> frozenset[int]:
    """The blocks that ``blocks`` part from all others, too few for a grid: whatever they share a grid with, one of
    ``blocks`` is in it."""
    floors = problem.rule.households[0], problem.rule.residents[0]
    parts = pieces(problem, set(range(problem.size)) - set(blocks))
    few = [one for one in parts if any(map(lt, load_of(problem, one), floors))]
    return frozenset(block for one in few for block in one)


def separator(
    problem: Problem, piece: Collection[int], home: int, allowed: Collection[int]
) -> set[int]:
    """Blocks of ``allowed`` beside ``piece`` of which any connected set with ``home`` and a block of it holds one."""
    rim = border(problem, piece) & set(allowed)
    seen, stack, gate = {home}, [home], set[int]()
    while stack:
        for other in problem.neighbours[stack.pop()]:
            if other in rim:
                gate.add(other)
            elif other in allowed and other not in seen:
                seen.add(other)
                stack.append(other)
    return gate


def load_of(problem: Problem, blocks: Iterable[int]) -> tuple[int, int]:
    """Households and residents of some blocks."""
    members = list(blocks)
    return int(problem.households[members].sum()), int(problem.residents[members].sum())
