"""Coordinates in any writing, and places in pasted map links."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.coordinates import Pair, coordinates
from geo.gazetteer.baidu import from_mercator
from geo.gazetteer.links import link

HERE = Pair(116.951, 31.046)


@pytest.mark.parametrize(
    "written",
    [
        "116.951, 31.046", "31.046,116.951", "31.046 116.951", "31.046，116.951。", "N31.046 E116.951",
        "东经116.951 北纬31.046", "北纬31度2分45.6秒 东经116度57分3.6秒", "116°57'3.6\"E 31°2'45.6\"N",
        "31.046N116.951E", "31°2.76′N, 116°57.06′E", "lat:31.046, lng:116.951", "lng=116.951&lat=31.046",
        "（１１６．９５１，３１．０４６）", "116°57′3.6″E 31°2′45.6″N", "31°2’45.6’’N 116°57’3.6’’E",
    ],
)  # fmt: skip
def test_one_place_in_many_writings(written: str) -> None:
    (pair,) = coordinates(written)
    assert (pair.lng, pair.lat) == pytest.approx((HERE.lng, HERE.lat), abs=1e-9)


@pytest.mark.parametrize(
    "words",
    [
        "和平路12号",
        "3-2-501",
        "116.951",
        "12,13,14",
        "999,31",
        "13812345678",
        "340881001001",
        "40°61' 116°",
        "N31 N32",
        "",
    ],
)
def test_what_is_no_pair_of_coordinates(words: str) -> None:
    assert coordinates(words) == []


def test_where_the_order_cannot_be_told_both_are_given() -> None:
    assert coordinates("10 20") == [Pair(10.0, 20.0), Pair(20.0, 10.0)]


@given(
    lng=st.floats(73.5, 135.5).map(lambda x: round(x, 6)),
    lat=st.floats(4, 53).map(lambda x: round(x, 6)),
    turned=st.booleans(),
)
def test_in_china_either_order_is_one_place(lng: float, lat: float, turned: bool) -> None:
    written = f"{lat:.6f},{lng:.6f}" if turned else f"{lng:.6f},{lat:.6f}"
    assert coordinates(written) == [Pair(lng, lat)]


@pytest.mark.parametrize(
    ("address", "vendor", "datum"),
    [
        (
            "我在这里 https://uri.amap.com/marker?position=116.951,31.046&name=%E5%92%8C",
            "amap",
            "gcj02",
        ),
        ("https://uri.amap.com/marker?position=116.951,31.046&coordinate=wgs84", "amap", "wgs84"),
        ("https://www.amap.com/?q=31.046,116.951,和平小区", "amap", "gcj02"),
        ("https://www.amap.com/?p=B0FFFAB6J2,31.046,116.951,和平小区,和平路", "amap", "gcj02"),
        ("https://ditu.amap.com/regeo?lng=116.951&lat=31.046&name=x", "amap", "gcj02"),
        ("http://api.map.baidu.com/marker?location=31.046,116.951&title=x", "baidu", "bd09"),
        (
            "http://api.map.baidu.com/marker?location=31.046,116.951&coord_type=gcj02",
            "baidu",
            "gcj02",
        ),
        (
            "https://apis.map.qq.com/uri/v1/marker?marker=coord:31.046,116.951;title:x",
            "tencent",
            "gcj02",
        ),
        ("https://map.qq.com/?pointx=116.951&pointy=31.046", "tencent", "gcj02"),
        (
            "https://www.openstreetmap.org/?mlat=31.046&mlon=116.951#map=17/31.0/116.9",
            "osm",
            "wgs84",
        ),
        ("https://www.openstreetmap.org/#map=17/31.046/116.951", "osm", "wgs84"),
        ("geo:31.046,116.951?z=17", "geo", "wgs84"),
    ],
)
def test_the_vendor_of_a_link_tells_place_and_datum(address: str, vendor: str, datum: str) -> None:
    found = link(address)
    assert found is not None
    assert (found.vendor, found.lng, found.lat, found.datum) == (vendor, HERE.lng, HERE.lat, datum)


def test_links_without_a_place_say_so() -> None:
    short = link("https://surl.amap.com/abc")
    assert short is not None
    assert short.short
    for address in (
        "https://evil.example/?position=1,2",
        "https://notamap.com/?q=1,2",
        "https://[::1",
        "geo:1,2;crs=nad27",
    ):
        found = link(address)
        assert found is not None
        assert found.lng is None
    assert link("和平小区3栋") is None


def test_baidus_metres_are_continuous_and_in_order() -> None:
    """A wrong coefficient would tear the bands of latitude apart."""
    for band_m in (8362377.87, 5591021.0, 3481989.83, 1678043.12):
        below, above = from_mercator(1.3e7, band_m - 0.01), from_mercator(1.3e7, band_m + 0.01)
        assert above == pytest.approx(below, abs=2e-6)
    found = link("https://map.baidu.com/poi/x/@13019000,3620000,17z?uid=1")
    assert found is not None
    assert (found.lng, found.lat) == pytest.approx((116.9504, 31.0732), abs=1e-3)
    assert found.datum == "bd09"


@given(st.text(max_size=300))
def test_any_text_is_read_without_complaint(text: str) -> None:
    coordinates(text)
    link("https://uri.amap.com/marker?" + text)
    link(text)
