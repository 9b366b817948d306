"""How a sheet of a workbook looks on paper: fitted to the page's width, its headings on each page, each row as high as
its text."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any

from maps.reports.words import clean, width_em
from maps.texts import text

A4, A3 = 9, 8
"""Excel's numbers of paper."""
LINE_PT = 15.0
MOST_PT = 400.0
"""A row can't be higher than 409 pt."""
DIGITS_PER_EM = 1.9
"""A column's width is told in digits; a Chinese letter takes two."""


def set_up(
    sheet: Any,
    lang: str,
    *,
    title: str,
    paper: int = A4,
    across: bool = True,
    heading: int | None = None,
    columns: str | None = None,
) -> None:
    """One page wide, title and page in the foot. heading: the row that is repeated on each page; columns: those that
    go on paper (``A:G``), where they are not all."""
    sheet.page_setup.orientation = "landscape" if across else "portrait"
    sheet.page_setup.paperSize = paper
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom, margins.header, margins.footer = 0.5, 0.6, 0.3, 0.3
    sheet.print_options.horizontalCentered = True
    sheet.oddFooter.left.text = clean(title).replace("&", "&&")[:100]
    sheet.oddFooter.right.text = text("report.page-of", lang, page="&P", pages="&N")
    if heading is not None:
        sheet.print_title_rows = f"{heading}:{heading}"
    if columns is not None:
        first, last = columns.split(":")
        sheet.print_area = f"{first}1:{last}{sheet.max_row}"


def fit_height(sheet: Any, row: int, values: Sequence[Any], widths: Sequence[float]) -> None:
    """As high as its longest cell needs: who opens a file does not always see to that."""
    lines = max(map(_lines, values, widths), default=1)
    sheet.row_dimensions[row].height = min(lines * LINE_PT + 2, MOST_PT)


def _lines(value: Any, width: float) -> int:
    if not isinstance(value, str):
        return 1
    room = max(width - 1.5, 1.0) / DIGITS_PER_EM
    return sum(max(ceil(width_em(line) / room), 1) for line in value.split("\n"))
