"""A page for each grid to hang on the wall: where it ends, what runs through, who answers for it."""

from __future__ import annotations

import shapely

from maps.plan_papers import plot
from maps.plan_papers.borders import sides_text
from maps.plan_papers.content import Papers, people, say, state
from maps.plan_papers.lettering import Lettering
from maps.plan_papers.notice import keep_furniture_free
from maps.plan_papers.page import A4, blank, foot, head, pdf
from maps.reports.furniture import scale_and_north
from maps.reports.ground import at_scale
from maps.reports.paper import ACCENT, EDGE_MM, SOFT, Paper
from maps.reports.words import width_em, wrapped

MAP_MM = (186.0, 198.0)
TOP_MM = 27.0
OWN, OTHERS = "#fbe3b3", "#eef1f3"


def sheets(papers: Papers, lang: str) -> bytes:
    """The pages, by code, as PDF. EnvironmentMissing where this machine has no Chinese font."""
    pages = (sheet(papers, code, lang).figure for code in papers.after.grids)
    return pdf(pages, say("sheets-title", lang, place=papers.place))


def sheet(papers: Papers, code: str, lang: str) -> Paper:
    """The page of one grid."""
    page = blank(A4, lang)
    facts = papers.after.grids[code]
    under = say(
        "sheet-under", lang, place=papers.place, code=code, kind=say(f"kind-{facts.kind}", lang)
    )
    head(page, papers, facts.name, under)
    scale = _map(page, papers, code)
    _facts(page, papers, code, TOP_MM + MAP_MM[1] + 4)
    foot(page, papers, more=say("scale", lang, scale=f"{scale:,}", paper="A4"))
    return page


def _map(page: Paper, papers: Papers, code: str) -> int:
    """The grid in colour among its neighbours."""
    axes = page.axes(EDGE_MM, TOP_MM, *MAP_MM)
    wide, high = MAP_MM
    bounds = shapely.bounds(shapely.buffer(papers.after.metric(code), 25.0)).tolist()
    place, scale = at_scale(papers.after.ground.metric_crs, bounds, wide_mm=wide, high_mm=high)
    plot.base(axes, place)
    plot.surroundings(axes, papers, place)
    colours = {one: OWN if one == code else OTHERS for one in papers.after.grids}
    plot.fills(axes, papers, place, colours)
    plot.ways(axes, papers)
    plot.buildings(axes, papers, place, size=3.2)
    plot.borders(axes, papers.after, place, width=0.9)
    plot.outline(axes, papers.after, place, code)
    scale_and_north(axes, place, page.plain, page.lang)
    letters = Lettering(axes, place, page.plain, page.bold)
    keep_furniture_free(letters)
    others = [one for one in papers.after.grids if one != code]
    plot.name_grids(letters, papers, 9.5, codes=others)
    letters.roads(papers.after.ground.lines, 8.0, near=papers.after.metric(code))
    plot.name_surroundings(letters, papers, 8.5)
    plot.name_buildings(letters, papers, code, 5.6)
    return scale


def _facts(page: Paper, papers: Papers, code: str, y: float) -> None:
    """Who answers, how many live there, and where it ends."""
    lang, now = page.lang, papers.now[code]
    wide = page.wide_mm - 2 * EDGE_MM
    page.box(EDGE_MM, y, wide, 15, fill="#eef3f7")
    officer = people(papers, code, lang, phones=True) or say("vacant", lang)
    page.write(EDGE_MM + 3, y + 2.0, say("column-officer", lang), 8.5, colour=SOFT)
    size = 14.0 if width_em(officer) <= 20 else 9.5  # who is stood in for takes two lines
    room = 100 / (size * 25.4 / 72)
    for n, line in enumerate(wrapped(page.bold.settable(officer), room, lines=2)):
        page.write(EDGE_MM + 3, y + 6.2 + 4 * n, line, size, bold=True, colour=ACCENT)
    figures = (
        ("households", f"{now.households:,}"), ("residents", f"{now.residents:,}"),
        ("buildings", f"{now.buildings:,}"), ("area", f"{now.area_m2 / 10_000:,.1f}"),
    )  # fmt: skip
    for n, (key, value) in enumerate(figures):
        x = EDGE_MM + 106 + n * 21
        page.write(x, y + 2.0, say(f"column-{key}", lang), 8.5, colour=SOFT)
        page.write(x, y + 6.2, value, 14, bold=True)
    told = page.plain.settable(sides_text(papers, code, lang))
    page.write(EDGE_MM, y + 19, say("column-sides", lang), 9, bold=True)
    for n, line in enumerate(wrapped(told, wide / (9.5 * 25.4 / 72), lines=5)):
        page.write(EDGE_MM, y + 24 + 5 * n, line, 9.5)
    if papers.status == "draft":
        page.write(
            page.wide_mm - EDGE_MM,
            y + 19,
            state(papers, lang),
            9,
            bold=True,
            colour="#a15c00",
            align="right",
        )
