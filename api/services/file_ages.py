"""How old files are: the day on which each was last changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from data.readers.vector import split_spec
from geo.coverage.ages import Age
from maps.registers import RegisterAge


def changed(spec: str | Path, zone: ZoneInfo) -> date:
    """The day on which the file of ``F[:layer]`` was last changed."""
    return datetime.fromtimestamp(split_spec(spec)[0].stat().st_mtime, tz=zone).date()


def file_ages(
    known: Iterable[tuple[str, str | Path | None, pd.DataFrame | None]],
    zone: ZoneInfo,
    verified: Mapping[str, Age] | None = None,
) -> Sequence[RegisterAge]:
    """The age of each register (name, file, rows) that was handed over; the oldest row of a file is not known.
    ``verified``: what their own columns say."""
    ages = verified or {}
    return [
        RegisterAge(name, len(frame), None, changed(spec, zone), ages.get(name))
        for name, spec, frame in known
        if spec is not None and frame is not None
    ]
