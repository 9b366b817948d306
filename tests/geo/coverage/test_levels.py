"""Communities in their streets, streets in their city: what leaves an outline, and what of it nobody has."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from geo.codes import Profile
from geo.coverage import Delivered, Measure, examine
from geo.model import Severity
from tests.geo.coverage.town import SIDE, Town, kinds, layer, metres, only

STREET, CITY = "340881001", "340881"


def outline(west: float = 0, south: float = 0, east: float = 3, north: float = 3) -> BaseGeometry:
    """A rectangle counted in communities, with a vertex wherever theirs are."""
    box = shapely.box(west * SIDE, south * SIDE, east * SIDE, north * SIDE)
    return shapely.segmentize(box, SIDE / 2)


def regions(*rows: tuple[str | None, BaseGeometry]) -> gpd.GeoDataFrame:
    codes, shapes = [code for code, _ in rows], [shape for _, shape in rows]
    return layer(shapes, code=codes, name=[f"R{n}" for n in range(len(rows))])


def test_nothing_is_found_where_everything_fits() -> None:
    town = Town()
    town.regions = regions((CITY, outline()), (STREET, outline()))
    assert town.check() == []


@pytest.mark.parametrize("code", [STREET, CITY, None])
def test_a_community_that_leaves_its_outline(code: str | None) -> None:
    town = Town()
    town.regions = regions((code, outline()))
    town.outlines[2] = shapely.box(2 * SIDE, 0, 3 * SIDE + 30, SIDE)
    town.shapes[9] = shapely.box(2.5 * SIDE, 0, 3 * SIDE + 30, SIDE / 2)
    town.shapes[11] = shapely.box(2.5 * SIDE, SIDE / 2, 3 * SIDE + 30, SIDE)
    found = town.check()
    assert kinds(found) == ["spill"]
    assert found[0].codes == (town.communities[2],)
    assert found[0].width_m == pytest.approx(30, rel=2e-3)
    assert found[0].area_m2 == pytest.approx(30 * SIDE, rel=1e-3)
    assert found[0].severity is Severity.BLOCKING
    assert found[0].params["case"] == "region-outside"


def test_land_of_a_street_that_no_community_has() -> None:
    town = Town()
    town.regions = regions((STREET, outline(-0.25)))
    found = town.check()
    assert kinds(found) == ["gap"]
    assert found[0].params["case"] == "region"
    assert found[0].codes[0] == STREET
    assert found[0].width_m == pytest.approx(100, rel=2e-3)
    assert found[0].area_m2 == pytest.approx(100 * 3 * SIDE, rel=1e-3)


def test_a_hole_between_communities_is_told_once() -> None:
    town = Town()
    town.regions = regions((STREET, outline()))
    lost = town.outlines.pop(4)
    del town.communities[4], town.shapes[16:20], town.codes[16:20], town.parents[16:20]
    gap = only(town.check(), "gap")
    assert gap.params["case"] == "region"
    assert metres(gap.geometry).symmetric_difference(lost).area < 1


def test_a_hole_in_one_community_lies_between_nobody() -> None:
    town, hole = Town(), shapely.box(100, 100, 150, 150)
    town.outlines[0] = town.outlines[0].difference(hole)
    town.shapes[0] = town.shapes[0].difference(hole)
    gap = only(town.check(), "gap")
    assert (gap.params["case"], gap.codes) == ("hole", (town.communities[0],))


def test_a_street_that_leaves_the_city_and_land_of_the_city_without_a_street() -> None:
    town = Town()
    town.regions = regions((CITY, outline(0.5, 0, 4, 3)), (STREET, outline()))
    found = town.check()
    assert kinds(found) == ["gap", "spill"]
    assert only(found, "spill").params["layer"] == "streets"
    assert only(found, "spill").width_m == pytest.approx(SIDE / 2, rel=2e-3)
    assert only(found, "gap").area_m2 == pytest.approx(3 * SIDE * SIDE, rel=1e-3)


def test_a_community_in_another_street_than_its_code_says() -> None:
    town = Town()
    town.regions = regions((STREET, outline(0, 0, 2)), ("340881002", outline(2)))
    found = town.check()
    assert {one.code for one in found} == {"spill"}
    assert {one.codes for one in found} == {(code,) for code in town.communities[2::3]}
    assert all(one.params["into"] == ["R1 340881002"] for one in found)


def test_a_street_that_was_not_delivered_is_said_not_guessed() -> None:
    town = Town()
    town.regions = regions(("340881007", outline(0, 0, 9, 9)))
    found = town.check()
    assert kinds(found) == ["code-parent", "gap"]
    assert only(found, "gap").severity is Severity.NOTE
    assert only(found, "gap").params["case"] == "regions-empty"
    assert only(found, "code-parent").params["case"] == "unknown-communities"


def test_towns_drawn_around_are_one_note() -> None:
    town = Town()
    around = [(f"34088110{n}", translate(outline(), 3 * SIDE * n, 0)) for n in (1, 2)]
    town.regions = regions((STREET, outline()), *around)
    found = town.check()
    assert kinds(found) == ["gap"]
    assert (found[0].severity, found[0].count) == (Severity.NOTE, 2)


def test_a_border_rounded_by_our_own_noding_is_nothing() -> None:
    town = Town()
    town.regions = regions((STREET, translate(outline(), 0.0007, 0)))
    assert town.check() == []
    town.regions = regions((STREET, translate(outline(), 0.02, 0)))
    assert [one.severity for one in town.check()] == [Severity.NOTE] * 2


def test_districts_of_any_city_by_place() -> None:
    town = Town()
    areas = layer(town.outlines, code=[f"A{n}" for n in range(9)])
    wards = layer([outline(0, 0, 1.5), outline(1.5)], code=["west", "east"])
    measure = Measure(profile=Profile.PLAIN)
    found = examine(Delivered(areas, None, None, wards), measure).findings
    assert kinds(found) == ["spill"] * 3
    assert all(one.width_m == pytest.approx(SIDE / 2, rel=2e-3) for one in found)
