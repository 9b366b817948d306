"""Micro-grids tile their grid exactly, in one piece each, and every building is in one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import shapely

from geo.blocks import cut_blocks
from geo.errors import OptionError
from geo.model import City
from geo.partition.draw import draw_grids
from geo.plans import assemble
from geo.redraw.micro import micro_grids

Town = Callable[..., City]


def test_estates_are_divided_between_buildings(town: Town) -> None:
    at = [((i + 0.5) / 6, (j + 0.5) / 6) for i in range(6) for j in range(6)]
    homes = [{"at": one, "households": 20, "residents": 44, "estate": "新村"} for one in at[:18]]
    homes += [{"at": one, "households": 20, "residents": 44} for one in at[18:]]
    city = town(1, 1, homes=homes, roads=[("street", [(0.52, -0.1), (0.5, 1.1)])])
    block_map = cut_blocks(city)
    plan = assemble(block_map, draw_grids(block_map))
    layer = micro_grids(plan, city, households=60)
    shapes = np.asarray(layer.geometry.array)
    assert shapely.coverage_is_valid(shapes)
    assert set(layer.geom_type) == {"Polygon"}
    assert layer["households"].between(40, 80).all()
    assert layer["buildings"].sum() == 36
    for code, own in layer.groupby("grid_code"):
        outline = plan.grids.geometry[plan.grids["code"] == code].iloc[0]
        whole = shapely.coverage_union_all(np.asarray(own.geometry.array))
        assert shapely.equals_exact(whole.normalize(), outline.normalize())
        assert own["code"].tolist() == [f"{code}{n + 1:02d}" for n in range(len(own))]
    with pytest.raises(OptionError, match="micro-too-small"):
        micro_grids(plan, city, households=1)
