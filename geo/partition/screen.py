"""What arithmetic alone says: which numbers of grids could hold both bounds, roomiest first, and why none can."""

from __future__ import annotations

import math
from collections.abc import Sequence

from geo.model import SizeRule

MANY = 999
"""More grids than a community can number: the end of a range that no floor ends."""


def count_range(total: int, bounds: tuple[int, int]) -> tuple[int, int]:
    """The least and the most grids whose average lies within one pair of bounds (empty where least > most)."""
    low, high = bounds
    most = total // low if low > 0 else max(MANY, total)
    return max(1, math.ceil(total / high)), most


def feasible_counts(households: int, residents: int, rule: SizeRule) -> list[int]:
    """Every number of grids whose averages lie within both bounds, the roomiest first."""
    pairs = (households, rule.households), (residents, rule.residents)
    low = max(count_range(total, bounds)[0] for total, bounds in pairs)
    most = [count_range(total, bounds)[1] for total, bounds in pairs if bounds[0] > 0]
    high = min(most, default=max(MANY, low))
    return sorted(range(low, high + 1), key=lambda k: (-room(households, residents, k, rule), k))


def room(households: int, residents: int, count: int, rule: SizeRule) -> float:
    """How far, relatively, the averages of ``count`` grids are from the nearest bound; negative outside."""
    return min(_room(households / count, rule.households), _room(residents / count, rule.residents))


def _room(average: float, bounds: tuple[int, int]) -> float:
    low, high = bounds
    return min(average / low - 1 if low else 1.0, 1 - average / high)


def excess(value: float, bounds: tuple[int, int]) -> float:
    """By what share of the bound a value breaks it; 0 within."""
    low, high = bounds
    if value < low:
        return (low - value) / low
    return (value - high) / high if value > high else 0.0


def nearest_count(households: int, residents: int, rule: SizeRule) -> int:
    """The number of grids whose averages break the bounds least, where no number holds them."""
    middle = max(1, round(households / _middle(rule.households)))
    other = max(1, round(residents / _middle(rule.residents)))
    low, high = min(middle, other), max(middle, other)

    def broken(count: int) -> float:
        return excess(households / count, rule.households) + excess(
            residents / count, rule.residents
        )

    return min(range(max(1, low - 1), high + 2), key=lambda count: (broken(count), count))


def share_counts(
    households: list[int], residents: list[int], total: int, rules: Sequence[SizeRule]
) -> list[int]:
    """``total`` grids shared out over communities by load, each at least one, inside what is feasible while
    that is possible. ``rules``: of each community. Method: one at a time to the community whose grids are fullest
    (as D'Hondt's)."""
    load = [
        h / _middle(rule.households) + p / _middle(rule.residents)
        for h, p, rule in zip(households, residents, rules, strict=True)
    ]
    ranges = [
        sorted(feasible_counts(h, p, rule))
        for h, p, rule in zip(households, residents, rules, strict=True)
    ]
    counts = [1] * len(load)
    for _ in range(total - len(load)):
        counts[max(range(len(load)), key=lambda i: (_need(counts[i], load[i], ranges[i]), -i))] += 1
    return counts


def _need(count: int, load: float, feasible: list[int]) -> tuple[int, float]:
    """Who gets the next grid: first who is below its feasible numbers, last who is at their end; by load."""
    tier = sum(count < end for end in (feasible[0], feasible[-1])) if feasible else 0
    return tier, load / (count + 0.5)


def _middle(bounds: tuple[int, int]) -> float:
    return sum(bounds) / 2
