"""Coordinates: round trips, known places, and what is refused."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pyproj import CRS

from geo import crs
from geo.errors import DatumError, GeometryError

LNG = st.floats(73, 136, allow_subnormal=False)
LAT = st.floats(3, 53.5, allow_subnormal=False)
MM_DEG = 1e-3 / 111_320  # a millimetre of latitude


def metres_between(lng, lat, lng2, lat2):
    east = (np.asarray(lng) - lng2) * np.cos(np.radians(lat))
    return np.hypot(east, np.asarray(lat) - lat2) * 111_320


@pytest.mark.parametrize("name", ["wgs84", "cgcs2000", "gcj02", "bd09", "EPSG:4548", "EPSG:3857"])
@given(place=st.tuples(st.floats(105, 125), st.floats(15, 50)))
def test_round_trip_is_within_a_millimetre(name, place):
    datum = crs.parse_datum(name)
    there = crs.from_lonlat([place[0]], [place[1]], datum=datum)
    lng, lat = crs.to_lonlat(*there, datum=datum)
    assert metres_between(lng, lat, *place)[0] < 1e-3


@given(lng=LNG, lat=LAT)
def test_shifted_inverse_is_far_below_a_millimetre_all_over_china(lng, lat):
    for name in ("gcj02", "bd09"):
        datum = crs.Datum(name)
        again = crs.from_lonlat(*crs.to_lonlat(lng, lat, datum=datum), datum=datum)
        assert metres_between(*again, lng, lat) < 1e-5


def test_gcj02_is_the_identity_outside_china():
    lng, lat = crs.from_lonlat([-77.02, 2.35], [38.9, 48.85], datum=crs.Datum("gcj02"))
    assert lng.tolist() == [-77.02, 2.35]
    assert lat.tolist() == [38.9, 48.85]


def test_known_shift_of_beijing():
    """Published by eviltransform's own tests: 39.9087202, 116.3974799 is 39.9101236…, 116.4037228… in GCJ-02."""
    lng, lat = crs.from_lonlat(116.3974799, 39.9087202, datum=crs.Datum("gcj02"))
    assert metres_between(lng, lat, 116.4037206, 39.9101239) < 1


@given(
    hnp.arrays(np.float64, 7, elements=st.floats(allow_nan=True, allow_infinity=True)),
    st.sampled_from(["wgs84", "gcj02", "bd09", "EPSG:4548"]),
)
def test_nonsense_becomes_nan_never_an_exception(values, name):
    lng, lat = crs.to_lonlat(values, values[::-1], datum=crs.parse_datum(name))
    assert (np.isnan(lng) == np.isnan(lat)).all()
    assert not np.isinf(lng).any()
    assert np.isnan(lng[~np.isfinite(values) | ~np.isfinite(values[::-1])]).all()


@pytest.mark.parametrize("name", ["gcj02", "bd09", "EPSG:4548"])
def test_a_vertex_moves_alike_wherever_it_stands(name):
    rng = np.random.default_rng(5)
    points = np.column_stack([rng.uniform(116, 118, 1003), rng.uniform(30, 32, 1003)])
    ring = points.copy()
    alone = [crs.from_lonlat(p[0], p[1], datum=crs.Datum(name)) for p in points]
    shapes = [shapely.LineString(ring[k:]) for k in (0, 1, 2, 3, 5)]
    moved = crs.project(shapes, source=crs.Datum("wgs84"), target=crs.parse_datum(name))
    for start, shape in zip((0, 1, 2, 3, 5), moved, strict=True):
        assert np.array_equal(shapely.get_coordinates(shape), np.array(alone)[start:])


def test_project_keeps_order_drops_z_and_leaves_the_input():
    shape = shapely.Polygon([(117, 31, 5), (117.1, 31, 5), (117.1, 31.1, 5)])
    (moved,) = crs.project([shape], source=CRS.from_epsg(4326), target=CRS.from_epsg(4548))
    assert not moved.has_z
    assert shape.has_z
    assert moved.exterior.coords[0] == pytest.approx((500000, 3430974.32), abs=0.01)
    assert moved.exterior.coords[0] == moved.exterior.coords[-1]


def test_project_keeps_none_and_empty_and_names_the_impossible():
    source, target = CRS.from_epsg(4490), CRS.from_epsg(4548)
    kept = crs.project([None, shapely.Point()], source=source, target=target)
    assert kept[0] is None
    assert kept[1].is_empty
    with pytest.raises(GeometryError) as caught:
        crs.project([None, shapely.Point(4e5, 3e6)], source=source, target=target)
    assert caught.value.params["position"] == 2


@pytest.mark.parametrize(
    ("place", "epsg"),
    [
        ((116.95, 31.05), 4548),
        ((113.93, 22.53), 4547),
        ((-71.1, 42.37), 32619),
        ((-77, 38.9), 32618),
        ((151.2, -33.9), 32756),
        ((24.9, 60.2), 32635),
        ((180.0, 0.0), 32660),
        ((115.5, 30), 4548),
        ((0, 89), 32661),
    ],
)
def test_metric_crs(place, epsg):
    assert crs.metric_crs(*place).to_epsg() == epsg


def test_metric_crs_refuses_what_is_no_place():
    with pytest.raises(DatumError):
        crs.metric_crs(float("nan"), 3)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("WGS84", "wgs84"),
        ("GCJ-02", "gcj02"),
        ("bd_09", "bd09"),
        ("epsg:4548", "EPSG:4548"),
        ("EPSG:4326", "wgs84"),
        ("EPSG:4490", "cgcs2000"),
    ],
)
def test_parse_datum(text, name):
    assert crs.parse_datum(text).name == name


@pytest.mark.parametrize("text", ["", "mars", "EPSG:1", "EPSG:99999", "EPSG:5773"])
def test_unknown_datum_says_what_is_accepted(text):
    with pytest.raises(DatumError) as caught:
        crs.parse_datum(text)
    assert "gcj02" in str(caught.value.params["accepted"])


def frame(source):
    return gpd.GeoDataFrame({"k": [1]}, geometry=[shapely.Point(117, 31)], crs=source)


def test_a_files_own_crs_wins_and_contradiction_raises():
    metres = frame(4490).to_crs(4548)
    assert crs.frame_to_lonlat(metres, datum=None).geometry.x[0] == pytest.approx(117)
    same = crs.frame_to_lonlat(metres, datum=crs.parse_datum("EPSG:4548"))
    assert same.crs.to_epsg() == 4490
    for other in ("gcj02", "wgs84", "EPSG:4549", "EPSG:4527"):
        with pytest.raises(DatumError) as caught:
            crs.frame_to_lonlat(metres, datum=crs.parse_datum(other), file="a.gpkg")
        assert caught.value.code == "datum-conflict"


def test_equal_datums_are_no_contradiction():
    for own in ("EPSG:4326", "EPSG:4490", "OGC:CRS84"):
        for name in ("wgs84", "cgcs2000", "EPSG:4326"):
            moved = crs.frame_to_lonlat(frame(own), datum=crs.parse_datum(name))
            assert moved.geometry[0].equals(shapely.Point(117, 31))


def test_a_crs_by_format_gives_way_to_the_datum():
    with pytest.raises(DatumError):
        crs.frame_to_lonlat(frame(4326), datum=crs.Datum("gcj02"))
    moved = crs.frame_to_lonlat(frame(4326), datum=crs.Datum("gcj02"), declared=False)
    assert 300 < metres_between(moved.geometry.x[0], moved.geometry.y[0], 117, 31) < 800
    stays = crs.frame_to_lonlat(frame(4326), datum=None, declared=False)
    assert stays.geometry.x[0] == 117


def test_no_datum_at_all_raises():
    with pytest.raises(DatumError) as caught:
        crs.frame_to_lonlat(frame(None), datum=None, file="x.csv")
    assert caught.value.code == "datum-missing"


def test_real_boundary_tells_gcj02(shared):
    outline = gpd.read_file(shared / "tongcheng/tongcheng.gpkg", layer="boundary").union_all()
    vendor = gpd.read_file(shared / "tongcheng/boundary_gcj02.geojson")
    back = crs.frame_to_lonlat(vendor, datum=crs.Datum("gcj02"), declared=False)
    ours, theirs = shapely.get_coordinates(outline), shapely.get_coordinates(back.geometry.values)
    east, north = crs.from_lonlat(*ours.T, datum=crs.Datum("EPSG:4548"))
    boundary = shapely.LineString(np.column_stack([east, north]))
    east, north = crs.from_lonlat(*theirs.T, datum=crs.Datum("EPSG:4548"))
    assert shapely.distance(shapely.points(east, north), boundary).max() < 1e-3


def test_esri_prj_is_its_epsg_twin(shared):
    prj = (shared / "nanshan/楼栋_cgcs2000_gbk.prj").read_text()
    assert crs.same_datum(CRS.from_wkt(prj), crs.parse_datum("EPSG:4547"))
    assert crs.canonical(CRS.from_wkt(prj)).to_epsg() == 4547


@pytest.mark.parametrize("corner", [0, 1, 2])
def test_a_ring_whose_first_corner_is_nowhere_is_told_like_any_other(corner: int) -> None:
    xy = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)]
    xy[corner] = (1e9, 1e9)
    shapes = np.array([shapely.Point(1, 1), None, shapely.Polygon(xy)], dtype=object)
    with pytest.raises(GeometryError) as caught:
        crs.project(shapes, source=crs.LONLAT, target=crs.metric_crs(117, 31))
    assert caught.value.params["position"] == 3


def test_a_system_that_nothing_leads_from_is_named() -> None:
    """A drawing's own, which a .prj may tell."""
    with pytest.raises(DatumError) as caught:
        crs.project([shapely.Point(0, 0)], source=CRS.from_wkt(LOCAL), target=crs.LONLAT)
    assert caught.value.code == "datum-untransformable"
    assert caught.value.params["own"] == "a"


LOCAL = (
    'ENGCRS["a",EDATUM["b"],CS[Cartesian,2],AXIS["x",east],AXIS["y",north],LENGTHUNIT["metre",1]]'
)
