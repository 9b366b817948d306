"""The demo city: a made-up urban 桐城, the same for the same seed. Nothing in it is a real count or person."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from data.demo import ground, layers, regions
from data.demo.communities import quarters
from data.demo.fabric import weave
from data.demo.faults import misrecord
from data.demo.ground import NamedLine
from data.demo.households import fill
from data.demo.landuse import uses
from data.demo.regions import STREETS
from data.demo.stock import houses
from geo.model import City


@dataclass(frozen=True, slots=True)
class DemoCity:
    """The made-up city (EPSG:4490; every layer has ``source`` = 演示数据).

    regions: code, name, level, kind, parent_code, planned_grids, for city, streets, zones, towns and
    communities; those of one level share borders exactly. city: what plans are drawn from; its
    buildings are points, with a second geometry column ``footprint``. greens: name, polygons.
    outline: the urban area.
    """

    regions: gpd.GeoDataFrame
    city: City
    greens: gpd.GeoDataFrame
    outline: BaseGeometry


def build_city(seed: int) -> DemoCity:
    """The city with that seed: 26 communities planned for 165 grids (usual residents), 12 towns around."""
    town, lines = _ground(seed)
    water = shapely.union_all([item.line for item in lines if item.klass == "river"])
    areas = quarters(town, lines, seed=seed)
    cells = regions.town_cells(seed=seed)
    around = [cell.exterior.difference(town) for _, _, cell in cells]
    fabric = weave(town, lines, areas, around, seed=seed)
    owner = np.array(regions.street_of(areas.areas))
    named = regions.community_names(areas.areas, water, seed=seed)
    in_zone = [STREETS[owner[c]].kind == "zone" for c in fabric.community]
    land = uses(list(fabric.parcels), list(fabric.community), in_zone, water, seed=seed)
    stock, planned = fill(houses(fabric, land, water, seed=seed), seed=seed)
    outlines = layers.degrees(layers.dissolved(fabric.parcels, fabric.community))
    communities = layers.communities_layer(outlines, owner, named, planned)
    buildings = layers.buildings_layer(stock, communities, fabric, named, seed=seed)
    return DemoCity(
        regions=layers.regions_layer(communities, fabric, cells),
        city=City(
            communities=communities.sort_values("code", ignore_index=True),
            buildings=misrecord(buildings, communities, seed=seed),
            roads=layers.lines_layer(
                [item for item in fabric.lines if item.klass not in ("wall", "river")]
            ),
            rivers=layers.lines_layer([item for item in fabric.lines if item.klass == "river"]),
            bridges=layers.bridges_layer(fabric),
        ),
        greens=layers.greens_layer(fabric, land),
        outline=shapely.coverage_union_all(outlines),
    )


def _ground(seed: int) -> tuple[shapely.Polygon, list[NamedLine]]:
    town = ground.outline(seed)
    river = ground.river(seed)
    brook = ground.brook(seed, river)
    roads = [
        NamedLine(road.klass, road.name, part)
        for road in ground.arterials(seed)
        for part in shapely.get_parts(road.line.intersection(town))
    ]
    waters = [NamedLine("river", "龙眠河", river), NamedLine("river", "桐溪", brook)]
    return town, [*roads, *waters]
