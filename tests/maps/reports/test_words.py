"""Whatever is stored, it becomes one line that every file can hold."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.reports.words import clean, cut, fitted, width_em, wrapped

ANY = st.text(st.characters(), max_size=200)  # lone surrogates too
BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff")


def holds(text: str) -> bool:
    """Whether XML 1.0 can hold a text on one line, and nothing in it hides or turns the rest."""
    return not any(
        letter in BIDI
        or unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp")
        or ord(letter) in (0xFFFE, 0xFFFF)
        for letter in text
    )


@given(ANY)
def test_what_is_clean_can_be_held_by_every_file(text: str) -> None:
    once = clean(text)
    assert holds(once)
    once.encode("utf-8")
    assert clean(once) == once


@given(ANY, st.integers(2, 60))
def test_what_is_cut_is_no_longer(text: str, limit: int) -> None:
    short = cut(text, limit)
    assert len(short) <= limit
    assert holds(short)
    assert cut(text, 10_000) == clean(text)


def test_plain_texts_stay_as_they_are() -> None:
    for text in ("第1网格 340881001001003", "=1+1", "<b>&amp;</b>", "café 𠀀 😀", "$x^2$"):
        assert clean(text) == text


def test_a_megabyte_is_not_read_to_show_a_line() -> None:
    assert cut("网" * 10_000_000, 20) == "网" * 19 + "…"


@given(st.text(st.characters(categories=["L", "N", "P"]), max_size=300), st.integers(2, 9))
def test_lines_keep_every_letter_within_their_width(text: str, lines: int) -> None:
    found = wrapped(text, 20.0, lines=lines)
    assert 1 <= len(found) <= lines
    assert all(width_em(line) <= 22.0 for line in found)
    if not (len(found) == lines and found[-1].endswith("…")):
        assert "".join(found) == text


@pytest.mark.parametrize("text", ["No party household", "楼栋社区不符", "W" * 100, ""])
def test_a_line_fits(text: str) -> None:
    line = fitted(text, 9.0)
    assert width_em(line) <= 9.0
    assert line == text or line.endswith("…")


def test_no_line_begins_with_what_closes_nor_ends_with_what_opens() -> None:
    text = "网格北大街（三百四十）没有党员中心户，请确定一户。" * 4
    for line in wrapped(text, 11.0, lines=99):
        assert line[0] not in "，。）"
        assert line[-1] != "（"
