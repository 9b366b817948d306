"""Lamps, roads, rivers and parks: what of them no grid answers for, and what of them stands in a fault."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely
from shapely.affinity import translate

from geo.coverage import Delivered, Measure, examine
from geo.coverage.things import Part
from geo.model import CRS, Severity
from tests.geo.coverage.town import SIDE, Town, kinds, layer, metres, only

LOST = 17
"""A grid in the middle of the town: its west, south, east, north are 600, 400, 800, 600."""


def town_without_a_grid() -> Town:
    town = Town()
    del town.shapes[LOST], town.codes[LOST], town.parents[LOST]
    return town


def test_what_lies_in_grids_is_answered_for() -> None:
    town = Town()
    town.things = {
        "lamps": layer([shape.centroid for shape in town.shapes]),
        "roads": layer([shapely.LineString([(0, 0), (1200, 1200)])]),
        "greens": layer([shapely.box(150, 150, 1000, 900)]),
    }
    seen = town.examine()
    assert seen.findings == ()
    assert seen.rate.things["lamps"] == (Part("count", 36, 36),)
    (road,) = seen.rate.things["roads"]
    assert (road.counted_in, road.covered) == ("m", pytest.approx(1200 * 2**0.5, rel=1e-4))
    assert road.total == road.covered
    (green,) = seen.rate.things["greens"]
    assert (green.counted_in, green.covered) == ("m2", pytest.approx(850 * 750, rel=1e-4))


def test_what_runs_along_borders_is_answered_for() -> None:
    town = Town()
    edges = [[(0, 0), (1200, 0)], [(400, 0), (400, 1200)], [(0, 600), (1200, 600)]]
    town.things = {"roads": layer([shapely.LineString(edge) for edge in edges])}
    seen = town.examine()
    assert seen.findings == ()
    (road,) = seen.rate.things["roads"]
    assert road.covered == road.total == pytest.approx(3600, rel=1e-4)


def test_a_gap_tells_what_stands_in_it_and_things_tell_their_gap() -> None:
    town = town_without_a_grid()
    town.things = {
        "lamps": layer([shapely.Point(650, 500), shapely.Point(700, 500), shapely.Point(10, 10)]),
        "roads": layer([shapely.LineString([(0, 500), (1200, 500)])]),
        "greens": layer([shapely.box(700, 350, 900, 450)]),
    }
    seen = town.examine()
    gap = only(seen.findings, "gap")
    assert (gap.count, gap.households) == (1, 400)
    standing = gap.params["standing"]
    assert isinstance(standing, dict)
    assert standing["residents"] == 800
    assert standing["lamps"] == {"count": 2}
    assert standing["roads"]["m"] == pytest.approx(200, abs=0.1)
    assert standing["greens"]["m2"] == pytest.approx(100 * 50, rel=1e-3)
    lost = [one for one in seen.findings if one.code == "thing-uncovered"]
    by_thing = {one.params["thing"]: one for one in lost}
    assert by_thing["lamps"].count == 2
    assert by_thing["lamps"].params["rows"] == ["#1", "#2"]
    assert by_thing["roads"].params["length_m"] == pytest.approx(200, abs=0.2)
    assert by_thing["greens"].area_m2 == pytest.approx(5000, rel=5e-3)
    assert {one.codes for one in lost} == {(town.communities[4],)}
    assert {one.severity for one in lost} == {Severity.WARNING}
    assert metres(by_thing["roads"].geometry).distance(shapely.Point(700, 500)) < 0.1
    assert seen.rate.things["lamps"] == (Part("count", 1, 3),)
    (road,) = seen.rate.things["roads"]
    assert road.total - road.covered == pytest.approx(200, abs=0.2)


def test_a_thing_in_two_grids_is_not_covered() -> None:
    town = Town()
    town.shapes[0] = shapely.box(0, 0, 250, 200)
    town.things = {"lamps": layer([shapely.Point(225, 100), shapely.Point(260, 100)])}
    seen = town.examine()
    lost = only(seen.findings, "thing-uncovered")
    assert lost.params["case"] == "points-multiple"
    assert lost.codes == (town.codes[0], town.codes[1])
    assert seen.rate.things["lamps"] == (Part("count", 1, 2),)
    assert only(seen.findings, "overlap").params["standing"] == {"lamps": {"count": 1}}


def test_what_runs_on_beyond_all_communities_is_a_note_and_no_part_of_the_rate() -> None:
    town = Town()
    town.things = {
        "rivers": layer([shapely.LineString([(600, 600), (600, 2000)])]),
        "lamps": layer([shapely.Point(600, 1500)]),
    }
    seen = town.examine()
    found = {one.params["thing"]: one for one in seen.findings}
    assert found["rivers"].severity is Severity.NOTE
    assert found["rivers"].params["length_m"] == pytest.approx(800, rel=1e-3)
    assert found["lamps"].params["case"] == "points-outside"
    (river,) = seen.rate.things["rivers"]
    assert river.covered == river.total == pytest.approx(600, rel=1e-3)
    assert seen.rate.things["lamps"] == (Part("count", 0, 1),)


def test_grids_alone_and_communities_alone_answer_too() -> None:
    town = town_without_a_grid()
    things = {"roads": layer([shapely.LineString([(500, 500), (900, 500)])])}
    grids = town.delivered().grids
    lost = examine(Delivered(None, grids, None, None, things), Measure()).findings
    assert only(lost, "thing-uncovered").params["case"] == "lines-hole"
    assert only(lost, "thing-uncovered").params["length_m"] == pytest.approx(200, abs=0.2)
    communities = layer(town.outlines, code=town.communities).drop(index=4)
    found = examine(Delivered(communities, None, None, None, things), Measure()).findings
    assert only(found, "thing-uncovered").params["length_m"] == pytest.approx(300, abs=0.2)


def test_shapes_of_every_kind_and_none() -> None:
    town = Town()
    shapes = [
        shapely.MultiPoint([(10, 10), (20, 20)]),
        shapely.GeometryCollection([shapely.Point(30, 30), shapely.LineString([(0, 5), (9, 5)])]),
        shapely.Polygon(),
        shapely.Polygon([(50, 50), (60, 60), (50, 60), (60, 50)]),
    ]
    frame = layer(shapes, name=["a", "b", "c", "d"])
    frame.loc[len(frame)] = ["e", None]
    town.things = {"部件": gpd.GeoDataFrame(frame, crs=CRS)}
    seen = town.examine()
    assert kinds(seen.findings) == ["invalid-geometry"]
    assert only(seen.findings, "invalid-geometry").count == 3
    units = {part.counted_in: part.total for part in seen.rate.things["部件"]}
    assert units["count"] == 3
    assert units["m"] == pytest.approx(9, rel=1e-3)
    assert units["m2"] == pytest.approx(50, rel=1e-2)


def test_what_only_touches_a_fault_is_not_in_it() -> None:
    town = town_without_a_grid()
    town.things = {"roads": layer([shapely.LineString([(600, 400), (600, 600)])])}
    found = town.check()
    assert "standing" in only(found, "gap").params
    assert "roads" not in only(found, "gap").params["standing"]  # type: ignore[operator]
    assert "thing-uncovered" not in kinds(found)


def test_buildings_of_every_kind_are_told_apart() -> None:
    town = town_without_a_grid()
    town.points += [translate(town.points[LOST], 5, 5)]
    town.records.append(town.communities[4])
    town.estates.append("x")
    town.households.append(3)
    seen = town.examine()
    assert seen.rate.by_kind == {"residence": (35, 37)}
    assert (seen.rate.households, seen.rate.residents) == (403, 806)
    assert only(seen.findings, "building-uncovered").params["residents"] == 806
    assert SIDE == 400


def test_things_with_numbers_and_kinds_are_called_by_them() -> None:
    town = town_without_a_grid()
    spots = [shapely.Point(650, 500), shapely.Point(700, 500), shapely.Point(10, 10)]
    town.things = {
        "components": layer(spots).assign(
            component_id=["L1", None, "L3"], kind=["路灯", "消防栓", "路灯"]
        )
    }
    seen = town.examine()
    lost = only(seen.findings, "thing-uncovered")
    assert lost.params["rows"] == ["L1", "#2"]
    assert lost.params["kinds"] == {"路灯": 1, "消防栓": 1}
    points = seen.points["components"]
    assert (points.rows.tolist(), points.out.tolist()) == ([0, 1, 2], [True, True, False])
    assert points.part == seen.rate.things["components"][0] == Part("count", 1, 3)
