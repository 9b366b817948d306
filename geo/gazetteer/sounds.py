"""How words sound: every reading of every character, what people confuse, and pinyin as it is typed.

Readings are pypinyin's, of single characters: which one holds in a name nobody can tell (朝阳路 may be chao or zhao),
so all of them count.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, islice, product
from math import prod

# Of pypinyin only single characters are asked: its 47,000 phrases would take 0.15 s and 40 MB of every process.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
from pypinyin.constants import PINYIN_DICT

MAX_VARIANTS = 12
"""Ways to read one name that are kept: a name of many many-voiced characters would have hundreds."""
MAX_SEGMENTS = 24

_CONFUSED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("h", "f"))
"""Beginnings that southern ears and input methods take for one another."""
_ENDS = (("ang", "an"), ("eng", "en"), ("ing", "in"))


@cache
def readings(c: str) -> tuple[str, ...]:
    """The syllables of a character, without tones, the usual one first; other characters read as themselves."""
    known = PINYIN_DICT.get(ord(c))
    return (c,) if known is None else tuple(dict.fromkeys(map(_toneless, known.split(","))))


def _toneless(syllable: str) -> str:
    apart = unicodedata.normalize("NFD", syllable)
    return "".join(c for c in apart if c.isascii() and c.isalpha())


@cache
def rough(syllable: str) -> str:
    """A syllable with what is often confused made one: zhang and zan are both zan."""
    for longer, shorter in _CONFUSED:
        if syllable.startswith(longer):
            syllable = shorter + syllable[len(longer) :]
            break
    for longer, shorter in _ENDS:
        if syllable.endswith(longer):
            return syllable[: -len(longer)] + shorter
    return syllable


@cache
def _sound(c: str) -> tuple[str, ...]:
    """The sounds of a character as single private characters, so that texts of sounds are plain strings."""
    return tuple(dict.fromkeys(_letter(rough(one)) for one in readings(c)))


_letters: dict[str, str] = {}


def _letter(syllable: str) -> str:
    return _letters.setdefault(syllable, chr(0xF0000 + len(_letters)))


def sound_variants(text: str) -> list[str]:
    """``text`` as strings of sounds, one character a character, one for each way to read it (at most MAX_VARIANTS)."""
    return _variants([_sound(c) for c in text])


def initial_variants(text: str) -> list[str]:
    """The first letters of ``text``, one for each way to read it: 和平小区 hpxq."""
    return _variants([tuple(dict.fromkeys(one[:1] for one in readings(c))) for c in text])


def _variants(ways: Sequence[Sequence[str]]) -> list[str]:
    """All combinations where they are few; else the usual reading, and one unusual reading at a time."""
    if prod(map(len, ways)) <= MAX_VARIANTS:
        return ["".join(one) for one in product(*ways)]
    usual = [options[0] for options in ways]
    changed = (
        "".join([*usual[:n], other, *usual[n + 1 :]])
        for n, options in enumerate(ways)
        for other in options[1:]
    )
    return list(islice(chain(["".join(usual)], changed), MAX_VARIANTS))


def beginnings(characters: Iterable[str]) -> frozenset[str]:
    """Every beginning, of two letters or more, of the syllables of ``characters``."""
    return frozenset(
        one[:length] for c in characters for one in readings(c) for length in range(2, len(one) + 1)
    )


def segments(
    typed: str, known: frozenset[str], holds: Callable[[str], bool]
) -> Iterator[list[str]]:
    """The ways to read typed letters as beginnings of ``known`` syllables, longest first: hepingxq is he, ping, x, q.

    At most MAX_SEGMENTS, of which ``holds`` says of the first letters so far that some name has them. ü is u or v, as
    it is typed.
    """
    yield from islice(_split(typed.replace("v", "u"), "", known, holds), MAX_SEGMENTS)


def _split(
    typed: str, letters: str, known: frozenset[str], holds: Callable[[str], bool]
) -> Iterator[list[str]]:
    if not typed:
        yield []
        return
    if not holds(letters + typed[0]):
        return
    for length in range(min(6, len(typed)), 0, -1):
        piece = typed[:length]
        if length == 1 or piece in known:
            for rest in _split(typed[length:], letters + piece[0], known, holds):
                yield [piece, *rest]


def sounds_like(pieces: Sequence[str], text: str) -> bool:
    """Whether each piece begins a reading of the character at its place."""
    return len(pieces) <= len(text) and all(
        any(one.startswith(piece) for one in readings(c))
        for piece, c in zip(pieces, text, strict=False)
    )
