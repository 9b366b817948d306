"""What people call a block: its estate, else a building in it, else its number; with what it holds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.blocks import BlockMap
from geo.partition.problem import Problem

Ints = NDArray[np.intp]


def block_name(block_map: BlockMap, problem: Problem, block: int) -> str:
    """The name of a block (a position in the problem) and its households / residents."""
    name = called(block_map, problem, block) or f"B{block + 1:05d}"
    return f"{name} ({problem.households[block]} / {problem.residents[block]})"


def called(block_map: BlockMap, problem: Problem, block: int) -> str:
    """The name by which an option can mean a block; empty where nothing stands in it."""
    return str(block_map.label[int(problem.blocks[block])] or "")


def place_of(block_map: BlockMap, problem: Problem, blocks: Sequence[int]) -> shapely.MultiPoint:
    """A point in each of some blocks."""
    points = shapely.point_on_surface(block_map.geometry[problem.blocks[list(blocks)]])
    return shapely.MultiPoint(shapely.get_coordinates(points))
