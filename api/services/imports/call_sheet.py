"""A sheet of calls that goes back and comes again: the candidates of each row, and which one somebody chose."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pyarrow as pa

from api.services.searching import Hit
from api.services.wording import office_of, why_hit
from geo.gazetteer import EntryKind
from maps.texts import text

OFFERED = 5
"""Candidates that are listed beside a row."""
CANDIDATES = tuple(f"candidate_{n}" for n in range(1, OFFERED + 1))
TARGETS = ("choice", *CANDIDATES)
"""Our names of the columns that a sheet of ours has beside its own; headings.py knows their headings."""

_BETWEEN = "｜"
_SPOT = re.compile(r"\((-?\d{1,3}\.\d{4,}), (-?\d{1,2}\.\d{4,})\)\s*$")
_NUMBER = re.compile(r"(?:候选|candidate\s*)?(\d{1,2})", re.IGNORECASE)


class Spot(NamedTuple):
    """A candidate as it stands in a cell: its point in EPSG:4490 degrees."""

    lng: float
    lat: float
    name: str


def offered(hits: Sequence[Hit]) -> list[Hit]:
    """The candidates that somebody can choose: those that are a place, as a road is not, nor a whole street office."""
    wide = (EntryKind.ROAD, EntryKind.REGION)
    places = (hit for hit in hits if hit.kind not in wide or hit.region is not None)
    return [hit for hit in places if hit.lng is not None][:OFFERED]


def written(hit: Hit, lang: str) -> str:
    """A candidate as a cell shows it: its name, its grid and officer, why; its point, by which it is known again."""
    shown = [hit.said, _answering(hit, lang), why_hit(hit, lang)]
    return f"{_BETWEEN.join(filter(None, shown))} ({hit.lng:.7f}, {hit.lat:.7f})"


def chosen(choice: str, cells: Sequence[str | None]) -> Spot | str | None:
    """What stands in a row's choice: a candidate of its ``cells`` by number or as it is written, else other words that
    are to be searched. None for the number of no candidate."""
    plain = unicodedata.normalize("NFKC", choice).strip()
    number = _NUMBER.fullmatch(plain)
    if number is None:
        return _spot(choice) or choice
    n = int(number[1])
    return _spot(cells[n - 1] or "") if 0 < n <= len(cells) else None


def titles(lang: str) -> dict[str, str]:
    """Our columns of such a sheet -> their headings."""
    made = {
        name: text("intake.heading-candidate", lang, n=n + 1) for n, name in enumerate(CANDIDATES)
    }
    return {"choice": text("intake.heading-choice", lang)} | made


def beside(
    cells: pa.Table, understood: Mapping[str, str], candidates: Sequence[Sequence[str]], lang: str
) -> pa.Table:
    """The cells of some rows without what an earlier sheet offered, with an empty choice and their candidates now."""
    former = [understood[name] for name in TARGETS if name in understood]
    kept = cells.drop_columns(former)
    for name, title in titles(lang).items():
        n = CANDIDATES.index(name) if name in CANDIDATES else OFFERED
        column = [row[n] if n < len(row) else "" for row in candidates]
        kept = kept.append_column(title, pa.array(column, pa.string()))
    return kept


def _spot(cell: str) -> Spot | None:
    found = _SPOT.search(cell)
    return (
        None
        if found is None
        else Spot(float(found[1]), float(found[2]), cell.split(_BETWEEN, 1)[0])
    )


def _answering(hit: Hit, lang: str) -> str:
    """The grid of a candidate and its officer, or who else answers there."""
    if hit.region is not None:
        return office_of(hit.region, lang)
    answer = hit.answer
    if answer is None or answer.grid is None:
        return "" if answer is None else text("intake.call-outside", lang)
    grid = answer.grid.name or answer.grid.code
    people = [person.name for person in answer.people]
    return " ".join([grid, *people[:1]])
