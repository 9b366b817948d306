"""What is written inside the areas of a drawing: their codes and names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from geo.blocks.noding import Geometries
from geo.codes import Level, Profile, level_of, normalize_code
from geo.errors import CodeError

_NUMBER = re.compile(r"\d{1,3}")
_MEASURE = re.compile(r"[\d.,\s]+(户|人|栋|幢|平方米|m2|㎡|m|公顷|km2)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Label:
    """What is written in one area. code: a whole code; number: of a grid in its community. Each None where there is
    none."""

    code: str | None = None
    number: int | None = None
    name: str | None = None


def labels_of(
    areas: Geometries, points: Geometries, texts: Sequence[str], *, profile: Profile
) -> tuple[list[Label], list[int]]:
    """What is written in each area, from its north to its south, and the texts (by position) that stand in none.

    The first whole code is the code, else the first number of one to three digits the number; the first other text is
    the name, counts and sizes apart.
    """
    inside: list[list[int]] = [[] for _ in areas]
    text_at, area_at = shapely.STRtree(areas).query(points, predicate="within")
    order = np.argsort(-shapely.get_y(points[text_at]), kind="stable")
    for text, area in zip(text_at[order].tolist(), area_at[order].tolist(), strict=True):
        inside[area].append(text)
    outside = sorted(set(range(len(texts))) - set(text_at.tolist()))
    return [_label([texts[one] for one in mine], profile) for mine in inside], outside


def _label(texts: Sequence[str], profile: Profile) -> Label:
    said = [" ".join(text.split()) for text in texts]
    code = next(filter(None, (whole_code(text, profile) for text in said)), None)
    numbers = [int(text) for text in said if _NUMBER.fullmatch(text) and int(text)]
    names = [
        text
        for text in said
        if text and not _MEASURE.fullmatch(text) and whole_code(text, profile) is None
    ]
    return Label(code, numbers[0] if numbers else None, names[0] if names else None)


def whole_code(text: str, profile: Profile) -> str | None:
    """The code of a grid that a text is, or None."""
    try:
        code = normalize_code(text, profile=profile)
    except CodeError:
        return None
    return code if level_of(code, profile=profile) is Level.GRID else None
