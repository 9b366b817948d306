"""公示图: what is to be hung up for everybody to see. It names no person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import shapely

from geo.redraw.draft import objects
from maps.plan_papers import plot
from maps.plan_papers.borders import sides_text
from maps.plan_papers.colours import tints
from maps.plan_papers.content import Change, Papers, say, short, what_changed
from maps.plan_papers.lettering import Lettering
from maps.plan_papers.page import A3_ACROSS, blank, foot, head, pdf, png, rows_of
from maps.reports.furniture import scale_and_north
from maps.reports.ground import at_scale
from maps.reports.paper import EDGE_MM, INK, SOFT, Paper
from maps.reports.words import cut, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MAP_MM = (272.0, 214.0)
TOP_MM, GAP_MM, ROW_MM = 28.0, 6.0, 6.6
HANGING = 14
"""More grids than these are told by the register."""


def notice(papers: Papers, lang: str, *, form: Literal["pdf", "png"]) -> bytes:
    """The page. EnvironmentMissing where this machine has no Chinese font."""
    title = say("notice-title", lang, place=papers.place)
    figure = notice_page(papers, lang)
    return pdf([figure], title) if form == "pdf" else png(figure, title)


def notice_page(papers: Papers, lang: str) -> Figure:
    """The page as a figure, for a test to look into."""
    page = blank(A3_ACROSS, lang)
    shown = papers.step("notice")
    number = "________" if shown is None or shown.number is None else shown.number
    day = say("day-blank", lang) if shown is None else f"{shown.day:%Y-%m-%d}"
    under = say("notice-under", lang, number=number, date=day)
    head(page, papers, say("notice-title", lang, place=papers.place), under)
    axes = page.axes(EDGE_MM, TOP_MM, *MAP_MM)
    scale = change_map(axes, papers, page, MAP_MM)
    right = EDGE_MM + MAP_MM[0] + GAP_MM
    page.write(right, TOP_MM, say("legend", lang), 10, bold=True)
    rows_of(page, right, TOP_MM + 7, _legend(papers, lang))
    _table(page, papers, right, TOP_MM + 50)
    _words(page, papers, TOP_MM + MAP_MM[1] + 4)
    foot(page, papers, more=say("scale", lang, scale=f"{scale:,}", paper="A3"))
    return page.figure


def change_map(
    axes: Axes, papers: Papers, page: Paper, size_mm: tuple[float, float], *, letter: float = 9.0
) -> int:
    """The grids after in colours, those before as dashed lines; the scale's denominator."""
    metric = objects(papers.after.metric(code) for code in papers.after.grids)
    crs = papers.after.ground.metric_crs
    wide, high = size_mm
    place, scale = at_scale(crs, shapely.total_bounds(metric).tolist(), wide_mm=wide, high_mm=high)
    plot.base(axes, place)
    plot.surroundings(axes, papers, place)
    plot.fills(axes, papers, place, tints(papers))
    plot.moved(axes, papers, place)
    plot.ways(axes, papers)
    plot.buildings(axes, papers, place)
    plot.borders(axes, papers.after, place)
    plot.borders_before(axes, papers)
    scale_and_north(axes, place, page.plain, page.lang)
    letters = Lettering(axes, place, page.plain, page.bold)
    keep_furniture_free(letters)
    plot.name_grids(
        letters, papers, letter, codes=list(papers.after.grids), counts=True, lang=page.lang
    )
    letters.roads(papers.after.ground.lines, 0.78 * letter, near=shapely.union_all(metric))
    plot.name_surroundings(letters, papers, 0.85 * letter)
    return scale


def keep_furniture_free(letters: Lettering) -> None:
    """Nothing is written on the scale and the arrow to the north."""
    place = letters.place
    wide, high = place.width_m, place.north - place.south
    letters.keep_free(
        shapely.box(place.west, place.south, place.west + 0.36 * wide, place.south + 0.1 * high)
    )
    letters.keep_free(
        shapely.box(place.east - 0.1 * wide, place.north - 0.18 * high, place.east, place.north)
    )


def _legend(papers: Papers, lang: str) -> list[tuple[str, str]]:
    signs = ["border", "before", "moved", "road", "river", "building"]
    if not papers.diff.ground:
        signs.remove("moved")
    if not papers.before.grids:
        signs.remove("before")
    return [(one, say(f"legend-{one}", lang)) for one in signs]


def _table(page: Paper, papers: Papers, x: float, y: float) -> None:
    """Each grid by its tint: households and residents before and after, and how it is otherwise."""
    lang, colours = page.lang, tints(papers)
    columns = (0.0, 8.0, 39.0, 62.0, 87.0)
    page.write(x, y, say("notice-table", lang), 10, bold=True)
    y += 6.5
    page.box(x, y, page.wide_mm - EDGE_MM - x, 6, fill="#dde7f0")
    for at, key in zip(columns[1:], ("name", "households", "residents", "what"), strict=True):
        page.write(x + at, y + 1.3, say(f"notice-{key}", lang), 8, bold=True)
    y += 7.2
    rows = _rows(papers, lang)
    for tint_of, cells in rows[:HANGING]:
        page.box(x, y, 6, 4.4, fill=colours.get(tint_of or "", "#ffffff"), edge=INK)
        for at, words, room in zip(columns[1:], cells, (10.6, 7.8, 8.6, 10.6), strict=True):
            lines = wrapped(cut(words, 60), room, lines=2)
            for n, line in enumerate(lines):
                page.write(x + at, y + 0.4 + (n - (len(lines) - 1) / 2) * 3.1, line, 8)
        y += ROW_MM
    if len(rows) > HANGING:
        page.write(x, y, say("more-grids", lang, n=len(rows) - HANGING), 8, colour=SOFT)
    _sides(page, papers, x, y + 6)


def _sides(page: Paper, papers: Papers, x: float, y: float) -> None:
    """四至 of the changed grids, as far as there is room."""
    bottom, room = TOP_MM + MAP_MM[1], (page.wide_mm - EDGE_MM - x) / (8.5 * 25.4 / 72)
    told = [code for code in papers.after.grids if code in papers.changed]
    if not told or y > bottom - 20:
        return
    page.write(x, y, say("notice-sides", page.lang), 10, bold=True)
    y += 6.5
    for code in told:
        name = short(papers.after.grids[code].name, papers.place)
        words = say("named", page.lang, name=name, told=sides_text(papers, code, page.lang))
        lines = wrapped(page.plain.settable(words), room, lines=5)
        if y + 4.4 * len(lines) > bottom:
            page.write(x, y, say("sides-in-register", page.lang), 8, colour=SOFT)
            return
        for n, line in enumerate(lines):
            page.write(x, y + 4.4 * n, line, 8.5)
        y += 4.4 * len(lines) + 2.0


def _rows(papers: Papers, lang: str) -> list[tuple[str | None, Sequence[str]]]:
    """The changed grids first, then the others."""
    changes = list(papers.changes)
    same = [code for code in papers.after.grids if code not in papers.changed]
    changes += [Change(papers.old_of.get(code), code, ()) for code in same]
    return [(one.new, _cells(papers, one, lang)) for one in changes]


def _cells(papers: Papers, one: Change, lang: str) -> tuple[str, str, str, str]:
    name = (
        papers.before.grids[one.old or ""].name
        if one.new is None
        else papers.after.grids[one.new].name
    )
    was = None if one.old is None else papers.was[one.old]
    now = None if one.new is None else papers.now[one.new]
    pairs = [
        arrow(*("—" if side is None else f"{getattr(side, what):,}" for side in (was, now)))
        for what in ("households", "residents")
    ]
    return short(name, papers.place), *pairs, what_changed(one, lang) or say("what-same", lang)  # type: ignore[return-value]


def arrow(was: str, now: str) -> str:
    """A number before and after; one number where they are the same."""
    return now if was == now else f"{was} → {now}"


def _words(page: Paper, papers: Papers, y: float) -> None:
    """What is announced, and where to say what one thinks of it."""
    lang = page.lang
    counts = {"changed": len(papers.changes), **papers.moved}
    told = say(
        "notice-words" if papers.changes else "nothing-changed", lang, place=papers.place, **counts
    )
    room = (page.wide_mm - 2 * EDGE_MM) / (10 * 25.4 / 72)
    lines = wrapped(page.plain.settable(told), room, lines=3)
    for n, line in enumerate((*lines, "", say("notice-reply", lang))):
        page.write(EDGE_MM, y + 5.2 * n, line, 10)
    page.write(page.wide_mm - EDGE_MM, y + 25.5, say("notice-stamp", lang), 10, align="right")
