"""The Word report of a change: what changes, before and after, who moves, which steps it went, what people said."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

from maps.plan_papers.content import Papers, Remark, listed, people, say, short, state, what_changed
from maps.plan_papers.notice import arrow, change_map
from maps.plan_papers.page import blank, png
from maps.reports import docx_parts as parts
from maps.reports.words import clean, cut

LISTED = 300
"""How many moved buildings and remarks are told, of each; the others are counted."""
SENTENCE = 1200
PICTURE_MM = (159.0, 126.0)


def report(papers: Papers, lang: str) -> bytes:
    """The report as .docx. EnvironmentMissing where this machine has no Chinese font for the map.

    Chapters: 一、调整概况 二、调整前后 三、变动的楼栋 四、办理步骤 五、意见与答复.
    """
    from docx import Document

    paper = Document()
    title = say("report-title", lang, place=cut(papers.place, 40))
    parts.prepare(paper, title=title, footer=f"{title} · {state(papers, lang)}", lang=lang)
    parts.title(paper, title)
    demo = " · " + say("demo", lang) if papers.demo else ""
    parts.centred(paper, f"{state(papers, lang)} · {say('as-of', lang, date=papers.as_of)}{demo}")
    _change(paper, papers, lang)
    _before_and_after(paper, papers, lang)
    _buildings(paper, papers, lang)
    _steps(paper, papers, lang)
    _remarks(paper, papers, lang)
    for one in ("unit", "author", "checked", "date"):
        parts.signature(paper, say(f"report-sign-{one}", lang))
    stream = io.BytesIO()
    paper.save(stream)
    return stream.getvalue()


def _heads(lang: str, *keys: str) -> list[str]:
    return [say(f"column-{key}", lang) for key in keys]


def _change(paper: Any, papers: Papers, lang: str) -> None:
    parts.chapter(paper, say("report-1", lang))
    told = say(
        "report-change", lang, place=clean(papers.place), was=len(papers.was), now=len(papers.now),
        changed=len(papers.changes), load=f"{papers.diff.moved.load:,}", **papers.moved,
    )  # fmt: skip
    parts.paragraph(paper, told)
    rows = [
        (
            what_changed(one, lang),
            _named(one.old, papers, before=True),
            _named(one.new, papers, before=False),
            people(papers, one.new, lang) or say("vacant", lang) if one.new else "—",
        )
        for one in papers.changes
    ]
    if not rows:
        parts.paragraph(paper, say("nothing-changed", lang))
    else:
        heads = _heads(lang, "what", "old_name", "new_name", "officer")
        parts.table(paper, heads, rows, widths_cm=(3.2, 5.2, 5.2, 2.4))
    caption = say("report-map", lang)
    parts.picture(paper, _picture(papers, lang), caption=caption, wide_cm=15.0)


def _named(code: str | None, papers: Papers, *, before: bool) -> str:
    """Name and code of a grid."""
    if code is None:
        return "—"
    return f"{(papers.before if before else papers.after).grids[code].name} {code}"


def _picture(papers: Papers, lang: str) -> bytes:
    page = blank(PICTURE_MM, lang)
    change_map(page.axes(0.5, 0.5, 158.0, 125.0), papers, page, (158.0, 125.0), letter=7.5)
    return png(page.figure, say("report-map", lang))


def _before_and_after(paper: Any, papers: Papers, lang: str) -> None:
    parts.chapter(paper, say("report-2", lang))
    old = papers.diff.gone
    rows = [_numbers(papers, papers.old_of.get(code), code) for code in papers.now]
    rows += [_numbers(papers, code, None) for code in old]
    heads = _heads(lang, "new_name", "households", "residents", "load", "buildings", "area")
    parts.table(paper, heads, rows, widths_cm=(4.6, 2.6, 2.8, 2.0, 2.0, 2.4))
    parts.paragraph(paper, say("report-evenness", lang), before_table=True)
    heads = _heads(lang, "measure", "was", "now")
    parts.table(paper, heads, list(_evenness(papers, lang)), widths_cm=(8.4, 3.8, 3.8))


def _numbers(papers: Papers, old: str | None, new: str | None) -> tuple[str, ...]:
    """One grid: each count before and after."""
    was, now = papers.was.get(old or ""), papers.now.get(new or "")
    name = short(
        (papers.after if new else papers.before).grids[new or old or ""].name, papers.place
    )
    told = [
        arrow(*("—" if side is None else f"{getattr(side, what):,}" for side in (was, now)))
        for what in ("households", "residents", "load", "buildings")
    ]
    area = arrow(*("—" if side is None else f"{side.area_m2 / 10_000:,.1f}" for side in (was, now)))
    return (name, *told, area)


def _evenness(papers: Papers, lang: str) -> Iterator[tuple[str, str, str]]:
    """How evenly households and last year's incidents are shared, and how good the shapes are."""
    was, now = papers.diff.scores
    spread = papers.replay.before, papers.replay.after
    pairs = (
        ("evenness", was.evenness, now.evenness), ("gini", spread[0].gini, spread[1].gini),
        ("max-mean", spread[0].max_to_mean, spread[1].max_to_mean),
        ("compactness", was.compactness, now.compactness), ("on-lines", was.on_lines, now.on_lines),
    )  # fmt: skip
    for name, before, after in pairs:
        known = before if papers.before.grids else None
        told = ("—" if one is None else f"{one:.3f}" for one in (known, after))
        yield say(f"measure-{name}", lang), next(told), next(told)


def _buildings(paper: Any, papers: Papers, lang: str) -> None:
    parts.chapter(paper, say("report-3", lang))
    homes = papers.movers
    if not homes:
        parts.paragraph(paper, say("report-nobody", lang))
        return
    shown = homes[:LISTED]
    rows: list[tuple[str, ...]] = [
        (
            one.label or one.building_id,
            one.estate or "—",
            _grid_name(one.from_grid, papers),
            _grid_name(one.to_grid, papers),
            f"{one.households:,}",
            f"{one.residents:,}",
        )
        for one in shown
    ]
    keys = ["building", "estate", "from", "to", "households", "residents"]
    widths = [3.6, 3.0, 3.3, 3.3, 1.4, 1.4]
    if not any(one.estate for one in shown):
        rows = [row[:1] + row[2:] for row in rows]
        keys, widths = keys[:1] + keys[2:], widths[:1] + widths[2:]
    parts.table(paper, _heads(lang, *keys), rows, widths_cm=widths)
    if len(homes) > LISTED:
        parts.paragraph(paper, say("report-more", lang, n=f"{len(homes) - LISTED:,}"))


def _grid_name(code: str | None, papers: Papers) -> str:
    """A grid by its name in either plan; a grid of before that was renumbered goes by its new code."""
    facts = papers.after.grids.get(code or "") or papers.before.grids.get(code or "")
    return "—" if facts is None else short(facts.name, papers.place)


def _steps(paper: Any, papers: Papers, lang: str) -> None:
    parts.chapter(paper, say("report-4", lang))
    if not papers.steps:
        parts.paragraph(paper, say("report-no-steps", lang))
        return
    rows = [
        (
            say(f"stage-{one.stage}", lang),
            f"{one.day:%Y-%m-%d}",
            one.number or "—",
            one.file_name or "—",
            cut(one.note or "—", SENTENCE),
        )
        for one in papers.steps
    ]
    heads = _heads(lang, "stage", "day", "doc_number", "file", "note")
    parts.table(paper, heads, rows, widths_cm=(2.2, 2.4, 3.8, 3.6, 4.0))


def _remarks(paper: Any, papers: Papers, lang: str) -> None:
    parts.chapter(paper, say("report-5", lang))
    if not papers.remarks:
        parts.paragraph(paper, say("report-no-remarks", lang))
        return
    open_ = sum(one.kind == "objection" and one.answer is None for one in papers.remarks)
    objections = sum(one.kind == "objection" for one in papers.remarks)
    told = say("report-remarks", lang, n=len(papers.remarks), objections=objections, open=open_)
    parts.paragraph(paper, told, before_table=True)
    rows = [_remark(one, papers, lang) for one in _gravest(papers.remarks)[:LISTED]]
    heads = _heads(lang, "remark", "day", "who", "said", "answer")
    parts.table(paper, heads, rows, widths_cm=(1.8, 2.3, 2.3, 5.0, 4.6))
    if len(papers.remarks) > LISTED:
        parts.paragraph(paper, say("report-more", lang, n=f"{len(papers.remarks) - LISTED:,}"))


def _gravest(remarks: Sequence[Remark]) -> list[Remark]:
    """Objections first, then what residents say."""
    order = ("objection", "view", "walk", "comment")
    return sorted(remarks, key=lambda one: (order.index(one.kind), one.day))


def _remark(one: Remark, papers: Papers, lang: str) -> tuple[str, ...]:
    where = _grid_name(one.grid_code, papers) if one.grid_code else None
    who = listed([word for word in (one.name, where) if word], lang) or "—"
    answer = say("report-unanswered", lang) if one.kind in ("objection", "view") else "—"
    if one.answer is not None:
        day = "" if one.answered is None else f"（{one.answered:%Y-%m-%d}）"
        answer = cut(one.answer, SENTENCE) + day
    return (
        say(f"remark-{one.kind}", lang),
        f"{one.day:%Y-%m-%d}",
        who,
        cut(one.said, SENTENCE),
        answer,
    )
