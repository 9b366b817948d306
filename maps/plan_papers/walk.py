"""走界表: the border of each changed grid in legs, to be walked on the spot with a pen and a camera."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import shapely

from geo.redraw.draft import objects
from geo.walk import Leg, legs
from maps.plan_papers import plot
from maps.plan_papers.content import Papers, say, short
from maps.plan_papers.lettering import Lettering
from maps.plan_papers.notice import keep_furniture_free
from maps.plan_papers.page import A4, blank, foot, head, pdf
from maps.plan_papers.walked import Note, notes_of, photos, told
from maps.reports.furniture import scale_and_north
from maps.reports.ground import at_scale
from maps.reports.paper import EDGE_MM, INK, PAPER, SOFT, Paper
from maps.reports.words import fitted, wrapped

MAP_MM = (186.0, 118.0)
TOP_MM, ROW_MM = 27.0, 11.5
FIRST_PAGE, NEXT_PAGE = 9, 18
COLUMNS = (("leg", 0.0, 8.0), ("along", 9.0, 37.0), ("beyond", 47.0, 25.0), ("metres", 73.0, 10.0),
           ("start", 84.0, 23.0), ("agrees", 108.0, 17.0), ("photo", 126.0, 11.0), ("notes", 138.0, 48.0))  # fmt: skip
"""Key, where it begins and how wide it is, millimetres."""
SIZE = 7.2


def walk(papers: Papers, lang: str) -> bytes:
    """The sheets as PDF: of the changed grids, else of all. EnvironmentMissing where there is no Chinese font."""
    codes = [code for code in papers.after.grids if code in papers.changed] or list(
        papers.after.grids
    )
    pages = (page.figure for code in codes for page in walk_pages(papers, code, lang))
    return pdf(pages, say("walk-title", lang, name=papers.place))


def border_legs(papers: Papers, code: str) -> tuple[Leg, ...]:
    """The legs of a grid's border."""
    draft = papers.after
    near = {facts.name: draft.metric(one) for one, facts in draft.grids.items() if one != code}
    shapes = draft.ground.metres(objects(papers.around.values()))
    far = dict(zip(papers.around, shapes.tolist(), strict=True))
    return legs(draft.metric(code), draft.ground.lines, {**far, **near})


def walk_pages(papers: Papers, code: str, lang: str) -> Iterator[Paper]:
    """The pages of one grid: the map with its legs numbered, and the table of them."""
    found = border_legs(papers, code)
    notes = notes_of(papers, code, found)
    page = _page(papers, code, lang)
    scale = _map(page, papers, code, found, notes)
    y, room = TOP_MM + MAP_MM[1] + 4, FIRST_PAGE
    for first in range(0, max(len(found), 1), 1):
        if first == 0 or room == 0:
            if first:
                _end(page, papers, scale)
                yield page
                page, y, room = _page(papers, code, lang), TOP_MM, NEXT_PAGE
            y = _heads(page, y)
        own = [one for one in notes if one.leg == first]
        y, room = _row(page, papers, found[first], first + 1, y=y, notes=own), room - 1
    y = _loose(page, [one for one in notes if one.leg is None], y)
    left = list(photos(page, [one for one in notes if one.remark.photo], y + 5, bottom=28.0))
    while left:
        _end(page, papers, scale)
        yield page
        page = _page(papers, code, lang)
        left = list(photos(page, left, TOP_MM + 3, bottom=28.0))
    _end(page, papers, scale)
    yield page


def _loose(page: Paper, notes: Sequence[Note], y: float) -> float:
    """Notes of the grid that are at no place of its border, as far as there is room."""
    room = (page.wide_mm - 2 * EDGE_MM) / (SIZE * 25.4 / 72)
    for note in notes:
        for line in wrapped(page.plain.settable(told(note, page.lang)), room, lines=2):
            if y + 3.6 > page.high_mm - 28.0:
                return y
            page.write(EDGE_MM, y + 1.6, line, SIZE)
            y += 3.6
    return y


def _page(papers: Papers, code: str, lang: str) -> Paper:
    page = blank(A4, lang)
    under = say("sheet-under", lang, place=papers.place, code=code, kind=say("walk-how", lang))
    head(page, papers, say("walk-title", lang, name=papers.after.grids[code].name), under)
    return page


def _map(
    page: Paper, papers: Papers, code: str, found: Sequence[Leg], notes: Sequence[Note]
) -> int:
    axes = page.axes(EDGE_MM, TOP_MM, *MAP_MM)
    wide, high = MAP_MM
    bounds = shapely.bounds(shapely.buffer(papers.after.metric(code), 20.0)).tolist()
    place, scale = at_scale(papers.after.ground.metric_crs, bounds, wide_mm=wide, high_mm=high)
    plot.base(axes, place)
    plot.surroundings(axes, papers, place)
    plot.ways(axes, papers)
    plot.buildings(axes, papers, place)
    plot.borders(axes, papers.after, place, width=0.9)
    plot.outline(axes, papers.after, place, code)
    plot.borders_before(axes, papers)
    scale_and_north(axes, place, page.plain, page.lang)
    letters = Lettering(axes, place, page.plain, page.bold)
    keep_furniture_free(letters)
    _mark(letters, found)
    _pins(letters, notes)
    letters.roads(papers.after.ground.lines, 7.2, near=papers.after.metric(code))
    plot.name_grids(letters, papers, 8.5, codes=list(papers.after.grids))
    return scale


def _mark(letters: Lettering, found: Sequence[Leg]) -> None:
    """A dot where each leg begins, its number at its middle."""
    for number, leg in enumerate(found, start=1):
        x, y = leg.path.coords[0][:2]
        letters.axes.plot([x], [y], "o", ms=4.5, mfc=PAPER, mec=INK, mew=1.1, zorder=11)
        middle = shapely.line_interpolate_point(leg.path, 0.5, normalized=True)
        reach = 6.5 * letters.point_m
        letters.keep_free(shapely.buffer(middle, reach))
        letters.axes.annotate(
            str(number), (middle.x, middle.y), ha="center", va="center", color=PAPER, zorder=13,
            fontproperties=letters.bold.sized(7.5), bbox={"boxstyle": "circle,pad=0.22", "fc": INK, "ec": PAPER},
            parse_math=False,
        )  # fmt: skip


def _pins(letters: Lettering, notes: Sequence[Note]) -> None:
    """The letter of each note where it was taken."""
    for note in notes:
        if note.at is None:
            continue
        letters.keep_free(shapely.buffer(note.at, 5.5 * letters.point_m))
        letters.axes.annotate(
            note.letter, (note.at.x, note.at.y), ha="center", va="center", color=PAPER, zorder=14,
            fontproperties=letters.bold.sized(6.5), bbox={"boxstyle": "square,pad=0.2", "fc": "#a13a12", "ec": PAPER},
            parse_math=False,
        )  # fmt: skip


def _heads(page: Paper, y: float) -> float:
    page.box(EDGE_MM, y, page.wide_mm - 2 * EDGE_MM, 6.0, fill="#dde7f0")
    for key, x, _ in COLUMNS:
        page.write(EDGE_MM + x + 0.6, y + 1.4, say(f"walk-{key}", page.lang), SIZE, bold=True)
    return y + 6.0


def _row(
    page: Paper, papers: Papers, leg: Leg, number: int, *, y: float, notes: Sequence[Note]
) -> float:
    """A leg, and room to write by hand."""
    lang = page.lang
    along = say("along", lang, name=leg.name) if leg.name else say("along-nothing", lang)
    if new_part(papers, leg) > 0.5:
        along = say("along-new", lang, along=along)
    beyond = short(leg.beyond, papers.place) if leg.beyond else say("side-unknown", lang)
    start = papers.after.ground.degrees(objects([shapely.Point(leg.path.coords[0])]))[0]
    told = (
        str(number), along, beyond, f"{leg.metres:,.0f}", f"{start.x:.5f}, {start.y:.5f}",
        say("walk-boxes", lang), " ".join(one.letter for one in notes if one.remark.photo), "",
    )  # fmt: skip
    for (_, x, wide), words in zip(COLUMNS, told, strict=True):
        size = 5.8 if words == told[4] else SIZE
        page.write(EDGE_MM + x + 0.6, y + 3.8, fitted(words, (wide - 1) / (size * 25.4 / 72)), size)
    _noted(page, notes, y)
    for _, x, _ in COLUMNS[1:]:
        page.box(EDGE_MM + x - 0.6, y, 0.0, ROW_MM, fill="none", edge="#b8bfc6")
    page.rule(y + ROW_MM, colour="#8fa0ad", width=0.5)
    return y + ROW_MM


def _noted(page: Paper, notes: Sequence[Note], y: float) -> None:
    """What was noted at a leg, as far as there is room."""
    _, x, wide = COLUMNS[-1]
    words = " ".join(f"{one.letter} {one.remark.said}" for one in notes)
    room = (wide - 1) / (5.8 * 25.4 / 72)
    for n, line in enumerate(wrapped(page.plain.settable(words), room, lines=4) if words else ()):
        page.write(EDGE_MM + x + 0.6, y + 0.6 + 2.6 * n, line, 5.8)


def new_part(papers: Papers, leg: Leg) -> float:
    """Which share of a leg was no border before."""
    old = shapely.union_all(
        shapely.boundary(objects(papers.before.metric(code) for code in papers.before.grids))
    )
    new = shapely.difference(leg.path, shapely.buffer(old, 0.5))
    return float(new.length / leg.path.length) if leg.path.length else 0.0


def _end(page: Paper, papers: Papers, scale: int) -> None:
    """Who walked it, and when."""
    y = page.high_mm - 24.0
    page.write(EDGE_MM, y, say("walk-sign", page.lang), 9)
    room = (page.wide_mm - 2 * EDGE_MM) / (7 * 25.4 / 72)
    for n, line in enumerate(wrapped(say("walk-note", page.lang), room, lines=2)):
        page.write(EDGE_MM, y + 5.2 + 3.4 * n, line, 7, colour=SOFT)
    foot(page, papers, more=say("scale", page.lang, scale=f"{scale:,}", paper="A4"))
