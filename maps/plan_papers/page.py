"""What the pages share: paper of a size, a legend, a head and a foot, and PDFs of several pages."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from maps.plan_papers.colours import BEFORE
from maps.plan_papers.content import Papers, say, state
from maps.reports.fonts import find_face
from maps.reports.paper import ACCENT, EDGE_MM, INK, PAPER, SOFT, Paper
from maps.reports.picture import WATER
from maps.reports.words import clean, fitted
from maps.texts import text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DPI = 200
A4, A3_ACROSS = (210.0, 297.0), (420.0, 297.0)


def blank(size_mm: tuple[float, float], lang: str) -> Paper:
    """An empty page. EnvironmentMissing where this machine has no Chinese font."""
    from matplotlib.figure import Figure

    wide, high = size_mm
    figure = Figure(figsize=(wide / 25.4, high / 25.4), dpi=DPI)
    return Paper(figure, find_face(), find_face(bold=True), lang, wide, high)


def pdf(pages: Iterable[Figure], title: str) -> bytes:
    """Pages as one PDF, its letters embedded."""
    from matplotlib.backends.backend_pdf import PdfPages

    stream = io.BytesIO()
    named = {"Title": clean(title), "Creator": "wangge", "CreationDate": None}
    with PdfPages(stream, metadata=named) as book:
        for page in pages:
            book.savefig(page, facecolor=PAPER, dpi=DPI)
    return stream.getvalue()


def png(page: Figure, title: str) -> bytes:
    """A page as a picture."""
    stream = io.BytesIO()
    named: dict[str, Any] = {"Title": clean(title)}
    page.savefig(stream, format="png", dpi=DPI, facecolor=PAPER, metadata=named)
    return stream.getvalue()


def head(page: Paper, papers: Papers, title: str, under: str) -> None:
    """The title of a page and what is said under it; where all is made up, that."""
    page.box(0, 0, page.wide_mm, 3.0, fill=ACCENT)
    room = (page.wide_mm - 2 * EDGE_MM - 30) / (20 * 25.4 / 72)
    page.write(EDGE_MM, 8, fitted(title, room), 20, bold=True)
    under_room = (page.wide_mm - 2 * EDGE_MM) / (9.5 * 25.4 / 72)
    page.write(EDGE_MM, 18.5, fitted(under, under_room), 9.5, colour=SOFT)
    if papers.demo:
        right = page.wide_mm - EDGE_MM
        page.box(right - 26, 8.5, 26, 7.5, fill="#fff1d6", edge="#a15c00")
        told = text("map.demo", page.lang)
        page.write(right - 13, 10.3, told, 10, bold=True, colour="#a15c00", align="center")


def foot(page: Paper, papers: Papers, *, more: str = "") -> None:
    """Which plan a page is of, and of which day."""
    y = page.high_mm - 11.0
    page.rule(y - 1.2)
    day = say("as-of", page.lang, date=f"{papers.as_of:%Y-%m-%d}")
    told = " · ".join(one for one in (state(papers, page.lang), day, more) if one)
    page.write(EDGE_MM, y, told, 7.5, colour=SOFT)
    page.write(
        page.wide_mm - EDGE_MM, y, say("made-by", page.lang), 7.5, colour=SOFT, align="right"
    )


def rows_of(
    page: Paper, x: float, y: float, rows: Sequence[tuple[str, str]], *, step: float = 5.6
) -> None:
    """A legend: signs with what they mean, downwards."""
    for n, (sign, words) in enumerate(rows):
        _sign(page, sign, x, y + n * step)
        page.write(x + 14, y + n * step - 0.4, words, 8)


def _sign(page: Paper, sign: str, x: float, y: float) -> None:
    """One sign: a tint (its colour), a border, a line or a mark."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Rectangle

    def line(
        colour: str, width: float, dashes: tuple[float, float] | None = None, lift: float = 0.0
    ) -> None:
        ends = [x / page.wide_mm, (x + 11) / page.wide_mm]
        level = [1 - (y + 1.4 + lift) / page.high_mm] * 2
        made = Line2D(ends, level, color=colour, lw=width, solid_capstyle="butt")
        if dashes is not None:
            made.set_linestyle((0, dashes))
        page.figure.add_artist(made)

    if sign == "border":
        line(INK, 1.8)
    elif sign == "before":
        line(BEFORE, 1.5, (4.0, 2.6))
    elif sign == "road":
        line("#8a959d", 4.4)
        line("#ffffff", 2.6)
    elif sign == "river":
        line(WATER, 3.4)
    elif sign == "building":
        page.figure.add_artist(
            Line2D(
                [(x + 5.5) / page.wide_mm],
                [1 - (y + 1.4) / page.high_mm],
                marker="s",
                ms=3,
                color="#6b7a89",
            )
        )
    else:
        hatch = "////" if sign == "moved" else None
        made = Rectangle(
            (x / page.wide_mm, 1 - (y + 3.2) / page.high_mm), 11 / page.wide_mm, 3.6 / page.high_mm,
            fc="#ffffff" if hatch else sign, ec="#5a6672", lw=0.6, hatch=hatch,
            transform=page.figure.transFigure,
        )  # fmt: skip
        page.figure.add_artist(made)
