"""Days and leaves as people write them in a register -> aware moments."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import pandas as pd

from data.readers.words import ENDLESS_WORDS, LEAVE_WORDS, plain

EVER = pd.Timestamp(0, tz="UTC")
"""When a leave began of which only is told that it is one: long before anything that we know of."""

YEARS = range(2, 9999)
"""Years that a moment may be of: in another zone those at the ends of the calendar are of none, and can't be read from
the store again."""

Leave = tuple[pd.Timestamp | None, pd.Timestamp | None]

_DAY = r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?"
_LATER = r"\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?"
_SPAN = re.compile(rf"从?自?({_DAY})\s*(?:起?至|到|~|～|—+|–|--?|－)\s*({_DAY}|{_LATER}|今)?止?")

_PARTING = re.compile(r"[T\s]")
"""What parts a day from its time: a full stop after it begins a fraction of a second."""


def moment(text: str, *, zone: ZoneInfo, last: bool = False) -> pd.Timestamp | None:
    """A day or time of the city's; a ``last`` day counts whole, and one without end (9999-12-31 is how programs write
    it) is None. ValueError for neither."""
    if last and plain(text) in ENDLESS_WORDS:
        return None
    written = text.replace("年", "-").replace("月", "-").replace("日", "")
    day, clock = _PARTING.split(written, maxsplit=1)[0], _PARTING.search(written)
    day = day.replace(".", "-").replace("/", "-")
    told = pd.Timestamp(day + (written[clock.start() :] if clock else ""))
    if last and told.year >= YEARS.stop:
        return None
    if pd.isna(told) or told.year not in YEARS:
        raise ValueError(text)
    whole_day = last and told == told.normalize()
    aware = told.tz_localize(zone) if told.tzinfo is None else told
    return aware + pd.Timedelta(days=1) if whole_day else aware


def leave(text: str, *, zone: ZoneInfo) -> Leave:
    """A leave from one day to another; 是, 病假 …: one of which only is told that it is one; 否, 在岗: none.

    ValueError for anything else: a single day might be the first or the last.
    """
    word = plain(text)
    if word in LEAVE_WORDS:
        return (EVER, None) if LEAVE_WORDS[word] else (None, None)
    span = _SPAN.fullmatch(text.strip())
    if span is None:
        raise ValueError(text)
    begun = moment(span[1], zone=zone)
    ending = span[2]
    if ending is None or ending == "今":
        return begun, None
    whole = ending if re.fullmatch(_DAY, ending) else f"{span[1][:4]}-{ending}"
    return begun, moment(whole, zone=zone, last=True)
