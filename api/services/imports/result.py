"""What came of an import, and the table that goes back to be completed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import pandas as pd

from api.services.actor import Actor
from api.services.calculating import Calculate, here
from api.services.imports.said import Said, Tally
from api.services.progress import Progress, silent
from data.intake import Reason, State
from data.readers.opened import Opened
from data.readers.table_batches import TableSource
from data.readers.vector import split_spec
from geo.codes import Profile
from geo.crs import Datum
from geo.evidence import Reading
from geo.model import Finding, ResidentsBasis, SizeRule
from maps.texts import short, text

STATES = (State.TO_PLACE, State.TO_COUNT, State.SUSPECT, State.REFUSED)


@dataclass(frozen=True, slots=True)
class Options:
    """How to read a file. ``mapping``: our columns -> the file's. ``ratio``: residents per household, where unknown.

    ``dry_run``: show all, keep nothing. ``strict``: keep nothing unless every row is good. ``draft``: keep grids
    as a draft instead of publishing them. ``code``, ``name``: of the only outline in a file that tells neither.
    ``gives_back``: the rows to be completed are asked for, however many they are. ``keep_unplaced``: calls whose place
    is not found go in and wait for it. ``rule``: the usual bounds of grids. ``basis``: on what basis residents are
    counted where a row does not say. ``source``: the rows of an incidents' or calls' file that was read already, in a
    process of its own; ``opened``: a file of the ground that was. ``calculate``: where its shapes are worked out.
    """

    actor: Actor
    zone: ZoneInfo
    datum: Datum | None = None
    encoding: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    ratio: float | None = None
    dry_run: bool = False
    strict: bool = False
    draft: bool = False
    code: str | None = None
    name: str | None = None
    gives_back: bool = False
    keep_unplaced: bool = False
    profile: Profile = Profile.CN
    lang: str = "zh"
    progress: Progress = silent
    source: TableSource | None = None
    rule: SizeRule = field(default_factory=SizeRule)
    basis: ResidentsBasis | None = None
    opened: Opened | None = None
    calculate: Calculate = here


class Row(Protocol):
    """One row as it was sorted."""

    @property
    def row(self) -> int: ...
    @property
    def key(self) -> str | None: ...
    @property
    def reasons(self) -> tuple[Reason, ...]: ...
    @property
    def states(self) -> tuple[State, ...]: ...


@dataclass(frozen=True, slots=True)
class Noted:
    """A row's number in the file, its key, and what is to be said about it."""

    row: int
    key: str | None
    reasons: tuple[Reason, ...] = ()

    @property
    def states(self) -> tuple[State, ...]:
        """Its states, each once, notes left out."""
        own = {reason.state for reason in self.reasons}
        return tuple(state for state in STATES if state in own)


@dataclass(frozen=True, slots=True)
class Imported:
    """``rows``: every row, or of a long file some about which something is to be done. ``counts``: rows by state (a row
    may have several), and ``good``. ``said``: everything that is said of rows, counted. ``added`` … ``kept``: what the
    store did.

    ``written``: whether it was kept (not in a dry run, nor where strict refused). ``returned``: rows to be completed,
    of a long file only where they were asked for; ``beside``: what else goes into that workbook, by sheet. ``bases``:
    of how many counts of residents the basis (人口口径) is which, "" where nobody said.
    """

    noun: str
    rows: Sequence[Row]
    counts: Mapping[str, int]
    written: bool
    said: Sequence[Said] = ()
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    ended: int = 0
    replaced: int = 0
    kept: int = 0
    returned: pd.DataFrame | None = None
    beside: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    evidence: tuple[Reading, ...] = ()
    understood: Mapping[str, str] = field(default_factory=dict)
    bases: Mapping[str, int] = field(default_factory=dict)

    @property
    def open(self) -> int:
        """How many rows somebody must complete."""
        return self.counts.get("rows", 0) - self.counts.get("good", 0)

    @property
    def refused(self) -> bool:
        """Whether something could not be taken: a row, or the whole file by ``strict``."""
        return self.counts.get(State.REFUSED.value, 0) > 0


def result(
    noun: str,
    rows: Sequence[Row],
    options: Options,
    *,
    table: pd.DataFrame | None = None,
    understood: Mapping[str, str] | None = None,
    **done: Any,
) -> Imported:
    """What came of an import: ``rows`` sorted, and what the store did (``done``: added, updated, … findings).

    ``table``: the file's own cells, a row each of ``rows``, to give back those that somebody must complete.
    """
    known = understood or {}
    back = None if table is None else given_back(table, known, rows, options.lang)
    counts = counted(rows)
    written = may_write(rows, options)
    tally = Tally()
    for row in rows:
        tally.add(row.row, row.reasons)
    said = tally.said()
    return Imported(noun, rows, counts, written, said, returned=back, understood=known, **done)


def bases(counts: Iterable[tuple[object, object]]) -> dict[str, int]:
    """Of how many counts (residents, basis) the basis is which, the commonest first; "" where nobody said."""
    told = Counter(
        "" if pd.isna(basis) else str(basis)  # type: ignore[call-overload]
        for residents, basis in counts
        if not pd.isna(residents)  # type: ignore[call-overload]
    )
    return dict(told.most_common())


def counted(rows: Sequence[Row]) -> dict[str, int]:
    """How many rows there are, are good, and are of each state."""
    states = Counter(state for row in rows for state in row.states)
    open_rows = sum(bool(row.states) for row in rows)
    found = {state.value: states[state] for state in STATES}
    return {"rows": len(rows), "good": len(rows) - open_rows, **found}


def may_write(rows: Sequence[Row], options: Options) -> bool:
    """Whether this import is to be kept."""
    return not options.dry_run and not (options.strict and any(row.states for row in rows))


def gravity(row: Row) -> int:
    """For sorting rows, the gravest first."""
    order = (State.REFUSED, State.SUSPECT, State.TO_PLACE, State.TO_COUNT)
    return min(order.index(state) for state in row.states)


def say_state(state: State, lang: str) -> str:
    """A state in words."""
    return text(f"intake.state-{state.value}", lang)


def say_reason(reason: Reason, lang: str) -> str:
    """A reason in words."""
    return text(f"intake.reason-{reason.code}", lang, **short(reason.params))


def headings(lang: str) -> dict[str, str]:
    """The headings of the three columns that a returned table adds."""
    own = ("row_key", "row_state", "row_reason")
    return {name: text(f"intake.heading-{name.replace('_', '-')}", lang) for name in own}


def given_back(
    table: pd.DataFrame, understood: Mapping[str, str], rows: Sequence[Row], lang: str
) -> pd.DataFrame:
    """The rows about which something is to be done: as they came, then key, states and reasons."""
    titles = headings(lang)
    old = [understood[name] for name in titles if name in understood]
    listed = [row for row in rows if row.states]
    frame = table.drop(columns=[name for name in old if name in table])
    frame = frame[[bool(row.states) for row in rows]]
    return frame.assign(
        **{
            titles["row_key"]: [row.key or "" for row in listed],
            titles["row_state"]: [
                "、".join(say_state(state, lang) for state in row.states) for row in listed
            ],
            titles["row_reason"]: [
                "；".join(say_reason(reason, lang) for reason in row.reasons) for row in listed
            ],
        }
    )


def source_name(spec: str) -> str:
    """What is kept as the source of rows: the file's name, without its folder."""
    return Path(split_spec(spec)[0]).name
