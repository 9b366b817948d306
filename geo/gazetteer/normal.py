"""Words in one form: width, case, spaces, numerals and the ways to say "building 3" no longer matter.

Names and queries go through the same function, so whatever it does to one it does to the other: 三号桥 becomes 3号桥
on both sides and is found.
"""

from __future__ import annotations

import re
import unicodedata

MAX_LENGTH = 200
"""What is longer is no address: the rest is not read."""

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "幺": 1}
_TENS = {"十": 10, "百": 100, "千": 1000}
_NUMERAL = re.compile(
    r"[零〇一二三四五六七八九十百千两幺]+"
    r"(?=号楼|号院|号|栋|幢|座|单元|室|层|楼|门(?![口面店市诊])|米)"
)
_DASHES = re.compile(r"[‐‑‒–—―−－~～_/]")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)\s+(?=\d)")
_NOT_PART = (
    "(?![下上道顶前后旁梯里])"  # 3号楼 is a building, 3号楼下 is below the house at number 3
)
_BUILDING = re.compile(
    rf"((?<![a-z])[a-z]|\d+|[甲乙丙丁])(?:号楼{_NOT_PART}|号栋|[栋幢]楼{_NOT_PART}|幢|座|#楼|#)"
)
_DOORWAY = re.compile(r"(?<=\d)门(?![口面店市诊])")
_THREE = re.compile(r"(?<![\d-])(\d+|[a-z])栋?-(\d+)(?:单元)?-(\d+)(?:室|(?![\d-]))")
_AFTER_BUILDING = re.compile(r"(?<=栋)(\d+)-(\d+)(?:室|(?![\d-]))")
_TWO = re.compile(r"(?<![\d-])(?<!路)(?<!街)(?<!巷)(?<!道)(?<!弄)(\d+)栋?-(\d+)(?![\d号栋-])")


def normal(text: str) -> str:
    """The one form of ``text``: at most MAX_LENGTH characters; "" where nothing that could be a name is left.

    Unicode NFKC, case folded, accents off (pinyin with tones reads as without); no control, format, space or
    punctuation characters but the dash inside numbers. 十二号楼, 12幢, 12#, 12座 are 12栋; 3-2-501 is 3栋2单元501室 and
    3-501 is 3栋501室, but after a road 12-3 is the number of a door and stays.
    """
    plain = unicodedata.normalize("NFKC", text[: 4 * MAX_LENGTH]).casefold()
    plain = _DASHES.sub("-", plain)
    plain = _BETWEEN_DIGITS.sub("-", plain)
    kept = "".join(c for c in unicodedata.normalize("NFD", plain) if _tells(c))[:MAX_LENGTH]
    counted = _NUMERAL.sub(lambda found: number(found[0]), kept)
    return _lone_dashes(_numbered(counted))


def number(numeral: str) -> str:
    """A Chinese numeral in digits: 十二 12, 二百零五 205, and read out digit by digit 五零幺 501."""
    if not any(c in _TENS for c in numeral):
        return "".join(str(_DIGITS[c]) for c in numeral)
    total, digit = 0, 0
    for c in numeral:
        if c in _TENS:
            total += (digit or (1 if total == 0 or c == "十" else 0)) * _TENS[c]
            digit = 0
        else:
            digit = _DIGITS[c]
    return str(total + digit)


def _tells(c: str) -> bool:
    return c in "-#" or unicodedata.category(c)[0] in "LN"


def _numbered(text: str) -> str:
    text = _BUILDING.sub(r"\1栋", text)
    text = _DOORWAY.sub("单元", text)
    text = _THREE.sub(r"\1栋\2单元\3室", text)
    text = _AFTER_BUILDING.sub(r"\1单元\2室", text)
    return _TWO.sub(_pair, text)


def _pair(found: re.Match[str]) -> str:
    building, other = found[1], found[2]
    return f"{building}栋{other}室" if len(other) > 2 else f"{building}栋{other}单元"


def _lone_dashes(text: str) -> str:
    """Dashes that join no numbers, and number signs that mean nothing, go."""
    return re.sub(r"(?<!\d)-|-(?!\d)|#", "", text)
