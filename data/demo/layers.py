"""The made-up ground as layers in EPSG:4490 with the project's columns, each row marked as demo data."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.demo import regions
from data.demo.addresses import doors, titles
from data.demo.fabric import Fabric
from data.demo.ground import METRIC, NamedLine
from data.demo.landuse import Use
from data.demo.regions import STREETS
from geo.crs import LONLAT, parse_datum, project
from geo.model import CRS, LINE_COLUMNS, ResidentsBasis

SOURCE = "演示数据"
"""In the column ``source`` of every demo layer and table."""

Shapes = NDArray[np.object_]
Region = tuple[str, str, str, str, str | None, int | None, shapely.Geometry]


def dissolved(parcels: Shapes, label: NDArray[np.int64]) -> Shapes:
    """One shape a label, in the order of labels; shared vertices stay where they are."""
    merged = [shapely.coverage_union_all(parcels[label == value]) for value in np.unique(label)]
    return np.array([_single(shape) for shape in merged], dtype=object)


def _single(shape: shapely.Geometry) -> shapely.Geometry:
    parts = shapely.get_parts(shape)
    return parts[0] if len(parts) == 1 else shape


def degrees(shapes: Shapes) -> Shapes:
    return project(shapes, source=parse_datum(METRIC), target=LONLAT)


def _frame(columns: dict[str, object], shapes: Shapes) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({**columns, "source": SOURCE}, geometry=shapes, crs=CRS)


def communities_layer(
    outlines: Shapes, owner: NDArray[np.int64], named: list[str], planned: NDArray[np.int64]
) -> gpd.GeoDataFrame:
    """Codes by street, numbered from west to east, then from north to south."""
    middle = shapely.get_coordinates(shapely.centroid(outlines))
    codes = [""] * len(outlines)
    for street, parent in enumerate(STREETS):
        mine = np.flatnonzero(owner == street)
        for number, index in enumerate(mine[np.lexsort((-middle[mine, 1], middle[mine, 0]))], 1):
            codes[index] = f"{parent.code}{number:03d}"
    return _frame({"code": codes, "name": named, "planned_grids": planned}, outlines)


def buildings_layer(
    stock: pd.DataFrame,
    communities: gpd.GeoDataFrame,
    fabric: Fabric,
    named: list[str],
    *,
    seed: int,
) -> gpd.GeoDataFrame:
    footprints = stock["footprint"].to_numpy()
    points = shapely.centroid(footprints)
    codes = communities["code"].to_numpy()[stock["community"]]
    number = stock.groupby("community").cumcount() + 1
    street = doors(points, [line for line in fabric.lines if line.klass != "wall"])
    first = pd.Series(street).groupby(stock["estate"]).transform("first")
    named_houses = titles(stock, named, seed=seed)
    frame = _frame(
        {
            "building_id": [f"{c}-{n:04d}" for c, n in zip(codes, number, strict=True)],
            "community_code": codes,
            "kind": stock["kind"].to_numpy(),
            "estate": stock["estate"].to_numpy(),
            "name": named_houses,
            "address": [
                f"{gate}{name}" if isinstance(gate, str) else door
                for gate, name, door in zip(first, named_houses, street, strict=True)
            ],
            "households": stock["households"].to_numpy(),
            "residents": stock["residents"].to_numpy(),
            "residents_basis": ResidentsBasis.USUAL.value,
            "units": _units(stock),
        },
        degrees(points),
    )
    frame["footprint"] = gpd.GeoSeries(degrees(footprints), crs=CRS)
    return frame.sort_values("building_id", ignore_index=True)


def _units(stock: pd.DataFrame) -> pd.Series:
    """Units (单元) of the houses in estates: a staircase of 12 homes in a slab, of 50 in a tower."""
    each = np.where(stock["use"] == Use.TOWERS, 50, 12)
    units = np.ceil(stock["households"].to_numpy() / each).astype(int)
    known = stock["estate"].notna().to_numpy() & (units > 0)
    return pd.Series(units, dtype="Int64").where(known)


def lines_layer(items: list[NamedLine]) -> gpd.GeoDataFrame:
    shapes = degrees(np.array([item.line for item in items], dtype=object))
    klass, name = LINE_COLUMNS
    return _frame({klass: [i.klass for i in items], name: [i.name for i in items]}, shapes)


def bridges_layer(fabric: Fabric) -> gpd.GeoDataFrame:
    names = [f"{name}桥" for name in _bridge_names(fabric)]
    return _frame({"name": names}, degrees(np.array(fabric.bridges, dtype=object)))


def _bridge_names(fabric: Fabric) -> list[str]:
    roads = [line for line in fabric.lines if line.klass == "arterial"]
    _, road = shapely.STRtree([line.line for line in roads]).query_nearest(
        fabric.bridges, all_matches=False
    )
    stems = [roads[index].name.removesuffix("路").removesuffix("大道") for index in road]
    count = pd.Series(stems).groupby(stems).cumcount()
    return [
        stem + ("", "二", "三", "四", "五")[min(n, 4)] for stem, n in zip(stems, count, strict=True)
    ]


def greens_layer(fabric: Fabric, land: list[Use]) -> gpd.GeoDataFrame:
    parks = fabric.parcels[[use == Use.PARK for use in land]]
    inner = np.array([park.buffer(-6.0) for park in parks], dtype=object)
    kept = inner[~shapely.is_empty(inner)]
    order = np.argsort(-shapely.area(kept))
    names = [f"游园{rank + 1}号" for rank in range(len(kept))]
    return _frame({"name": names}, degrees(kept[order]))


def regions_layer(
    communities: gpd.GeoDataFrame, fabric: Fabric, cells: list[tuple[str, str, shapely.Polygon]]
) -> gpd.GeoDataFrame:
    parent = communities["code"].str[:9]
    streets = [shapely.coverage_union_all(communities.geometry[parent == s.code]) for s in STREETS]
    towns = _towns(fabric, cells)
    everything = [*(shape for *_, shape in towns), *streets]
    city = _single(shapely.coverage_union_all(everything))
    rows: list[Region] = [(regions.CITY_CODE, regions.CITY_NAME, "city", "city", None, None, city)]
    for street, shape in zip(STREETS, streets, strict=True):
        total = int(communities.loc[parent == street.code, "planned_grids"].sum())
        row = (
            street.code,
            street.name,
            "street",
            street.kind,
            regions.CITY_CODE,
            total,
            _single(shape),
        )
        rows.append(row)
    rows += [(code, name, "street", "town", regions.CITY_CODE, None, s) for code, name, s in towns]
    rows += [
        (
            row.code,
            row.name,
            "community",
            "community",
            row.code[:9],
            row.planned_grids,
            row.geometry,
        )
        for row in communities.sort_values("code").itertuples(index=False)
    ]
    columns = ["code", "name", "level", "kind", "parent_code", "planned_grids", "geometry"]
    table = pd.DataFrame(rows, columns=columns)
    table["planned_grids"] = table["planned_grids"].astype("Int64")
    return gpd.GeoDataFrame(table.assign(source=SOURCE), geometry="geometry", crs=CRS)


def _towns(
    fabric: Fabric, cells: list[tuple[str, str, shapely.Polygon]]
) -> list[tuple[str, str, shapely.Geometry]]:
    faces = np.array(fabric.outside, dtype=object)
    spots = shapely.point_on_surface(faces)
    found = []
    for code, name, cell in cells:
        mine = faces[shapely.contains(cell, spots)]
        found.append((code, name, _single(shapely.coverage_union_all(degrees(mine)))))
    return found
