"""Pages and their policy, without a browser."""

from __future__ import annotations

import json
import math
import re
from dataclasses import fields, replace
from datetime import date

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import DatumError, EnvironmentMissing, OptionError
from geo.model import SizeRule
from maps import assets, shapes
from maps.incidents import Detail
from maps.layers import MapData, page_layers
from maps.page import Basemap, coverage_page
from maps.policy import OutsideAddressError, parts_of, policy, refuse_outside
from maps.shell import as_json
from maps.styles import LoadClass, class_breaks, load_class
from maps.texts import catalogue


@given(st.text(st.characters()))
def test_json_in_a_page_keeps_every_text_and_never_ends_its_element(text: str) -> None:
    made = as_json({"text": text})
    assert json.loads(made)["text"] == text
    assert not re.search("[<>&\u2028\u2029\ud800-\udfff]", made)


@given(
    st.integers(0, 2000),
    st.integers(0, 2000),
    st.one_of(st.none(), st.floats(0, 4000), st.just(float("nan"))),
)
def test_every_count_has_the_class_that_its_bounds_say(a: int, b: int, value: float | None) -> None:
    low, high = sorted((a, b))
    found = load_class(value, (low, high))
    if value is None or math.isnan(value):
        assert found is LoadClass.MISSING
    else:
        assert (found is LoadClass.BELOW) == (value < low)
        assert (found is LoadClass.ABOVE) == (value > high)


def test_default_classes_are_of_equal_width() -> None:
    assert class_breaks(SizeRule().households) == (300, 367, 434, 500)


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=1, max_size=30))
def test_packed_coordinates_come_back_within_half_a_unit(pairs: list[tuple[float, float]]) -> None:
    given_xy = np.array(pairs)
    packed = np.array(shapes.deltas_kept(given_xy)).reshape(-1, 2)
    assert np.abs(np.cumsum(packed, axis=0) * shapes.UNIT_DEG - given_xy).max() <= 0.51e-6


def test_labels_stand_inside_even_of_a_crescent() -> None:
    crescent = shapely.Point(0, 0).buffer(1).difference(shapely.Point(0.4, 0).buffer(0.9))
    layer = gpd.GeoDataFrame(geometry=[crescent, shapely.Polygon()], crs="EPSG:4490")
    inside, none = shapes.anchors(layer)
    assert inside is not None
    assert crescent.contains(shapely.Point(inside))
    assert none is None


def test_a_label_of_an_area_with_a_hole_outside_it() -> None:
    torn = shapely.Polygon([(0, 0), (1, 0), (1, 1)], [[(5, 0), (6, 0), (5, 1)]])
    assert None not in shapes.anchors(gpd.GeoDataFrame(geometry=[torn], crs="EPSG:4490"))


def test_what_is_not_known_is_null_not_zero(town: MapData) -> None:
    layers = page_layers(town, detail=Detail.EVERY)
    assert layers["grids"][7]["households"] is None
    assert layers["grids"][7]["load"] == {"households": "missing", "residents": "missing"}
    city, place = layers["places"][0], layers["places"][-2]
    assert (city["counted"], city["inside"]) == (7, 4)
    assert (place["code"], place["households"], place["residents"]) == (
        "340881001003002",
        None,
        None,
    )
    assert layers["buildings"]["households"] == [12, None, 0, 4]
    assert layers["buildings"]["unplaced"] == 1


def test_inputs_are_left_alone(town: MapData) -> None:
    frames = {
        f.name: v.copy()
        for f in fields(town)
        if isinstance(v := getattr(town, f.name), gpd.GeoDataFrame)
    }
    page_layers(town, detail=Detail.SCRUBBED)
    for name, before in frames.items():
        assert before.equals(getattr(town, name))


def test_another_crs_is_refused_by_layer(town: MapData) -> None:
    with pytest.raises(DatumError) as refused:
        page_layers(replace(town, communities=town.communities.to_crs(4548)), detail=Detail.EVERY)
    assert refused.value.params["layer"] == "communities"


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://cdn.example/x.js"></script>',
        '<link href="//cdn.example/x.css">',
        '<img src="http://a.example/x.png">',
        "<style>@import url(https://fonts.example/a.css)</style>",
        '<script>fetch("https://a.example")</script>',
        '<a href="javascript:alert(1)">x</a>',
    ],
)
def test_a_page_that_names_another_host_is_refused(html: str) -> None:
    with pytest.raises(OutsideAddressError):
        refuse_outside(parts_of(html))


def test_inline_handlers_are_refused_and_data_is_not_code() -> None:
    with pytest.raises(OutsideAddressError):
        parts_of("<p onclick=go()>")
    parts = parts_of(
        '<script type="application/json">{"a":"https://a.example"}</script><script>1</script>'
    )
    assert parts.scripts == ["1"]
    refuse_outside(parts)


def test_policy_allows_no_inline_text_but_by_hash(town: MapData) -> None:
    page = coverage_page(town, lang="zh", self_contained=True, title="<b>", as_of=date(2026, 1, 1))
    assert "unsafe" not in page.csp
    assert page.csp.startswith("default-src 'none'; script-src 'sha256-")
    assert "<title>&lt;b&gt;</title>" in page.html
    assert (
        page.html
        == coverage_page(
            town, lang="zh", self_contained=True, title="<b>", as_of=date(2026, 1, 1)
        ).html
    )
    assert policy(parts_of("<p>"), served=True).split("; ")[1] == "script-src 'self'"


@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("https://{s}.maps.gov.cn:8443/{z}/{x}/{y}.png", "https://*.maps.gov.cn:8443"),
        ("/tiles/{z}/{x}/{y}.png", "'self'"),
    ],
)
def test_a_basemap_gets_its_place_in_the_policy(url: str, source: str, town: MapData) -> None:
    page = coverage_page(
        town,
        lang="zh",
        self_contained=False,
        title="图",
        as_of=date(2026, 1, 1),
        basemap=Basemap(url, "gcj02"),
    )
    assert f"img-src data: 'self' {source}" in page.csp


def test_gcj02_tiles_are_shifted_by_half_a_kilometre_in_tongcheng() -> None:
    east, north = Basemap("/{z}/{x}/{y}", "gcj02").shift_deg(116.95, 31.05)
    assert 0.004 < east < 0.006
    assert -0.003 < north < -0.002
    assert Basemap("/{z}/{x}/{y}", "cgcs2000").shift_deg(116.95, 31.05) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("url", "datum"),
    [
        ("https://a.cn/{z}/{x}.png", "wgs84"),
        ("javascript:{z}{x}{y}", "wgs84"),
        ("https://a.cn; script-src */{z}/{x}/{y}", "wgs84"),
        ("//a.cn/{z}/{x}/{y}", "wgs84"),
        ("https://a.cn/{z}/{x}/{y}", "bd09"),
    ],
)
def test_unusable_basemaps_are_refused(url: str, datum: str, town: MapData) -> None:
    with pytest.raises(OptionError):
        coverage_page(
            town,
            lang="zh",
            self_contained=False,
            title="图",
            as_of=date(2026, 1, 1),
            basemap=Basemap(url, datum),
        )


def test_a_title_that_no_file_can_hold_is_written_all_the_same(town: MapData) -> None:
    page = coverage_page(
        town, lang="zh", self_contained=True, title="a\0\ud800", as_of=date(2026, 1, 1)
    )
    assert b"<title>a??</title>" in page.html.encode()


def test_missing_assets_are_said_with_the_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setattr(assets, "VENDOR", tmp_path)
    with pytest.raises(EnvironmentMissing) as missing:
        assets.require_assets()
    assert missing.value.params == {"command": assets.COMMAND}


def test_assets_are_made_once() -> None:
    assert assets.build_assets() is False


def test_the_lock_names_no_address() -> None:
    lock = assets.LOCK.read_text("utf-8")
    assert "resolved" not in lock
    assert not re.search(r"https?://(?!opencollective|github\.com)", lock)


def test_every_text_that_the_modules_ask_for_exists() -> None:
    asked = set()
    for source in assets.STATIC.glob("*.js"):
        asked |= set(re.findall(r'\b(?:t|figure)\(\s*"([a-z-]+)"', source.read_text("utf-8")))
    assert len(asked) > 20
    assert {f"map.{key}" for key in asked} <= set(catalogue("zh"))
