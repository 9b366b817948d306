"""网格变更登记表: a row for each grid that is otherwise now, for the office that keeps the codes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from maps.plan_papers.borders import sides_text
from maps.plan_papers.content import Change, Papers, listed, people, say, state, what_changed
from maps.reports.printing import A3, fit_height, set_up
from maps.reports.words import clean
from maps.reports.workbook import HEAD_FILL, put
from maps.texts import text

COLUMNS = (
    ("number", 5.0), ("what", 11.0), ("old_code", 17.0), ("old_name", 17.0), ("new_code", 17.0),
    ("new_name", 17.0), ("kind", 9.5), ("reason", 12.0), ("households_was", 11.5), ("households", 11.5),
    ("residents_was", 10.5), ("residents", 10.5), ("basis", 9.5), ("buildings", 10.0), ("area", 9.5),
    ("officer", 12.0), ("predecessors", 17.0), ("sides", 42.0), ("approval", 17.0),
    ("approved_on", 11.5), ("remarks", 22.0),
)  # fmt: skip
"""Key of the heading and width; the heading stands over the values in the same order."""
NUMBERS = {"households_was", "households", "residents_was", "residents", "buildings"}
SENTENCES = {"sides", "remarks"}
WIDTHS = [width for _, width in COLUMNS]


def register(papers: Papers, lang: str) -> bytes:
    """The table as .xlsx. Texts are text cells: nothing that is stored can run as a formula."""
    from openpyxl import Workbook

    book = Workbook()
    book.properties.creator = "wangge"
    book.properties.title = clean(say("register-title", lang, place=papers.place))[:250]
    sheet = book.active
    sheet.title = say("register-sheet", lang)
    _head(sheet, papers, lang)
    last = _rows(sheet, papers, lang)
    for n, one in enumerate(("filled", "checked", "stamped")):
        put(sheet, last + 2, 2 + 6 * n, say(f"sign-{one}", lang))
    _set_up(sheet, last, lang, title=book.properties.title)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


HEAD_ROW = 3


def _head(sheet: Any, papers: Papers, lang: str) -> None:
    """Title, which plan and day, and the headings."""
    from openpyxl.styles import Alignment, Font, PatternFill

    top = put(sheet, 1, 1, say("register-title", lang, place=papers.place))
    top.font, top.alignment = Font(bold=True, size=18), Alignment(horizontal="center")
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(COLUMNS))
    sheet.row_dimensions[1].height = 30
    told = [state(papers, lang), say("as-of", lang, date=f"{papers.as_of:%Y-%m-%d}")]
    told += [text("map.demo", lang)] if papers.demo else []
    put(sheet, 2, 1, " · ".join(told))
    for number, (key, _) in enumerate(COLUMNS, start=1):
        cell = put(sheet, HEAD_ROW, number, say(f"column-{key}", lang))
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor=HEAD_FILL)
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        cell.border = _ruled()


def _rows(sheet: Any, papers: Papers, lang: str) -> int:
    """The changed grids; the last row that is written."""
    from openpyxl.styles import Alignment

    last = HEAD_ROW
    for last, row in enumerate(_values(papers, lang), start=HEAD_ROW + 1):
        for number, ((key, _), value) in enumerate(zip(COLUMNS, row, strict=True), start=1):
            form = "#,##0" if key in NUMBERS else "0.00" if key == "area" else "General"
            form = "yyyy-mm-dd" if key == "approved_on" else form
            cell = put(sheet, last, number, value, number_format=form)
            across = "left" if key in SENTENCES else "center"
            cell.alignment = Alignment(horizontal=across, vertical="center", wrap_text=True)
            cell.border = _ruled()
        fit_height(sheet, last, row, WIDTHS)
    if last == HEAD_ROW:
        last += 1
        put(sheet, last, 1, say("nothing-changed", lang))
    return last


def _values(papers: Papers, lang: str) -> Iterator[tuple[Any, ...]]:
    approved = papers.step("approved")
    for number, change in enumerate(papers.changes, start=1):
        yield (
            number,
            what_changed(change, lang),
            *_named(papers, change),
            *_grid(papers, change, lang),
            None if approved is None else approved.number,
            None if approved is None else approved.day,
            _remarks(papers, change, lang),
        )


def _named(papers: Papers, change: Change) -> tuple[str | None, ...]:
    """Old and new codes and names."""
    old, new = change.old, change.new
    return (
        old,
        None if old is None else papers.before.grids[old].name,
        new,
        None if new is None else papers.after.grids[new].name,
    )


def _grid(papers: Papers, change: Change, lang: str) -> tuple[Any, ...]:
    """From its kind to its 四至."""
    old, new = change.old, change.new
    was = None if old is None else papers.was[old]
    now = None if new is None else papers.now[new]
    facts = papers.before.grids[old or ""] if new is None else papers.after.grids[new]
    basis = None if facts.basis is None else text(f"report.basis-{facts.basis}", lang)
    return (
        say(f"kind-{facts.kind}", lang),
        facts.reason,
        None if was is None else was.households,
        None if now is None else now.households,
        None if was is None else was.residents,
        None if now is None else now.residents,
        basis,
        None if now is None else now.buildings,
        None if now is None else round(now.area_m2 / 10_000, 2),
        None if new is None else people(papers, new, lang) or say("vacant", lang),
        " ".join(papers.predecessors(change)),
        None if new is None else sides_text(papers, new, lang),
    )


def _remarks(papers: Papers, change: Change, lang: str) -> str | None:
    """Where a grid went that is no more; which households came and went."""
    if change.new is None:
        return say("went-to", lang, codes=" ".join(papers.heirs(change)))
    ground = papers.diff.ground
    came = sum(one.households for one in ground if one.to_grid == change.new)
    went = sum(one.households for one in ground if one.from_grid == change.old)
    told = [say("came", lang, n=came)] if came else []
    told += [say("went", lang, n=went)] if went else []
    return listed(told, lang) or None


def _ruled() -> Any:
    from openpyxl.styles import Border, Side

    line = Side(style="thin", color="8FA0AD")
    return Border(left=line, right=line, top=line, bottom=line)


def _set_up(sheet: Any, last: int, lang: str, *, title: str) -> None:
    """A3 across, one page wide, the headings on each: as wide as the notice, for it has one and twenty columns."""
    from openpyxl.utils import get_column_letter

    for number, width in enumerate(WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    fit_height(sheet, HEAD_ROW, [say(f"column-{key}", lang) for key, _ in COLUMNS], WIDTHS)
    sheet.freeze_panes = f"C{HEAD_ROW + 1}"
    sheet.auto_filter.ref = f"A{HEAD_ROW}:{get_column_letter(len(COLUMNS))}{last}"
    set_up(sheet, lang, title=title, paper=A3, heading=HEAD_ROW)
