"""Whatever is wrong with the input is said with its place, in both languages, and the rest is still drawn, exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely

from api.services.draw import DrawResult, draw
from geo.model import CRS, City
from maps.findings import describe
from maps.texts import LANGUAGES

Town = Callable[..., City]
Home = dict[str, object]


def homes(columns: int = 3, rows: int = 3, each: int = 6) -> list[Home]:
    """Homes in every community of a town, enough for about two grids each."""
    return [
        {
            "at": (x + (i + 0.5) / each, y + (j + 0.5) / each),
            "households": 22,
            "residents": 48,
            "community_code": f"340881001{y * columns + x + 1:03}",
        }
        for y in range(rows)
        for x in range(columns)
        for i in range(each)
        for j in range(each)
    ]


def drawn(city: City) -> DrawResult:
    """The plan, held to what every plan must be; findings say something in every language."""
    result = draw(city)
    grids = np.asarray(result.plan.grids.geometry.array)
    assert shapely.coverage_is_valid(grids)
    assert (shapely.get_type_id(grids) == shapely.GeometryType.POLYGON).all()
    for code, own in result.plan.grids.groupby("community_code"):
        outline = result.plan.communities.set_index("code").geometry[code]
        whole = shapely.coverage_union_all(np.asarray(own.geometry.array))
        assert shapely.equals_exact(whole.normalize(), outline.normalize())
    for finding in result.findings:
        assert all(describe(finding, lang) for lang in LANGUAGES)
    return result


def codes(result: DrawResult) -> set[str]:
    return {finding.code for finding in result.findings}


def found(result: DrawResult, code: str) -> object:
    places = [one.geometry for one in result.findings if one.code == code]
    assert places and all(place is not None and not place.is_empty for place in places)
    return places[0]


def with_counts(city: City, **columns: dict[int, float]) -> City:
    buildings = city.buildings
    for name, values in columns.items():
        column = buildings[name].astype(float)
        for row, value in values.items():
            column.iloc[row] = value
        buildings = buildings.assign(**{name: column})
    return replace(city, buildings=buildings)


def test_a_building_outside_every_community(town: Town) -> None:
    lost = {"at": (4.5, 1.5), "households": 9, "residents": 20}
    result = drawn(town(homes=[*homes(), lost]))
    assert shapely.get_num_geometries(found(result, "building-uncovered")) == 1
    assert result.plan.grids["households"].sum() == 9 * 36 * 22


def test_negative_missing_and_nan_counts(town: Town) -> None:
    city = with_counts(
        town(homes=homes()), households={0: -5, 7: np.nan}, residents={0: -1, 9: np.nan}
    )
    result = drawn(city)
    found(result, "building-count-negative")
    found(result, "building-not-counted")
    assert result.plan.grids["households"].sum() == (9 * 36 - 2) * 22


def test_overlapping_communities(town: Town, outline: Callable[..., shapely.Polygon]) -> None:
    shapes = [outline(x, y) for y in range(3) for x in range(3)]
    shapes[4] = outline(0.8, 1, 1.2, 1)
    result = drawn(town(homes=homes(), outlines=shapes))
    assert found(result, "overlap").area > 0  # type: ignore[attr-defined]


def test_no_roads_at_all(town: Town) -> None:
    result = drawn(town(homes=homes()))
    found(result, "city-no-roads")
    assert len(result.plan.grids) >= 9


def test_a_community_without_buildings(town: Town) -> None:
    rows = [one for one in homes() if one["community_code"] != "340881001005"]
    result = drawn(town(homes=rows))
    found(result, "draw-empty")
    assert (result.plan.grids["community_code"] == "340881001005").sum() == 1


def test_ten_buildings_on_one_point(town: Town) -> None:
    tower = [{"at": (1.41, 1.43), "households": 5, "residents": 11} for _ in range(10)]
    result = drawn(town(homes=[*homes(), *tower]))
    assert found(result, "city-same-place").geom_type == "Point"  # type: ignore[attr-defined]
    assert result.plan.grids["households"].sum() == 9 * 36 * 22 + 50


def test_polygons_instead_of_points(town: Town) -> None:
    city = town(homes=homes())
    squares = shapely.buffer(np.asarray(city.buildings.geometry.array), 6e-5, cap_style="square")
    flat = city.buildings.set_geometry(gpd.GeoSeries(squares, crs=CRS))
    assert drawn(replace(city, buildings=flat)).plan.grids["households"].sum() == 9 * 36 * 22


def test_repeated_and_missing_ids(town: Town) -> None:
    city = town(homes=homes())
    ids = city.buildings["building_id"].tolist()
    ids[5], ids[8] = ids[4], None
    result = drawn(replace(city, buildings=city.buildings.assign(building_id=ids)))
    found(result, "code-duplicate")
    found(result, "code-format")


def test_a_community_that_crosses_itself(town: Town) -> None:
    city = town(homes=homes())
    west, south, east, north = city.communities.geometry.iloc[8].bounds
    middle = (south + north) / 2
    bow = shapely.Polygon(
        [(west, south), (east, south), (east, middle), (west, north), (east, north), (west, middle)]
    )
    shapes = np.asarray(city.communities.geometry.array).copy()
    shapes[8] = bow
    crossed = city.communities.set_geometry(gpd.GeoSeries(shapes, crs=CRS))
    result = draw(replace(city, communities=crossed))
    assert "invalid-geometry" in codes(result)
    assert shapely.coverage_is_valid(np.asarray(result.plan.grids.geometry.array))


@pytest.mark.parametrize(
    ("road", "said"),
    [
        ([(0.5, 0.5), (0.5, 0.5)], "city-line-zero"),
        ([(900.0, 900.0), (901.0, 900.0)], "city-line-far"),
        ([(-3.0, 1.02), (6.0, 1.01)], None),
    ],
    ids=["zero-length", "far away", "across everything"],
)
def test_odd_roads_are_said_and_harmless(
    town: Town, road: list[tuple[float, float]], said: str | None
) -> None:
    result = drawn(town(homes=homes(), roads=[("street", road)]))
    if said:
        found(result, said)
    assert result.plan.grids["households"].sum() == 9 * 36 * 22


def test_outlines_that_overlap_along_a_curved_edge_leave_no_strip_behind(
    town: Town, outline: Callable[..., shapely.Polygon]
) -> None:
    homes = [
        {"at": (4 * i + 0.5 + j, 2), "households": 150, "residents": 330}
        for i in (0, 1)
        for j in (0.5, 2.5)
    ]
    shapes = [outline(0, 0, 4, 4), outline(3.8, 0, 4, 4)]  # degrees are straight, metres are not
    result = draw(town(2, 1, homes=homes, outlines=shapes))
    assert {"draw-crossing-assumed", "draw-part-stranded"}.isdisjoint(codes(result))
    assert (shapely.get_num_geometries(result.plan.communities.geometry.to_numpy()) == 1).all()
