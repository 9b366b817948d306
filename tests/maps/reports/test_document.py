"""The Word report: four chapters that an office can edit and stamp, whatever is stored."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import docx
import pytest
from docx.document import Document
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from geo.model import Finding, Severity
from maps.reports import Report, document
from maps.reports.document import LISTED
from maps.reports.docx_parts import _least_cm, column_widths
from maps.reports.words import clean
from maps.texts import text


def opened(report: Report, lang: str = "zh") -> Document:
    return docx.Document(io.BytesIO(document(report, lang)))


def said(paper: Document) -> str:
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(line.text for line in paper.paragraphs), *cells])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_four_chapters_a_map_and_room_to_sign(report: Report, lang: str) -> None:
    paper = opened(report, lang)
    chapters = [
        line.text for line in paper.paragraphs if line.style and line.style.name == "Heading 1"
    ]
    assert chapters == [text(f"report.doc-{n}", lang) for n in range(1, 5)]
    assert len(paper.inline_shapes) == 1
    words = said(paper)
    for key in ("doc-sign-unit", "doc-sign-head", "column-owner", "column-deadline"):
        assert text(f"report.{key}", lang) in words
    for figure in ("80 %", "88.8 %", "t-1", "2026-11-23", "2026-11-01", "0.05"):
        assert figure in words
    assert text("map.demo", lang)[:4] in words + paper.sections[0].footer.paragraphs[0].text


def test_chinese_office_faces_a4_and_page_numbers(report: Report) -> None:
    paper = opened(report)
    section = paper.sections[0]
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21.0, 29.7)  # type: ignore[union-attr]
    xml = paper.element.xml
    assert 'w:eastAsia="仿宋"' in xml
    assert 'w:eastAsia="黑体"' in xml
    assert "PAGE" in section.footer._element.xml
    assert xml.count("w:tblHeader") == len(paper.tables)


def test_the_number_of_the_page_is_set_as_the_words_before_it(report: Report) -> None:
    line = opened(report).sections[0].footer.paragraphs[0]
    assert {run.font.size.pt for run in line.runs if run.font.size} == {8.5}
    assert all(run.font.size for run in line.runs)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_tables_are_as_wide_as_the_text(report: Report, lang: str) -> None:
    for table in opened(report, lang).tables:
        widths = [cell.width.cm for cell in table.rows[0].cells if cell.width]
        assert sum(widths) == pytest.approx(16.0, abs=0.01)


WORDS = st.lists(st.text("abcXYZ09 网格-", max_size=14), min_size=4, max_size=4)


@given(
    st.lists(WORDS, min_size=1, max_size=5),
    st.lists(st.floats(0.5, 9), min_size=4, max_size=4),
)
def test_no_word_is_torn_while_there_is_room(cells: list[list[str]], widths: list[float]) -> None:
    made = column_widths(cells, widths)
    least = [max(map(_least_cm, column)) for column in zip(*cells, strict=True)]
    assert sum(made) == pytest.approx(16.0)
    if sum(least) <= 16.0 and max(least) <= 16.0 / 3:
        assert all(width >= need - 1e-6 for width, need in zip(made, least, strict=True))


def test_widths_stay_as_given_where_all_fits() -> None:
    assert column_widths([["号", "内容"]], [4.0, 12.0]) == [4.0, 12.0]
    made = column_widths([["No", "Severity", "Where"]], [0.9, 1.2, 13.9])
    assert made[0] == pytest.approx(_least_cm("No")) and made[1] > 1.2


def test_who_acts_on_each_finding(report: Report) -> None:
    table = opened(report).tables[-1]
    rows = [[cell.text for cell in row.cells] for row in table.rows][1:]
    assert len(rows) == len(report.findings)
    assert rows[0][1] == "阻断"
    assert rows[0][2].startswith("【缝隙】")
    assert rows[1][3] == "社区党组织提名，街道任命"
    assert rows[0][4:] == ["", ""]


def test_a_long_list_is_counted(report: Report) -> None:
    one = Finding("post-missing", Severity.WARNING, ("1",), params={"case": "none", "label": "一"})
    data = replace(report.data, findings=[one] * (LISTED + 7))
    paper = opened(replace(report, data=data))
    assert len(paper.tables[-1].rows) == LISTED + 1
    assert text("report.doc-more", "zh", count="7") in said(paper)


def test_hostile_texts_are_text(hostile: tuple[Report, str]) -> None:
    report, told = hostile
    content = document(report, "zh")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert not [name for name in parts.namelist() if "vba" in name.lower()]
        for name in parts.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(parts.read(name))
                assert b'TargetMode="External"' not in parts.read(name)
    paper = docx.Document(io.BytesIO(content))
    fields = paper.element.xml.count("w:instrText") + paper.element.xml.count("w:fldSimple")
    assert fields == 0  # the page's number is in the footer
    start = clean(told)[:20].strip()
    assert start in said(paper)


def test_a_report_of_nothing(report: Report) -> None:
    nothing = report.data.grids.iloc[:0]
    data = replace(
        report.data, grids=nothing, communities=None, buildings=None, findings=None, headlines=()
    )
    paper = opened(replace(report, data=data, coverage=None, chain=None, registers=()))
    assert text("report.nothing", "zh") in said(paper)
    assert len(paper.inline_shapes) == 0
