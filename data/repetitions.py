"""Rows of a ledger with the key of another: the first stands, each other one waits under a key of its own.

That key, ``key#row-content``, is in the table that comes back. A row that comes back by another name is a row of its
own from then on: its content is settled, and the original ledger, imported once more, does not bring it back.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from data.readers.ledger_cells import LedgerRow, Reason, State, row_key

_WAITING = re.compile(r"#\d+-([0-9a-f]{12})$")
_OLDER = re.compile(r"#\d+$")
"""How such a key ended before it told the content."""


def base_of(key: str) -> str:
    """The key that a repetition repeats; any other key is its own."""
    return _WAITING.sub("", key)


def settled_mark(key: str) -> str | None:
    """What is remembered of a repetition that was settled: the key that it repeated and its content."""
    match = _WAITING.search(key)
    return None if match is None else f"{base_of(key)}#{match[1]}"


def repeated(rows: Sequence[LedgerRow], settled: Mapping[str, str]) -> list[LedgerRow]:
    """The rows, each repetition suspect, or settled where one of this key and content was (mark -> what it became).

    The first row with a key stands; of several that are not all settled the first that isn't.
    """
    first: dict[str, LedgerRow] = {}
    for row in rows:
        if row.key is not None:
            stands = first.setdefault(row.key, row)
            if _mark(stands) in settled and _mark(row) not in settled:
                first[row.key] = row
    return [row if row.key is None else _beside(row, first[row.key], settled) for row in rows]


def named_apart(row: LedgerRow, present: Collection[str]) -> LedgerRow:
    """A repetition by the key that it waits under; one that came back under it by what it is called now.

    It is a row of its own once what it is called has changed; else it is still a repetition.
    """
    if row.key is None:
        return row
    if any(reason.code == "repeated" for reason in row.reasons):
        return replace(row, key=f"{base_of(row.key)}#{row.row}-{_content(row)}", present=False)
    match = _WAITING.search(row.key) or _OLDER.search(row.key)
    if match is None or row.key == row.building_id:
        return row
    base = row.key[: match.start()]
    own = row.building_id or row_key(row.name or "", row.address or "")
    if own == base:
        first = match[0][1:].partition("-")[0]
        again = Reason("repeated", State.SUSPECT, {"first_row": first, "key": base})
        return replace(row, present=False).because(again)
    return replace(row, key=own, present=own in present, settles=row.key)


def _beside(row: LedgerRow, first: LedgerRow, settled: Mapping[str, str]) -> LedgerRow:
    if row.row == first.row:
        return row
    became = settled.get(_mark(row))
    if became is None:
        params = {"first_row": first.row, "key": row.key}
        return row.because(Reason("repeated", State.SUSPECT, params))
    known = {"row": row.row, "first_row": first.row, "became": became}
    return replace(row, settled_as=became, reasons=(Reason("settled", State.NOTE, known),))


def _mark(row: LedgerRow) -> str:
    return f"{row.key}#{_content(row)}"


def _content(row: LedgerRow) -> str:
    """The same for rows that say the same, whatever file they stand in and where."""
    said = (
        row.building_id, row.name, row.estate, row.address, row.community, row.kind, row.households,
        None if row.residents_estimated else row.residents, row.buildings, row.units, row.built,
        row.raw_lon, row.raw_lat,
    )  # fmt: skip
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:12]
