"""The findings as an Excel workbook: one row a finding, with who acts and room to write down what came of it."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from geo.model import Finding, Severity
from maps.findings import share, title, unchecked
from maps.reports.content import (
    AGE_HEADS,
    Covered,
    Report,
    ages,
    bases,
    component_rows,
    day,
    grid_rows,
    kind_name,
    kinds,
    levels,
    owner,
    said,
    severities,
    spot,
)
from maps.reports.printing import fit_height, set_up
from maps.reports.words import clean
from maps.styles import SEVERITY
from maps.texts import text

MAX_CELL = 32_767
MAX_ROWS = 1_048_575
HEAD_FILL, SOFT_FILL = "DDE7F0", "EEF3F7"
WRAPPED = 20.0
"""Columns as wide as that break their text into lines."""


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: its heading's key, how wide, and how its numbers are shown."""

    key: str
    width: float
    number: str = "General"


FINDING_COLUMNS = (
    _Column("number", 6), _Column("severity", 8), _Column("kind", 16), _Column("what", 70), _Column("owner", 26),
    _Column("deadline", 14), _Column("outcome", 20), _Column("level", 9), _Column("codes", 34),
    _Column("count", 8, "#,##0"), _Column("households", 9, "#,##0"), _Column("width_m", 10, "0.000"),
    _Column("area_m2", 12, "#,##0.00"), _Column("lng", 12, "0.000000"), _Column("lat", 12, "0.000000"),
    _Column("code", 26),
)  # fmt: skip
GRID_COLUMNS = (
    _Column("grid_code", 18), _Column("grid_name", 24), _Column("community", 18), _Column("households", 12, "#,##0"),
    _Column("residents", 12, "#,##0"), _Column("chain", 10), _Column("level", 10), _Column("first-break", 70),
)  # fmt: skip


def workbook(report: Report, lang: str) -> bytes:
    """The workbook: a summary, the findings, and where each grid's chain breaks first. Texts are text cells: nothing
    that is stored can run as a formula. Rows beyond what a sheet holds are counted in the last one."""
    from openpyxl import Workbook

    book = Workbook()
    book.properties.creator = "wangge"
    book.properties.title = clean(f"{report.place} {report.title}")
    _summary(book.active, report, lang)
    where = levels(report, lang)
    rows = enumerate(report.findings, start=1)
    _table(
        book.create_sheet(_word("sheet-findings", lang)),
        FINDING_COLUMNS,
        (_finding(n, one, where.get(id(one)), lang) for n, one in rows),
        lang,
        title=book.properties.title,
        severities_in=[one.severity for one in report.findings],
        on_paper="A:G",
    )
    grids = book.create_sheet(_word("sheet-grids", lang))
    _table(grids, GRID_COLUMNS, grid_rows(report, lang), lang, title=book.properties.title)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _word(key: str, lang: str, **params: object) -> str:
    return text(f"report.{key}", lang, **params)


def _finding(number: int, one: Finding, level: str | None, lang: str) -> tuple[Any, ...]:
    where = spot(one) or (None, None)
    return (
        number,
        text(f"map.severity-{one.severity.value}", lang),
        title(one.code, lang),
        said(one, lang, names=True),
        owner(one, lang),
        None,
        None,
        level,
        " ".join(one.codes),
        one.count,
        one.households,
        one.width_m,
        one.area_m2,
        *where,
        one.code,
    )


def _summary(sheet: Any, report: Report, lang: str) -> None:
    """Title, figures, kinds of findings, first breaks, bases and ages."""
    from openpyxl.styles import Alignment, Font

    sheet.title = _word("sheet-summary", lang)
    for letter, width in zip("ABCD", (34, 24, 18, 44), strict=True):
        sheet.column_dimensions[letter].width = width
    rows: list[tuple[Any, ...]] = [
        (f"{report.place} {report.title}",),
        (_word("as-of", lang, date=day(report.as_of)),),
    ]
    if report.data.demo:
        rows.append((text("map.demo", lang),))
    heads = set()
    for name, content in _chapters(report, lang):
        rows.append(())
        heads.add(len(rows) + 1)
        rows += [(name,), *content]
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            cell = put(sheet, number, column, value, number_format="#,##0")
            cell.alignment = Alignment(horizontal="left", vertical="top", wrap_text=column == 4)
            if number == 1 or number in heads:
                cell.font = Font(bold=True, size=16 if number == 1 else 11)
    sheet.row_dimensions[1].height = 26
    set_up(sheet, lang, title=f"{report.place} {report.title}", across=False)


def _chapters(report: Report, lang: str) -> Iterable[tuple[str, list[tuple[Any, ...]]]]:
    figures: list[tuple[Any, ...]] = [
        (text(f"map.{one.name}", lang), share(one.part, one.whole), f"{one.part:,} / {one.whole:,}")
        for one in report.data.headlines
    ]
    counts = severities(report.findings)
    figures += [(text(f"map.severity-{one.value}", lang), counts[one]) for one in Severity]
    yield _word("chapter-figures", lang), figures
    if report.coverage is not None:
        yield _word("chapter-covered", lang), _covered(report.coverage, lang)
    yield (
        _word("kinds", lang),
        [
            (name, text(f"map.severity-{severity.value}", lang), count)
            for severity, name, count in kinds(report.findings, lang)
        ],
    )
    chain = report.chain
    if chain is not None and chain.grids:
        breaks: list[tuple[Any, ...]] = [
            (text(f"finding.level-{level.word}", lang), title(code, lang), count)
            for (level, code), count in chain.first_breaks().items()
        ]
        houses = f"{chain.houses_whole:,} / {len(chain.houses):,}"
        breaks.append(
            (_word("houses-whole", lang), share(chain.houses_whole, len(chain.houses)), houses)
        )
        if chain.unchecked:
            breaks.append((_word("unchecked-title", lang), unchecked(chain.unchecked, lang)))
        yield _word("chapter-chain", lang), [*breaks, (_word("rules-title", lang), chain.rules)]
    yield (
        _word("chapter-bases", lang),
        [(name, houses, people) for name, houses, people in bases(report, lang)],
    )
    heads = tuple(_word(f"age-{name}", lang) for name in AGE_HEADS)
    rows = [(name, count, last, days) for name, count, days, last in ages(report, lang)]
    yield _word("chapter-ages", lang), [(heads[0], heads[1], heads[3], heads[2]), *rows]


def _covered(covered: Covered, lang: str) -> list[tuple[Any, ...]]:
    """Each kind of building, then 部件 of each kind: the share, and the two numbers that it is of."""
    kinds_of_houses = [
        (kind_name(kind, lang), whole, part) for kind, (part, whole) in covered.by_kind.items()
    ]
    rows = component_rows(covered, lang)
    name = _word("register-components", lang)
    whole, part = sum(row[1] for row in rows), sum(row[2] for row in rows)
    told = [(f"{name} {kind}", all_, some) for kind, all_, some in rows]
    if not rows:
        return [*_shares(kinds_of_houses), (name, _word("unknown", lang))]
    return _shares([*kinds_of_houses, (name, whole, part), *told])


def _shares(rows: Iterable[tuple[str, int, int]]) -> list[tuple[Any, ...]]:
    return [(name, share(part, whole), f"{part:,} / {whole:,}") for name, whole, part in rows]


def _table(
    sheet: Any,
    columns: Sequence[_Column],
    rows: Iterable[Sequence[Any]],
    lang: str,
    *,
    title: str,
    severities_in: Sequence[Severity] = (),
    on_paper: str | None = None,
) -> None:
    """Rows under a heading that stays in sight and can be filtered by."""
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    for number, column in enumerate(columns, start=1):
        cell = put(sheet, 1, number, _word(f"column-{column.key}", lang))
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor=HEAD_FILL)
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    widths = [column.width for column in columns]
    fit_height(sheet, 1, [_word(f"column-{column.key}", lang) for column in columns], widths)
    last = 1
    for last, row in enumerate(rows, start=2):
        if last > MAX_ROWS:
            break
        for number, (value, column) in enumerate(zip(row, columns, strict=True), start=1):
            cell = put(sheet, last, number, value, number_format=column.number)
            cell.alignment = _told(value, wrap=column.width >= WRAPPED)
        fit_height(sheet, last, *_wrapped(row, widths))
        if severities_in:
            colour = SEVERITY[severities_in[last - 2]].removeprefix("#").upper()
            sheet.cell(last, 2).font = Font(bold=True, color=colour)
    sheet.freeze_panes = "D2" if severities_in else "C2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{last}"
    sheet.sheet_view.zoomScale = 90
    set_up(sheet, lang, title=title, heading=1, columns=on_paper)


def _told(value: Any, *, wrap: bool) -> Any:
    """Texts at the left, numbers at the right and clear of the text beside them."""
    from openpyxl.styles import Alignment

    across = ("left", 0) if value is None or isinstance(value, str) else ("right", 1)
    return Alignment(horizontal=across[0], indent=across[1], vertical="top", wrap_text=wrap)


def _wrapped(row: Sequence[Any], widths: Sequence[float]) -> tuple[list[Any], list[float]]:
    """The cells of a row that may take several lines."""
    pairs = [pair for pair in zip(row, widths, strict=True) if pair[1] >= WRAPPED]
    return [value for value, _ in pairs], [width for _, width in pairs]


def put(sheet: Any, row: int, column: int, value: Any, *, number_format: str = "General") -> Any:
    """A value in its cell: a text as text, however it begins; unknown as nothing."""
    cell = sheet.cell(row, column)
    if isinstance(value, str):
        cell.value = clean(value)[:MAX_CELL]
        cell.data_type = "s"
        cell.number_format = "@"
        cell.quotePrefix = value[:1] in tuple("=+-@")
    elif value is not None and not pd.isna(value):
        cell.value = value
        cell.number_format = number_format
    return cell
