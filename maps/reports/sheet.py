"""一页纸: one A4 page with the map, the two figures that leaders ask for, and what is to be done about the rest."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from geo.model import Finding, Severity
from maps.findings import share, unchecked
from maps.registers import OF_HEADLINE, basis
from maps.reports.content import (
    Report,
    bases,
    day,
    kinds,
    located_first,
    severities,
    sizes,
)
from maps.reports.fonts import find_face
from maps.reports.furniture import legend, scale_and_north
from maps.reports.ground import ground
from maps.reports.paper import ACCENT, EDGE_MM, HIGH_MM, PAPER, SOFT, WIDE_MM, Paper
from maps.reports.picture import draw
from maps.reports.table import fitting, write_table
from maps.reports.words import clean, fitted, wrapped
from maps.styles import SEVERITY
from maps.texts import text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DPI = 200
LISTED = 24
"""No more findings than these have a number; the table tells as many as it has room for, the others are counted."""
MARKED = 12
"""How many findings bear a number on the map alone."""


def one_pager(report: Report, lang: str, *, form: Literal["png", "pdf"]) -> bytes:
    """The page as a picture or as a PDF with its letters embedded. It names no person.

    EnvironmentMissing where this machine has no Chinese font.
    """
    figure = figure_of(report, lang)
    stream = io.BytesIO()
    named = clean(f"{report.place} {report.title}")
    metadata = (
        {"Title": named, "Creator": "wangge", "CreationDate": None}
        if form == "pdf"
        else {"Title": named}
    )
    figure.savefig(stream, format=form, dpi=DPI, facecolor=PAPER, metadata=metadata)
    return stream.getvalue()


def map_picture(
    report: Report, lang: str, *, wide_mm: float = 160.0, high_mm: float = 120.0
) -> bytes | None:
    """The map alone with its legend, as PNG; None where nothing has a place."""
    from matplotlib.figure import Figure

    beside, edge = 42.0, 0.3  # the frame's line is inside of the picture
    across, down = wide_mm - beside - 2 * edge, high_mm - 2 * edge
    place = ground(report, aspect=across / down)
    if place is None:
        return None
    figure = Figure(figsize=(wide_mm / 25.4, high_mm / 25.4))
    plain, bold = find_face(), find_face(bold=True)
    axes = figure.add_axes((edge / wide_mm, edge / high_mm, across / wide_mm, down / high_mm))
    draw(axes, report, place, plain, marked=located_first(report.findings, MARKED))
    scale_and_north(axes, place, plain, lang)
    room = figure.add_axes(((wide_mm - beside + 3) / wide_mm, 0.02, (beside - 3) / wide_mm, 0.96))
    legend(room, report, plain, bold, lang)
    stream = io.BytesIO()
    figure.savefig(
        stream, format="png", dpi=DPI, facecolor=PAPER, metadata={"Title": clean(report.title)}
    )
    return stream.getvalue()


def figure_of(report: Report, lang: str) -> Figure:
    """The page as a matplotlib figure, for a test to look into."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDE_MM / 25.4, HIGH_MM / 25.4), dpi=DPI)
    page = Paper(figure, find_face(), find_face(bold=True), lang)
    listed, below = fitting(page, located_first(report.findings, LISTED))
    _head(page, report)
    _headlines(page, report)
    _map(page, report, listed, below)
    write_table(page, report, listed, below)
    _foot(page, report)
    return figure


def _head(page: Paper, report: Report) -> None:
    page.box(0, 0, WIDE_MM, 3.0, fill=ACCENT)
    page.write(EDGE_MM, 8, fitted(f"{report.place} {report.title}", 23), 19, bold=True)
    page.write(EDGE_MM, 18, page.say("as-of", date=day(report.as_of)), 9, colour=SOFT)
    if report.data.demo:
        page.box(WIDE_MM - EDGE_MM - 26, 8.5, 26, 7.5, fill="#fff1d6", edge="#a15c00")
        page.write(
            WIDE_MM - EDGE_MM - 13,
            10.3,
            text("map.demo", page.lang),
            10,
            bold=True,
            colour="#a15c00",
            align="center",
        )


def _headlines(page: Paper, report: Report) -> None:
    """横向覆盖率, 纵向到底率 and how many findings there are: three boxes."""
    wide, gap, top, high = 59.0, 4.5, 24.5, 24.0
    for n, (name, value, notes) in enumerate(_figures(page, report)):
        x = EDGE_MM + n * (wide + gap)
        page.box(x, top, wide, high, fill="#eef3f7")
        page.write(x + 3, top + 2.2, name, 9, colour=SOFT)
        page.write(x + 3, top + 6.5, value, 17, bold=True, colour=ACCENT)
        room = 1 if len(notes) > 1 else 2
        lines = [line for note in notes[:2] for line in wrapped(clean(note), 23, lines=room)]
        for line, words in enumerate(lines):
            page.write(x + 3, top + 15.8 + line * 3.5, words, 6.8, colour=SOFT)


def _figures(page: Paper, report: Report) -> list[tuple[str, str, list[str]]]:
    """Name, value and what is to be known beside it."""
    found = []
    for one in report.data.headlines[:2]:
        params = {"part": f"{one.part:,}", "whole": f"{one.whole:,}", "rules": one.rules}
        key = f"report.{one.name}-note" if one.whole else f"map.{one.name}-none"
        notes = [text(key, page.lang, **params), *_beside(page, report, one.name)]
        found.append((text(f"map.{one.name}", page.lang), share(one.part, one.whole), notes))
    counts = severities(report.findings)
    total = page.say("found", count=f"{len(report.findings):,}")
    notes = [page.say("found-split", **{one.value: counts[one] for one in Severity})]
    if (kept := sizes(report)) is not None:
        notes.append(page.say("sizes", known=f"{kept[0]:,}", inside=f"{kept[1]:,}"))
    return [*found, (page.say("found-title"), total, notes)]


def _beside(page: Paper, report: Report, name: str) -> list[str]:
    if name == "horizontal" and report.coverage is not None:
        counts = (report.coverage.households, report.coverage.residents)
        households, residents = (page.say("unknown") if n is None else f"{n:,}" for n in counts)
        return [page.say("outside", households=households, residents=residents)]
    if name == "vertical" and report.chain is not None:
        if report.chain.unchecked:
            return [page.say("unchecked", links=unchecked(report.chain.unchecked, page.lang))]
        levels: dict[str, int] = {}
        for (level, _), count in report.chain.first_breaks().items():
            word = text(f"finding.level-{level.word}", page.lang)
            levels[word] = levels.get(word, 0) + count
        gap = "" if page.lang == "zh" else " "
        row = " ".join(f"{word}{gap}{n:,}" for word, n in levels.items())
        return [page.say("first-breaks", levels=row)] if row else []
    return []


def _map(page: Paper, report: Report, listed: Sequence[Finding], below: float) -> None:
    """The map from under the figures down to the table, its legend and the kinds of findings beside it."""
    top, wide = 52.0, 140.0
    high = below - top - 3.5
    place = ground(report, aspect=wide / high)
    if place is None:
        page.write(EDGE_MM, top + 20, page.say("no-map"), 10, colour=SOFT)
        return
    axes = page.axes(EDGE_MM, top, wide, high)
    draw(axes, report, place, page.plain, marked=listed)
    scale_and_north(axes, place, page.plain, page.lang)
    room = page.axes(EDGE_MM + wide + 4, top, WIDE_MM - 2 * EDGE_MM - wide - 4, LEGEND_MM)
    legend(room, report, page.plain, page.bold, page.lang)
    rows = int((high - LEGEND_MM - 12.0) / KIND_MM)
    _kinds(page, report, top + LEGEND_MM + 4.0, rows)


LEGEND_MM, KIND_MM = 84.0, 4.1


def _kinds(page: Paper, report: Report, top: float, room: int) -> None:
    """How many findings of each kind, under the legend, in ``room`` rows."""
    x, right = EDGE_MM + 144.0, WIDE_MM - EDGE_MM
    rows = kinds(report.findings, page.lang)
    if not rows:
        return
    page.write(x, top, page.say("kinds"), 8, bold=True)
    shown = rows if len(rows) <= room else rows[: room - 1]
    for n, (severity, name, count) in enumerate(shown):
        y = top + 5.2 + n * KIND_MM
        page.write(x, y, fitted(name, 14.5), 6.8, colour=SEVERITY[severity])
        page.write(right, y, f"{count:,}", 6.8, align="right")
    if len(rows) > len(shown):
        rest = sum(count for _, _, count in rows[len(shown) :])
        y = top + 5.2 + len(shown) * KIND_MM
        page.write(x, y, page.say("kinds-more", count=f"{rest:,}"), 6.8, colour=SOFT)


def _foot(page: Paper, report: Report) -> None:
    y = HIGH_MM - 14.0
    page.rule(y - 1.5)
    told = (
        [page.say("rules", rules=report.chain.rules)]
        if report.chain is not None and report.chain.grids
        else []
    )
    counted = bases(report, page.lang)
    if counted:
        split = text("finding.comma", page.lang).join(
            page.say("basis", basis=name, residents=f"{people:,}") for name, _, people in counted
        )
        told.append(page.say("bases", bases=split))
    for headline in OF_HEADLINE:
        told += basis(headline, report.registers, (), page.lang)
    words = page.plain.settable(text("finding.semicolon", page.lang).join(told))
    for n, line in enumerate(wrapped(words, 82, lines=3)):
        page.write(EDGE_MM, y + n * 3.2, line, 6.3, colour=SOFT)
    page.write(WIDE_MM - EDGE_MM, y + 6.6, page.say("made-by"), 6.3, colour=SOFT, align="right")
