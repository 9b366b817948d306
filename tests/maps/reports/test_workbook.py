"""The Excel list: a row a finding, nothing that runs, and it opens in readers that are not ours."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import openpyxl
import pytest
from lxml import etree
from python_calamine import load_workbook

from maps.reports import Report, workbook
from maps.reports.words import clean
from maps.texts import text


def opened(report: Report, lang: str = "zh") -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(workbook(report, lang)))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_three_sheets_with_headings_that_stay_and_filter(report: Report, lang: str) -> None:
    book = opened(report, lang)
    names = [text(f"report.sheet-{one}", lang) for one in ("summary", "findings", "grids")]
    assert book.sheetnames == names
    for name in names[1:]:
        sheet = book[name]
        assert sheet.freeze_panes.endswith("2")
        assert sheet.auto_filter.ref == sheet.dimensions
        assert sheet.print_title_rows == "$1:$1"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_sheet_is_fit_to_be_printed(report: Report, lang: str) -> None:
    long = replace(report.findings[1], params={"case": "none", "label": "很长的名字" * 30})
    data = replace(report.data, findings=[*report.findings, long])
    book = opened(replace(report, data=data), lang)
    for sheet in book:
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert int(sheet.page_setup.paperSize) == 9 and "&P" in sheet.oddFooter.right.text
    findings = book.worksheets[1]
    assert findings.print_area.startswith(f"'{findings.title}'!$A$1:$G$")
    heights = [findings.row_dimensions[n].height for n in range(2, findings.max_row + 1)]
    assert heights[0] < 3 * 17 and heights[-1] >= 3 * 13  # 150 Chinese letters, 35 a line


def test_a_row_a_finding_with_what_is_known_of_it(report: Report) -> None:
    sheet = opened(report)["问题清单"]
    heads = [cell.value for cell in sheet[1]]
    rows = [
        dict(zip(heads, [cell.value for cell in row], strict=True))
        for row in sheet.iter_rows(min_row=2)
    ]
    assert len(rows) == len(report.findings)
    gap = rows[0]
    assert (gap["程度"], gap["类别" if "类别" in gap else "问题"], gap["代码"]) == (
        "阻断",
        "缝隙",
        "gap",
    )
    assert (gap["宽（米）"], gap["面积（平方米）"], gap["楼栋或个数"], gap["户数"]) == (
        0.8,
        12.5,
        3,
        7,
    )
    assert gap["经度"] == pytest.approx(116.9511)
    assert gap["纬度"] == pytest.approx(31.04105)
    assert gap["谁来办"] == "街道、社区划定归属"
    assert gap["办理时限"] is None
    assert rows[1]["断在哪一级"] == "网格"
    assert rows[2]["经度"] is None


def test_each_grid_and_where_its_chain_breaks_first(report: Report) -> None:
    sheet = opened(report)["网格链条"]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert len(rows) == len(report.data.grids)
    assert rows[0][5:7] == ("断开", "网格")
    assert rows[1][5:] == ("完整", None, None)
    assert rows[0][3] == 250
    assert rows[7][3] is None  # no data, not 0


def test_the_summary_tells_figures_rules_bases_and_ages(report: Report) -> None:
    sheet = opened(report)["汇总"]
    cells = {
        value for row in sheet.iter_rows(values_only=True) for value in row if value is not None
    }
    assert {"80 %", "88.8 %", "t-1", "演示数据", "2026-11-01", "小区联系人"} <= cells
    assert "2025-01-02 至 2026-11-01，最早 688 天前，另有 1 条未注明" in cells
    rows = [row[:3] for row in sheet.iter_rows(values_only=True)]
    assert ("部件", "88.8 %", "8 / 9") in rows
    kinds = [row for row in rows if row[0] and str(row[0]).startswith("部件 ")]
    assert kinds[0][1:] == ("50 %", "1 / 2")  # what lacks most stands first


def test_hostile_texts_stay_texts(hostile: tuple[Report, str]) -> None:
    report, told = hostile
    content = workbook(report, "zh")
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type in ("f", "e")]
    codes = [row[8].value for row in book["问题清单"].iter_rows(min_row=2)]
    assert codes[1] == (clean(told)[:32_767] or None)
    risky = [
        cell
        for cell in cells
        if isinstance(cell.value, str) and cell.value[:1] in ("=", "+", "-", "@")
    ]
    assert all(cell.quotePrefix for cell in risky)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for name in parts.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(parts.read(name))
                assert b'TargetMode="External"' not in parts.read(name)
    read = load_workbook(io.BytesIO(content)).get_sheet_by_name("网格链条").to_python()
    assert len(read) == 1 + len(report.data.grids)


def test_nothing_found_is_still_a_list(report: Report) -> None:
    data = replace(report.data, findings=None, headlines=(), communities=None, buildings=None)
    book = opened(replace(report, data=data, coverage=None, chain=None, registers=()))
    assert book["问题清单"].max_row == 1
    assert book["网格链条"].max_row == 10
