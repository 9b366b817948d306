"""The catalogue of what can be reported (部件、事项目录): kinds of items and limits as tables tell them."""

from __future__ import annotations

import re
import unicodedata

from data.readers.words import plain

TARGETS = (
    "item_code", "item_kind", "item_name", "category", "department_code", "department",
    "department_phone", "limit_h",
)  # fmt: skip
"""Our names of the columns that are understood, in the order in which they claim headings; code, kind and name have
names of their own beside those of places."""

_KINDS = {
    **dict.fromkeys(("component", "部件", "部件类", "城市部件", "城市管理部件"), "component"),
    **dict.fromkeys(
        ("matter", "event", "事项", "事件", "事项类", "事件类", "城市事件", "城市管理事件"),
        "matter",
    ),
}
_UNITS_H = {
    **dict.fromkeys(("h", "hour", "hours", "时", "小时", "个小时"), 1.0),
    **dict.fromkeys(("d", "day", "days", "天", "日", "自然日", "个自然日"), 24.0),
    **dict.fromkeys(("min", "minutes", "分", "分钟"), 1 / 60),
}
_WORKING = frozenset(
    ("工作日", "个工作日", "工作时", "个工作时", "工作小时", "个工作小时", "working days")
)
_LIMIT = re.compile(r"(\d+(?:\.\d+)?)\s*(\D*)")
_IN_BRACKETS = re.compile(r"[(\[【](.*?)[)\]】]")


class BadLimitError(ValueError):
    """A cell that should tell a limit and does not. ``code``: limit-malformed, limit-unit-missing or limit-working (in
    working days, which no number of hours is)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def item_kind(told: str | None) -> str | None:
    """component or matter; None for a word that means neither."""
    return None if told is None else _KINDS.get(plain(told))


def limit_hours(told: str, *, heading: str, hours: bool = False) -> float:
    """A limit in hours: ``24小时``, ``3天``; a bare number in the unit that the heading has in brackets (``时限(天)``),
    or ``hours``. BadLimitError where no unit is told: a day is not an hour."""
    match = _LIMIT.fullmatch(unicodedata.normalize("NFKC", told).strip().lower())
    if match is None or float(match[1]) == 0:
        raise BadLimitError("limit-malformed")
    unit = match[2].strip() or _unit_of(heading) or ("h" if hours else "")
    if unit in _WORKING:
        raise BadLimitError("limit-working")
    if not unit:
        raise BadLimitError("limit-unit-missing")
    if unit not in _UNITS_H:
        raise BadLimitError("limit-malformed")
    return float(match[1]) * _UNITS_H[unit]


def _unit_of(heading: str) -> str:
    found = _IN_BRACKETS.search(unicodedata.normalize("NFKC", heading))
    unit = "" if found is None else found[1].strip().lower().removeprefix("单位:").strip()
    return unit if unit in _UNITS_H or unit in _WORKING else ""
