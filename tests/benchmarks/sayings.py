"""What callers make of an address, by rule and seed: the test set of the search.

Each saying comes from one known entry (the right answer) and one rule:

- ``plain`` as registered; ``region`` with city and street before it; ``numerals`` 三栋 for 3栋; ``words`` 幢, 号楼, #
  for 栋; ``dashes`` 3-2-501; ``bare`` without 号 or 栋; ``matter`` what is wrong said after it; ``beside`` 对面, 旁边,
  东边200米;
- ``homophone`` a character that sounds alike; ``wrong`` another character; ``lost`` a character left out (names of
  four and more); ``turned`` two neighbours exchanged;
- ``pinyin`` the name typed in full (any reading); ``initials`` first letters (estates of four characters and more).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from geo.gazetteer import Entry, EntryKind, normal
from geo.gazetteer.sounds import readings, rough

_NUMERALS = "零一二三四五六七八九"
_MATTERS = ("路灯不亮", "有积水", "井盖坏了", "有人占道经营", "垃圾没人收", "楼下停车堵住了")
_BESIDE = ("对面", "旁边", "附近", "门口", "东边200米", "西侧")

Say = Callable[["Sayer", Entry], str | None]


class Sayer:
    """Says entries as callers do. seed: the same sayings every time."""

    def __init__(self, entries: Sequence[Entry], *, seed: int) -> None:
        self.entries = entries
        self.rng = np.random.default_rng(seed)
        self.characters = sorted({c for one in entries for c in one.said if "一" <= c <= "鿿"})
        self.alike: dict[str, list[str]] = {}
        for c in self.characters:
            for one in readings(c):
                self.alike.setdefault(rough(one), []).append(c)

    def pick(self, options: Sequence[str]) -> str:
        return options[int(self.rng.integers(len(options)))]

    def sayings(self, each: int) -> Iterator[tuple[str, str, Entry]]:
        """(rule, words, entry), ``each`` of every rule."""
        for rule, say in RULES.items():
            made = 0
            while made < each:
                entry = self.entries[int(self.rng.integers(len(self.entries)))]
                words = say(self, entry)
                if words is not None:
                    made += 1
                    yield rule, words, entry


def split(said: str) -> tuple[str, str]:
    """The name and what follows it from the first digit on."""
    first = next((n for n, c in enumerate(said) if c.isdigit()), len(said))
    return said[:first], said[first:]


def _numeral(value: int) -> str:
    if value < 10:
        return _NUMERALS[value]
    if value < 20:
        return "十" + (_NUMERALS[value - 10] if value > 10 else "")
    if value < 100:
        return _NUMERALS[value // 10] + "十" + (_NUMERALS[value % 10] if value % 10 else "")
    return "".join(_NUMERALS[int(c)] for c in str(value))


def _in_numerals(_: Sayer, entry: Entry) -> str | None:
    name, rest = split(entry.said)
    digits = "".join(c for c in rest if c.isdigit())
    if not digits or len(rest) != len(digits) + 1:
        return None
    return f"{name}{_numeral(int(digits))}{rest[-1]}"


def _other_words(sayer: Sayer, entry: Entry) -> str | None:
    name, rest = split(entry.said)
    if not rest.endswith("栋"):
        return None
    return name + rest[:-1] + sayer.pick(("幢", "号楼", "#", "#楼", "座"))


def _dashes(sayer: Sayer, entry: Entry) -> str | None:
    if not entry.said.endswith("栋"):
        return None
    return f"{entry.said[:-1]}-{sayer.rng.integers(1, 5)}-{sayer.rng.integers(1, 7)}0{sayer.rng.integers(1, 5)}"


def _changed(change: Callable[[Sayer, str], str | None]) -> Say:
    def say(sayer: Sayer, entry: Entry) -> str | None:
        name, rest = split(entry.said)
        made = change(sayer, name) if len(name) >= 3 else None
        return None if made is None or made == name else made + rest

    return say


def _homophone(sayer: Sayer, name: str) -> str | None:
    at = int(sayer.rng.integers(len(name)))
    others = [
        c for one in readings(name[at]) for c in sayer.alike.get(rough(one), ()) if c != name[at]
    ]
    return name[:at] + sayer.pick(others) + name[at + 1 :] if others else None


def _wrong(sayer: Sayer, name: str) -> str | None:
    at = int(sayer.rng.integers(len(name)))
    return name[:at] + sayer.pick(sayer.characters) + name[at + 1 :] if len(name) >= 4 else None


def _lost(sayer: Sayer, name: str) -> str | None:
    at = int(sayer.rng.integers(len(name)))
    return name[:at] + name[at + 1 :] if len(name) >= 4 else None


def _turned(sayer: Sayer, name: str) -> str | None:
    at = int(sayer.rng.integers(len(name) - 1))
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def _pinyin(sayer: Sayer, entry: Entry) -> str | None:
    name, rest = split(entry.said)
    if rest or not name:
        return None
    return "".join(sayer.pick(readings(c)) for c in normal(name))


def _initials(sayer: Sayer, entry: Entry) -> str | None:
    name, rest = split(entry.said)
    if rest or len(name) < 4 or entry.kind is not EntryKind.ESTATE:
        return None
    return "".join(sayer.pick(readings(c))[0] for c in normal(name))


def _bare(_: Sayer, entry: Entry) -> str | None:
    name, rest = split(entry.said)
    return name + rest[:-1] if rest[:-1].isdigit() and rest[-1] in "号栋" else None


RULES: dict[str, Say] = {
    "plain": lambda _, entry: entry.said,
    "region": lambda sayer, entry: f"桐城市{sayer.pick(('文昌街道', '龙腾街道', ''))}{entry.said}",
    "numerals": _in_numerals,
    "words": _other_words,
    "dashes": _dashes,
    "bare": _bare,
    "matter": lambda sayer, entry: entry.said + sayer.pick(_MATTERS),
    "beside": lambda sayer, entry: entry.said + sayer.pick(_BESIDE),
    "homophone": _changed(_homophone),
    "wrong": _changed(_wrong),
    "lost": _changed(_lost),
    "turned": _changed(_turned),
    "pinyin": _pinyin,
    "initials": _initials,
}
