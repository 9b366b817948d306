"""A town of 3 x 3 communities, four grids each; every fault planted alone is found, where it is, at its size."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from shapely.affinity import translate

from geo.coverage import check, summarize
from geo.errors import OptionError
from geo.model import CRS, Severity
from tests.geo.coverage.town import SIDE, Town, degrees, kinds, metres, only


def test_nothing_is_found_in_the_unharmed_town() -> None:
    assert Town().check() == []


def test_without_a_record_a_grid_belongs_where_its_code_says() -> None:
    town = Town()
    town.parents = [None] * 36
    assert town.check() == []


def test_a_removed_grid_is_a_gap_of_its_size_with_its_building() -> None:
    town = Town()
    lost = town.shapes.pop(17)
    del town.codes[17], town.parents[17]
    found = town.check()
    assert kinds(found) == ["building-uncovered", "gap"]
    gap = only(found, "gap")
    assert gap.area_m2 == pytest.approx(40_000, rel=1e-3)
    assert gap.width_m == pytest.approx(200, rel=2e-3)
    assert (gap.count, gap.households) == (1, 400)
    assert metres(gap.geometry).symmetric_difference(lost).area < 1
    assert only(found, "building-uncovered").codes == ("b17",)


def test_a_widened_grid_overlaps_its_neighbour() -> None:
    town = Town()
    town.shapes[0] = shapely.box(0, 0, 230, 200)
    found = town.check()
    assert kinds(found) == ["overlap"]
    assert found[0].width_m == pytest.approx(30, rel=2e-3)
    assert found[0].area_m2 == pytest.approx(6000, rel=1e-3)
    assert found[0].codes == (town.codes[0], town.codes[1])


def test_a_fault_with_a_narrow_middle_is_one_and_its_area_is_all_of_it() -> None:
    """Overlap and gap of two wide places, 140 m apart, that a strip of 2 cm (below the tolerance) ties together."""
    town = Town()
    tied = shapely.union_all(
        [shapely.box(0, 10, 30, 25), shapely.box(0, 25, 0.02, 165), shapely.box(0, 165, 40, 185)]
    )
    lapping, gaping = translate(tied, 200, 0), translate(tied, 800, 400)
    town.shapes[0] = shapely.union(town.shapes[0], lapping)
    row = next(n for n, shape in enumerate(town.shapes) if shape.bounds[:2] == (800, 400))
    town.shapes[row] = shapely.difference(town.shapes[row], gaping)
    found = town.check(buildings=False)
    assert kinds(found) == ["gap", "overlap"]
    for code, area in (
        ("overlap", shapely.intersection(town.shapes[0], town.shapes[1]).area),
        ("gap", SIDE * SIDE / 4 - town.shapes[row].area),
    ):
        fault = only(found, code)
        assert area == pytest.approx(tied.area)
        assert fault.area_m2 == pytest.approx(area, rel=1e-4)
        assert fault.width_m == pytest.approx(20, rel=2e-3)
        places = metres(fault.geometry)
        assert shapely.get_num_geometries(places) == 2
        assert places.area == pytest.approx(tied.area - 2.8, rel=1e-3)


def test_a_building_in_an_overlap_is_in_both() -> None:
    town = Town()
    town.shapes[0] = shapely.box(0, 0, 350, 200)
    found = town.check()
    assert only(found, "building-multiple").codes == ("b1",)
    assert only(found, "overlap").count == 1
    # The lowest code has the building, so both grids' sizes change with it.
    assert {one.code for one in found} == {
        "building-multiple",
        "overlap",
        "size-households",
        "size-residents",
    }


def test_a_grid_that_leaves_the_town_spills() -> None:
    town = Town()
    town.shapes[0] = shapely.box(-25, 0, 200, 200)
    found = town.check()
    assert kinds(found) == ["spill"]
    assert found[0].width_m == pytest.approx(25, rel=2e-3)
    assert found[0].params["case"] == "outside"


def test_a_grid_in_two_parts_far_apart() -> None:
    town = Town()
    town.shapes[0] = shapely.union_all([town.shapes[0], shapely.box(350, 350, 400, 400)])
    town.shapes[3] = town.shapes[3].difference(shapely.box(350, 350, 400, 400))
    found = town.check()
    assert kinds(found) == ["multipart"]
    assert found[0].area_m2 == pytest.approx(2500, rel=1e-3)


def test_a_grid_in_parts_as_its_community_is_does_not_block() -> None:
    town, far = Town(), [shapely.box(2000 + x, 0, 2040 + x, 40) for x in (0, 60)]
    town.outlines[0] = shapely.union_all([town.outlines[0], *far])
    town.shapes[0] = shapely.union_all([town.shapes[0], far[0]])
    town.shapes[1] = shapely.union_all([town.shapes[1], far[1]])
    told = [(one.severity, one.params.get("case"), one.params["layer"]) for one in town.check()]
    assert told == [
        (Severity.WARNING, "isles", "grids"),
        (Severity.WARNING, "isles", "grids"),
        (Severity.NOTE, None, "communities"),
    ]
    # Two parts of one grid within one part of the community: no ground parts them.
    town.shapes[0] = shapely.union_all([town.shapes[0], shapely.box(350, 350, 400, 400)])
    town.shapes[3] = town.shapes[3].difference(shapely.box(350, 350, 400, 400))
    worst = town.check()[0]
    assert (worst.code, worst.severity, worst.codes) == (
        "multipart", Severity.BLOCKING, (town.codes[0],)
    )  # fmt: skip


def test_a_part_inside_another_grid_is_an_exclave_too() -> None:
    town = Town()
    island = shapely.box(320, 320, 340, 340)
    town.shapes[0] = shapely.union_all([town.shapes[0], island])
    town.shapes[3] = town.shapes[3].difference(island)
    assert kinds(town.check()) == ["exclave", "multipart"]


def test_an_invalid_shape_is_named_and_the_rest_is_checked() -> None:
    town = Town()
    ring = [(0, 0), (200, 0), (200, 100), (250, 100), (200, 100), (200, 200), (0, 200)]
    town.shapes[0] = shapely.Polygon(ring)
    found = town.check()
    assert kinds(found) == ["invalid-geometry"]
    assert found[0].codes == (town.codes[0],)


def test_an_empty_shape_is_named_and_leaves_a_gap() -> None:
    town = Town()
    town.shapes[5] = shapely.Polygon()
    assert kinds(town.check()) == ["building-uncovered", "gap", "invalid-geometry"]


def test_sizes_say_by_how_much() -> None:
    town = Town()
    town.households[4] = 520
    found = town.check()
    assert kinds(found) == ["size-households", "size-residents"]
    assert only(found, "size-households").params["off_by"] == 20
    assert only(found, "size-residents").params["off_by"] == 40


def test_an_estate_that_would_fit_is_split() -> None:
    town = Town()
    town.points += [town.points[0], translate(town.points[1], 5, 5)]
    town.records += town.records[:1] * 2
    town.estates += ["new", "new"]
    town.households += [20, 30]
    found = town.check()
    assert kinds(found) == ["estate-split"]
    assert found[0].codes == (town.codes[0], town.codes[1])


def test_a_record_that_names_another_community() -> None:
    town = Town()
    town.records[0] = town.communities[4]
    found = town.check()
    assert kinds(found) == ["building-wrong-community"]
    assert found[0].codes == ("b0",)


@pytest.mark.parametrize(
    ("row", "code", "expected"),
    [
        (0, "12", ["code-format"]),
        (0, None, ["code-format"]),
        (0, "340881001001002", ["code-duplicate"]),
        (0, "340881001005009", ["code-parent"]),
    ],
)
def test_codes(row: int, code: str, expected: list[str]) -> None:
    town = Town()
    town.codes[row] = code
    assert kinds(town.check()) == expected


def test_faults_below_the_tolerance_are_one_note() -> None:
    town = Town()
    for row in (0, 8, 20):
        west, south, east, north = town.shapes[row].bounds
        town.shapes[row] = shapely.box(west, south, east + 0.02, north)
    found = town.check()
    assert kinds(found) == ["overlap"]
    assert (found[0].severity, found[0].count) == (Severity.NOTE, 3)
    assert found[0].width_m == pytest.approx(0.02, rel=0.05)
    strict = town.check(tolerance_m=0.005)
    assert [one.severity for one in strict] == [Severity.BLOCKING] * 3


def test_communities_alone_show_holes_and_strips() -> None:
    town = Town()
    town.outlines[4] = shapely.box(SIDE, SIDE, 2 * SIDE - 8, 2 * SIDE)
    town.outlines[2] = shapely.box(2 * SIDE + 5, 0, 3 * SIDE, SIDE)
    layer = gpd.GeoDataFrame({"code": town.communities}, geometry=degrees(town.outlines), crs=CRS)
    found = check(layer, None)
    assert kinds(found)[0] == "gap"
    assert {one.code for one in found} == {"gap"}
    assert max(one.width_m or 0 for one in found) == pytest.approx(8, rel=0.15)
    place = shapely.union_all([metres(one.geometry) for one in found])
    assert place.area == pytest.approx(8 * SIDE + 5 * SIDE, rel=0.02)


def test_grids_alone_are_held_against_each_other() -> None:
    town = Town()
    keep = [row for row in range(36) if row != 17]
    layer = gpd.GeoDataFrame(
        {"code": [town.codes[row] for row in keep]},
        geometry=degrees([town.shapes[row] for row in keep]),
        crs=CRS,
    )
    assert kinds(check(None, layer)) == ["gap"]


def test_nothing_to_check_and_impossible_tolerances_raise() -> None:
    with pytest.raises(OptionError):
        check(None, None)
    with pytest.raises(OptionError):
        Town().check(tolerance_m=float("nan"))


def test_cambridge_neighbourhoods_have_the_gap_and_the_overlap_that_were_measured(
    shared: Path,
) -> None:
    layer = gpd.read_file(shared / "cambridge" / "cambridge.gpkg", layer="communities").to_crs(CRS)
    found = check(layer, None)
    gap, overlap = only(found, "gap"), only(found, "overlap")
    assert gap.severity is overlap.severity is Severity.NOTE
    assert gap.area_m2 == pytest.approx(12.37, abs=0.05)
    assert gap.width_m == pytest.approx(0.0066, abs=5e-4)
    assert overlap.area_m2 == pytest.approx(11.70, abs=0.05)
    assert set(overlap.codes) == {"250170001003", "250170001008"}
    strict = check(layer, None, tolerance_m=0.001)
    real = [one for one in strict if one.severity is Severity.BLOCKING]
    assert {one.code for one in real} == {"gap", "overlap"}
    assert sum(one.area_m2 or 0 for one in real) == pytest.approx(24.07, abs=0.2)
    assert summarize(strict)["blocking"] == len(real)


@pytest.mark.parametrize("city", ["city_A", "city_B"])
def test_generated_cities_are_clean(shared: Path, city: str) -> None:
    file = shared / "planner" / f"{city}.gpkg"
    layers = [gpd.read_file(file, layer=name) for name in ("communities", "buildings")]
    assert check(layers[0], None, layers[1]) == []
