"""Columns by other names: ``--map building_id=parcel_id,community_code=community``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeVar

import pandas as pd

from data.readers.words import column_for
from geo.errors import ColumnMissing, OptionError

Frame = TypeVar("Frame", bound="pd.DataFrame")


def parse_mapping(text: str | Sequence[str] | None) -> dict[str, str]:
    """``ours=theirs`` pairs, separated by commas or given one by one. OptionError names the pair that is none."""
    pairs = [text] if isinstance(text, str) else list(text or ())
    mapping: dict[str, str] = {}
    for pair in (piece for given in pairs for piece in given.split(",") if piece.strip()):
        ours, equals, theirs = (part.strip() for part in pair.partition("="))
        if not (ours and equals and theirs):
            raise OptionError("map-malformed", value=pair.strip())
        if mapping.get(ours, theirs) != theirs:
            raise OptionError("map-twice", value=ours)
        mapping[ours] = theirs
    return mapping


def apply_mapping(frame: Frame, mapping: Mapping[str, str], *, file: str) -> Frame:
    """A copy in which each column ``theirs`` is called ``ours``; every other column stays.

    A column that had the name ``ours`` is kept as ``file_<ours>``. ColumnMissing names what is not there.
    """
    require_mapped(frame, mapping, file=file)
    taken = [ours for ours in mapping if ours in frame.columns and mapping[ours] != ours]
    given = frame.rename(columns={ours: f"file_{ours}" for ours in taken})
    source = {
        theirs: f"file_{theirs}" if theirs in taken else theirs for theirs in mapping.values()
    }
    renamed: dict[str, str] = {}
    for ours, theirs in mapping.items():
        if source[theirs] in renamed:  # one of theirs for two of ours
            given[ours] = given[source[theirs]]
        else:
            renamed[source[theirs]] = ours
    return given.rename(columns=renamed)


def understand(frame: Frame, targets: Iterable[str]) -> tuple[Frame, dict[str, str]]:
    """A copy in which headings known from headings.py are called by our names, and which ones (ours: theirs).

    Our own names win; a heading serves once, for the first target that claims it.
    """
    found: dict[str, str] = {}
    for ours in targets:
        free = [str(name) for name in frame.columns if name not in found.values()]
        theirs = ours if ours in free else column_for(ours, free)
        if theirs is not None:
            found[ours] = theirs
    changed = {ours: theirs for ours, theirs in found.items() if ours != theirs}
    return frame.rename(columns={theirs: ours for ours, theirs in changed.items()}), changed


def recognise(
    frame: Frame, targets: Collection[str], mapping: Mapping[str, str], *, file: str
) -> tuple[Frame, dict[str, str]]:
    """A copy with every column that is one of ``targets`` called so: by ``mapping`` (ours -> theirs), by its own name
    or by a heading that headings.py knows; and all of those (ours -> theirs). Raises what `apply_mapping` and
    `refuse_unknown` raise."""
    refuse_unknown(mapping, targets)
    wanted = [name for name in targets if name not in mapping]
    chosen, found = understand(apply_mapping(frame, mapping, file=file), wanted)
    present = {name: name for name in wanted if name in chosen.columns}
    return chosen, present | found | dict(mapping)


def refuse_unknown(mapping: Mapping[str, str], targets: Collection[str]) -> None:
    """OptionError for the first entry of a mapping (ours -> theirs) that is for none of ``targets``."""
    for ours in mapping:
        if ours not in targets:
            raise OptionError("map-unknown", value=ours, known=", ".join(sorted(targets)))


def require(frame: pd.DataFrame, columns: Iterable[str], *, file: str) -> None:
    """ColumnMissing (file, column, present) for the first column that is not there."""
    for column in columns:
        if column not in frame.columns:
            raise ColumnMissing(
                "column-missing", file=file, column=column, present=present_columns(frame)
            )


def require_mapped(frame: pd.DataFrame, mapping: Mapping[str, str], *, file: str) -> None:
    """ColumnMissing for the first column that a mapping (ours -> theirs) names and that is not there."""
    for ours, theirs in mapping.items():
        if theirs not in frame.columns:
            present = present_columns(frame)
            raise ColumnMissing(
                "mapped-column-missing", file=file, ours=ours, column=theirs, present=present
            )


def present_columns(frame: pd.DataFrame) -> str:
    """The names of the columns that there are, for messages."""
    return ", ".join(str(name) for name in frame.columns if name != "geometry") or "-"
