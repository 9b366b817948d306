"""The proposed repair: what is narrow is settled, what is wide stays, what is sound keeps its very doubles."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.affinity import translate

from geo.coverage import Delivered, Measure
from geo.errors import OptionError
from geo.model import CRS
from geo.repair import propose
from tests.benchmarks.coverage_city import degrees, make_city
from tests.geo.coverage.town import Town, kinds


def same(one: gpd.GeoDataFrame | None, other: gpd.GeoDataFrame | None) -> bool:
    assert one is not None
    assert other is not None
    shapes = (shapely.normalize(np.asarray(frame.geometry.array)) for frame in (one, other))
    return bool(shapely.equals_exact(*shapes, 0).all())


def test_a_sound_city_keeps_its_very_doubles() -> None:
    city = make_city(6, 4, vertices=32, buildings=40)
    proposal = propose(Delivered(city.communities, city.grids), Measure(), within_m=1)
    assert same(proposal.grids, city.grids)
    assert same(proposal.communities, city.communities)
    assert not any(layer.changes for layer in proposal.changed.values())


def test_noise_everywhere_is_gone_afterwards_and_the_net_is_a_coverage() -> None:
    city = make_city(6, 4, vertices=32, buildings=0)
    rng = np.random.default_rng(1)
    moved = [translate(shape, *rng.uniform(-0.2, 0.2, 2)) for shape in city.shapes_m]
    shapes = degrees(np.array(moved, dtype=object))
    grids = city.grids.set_geometry(gpd.GeoSeries(shapes, crs=CRS))
    proposal = propose(Delivered(city.communities, grids), Measure(), within_m=0.6)
    assert proposal.remaining.findings == ()
    assert proposal.grids is not None
    assert shapely.coverage_is_valid(np.asarray(proposal.grids.geometry.array))
    assert max(one.widest_m for one in proposal.changed["grids"].changes) < 0.6
    assert same(grids, city.grids.set_geometry(gpd.GeoSeries(shapes, crs=CRS)))


def test_what_is_wider_than_the_tolerance_stays_for_people_to_decide() -> None:
    town = Town()
    town.shapes[0] = shapely.box(0, 0, 230, 200)
    town.shapes[9] = shapely.box(1000, 0, 1199.6, 200)
    proposal = propose(town.delivered(buildings=False), Measure(), within_m=1)
    assert kinds(proposal.remaining.findings) == ["overlap"]
    assert proposal.remaining.findings[0].width_m == pytest.approx(30, rel=2e-3)
    (change,) = proposal.changed["grids"].changes
    assert (change.code, change.lost_m2) == (town.codes[9], 0)
    assert change.gained_m2 == pytest.approx(0.4 * 200, rel=0.01)


@pytest.mark.parametrize("within_m", [0, -1, float("nan"), float("inf")])
def test_a_tolerance_that_is_no_length_is_refused(within_m: float) -> None:
    with pytest.raises(OptionError, match="tolerance-impossible"):
        propose(Town().delivered(), Measure(), within_m=within_m)
