"""The one page: whole, Chinese, to scale, and with the findings where they are."""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import replace
from typing import Literal

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from geo.crs import LONLAT, metric_crs, project
from geo.model import CRS
from maps.reports import Report, one_pager
from maps.reports.content import located_first
from maps.reports.fonts import find_face
from maps.reports.furniture import round_length_m
from maps.reports.ground import ground
from maps.reports.sheet import figure_of, map_picture
from maps.styles import LOAD, SEVERITY, LoadClass
from maps.texts import text
from tests.maps.conftest import square
from tests.maps.reports.conftest import HOSTILE, make_report

A4_PIXELS = (1654, 2339)


def drawn(report: Report, lang: str = "zh", *, form: Literal["png", "pdf"] = "png") -> bytes:
    """The page; a glyph that is missing, or anything else that matplotlib warns of, fails the test."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return one_pager(report, lang, form=form)


def said(figure: Figure) -> list[str]:
    return [one.get_text() for one in figure.findobj(Text) if one.get_text()]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_says_what_a_leader_asks_and_names_nobody(report: Report, lang: str) -> None:
    words = "\n".join(said(figure_of(report, lang)))
    for key in ("map.horizontal", "map.vertical", "map.demo", "report.legend", "report.north"):
        assert text(key, lang) in words
    for figure in ("80 %", "88.8 %", "2026-11-23", "t-1", "2026-11-01"):
        assert figure in words
    assert text("finding.gap-title", lang) in words
    assert text("finding.unchecked-contacts", lang) in words
    assert "张三" not in words
    letters = find_face().letters
    assert {one for one in words if ord(one) not in letters and one != "\n"} == set()


def test_it_is_one_a4_page_as_a_picture_and_as_a_pdf(report: Report) -> None:
    picture = Image.open(io.BytesIO(drawn(report)))
    assert abs(picture.width - A4_PIXELS[0]) <= 1
    assert abs(picture.height - A4_PIXELS[1]) <= 1
    pdf = drawn(report, form="pdf")
    assert pdf.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b", pdf)) == 1
    box = re.search(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", pdf)
    assert box is not None
    assert [round(float(side)) for side in box.groups()] == [595, 842]
    assert b"NotoSansCJK" in pdf or b"/FontDescriptor" in pdf
    assert b"/JavaScript" not in pdf
    assert b"/URI" not in pdf


def test_the_same_report_is_the_same_bytes(report: Report) -> None:
    assert drawn(report) == drawn(make_report())
    assert drawn(report, form="pdf") == drawn(make_report(), form="pdf")


def test_hostile_texts_are_shown_and_nothing_more(hostile: tuple[Report, str]) -> None:
    report, _ = hostile
    figure = figure_of(report, "zh")
    letters = find_face().letters
    assert all(ord(letter) in letters for words in said(figure) for letter in words)
    assert max(map(len, said(figure))) < 120
    assert all(not one.get_parse_math() for one in figure.findobj(Text) if one.get_text())
    drawn(report)


def test_hostile_texts_leave_the_pdf_whole() -> None:
    report = make_report(lambda name: HOSTILE[len(name) % len(HOSTILE)])
    assert drawn(report, form="pdf").rstrip().endswith(b"%%EOF")


def test_no_finding_is_hidden_under_the_scale(report: Report) -> None:
    figure = figure_of(report, "zh")
    numbers = [
        one
        for one in figure.findobj(Text)
        if one.axes and one.get_text().isdecimal() and one.get_bbox_patch()
    ]
    furniture = figure.findobj(PolyCollection)
    assert numbers and furniture
    assert min(one.get_zorder() for one in numbers) > max(one.get_zorder() for one in furniture)


def test_the_map_of_the_report_has_a_frame_on_each_side(report: Report) -> None:
    content = map_picture(report, "zh")
    assert content is not None
    grey = np.asarray(Image.open(io.BytesIO(content)).convert("L"))
    high, wide = grey.shape
    left, top, bottom = grey[high // 2, :8], grey[:8, wide // 3], grey[-8:, wide // 3]
    darkest = [int(side.min()) for side in (left, top, bottom)]
    assert max(darkest) - min(darkest) < 60 and max(darkest) < 200


def colours(report: Report) -> set[tuple[int, ...]]:
    content = map_picture(report, "zh")
    assert content is not None
    pixels = np.asarray(Image.open(io.BytesIO(content)).convert("RGB")).reshape(-1, 3)
    found, counts = np.unique(pixels, axis=0, return_counts=True)
    return {tuple(map(int, one)) for one, count in zip(found, counts, strict=True) if count > 20}


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[n : n + 2], 16) for n in (1, 3, 5))


def test_grids_are_coloured_by_load_and_findings_marked(report: Report) -> None:
    found = colours(report)
    for kind in (LoadClass.BELOW, LoadClass.LOW, LoadClass.MID, LoadClass.HIGH, LoadClass.ABOVE):
        assert rgb(LOAD[kind].fill) in found, kind
    assert {rgb(SEVERITY[one.severity]) for one in report.findings[:2]} <= found


def test_what_is_empty_or_nowhere_is_still_a_page(report: Report) -> None:
    nothing = report.data.grids.iloc[:0]
    data = replace(report.data, grids=nothing, communities=None, findings=None, headlines=())
    empty = replace(report, data=data, coverage=None, chain=None, registers=())
    words = said(figure_of(empty, "zh"))
    assert text("report.no-map", "zh") in words
    assert text("report.nothing", "zh") in words
    drawn(empty)
    assert map_picture(empty, "zh") is None


def test_a_holed_a_broken_and_a_missing_shape_are_drawn_or_left_out(report: Report) -> None:
    shapes = [
        shapely.Polygon(
            square(0, 0).exterior.coords, [square(0, 0).buffer(-0.001).exterior.coords]
        ),
        shapely.Polygon([(116.95, 31.04), (116.96, 31.05), (116.96, 31.04), (116.95, 31.05)]),
        None,
        shapely.GeometryCollection([square(1, 1), shapely.Point(116.95, 31.04)]),
        shapely.MultiPolygon([square(2, 1), square(2, 2)]),
        shapely.Polygon(),
    ]
    grids = report.data.grids.iloc[:6].set_geometry(gpd.GeoSeries(shapes, crs=CRS))
    drawn(replace(report, data=replace(report.data, grids=grids)))


@given(st.floats(0.5, 500_000))
def test_a_scale_bar_has_a_round_length_and_a_good_size(longest: float) -> None:
    length = round_length_m(longest)
    assert longest / 2.5 <= length * (1 + 1e-6)
    assert length <= longest * (1 + 1e-6)
    assert length / 10 ** np.floor(np.log10(length) + 1e-9) == pytest.approx(1, abs=9)
    assert f"{length:.6e}"[0] in "125"


@pytest.mark.parametrize("aspect", [0.5, 1.0, 2.2])
def test_the_frame_holds_all_grids_in_true_proportion(report: Report, aspect: float) -> None:
    place = ground(report, aspect=aspect)
    assert place is not None
    assert (place.east - place.west) / (place.north - place.south) == pytest.approx(aspect)
    plane = metric_crs(116.956, 31.046)
    grids = report.data.grids.geometry.to_numpy()
    moved = shapely.union_all(project(grids, source=LONLAT, target=plane))
    assert shapely.box(place.west, place.south, place.east, place.north).contains(moved)
    assert place.width_m < 4000  # the town is 1.2 km wide


def test_every_kind_is_told_before_one_kind_is_told_twice(report: Report) -> None:
    many = [*[report.findings[1]] * 5, report.findings[0], report.findings[3]]
    first = located_first(many, 3)
    assert {one.code for one in first} == {"gap", "post-missing", "size-households"}
    assert first[0].code == "gap"
