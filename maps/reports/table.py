"""The table of a page: what is wrong, where, and who acts."""

from __future__ import annotations

from collections.abc import Sequence

from geo.model import Finding
from maps.findings import title
from maps.reports.content import Report, owner, said
from maps.reports.paper import EDGE_MM, HIGH_MM, SOFT, WIDE_MM, Paper
from maps.reports.words import fitted, wrapped
from maps.styles import SEVERITY

LINE_MM = 3.35
COLUMNS_MM = (0.0, 8.0, 32.0, 146.0)
"""Where the columns of the table begin: number, kind, sentence, who acts."""


HIGHEST_MM, TABLE_END_MM = 179.0, HIGH_MM - 17.5
"""Where a table with many rows begins, and where it must end."""
LOWEST_MM = 226.0
"""Where one with few begins: the map above has the room that they leave."""
HEADING_MM = 12.0


def fitting(page: Paper, findings: Sequence[Finding]) -> tuple[list[Finding], float]:
    """As many findings as the table has room for, and where it begins."""
    used = HEADING_MM
    kept = []
    for one in findings:
        more = _height(*_cells(page, one))
        if HIGHEST_MM + used + more > TABLE_END_MM:
            break
        used += more
        kept.append(one)
    return kept, min(max(TABLE_END_MM - used, HIGHEST_MM), LOWEST_MM)


def write_table(page: Paper, report: Report, listed: Sequence[Finding], top: float) -> None:
    """The rows of ``listed``, numbered, from ``top`` down; of the others how many there are."""
    page.write(EDGE_MM, top, page.say("table"), 10, bold=True)
    more = len(report.findings) - len(listed)
    if more > 0:
        page.write(
            WIDE_MM - EDGE_MM,
            top + 0.6,
            page.say("table-more", count=f"{more:,}"),
            7,
            colour=SOFT,
            align="right",
        )
    y = top + 6.0
    page.box(EDGE_MM, y, WIDE_MM - 2 * EDGE_MM, 5.2, fill="#dde7f0")
    for x, head in zip(COLUMNS_MM, ("number", "kind", "what", "owner"), strict=True):
        page.write(EDGE_MM + x + 1, y + 1.1, page.say(f"column-{head}"), 7.2, bold=True)
    y += 6.0
    if not listed:
        page.write(EDGE_MM + 1, y + 1, page.say("nothing"), 8, colour=SOFT)
    for number, finding in enumerate(listed, start=1):
        y = _row(page, finding, number, y)


def _cells(page: Paper, finding: Finding) -> tuple[list[str], list[str]]:
    """What is wrong and who acts, in lines."""
    sentence = page.plain.settable(said(finding, page.lang, names=False))
    return wrapped(sentence, 46, lines=2), wrapped(owner(finding, page.lang), 15.5, lines=2)


def _height(sentence: Sequence[str], who: Sequence[str]) -> float:
    return max(len(sentence), len(who)) * LINE_MM + 1.6


def _row(page: Paper, finding: Finding, number: int, y: float) -> float:
    """One finding; where the next row begins."""
    sentence, who = _cells(page, finding)
    x = [EDGE_MM + column + 1 for column in COLUMNS_MM]
    page.write(x[0], y, str(number), 7, bold=True, colour=SEVERITY[finding.severity])
    page.write(
        x[1], y, fitted(title(finding.code, page.lang), 9.3), 7, colour=SEVERITY[finding.severity]
    )
    for column, lines in ((x[2], sentence), (x[3], who)):
        for n, words in enumerate(lines):
            page.write(column, y + n * LINE_MM, words, 6.8)
    bottom = y + _height(sentence, who)
    page.rule(bottom - 0.9, colour="#d5dbe0", width=0.4)
    return bottom
