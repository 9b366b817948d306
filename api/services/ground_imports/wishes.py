"""What a person says of a file of the ground."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from geo.model import ResidentsBasis


@dataclass(frozen=True, slots=True)
class Wishes:
    """part: the layer or sheet. datum: what coordinates refer to; swapped: a table's first coordinate is its latitude.
    columns: ours -> the file's. basis: on what basis residents are counted where rows do not say. ratio: residents per
    household, where unknown. code, name: of the only outline of a file that tells neither."""

    part: str | None = None
    datum: str | None = None
    swapped: bool = False
    encoding: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    basis: ResidentsBasis | None = None
    ratio: float | None = None
    code: str | None = None
    name: str | None = None
