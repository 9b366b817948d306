"""Texts as a file can hold and a reader can trust them: whatever is stored, it is shown, and nothing more happens."""

from __future__ import annotations

import re
import unicodedata

_UNSEEN = re.compile(
    "[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\U000e0000-\U000e007f]"
)
"""Controls of direction, zero-width characters and tags: they change what a reader sees of the text around them."""
_BLANK = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_NOTHING = re.compile("[\ufdd0-\ufdef]|[\ufffe\uffff]")
"""Characters that are none; XML forbids the last two."""


def clean(text: object) -> str:
    """One line of text that every file can hold: lone surrogates as ``?``, controls as blanks, what is unseen left out.

    Letters with more than a few marks piled on them keep the first ones.
    """
    whole = str(text).encode("utf-8", "replace").decode("utf-8")
    seen = _NOTHING.sub("?", _UNSEEN.sub("", whole))
    return _few_marks(_BLANK.sub(" ", seen)).strip()


def cut(text: object, limit: int) -> str:
    """`clean`, and no longer than ``limit`` characters, an ellipsis in place of the rest."""
    # A text of megabytes is not cleaned whole to show a line of it.
    short = clean(str(text)[: 8 * limit + 100])
    whole = len(short) <= limit and len(str(text)) <= 8 * limit + 100
    return short if whole else short[: limit - 1].rstrip() + "…"


_MARKS = 3


def _few_marks(text: str) -> str:
    if text.isascii():
        return text
    kept, run = [], 0
    for letter in text:
        run = run + 1 if unicodedata.combining(letter) else 0
        if run <= _MARKS:
            kept.append(letter)
    return "".join(kept)


def width_em(text: str) -> float:
    """About how wide a text is set, in units of the font's size; rather too wide than too narrow."""
    return sum(_width(letter) for letter in text)


def _width(letter: str) -> float:
    if not letter.isascii():
        return 1.0 if unicodedata.east_asian_width(letter) in "WFA" else 0.62
    for letters, width in _NARROW.items():
        if letter in letters:
            return width
    return 0.66 if letter.isupper() else 0.56


_NARROW = {" ": 0.24, "ijlI.,:;'|!": 0.3, "frt()[]-/": 0.38, "mwMW%@": 0.92}


def wrapped(text: str, limit_em: float, *, lines: int) -> list[str]:
    """A text in lines of that width, no more than so many, an ellipsis where something is left out.

    Chinese breaks anywhere but before closing punctuation; words and numbers stay whole while they fit a line.
    """
    found: list[str] = []
    line, used = "", 0.0
    for piece in _pieces(text):
        size = width_em(piece)
        if used + size > limit_em and line and not (piece in _CLOSING and used <= limit_em):
            found.append(line.rstrip())
            line, used = "", 0.0
            piece = piece.lstrip()  # noqa: PLW2901
        line, used = line + piece, used + size
    found.append(line.rstrip())
    if len(found) <= lines:
        return found
    last = found[lines - 1]
    while last and width_em(last) > limit_em - 1:
        last = last[:-1]
    return [*found[: lines - 1], last + "…"]


def fitted(text: object, limit_em: float) -> str:
    """One line of that width, an ellipsis in place of the rest."""
    return wrapped(cut(text, int(2 * limit_em) + 2), limit_em, lines=1)[0]


_CLOSING = "，。、；：？！）】》”’%"
_WORD = re.compile(r"[（(“‘《【]*(?:[0-9A-Za-z.,:/+%°'-]{1,16}|.)|.", re.DOTALL)


def _pieces(text: str) -> list[str]:
    return _WORD.findall(text)
