"""What a writer hands back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from geo.model import Finding


@dataclass(frozen=True, slots=True)
class Written:
    """The files that were written, and what a format could not hold: texts cut, letters replaced."""

    paths: tuple[Path, ...]
    findings: tuple[Finding, ...] = ()
