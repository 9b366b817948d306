"""Grids -> micro-grids (微网格): each grid divided into connected parts of about equal households.

A small estate stays whole, a larger one is divided between its buildings. A grid's outline is not touched: its
micro-grids tile it to the last double.
"""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.blocks.adjacency import city_lines
from geo.blocks.noding import merge
from geo.blocks.tidy import tidy_buildings
from geo.blocks.units import stock
from geo.crs import metric_crs
from geo.errors import OptionError
from geo.model import CRS, City, CityPlan, SizeRule
from geo.partition.parts import Parts
from geo.partition.polish import EVENNESS_PRICE, settle
from geo.partition.problem import Problem, community_problem
from geo.partition.repair import repair
from geo.partition.seed import split
from geo.redraw.opening import cut_open
from geo.redraw.standing import Standing, block_map_of, counted

MICRO_COLUMNS = ("code", "grid_code", "community_code", "households", "residents", "buildings")
SLACK = 0.3
"""By what share of the wanted size a micro-grid may differ before it is drawn again."""
STEPS = 12
LEAST = 5

Ints = NDArray[np.intp]


def check_micro_size(households: int) -> None:
    """OptionError for a size that makes no sense."""
    if households < LEAST:
        raise OptionError("micro-too-small", value=households, least=LEAST)


def micro_grids(
    plan: CityPlan,
    city: City,
    *,
    households: int,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> gpd.GeoDataFrame:
    """Micro-grids of about ``households`` each as a layer (EPSG:4490, MICRO_COLUMNS), by code: the grid's code and two
    digits (three where a grid has more than 99), west to east. The same plan, city and seed give the same layer.
    Raises OptionError for a size that makes no sense.
    """
    check_micro_size(households)
    standing = _grids_as_communities(plan, city)
    most = round(households * (1 + SLACK))
    fine = SizeRule(households=(0, max(1, households)), residents=(0, 10**9))
    every = np.ones(len(standing.blocks), dtype=bool)
    opened = _opened(standing, city, plan, fine, every)
    block_map, _ = block_map_of(opened, np.ones(len(opened.blocks), dtype=bool))
    rule = SizeRule(households=(round(households * (1 - SLACK)), most), residents=(0, 10**9))
    frames = []
    for index in range(len(block_map.communities)):
        problem = community_problem(block_map, index, rule)
        label = _divided(problem, households, np.random.default_rng([seed, index]))
        frames.append(_layer(opened.blocks.iloc[problem.blocks], label))
        if progress is not None:
            progress(index + 1, len(block_map.communities))
    homes = dict(zip(plan.grids["code"], plan.grids["community_code"], strict=True))
    layer = pd.concat(frames, ignore_index=True)
    layer = layer.assign(community_code=layer["grid_code"].map(homes))
    return gpd.GeoDataFrame(layer[[*MICRO_COLUMNS, "geometry"]], geometry="geometry", crs=CRS)


def _grids_as_communities(plan: CityPlan, city: City) -> Standing:
    """Each grid as a community that is one block."""
    grids = plan.grids.sort_values("code", ignore_index=True)
    west, south, east, north = grids.total_bounds
    crs = metric_crs((west + east) / 2, (south + north) / 2)
    homes = stock(tidy_buildings(city.buildings)[0], crs)
    blocks = gpd.GeoDataFrame(
        {
            "block_id": grids["code"],
            "community_code": grids["code"],
            "grid_code": grids["code"],
            "estate": None,
        },
        geometry=np.asarray(grids.geometry.array),
        crs=CRS,
    )
    return Standing(
        blocks=counted(blocks, homes),
        kind=dict.fromkeys(grids["code"], ""),
        communities=grids[["code", "name", "geometry"]],
        homes=homes,
        lines=city_lines(city.roads, city.rivers, city.bridges, crs),
        metric_crs=crs,
        renoded=False,
        findings=(),
    )


def _opened(
    standing: Standing, city: City, plan: CityPlan, rule: SizeRule, which: NDArray[np.bool_]
) -> Standing:
    """Grids cut to pieces; one that can't be cut is taken as the blocks that the plan made it of, and those are cut."""
    opened = cut_open(standing, city, which, rule)
    whole = opened.blocks["block_id"].isin(standing.blocks["block_id"])
    stuck = set(opened.blocks.loc[whole, "grid_code"])
    known = plan.blocks[plan.blocks["grid_code"].isin(stuck)] if len(plan.blocks) else plan.blocks
    if len(known) == 0:
        return opened
    kept = opened.blocks[~opened.blocks["grid_code"].isin(set(known["grid_code"]))]
    own = known.assign(community_code=known["grid_code"])[
        ["block_id", "community_code", "grid_code", "estate", "geometry"]
    ]
    joined = gpd.GeoDataFrame(pd.concat([kept, own], ignore_index=True), crs=CRS)
    joined = joined.sort_values(["community_code", "block_id"], ignore_index=True)
    blocks = counted(joined, standing.homes)
    large = blocks["grid_code"].isin(stuck) & (blocks["households"] > rule.households[1])
    return cut_open(_of(standing, blocks), city, large.to_numpy(bool), rule)


def _of(standing: Standing, blocks: gpd.GeoDataFrame) -> Standing:
    """The same city with other blocks."""
    return Standing(
        blocks=blocks,
        kind=standing.kind,
        communities=standing.communities,
        homes=standing.homes,
        lines=standing.lines,
        metric_crs=standing.metric_crs,
        renoded=False,
        findings=(),
    )


def _divided(problem: Problem, households: int, rng: np.random.Generator) -> Ints:
    """The micro-grid of each block: connected, about equal."""
    count = max(1, min(problem.size, round(problem.totals[0] / households)))
    label = split(problem, np.arange(problem.size), count, rng)
    if label is None or count == 1:
        return np.zeros(problem.size, dtype=np.intp)
    label = repair(problem, label, count, rng, steps=STEPS, cancelled=lambda: False)
    parts = Parts(problem, label, count)
    settle(parts, EVENNESS_PRICE * float(problem.price.sum()) / problem.size, rng)
    return parts.labels()


def _layer(blocks: gpd.GeoDataFrame, label: Ints) -> gpd.GeoDataFrame:
    """The micro-grids of one grid, numbered west to east, then north to south."""
    grid = str(blocks["grid_code"].iloc[0])
    geometry = np.asarray(blocks.geometry.array)
    numbers = np.unique(label)
    shapes = np.array([merge(geometry[label == one]) for one in numbers] + [None], dtype=object)[
        :-1
    ]
    x, y = shapely.get_coordinates(shapely.point_on_surface(shapes)).T
    order = np.lexsort((-y, x))
    digits = 2 if len(numbers) < 100 else 3
    rows = [blocks[label == numbers[position]] for position in order]
    return gpd.GeoDataFrame(
        {
            "code": [f"{grid}{number + 1:0{digits}d}" for number in range(len(rows))],
            "grid_code": grid,
            "households": [int(own["households"].sum()) for own in rows],
            "residents": [int(own["residents"].sum()) for own in rows],
            "buildings": [int(own["buildings"].sum()) for own in rows],
        },
        geometry=shapes[order],
        crs=CRS,
    )
