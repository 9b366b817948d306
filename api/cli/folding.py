"""Text folded to a width of terminal columns: Chinese between any two characters, other words at spaces."""

from __future__ import annotations

import re

from rich.cells import cell_len

_NEVER_FIRST = "，。；：、？！）】》”’」』…—,.;:?!)]}%"
_NEVER_LAST = "（【《“‘「『([{"
_PIECE = re.compile(
    r"[^\S\n]+|[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f“”‘’…—]|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef“”‘’…—]+"
)


def fold(text: str, width: int) -> list[str]:
    """The lines of a paragraph, none wider than ``width`` columns (a single word that is wider stays whole).

    No line begins with a closing mark or ends with an opening one; nothing is left out.
    """
    lines, line = [], ""
    for unit in _units(text):
        if line and cell_len((line + unit).rstrip()) > width:
            lines.append(line.rstrip())
            line = unit.lstrip()
        else:
            line += unit
    return [*lines, line.rstrip()]


def _units(text: str) -> list[str]:
    """What may not be broken: words, and characters with the marks that must stay beside them."""
    units: list[str] = []
    for piece in _PIECE.findall(text):
        before = units[-1].rstrip() if units else ""
        if units and (piece[0] in _NEVER_FIRST or (before and before[-1] in _NEVER_LAST)):
            if not (before or piece[0].isascii()) and len(units) > 1:
                gap = units.pop()  # before a closing mark it is no place to break either
                units[-1] += gap
            units[-1] += piece
        else:
            units.append(piece)
    return units
