"""The rows of ledgers that wait for their place: what each says, and which community it names."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import groupby
from typing import Any

import pandas as pd
from sqlalchemy.engine import RowMapping

from api.services.imports.territory import Territory
from data.intake import TARGETS, LedgerRow
from data.readers.columns import recognise
from data.readers.ledger_cells import Cells, read_row


@dataclass(frozen=True, slots=True)
class Waiting:
    """One row. told: the community that its cells name, as they name it; community_code: which that is. reasons: why it
    waits."""

    key: str
    ledger: LedgerRow
    told: str | None
    community_code: str | None
    reasons: tuple[str, ...]
    source: str | None
    kept_at: datetime

    @property
    def words(self) -> str:
        """All that it is called, to be looked through."""
        row = self.ledger
        return _plain(
            " ".join(filter(None, (self.key, row.name, row.estate, row.address, self.told)))
        )


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and how many there are; after: the key that the next page begins behind."""

    rows: Sequence[Waiting]
    total: int
    after: str | None


def understood(rows: Iterable[RowMapping], territory: Territory, zone: tzinfo) -> Iterator[Waiting]:
    """Rows as they were kept, read again by their headings."""

    def headings(row: RowMapping) -> tuple[str, ...]:
        return tuple(sorted(row["row"]))

    for _, same in groupby(sorted(rows, key=headings), headings):
        listed = list(same)
        frame = pd.DataFrame([row["row"] for row in listed], dtype=object)
        cells = Cells(*recognise(frame, TARGETS, {}, file=listed[0]["source"] or ""))
        for index, row in enumerate(listed):
            yield _waiting(row, read_row(cells, index, index + 1, zone=zone), territory)


def _waiting(row: RowMapping, ledger: LedgerRow, territory: Territory) -> Waiting:
    told: dict[str, Any] = {name: row[name] for name in ("key", "source", "kept_at")}
    code = territory.called(ledger.community)
    return Waiting(
        ledger=ledger,
        told=ledger.community,
        community_code=code,
        reasons=tuple(row["reasons"]),
        **told,
    )


def page(
    rows: Iterable[Waiting],
    *,
    communities: Sequence[str] | None,
    words: str | None,
    after: str | None,
    limit: int,
) -> Page:
    """The rows of some communities (None: all), and those that name none, which come last; ``words``: those in whose
    names and addresses each of the words is."""
    wanted = None if communities is None else {*communities, None}
    asked = [_plain(one) for one in (words or "").split()]
    kept = [
        row
        for row in rows
        if (wanted is None or row.community_code in wanted)
        and all(one in row.words for one in asked)
    ]
    kept.sort(key=_order)
    start = next((i + 1 for i, row in enumerate(kept) if row.key == after), 0)
    shown = kept[start : start + limit]
    more = start + limit < len(kept)
    return Page(shown, len(kept), shown[-1].key if more and shown else None)


def _plain(words: str) -> str:
    """Words however they are widened or written, to be looked for."""
    return unicodedata.normalize("NFKC", words).casefold()


def _order(row: Waiting) -> tuple[bool, str, str, str]:
    named = row.ledger.estate or row.ledger.name or ""
    return row.community_code is None, row.community_code or "", named, row.key
