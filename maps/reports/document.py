"""The Word report: four chapters, with tables that an office completes, and room to sign and stamp."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from geo.model import Finding, Severity
from maps.findings import share, title, unchecked
from maps.reports import docx_parts as parts
from maps.reports.content import (
    AGE_HEADS,
    Covered,
    Report,
    ages,
    bases,
    component_rows,
    day,
    is_downwards,
    kind_name,
    kinds,
    owner,
    parts_of_chain,
    said,
    severities,
    sizes,
)
from maps.reports.sheet import map_picture
from maps.reports.words import clean, cut
from maps.texts import text

LISTED = 200
"""How many findings the fourth chapter tells; the others are counted, and told by the Excel list."""
COMMUNITIES = 40
"""How many communities the table of chains tells, those with the fewest whole ones first."""
SENTENCE = 600


def document(report: Report, lang: str) -> bytes:
    """The report as .docx. EnvironmentMissing where this machine has no Chinese font for the map.

    Chapters: 一、总体情况 二、横向到边 三、纵向到底 四、需要处理的问题（谁来办）. Findings name their people: those who
    act must know whom it concerns.
    """
    from docx import Document

    paper = Document()
    parts.prepare(
        paper, title=f"{report.place} {report.title}", footer=_footer(report, lang), lang=lang
    )
    _head(paper, report, lang)
    _overall(paper, report, lang)
    _sideways(paper, report, lang)
    _downwards(paper, report, lang)
    _to_do(paper, report, lang)
    _sign(paper, lang)
    stream = io.BytesIO()
    paper.save(stream)
    return stream.getvalue()


def _word(key: str, lang: str, **params: object) -> str:
    return text(f"report.{key}", lang, **params)


def _footer(report: Report, lang: str) -> str:
    demo = f"　{text('map.demo', lang)}" if report.data.demo else ""
    return f"{cut(report.place, 30)} {cut(report.title, 30)}　{_word('as-of', lang, date=day(report.as_of))}{demo}"


def _head(paper: Any, report: Report, lang: str) -> None:
    parts.title(
        paper, _word("doc-title", lang, place=cut(report.place, 40), title=cut(report.title, 40))
    )
    note = _word("as-of", lang, date=day(report.as_of))
    if report.data.demo:
        note += f"　{_word('doc-demo', lang)}"
    parts.centred(paper, note)


def _overall(paper: Any, report: Report, lang: str) -> None:
    parts.chapter(paper, _word("doc-1", lang))
    data, counts = report.data, severities(report.findings)
    communities = 0 if data.communities is None else len(data.communities)
    parts.paragraph(
        paper,
        _word(
            "doc-overall", lang, place=clean(report.place), communities=f"{communities:,}",
            grids=f"{len(data.grids):,}", count=f"{len(report.findings):,}",
            **{one.value: f"{counts[one]:,}" for one in Severity},
        ),
    )  # fmt: skip
    rows = [
        (
            text(f"map.{one.name}", lang),
            share(one.part, one.whole),
            _word(f"{one.name}-note", lang, part=f"{one.part:,}", whole=f"{one.whole:,}")
            if one.whole
            else text(f"map.{one.name}-none", lang),
        )
        for one in data.headlines
    ]
    if (kept := sizes(report)) is not None:
        known, inside = kept
        note = _word("sizes", lang, known=f"{known:,}", inside=f"{inside:,}")
        rows.append((_word("doc-sizes", lang), share(inside, known), note))
    heads = [_word(f"doc-{one}", lang) for one in ("figure", "value", "note")]
    parts.table(paper, heads, rows, widths_cm=(4.0, 2.8, 9.2))
    picture = map_picture(report, lang)
    if picture is not None:
        parts.picture(
            paper, picture, caption=_word("doc-map", lang, date=day(report.as_of)), wide_cm=16.0
        )
    _grounds(paper, report, lang)


def _grounds(paper: Any, report: Report, lang: str) -> None:
    """What the figures rest on: rules, tolerance, bases, and how old each register is."""
    told = [_word("doc-tolerance", lang, tolerance=f"{report.tolerance_m:g}")]
    if report.chain is not None and report.chain.grids:
        told.append(_word("rules", lang, rules=report.chain.rules))
    comma = text("finding.comma", lang)
    split = [
        _word("basis", lang, basis=name, residents=f"{people:,}")
        for name, _, people in bases(report, lang)
    ]
    if split:
        told.append(_word("bases", lang, bases=comma.join(split)))
    if report.chain is not None and report.chain.unchecked:
        told.append(_word("unchecked", lang, links=unchecked(report.chain.unchecked, lang)))
    parts.paragraph(
        paper, _word("doc-grounds", lang, grounds=text("finding.semicolon", lang).join(told))
    )
    rows = [(name, f"{count:,}", *days) for name, count, *days in ages(report, lang)]
    if rows:
        heads = [_word(f"age-{name}", lang) for name in AGE_HEADS]
        parts.table(paper, heads, rows, widths_cm=(3.0, 2.2, 7.8, 3.0))


def _sideways(paper: Any, report: Report, lang: str) -> None:
    parts.chapter(paper, _word("doc-2", lang))
    rate = report.coverage
    if rate is None:
        parts.paragraph(paper, _word("doc-2-none", lang))
    else:
        counts = [
            _word("unknown", lang) if n is None else f"{n:,}"
            for n in (rate.households, rate.residents)
        ]
        parts.paragraph(
            paper,
            _word(
                "doc-covered", lang, whole=f"{rate.buildings:,}", part=f"{rate.covered:,}",
                share=share(rate.covered, rate.buildings), households=counts[0], residents=counts[1],
            ),
        )  # fmt: skip
        rows = [
            (kind_name(kind, lang), f"{whole:,}", f"{part:,}", share(part, whole))
            for kind, (part, whole) in rate.by_kind.items()
        ]
        heads = [
            _word(f"doc-{one}", lang) for one in ("building-kind", "total", "covered-part", "share")
        ]
        parts.table(paper, heads, rows, widths_cm=(5.0, 3.6, 3.8, 3.6))
        _components(paper, rate, lang)
    _kinds(paper, [one for one in report.findings if not is_downwards(one)], lang)


def _components(paper: Any, covered: Covered, lang: str) -> None:
    """部件 by kind, those with most outside first; that nothing is known of them is said."""
    rows = component_rows(covered, lang)
    if not rows:
        parts.paragraph(paper, _word("doc-components-none", lang))
        return
    whole, part = sum(row[1] for row in rows), sum(row[2] for row in rows)
    figures = {"whole": f"{whole:,}", "part": f"{part:,}", "share": share(part, whole)}
    parts.paragraph(paper, _word("doc-components", lang, **figures), before_table=True)
    names = ("component-kind", "total", "covered-part", "share")
    told = [(name, f"{all_:,}", f"{some:,}", share(some, all_)) for name, all_, some in rows]
    heads = [_word(f"doc-{one}", lang) for one in names]
    parts.table(paper, heads, told[:COMMUNITIES], widths_cm=(5.0, 3.6, 3.8, 3.6))


def _kinds(paper: Any, findings: Sequence[Finding], lang: str) -> None:
    """How many of each kind, or that there is nothing."""
    if not findings:
        parts.paragraph(paper, _word("nothing", lang))
        return
    rows = [
        (name, text(f"map.severity-{severity.value}", lang), f"{count:,}")
        for severity, name, count in kinds(findings, lang)
    ]
    heads = [_word(f"doc-{one}", lang) for one in ("kind", "severity", "count")]
    parts.table(paper, heads, rows, widths_cm=(8.0, 4.0, 4.0))


def _downwards(paper: Any, report: Report, lang: str) -> None:
    parts.chapter(paper, _word("doc-3", lang))
    chain = report.chain
    if chain is None or not chain.grids:
        parts.paragraph(paper, _word("doc-3-none", lang))
        return
    parts.paragraph(
        paper,
        _word(
            "doc-chain", lang, rules=chain.rules, whole=f"{chain.grids:,}", part=f"{chain.whole:,}",
            share=share(chain.whole, chain.grids), houses=f"{len(chain.houses):,}",
            houses_whole=f"{chain.houses_whole:,}",
        ),
    )  # fmt: skip
    breaks = [
        (text(f"finding.level-{level.word}", lang), title(code, lang), f"{count:,}")
        for (level, code), count in chain.first_breaks().items()
    ]
    if breaks:
        heads = [_word(f"doc-{one}", lang) for one in ("level", "link", "broken-grids")]
        parts.table(paper, heads, breaks, widths_cm=(4.0, 8.0, 4.0))
    rows = parts_of_chain(report)
    shown = [
        (name, code, f"{count:,}", f"{whole:,}", share(whole, count))
        for code, name, count, whole in rows[:COMMUNITIES]
    ]
    if shown:
        parts.paragraph(paper, _word("doc-by-community", lang), before_table=True)
        heads = [
            _word(f"doc-{one}", lang) for one in ("community", "code", "grids", "whole", "share")
        ]
        parts.table(paper, heads, shown, widths_cm=(4.4, 4.0, 2.4, 2.6, 2.6))
    if len(rows) > len(shown):
        parts.paragraph(
            paper, _word("doc-more-communities", lang, count=f"{len(rows) - len(shown):,}")
        )


def _to_do(paper: Any, report: Report, lang: str) -> None:
    parts.chapter(paper, _word("doc-4", lang))
    if not report.findings:
        parts.paragraph(paper, _word("nothing", lang))
        return
    parts.paragraph(paper, _word("doc-to-do", lang), before_table=True)
    heads = [
        _word(f"column-{one}", lang)
        for one in ("number", "severity", "what", "owner", "deadline", "outcome")
    ]
    parts.table(paper, heads, _rows(report, lang), widths_cm=(0.9, 1.2, 7.1, 2.8, 2.0, 2.0))
    if len(report.findings) > LISTED:
        parts.paragraph(paper, _word("doc-more", lang, count=f"{len(report.findings) - LISTED:,}"))


def _rows(report: Report, lang: str) -> Iterable[tuple[str, ...]]:
    for number, one in enumerate(report.findings[:LISTED], start=1):
        severity = text(f"map.severity-{one.severity.value}", lang)
        what = _word(
            "doc-what",
            lang,
            kind=title(one.code, lang),
            text=cut(said(one, lang, names=True), SENTENCE),
        )
        yield str(number), severity, what, owner(one, lang), "", ""


def _sign(paper: Any, lang: str) -> None:
    """Who reports, who is responsible, and the day: to be filled in and stamped."""
    for one in ("unit", "head", "author", "date"):
        parts.signature(paper, _word(f"doc-sign-{one}", lang))
