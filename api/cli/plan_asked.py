"""What ``wangge plan`` is asked: operations as JSON, and moments."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from geo.errors import FileUnreadable, OptionError

OPERATION_FORM = '{"op": "lock", "grid": "…"}'


def operations(given: Sequence[str]) -> list[dict[str, Any]]:
    """Operations as they were given: each a JSON object or a list of them, @FILE one of a file, - of the input.

    OptionError "operations-unreadable" for what is no JSON; FileUnreadable "file-missing".
    """
    found: list[dict[str, Any]] = []
    for word in given:
        try:
            told = json.loads(_text(word))
        except ValueError:
            told = None
        listed = told if isinstance(told, list) else [told]
        if not listed or not all(isinstance(one, dict) for one in listed):
            raise OptionError("operations-unreadable", value=word[:80], form=OPERATION_FORM)
        found += listed
    return found


def moment(word: str | None, zone: ZoneInfo) -> datetime | None:
    """A moment as ISO 8601 writes it; without a zone it is the city's. OptionError "moment-unreadable"."""
    if word is None:
        return None
    try:
        told = datetime.fromisoformat(word)
    except ValueError:
        raise OptionError("moment-unreadable", value=word) from None
    return told if told.tzinfo is not None else told.replace(tzinfo=zone)


def _text(word: str) -> str:
    if word == "-":
        return sys.stdin.read()
    if not word.startswith("@"):
        return word
    file = Path(word[1:])
    try:
        return file.read_text("utf-8-sig")
    except OSError as error:
        raise FileUnreadable("file-missing", file=str(file)) from error
