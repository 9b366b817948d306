"""Pieces of a Word document in the manner of Chinese offices: 仿宋 text, 黑体 headings, ruled tables, page numbers."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from maps.reports.words import clean, width_em

SONG, HEI, KAI, LATIN = "仿宋", "黑体", "楷体", "Times New Roman"
BODY_PT, TABLE_PT = 12, 9.5
TEXT_CM, CELL_EDGES_CM, CM_PER_PT = 16.0, 0.42, 2.54 / 72
"""How wide the text is; what a cell leaves free at its sides."""
HEAD_FILL = "DDE7F0"
_WORDS = re.compile(r"[!-⺀]+(?: → [!-⺀]+)?|[⺁-\uffef]{1,4}")


def prepare(paper: Any, *, title: str, footer: str, lang: str) -> None:
    """A4 with office margins, faces for Chinese and Latin letters, a footer with the page's number."""
    from docx.shared import Cm, Pt

    section = paper.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin, section.bottom_margin = Cm(2.6), Cm(2.2)
    style = paper.styles["Normal"]
    style.font.size = Pt(BODY_PT)
    _faces(style, SONG)
    language = {"zh": "zh-CN", "en": "en-GB"}[lang]
    _language(style, language)
    properties = paper.core_properties
    properties.title, properties.author, properties.comments = clean(title)[:250], "wangge", ""
    properties.language = language
    line = section.footer.paragraphs[0]
    line.alignment = 1
    _run(line, footer, 8.5)
    line.add_run(" · ").font.size = Pt(8.5)
    _field(line, "PAGE", 8.5)


def title(paper: Any, words: str) -> None:
    """The title of the document."""
    from docx.shared import Pt

    line = paper.add_paragraph()
    line.alignment = 1
    line.paragraph_format.space_after = Pt(6)
    _run(line, words, 20, bold=True, face=HEI)


def centred(paper: Any, words: str) -> None:
    """A line under the title."""
    line = paper.add_paragraph()
    line.alignment = 1
    _run(line, words, 11, face=KAI)


def chapter(paper: Any, words: str) -> None:
    """The heading of a chapter, as a heading that Word's outline knows."""
    from docx.shared import Pt, RGBColor

    line = paper.add_heading(level=1)
    line.paragraph_format.space_before, line.paragraph_format.space_after = Pt(14), Pt(6)
    _run(line, words, 15, bold=True, face=HEI).font.color.rgb = RGBColor(0, 0, 0)


def paragraph(paper: Any, words: str, *, before_table: bool = False) -> None:
    """A paragraph of text, its first line set in by two letters; ``before_table``: never alone at the end of a page."""
    from docx.shared import Pt

    line = paper.add_paragraph()
    line.paragraph_format.first_line_indent = Pt(2 * BODY_PT)
    line.paragraph_format.line_spacing = 1.4
    line.paragraph_format.keep_with_next = before_table
    line.paragraph_format.space_after = Pt(4)
    _run(line, words, BODY_PT)


def table(
    paper: Any,
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    widths_cm: Sequence[float],
) -> None:
    """A ruled table as wide as the text whose heading is repeated on every page; rows are not torn apart.

    widths_cm: of the columns, where they need no more for their longest word."""
    from docx.shared import Cm, Pt

    cells = [tuple(clean(words) for words in row) for row in (heads, *rows)]
    made = paper.add_table(rows=0, cols=len(heads))
    made.style = "Table Grid"
    made.autofit = False
    made.alignment = 1
    widths = [Cm(width) for width in column_widths(cells, widths_cm)]
    for number, row in enumerate(cells):
        added = made.add_row()
        _mark(added, "w:cantSplit" if number else "w:tblHeader")
        for cell, words, width in zip(added.cells, row, widths, strict=True):
            cell.width = width
            if not number:
                _fill(cell, HEAD_FILL)
            _cell(cell, words, bold=not number)
    for column, width in zip(made.columns, widths, strict=True):
        column.width = width
    paper.add_paragraph().paragraph_format.space_after = Pt(2)


def column_widths(
    cells: Sequence[Sequence[str]], widths_cm: Sequence[float], *, whole_cm: float = TEXT_CM
) -> list[float]:
    """Widths that make up the whole: as they are given, but no word is torn where the others have room to spare."""
    given = [width * whole_cm / sum(widths_cm) for width in widths_cm]
    least = [min(max(map(_least_cm, column)), whole_cm / 3) for column in zip(*cells, strict=True)]
    lacking = sum(max(need - width, 0.0) for need, width in zip(least, given, strict=True))
    spare = sum(max(width - need, 0.0) for need, width in zip(least, given, strict=True))
    give = min(lacking / spare, 1.0) if spare else 0.0
    made = [
        need if need > width else width - give * (width - need)
        for need, width in zip(least, given, strict=True)
    ]
    return [width * whole_cm / sum(made) for width in made]


def _least_cm(words: str) -> float:
    """How wide a cell must be for its longest word; a few Chinese letters stay together, too."""
    longest = max(map(_wide_em, _WORDS.findall(words)), default=0.0)
    return longest * TABLE_PT * CM_PER_PT + CELL_EDGES_CM


def _wide_em(word: str) -> float:
    """Where there is no Times, wider letters stand in."""
    return width_em(word) * (1.3 if word.isascii() or "→" in word else 1.05)


def picture(paper: Any, content: bytes, *, caption: str, wide_cm: float) -> None:
    """A picture across the page, with what it shows under it, and said for who can't see it."""
    from docx.shared import Cm

    line = paper.add_paragraph()
    line.alignment = 1
    line.paragraph_format.keep_with_next = True
    shape = line.add_run().add_picture(io.BytesIO(content), width=Cm(wide_cm))
    shape._inline.docPr.set("descr", clean(caption))
    under = paper.add_paragraph()
    under.alignment = 1
    _run(under, caption, 10, face=KAI)


def signature(paper: Any, words: str) -> None:
    """A line to be filled in by hand, at the right."""
    line = paper.add_paragraph()
    line.alignment = 2
    line.paragraph_format.keep_together = True
    _run(line, words, BODY_PT)


def _cell(cell: Any, words: str, *, bold: bool = False) -> None:
    from docx.shared import Pt

    line = cell.paragraphs[0]
    line.paragraph_format.space_before = line.paragraph_format.space_after = Pt(1.5)
    _run(line, words, TABLE_PT, bold=bold)


def _run(line: Any, words: str, size: float, *, bold: bool = False, face: str = SONG) -> Any:
    """A stretch of text, cleaned: XML knows characters that it can't hold."""
    from docx.shared import Pt

    run = line.add_run(clean(words))
    run.font.size, run.font.bold = Pt(size), bold
    _faces(run, face)
    return run


def _faces(styled: Any, chinese: str) -> None:
    """Word takes the face of Chinese letters from an attribute of its own."""
    from docx.oxml.ns import qn

    styled.font.name = LATIN
    fonts = styled.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), chinese)


def _language(style: Any, told: str) -> None:
    """The language of the text: what is Chinese is set in Chinese forms, whatever else the machine speaks."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    mark = OxmlElement("w:lang")
    for name, value in (("val", "en-US" if told == "zh-CN" else told), ("eastAsia", "zh-CN")):
        mark.set(qn(f"w:{name}"), value)
    style.element.get_or_add_rPr().append(mark)


def _fill(cell: Any, colour: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _mark(row: Any, tag: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    mark = OxmlElement(tag)
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _field(line: Any, code: str, size: float) -> None:
    """A field that Word fills in, such as the page's number; each part a run of its own, as Word writes them."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for kind in ("begin", None, "separate", "", "end"):
        run = _run(line, "1" if kind == "" else "", size)
        if kind == "":
            continue
        part = OxmlElement("w:instrText" if kind is None else "w:fldChar")
        if kind is None:
            part.text = code
        else:
            part.set(qn("w:fldCharType"), kind)
        run._r.append(part)
