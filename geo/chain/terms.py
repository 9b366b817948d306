"""What the modules of the chain share: registers in one form, posts in force, places named as people name them."""

from __future__ import annotations

import unicodedata
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.coverage.layers import text_column
from geo.model import Finding, Severity


class Rung(IntEnum):
    """How far down a chain a link lies; the topmost broken one is the one to mend first."""

    CITY = 1
    STREET = 2
    COMMUNITY = 3
    GRID = 4
    ESTATE = 5
    BUILDING = 6
    UNIT = 7

    @property
    def word(self) -> str:
        """Its name in findings, reports and answers."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Break:
    """A finding, and whose chains it breaks. grids: the codes of the grids. buildings: None where every building of
    these grids is concerned, else the ids of those that are. level None: a fault of a register that breaks no chain."""

    finding: Finding
    level: Rung | None = None
    grids: tuple[str, ...] = ()
    buildings: tuple[str, ...] | None = None


def by_code(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Grids or communities by their code as text, each once; rows without a code are left out."""
    named = frame.assign(code=text_column(frame, "code"))
    return named[named["code"] != ""].drop_duplicates("code").set_index("code", drop=False)


def in_force(posts: pd.DataFrame, at: datetime) -> pd.Series[bool]:
    """Which posts have begun and not ended at a moment."""
    begun = posts["since"].isna() | (posts["since"] <= at)
    return begun & (posts["until"].isna() | (posts["until"] > at))


def label(place: pd.Series[Any]) -> str:
    """Name and code of a grid or region."""
    name = place.get("name")
    return f"{name} {place['code']}" if isinstance(name, str) and name else str(place["code"])


def about(code: str, place: pd.Series[Any], **params: object) -> Finding:
    """A warning about one grid or region, where it lies: a grid is drawn before its people are appointed."""
    return Finding(
        code,
        Severity.WARNING,
        codes=(str(place["code"]),),
        geometry=place["geometry"],
        params={"label": label(place), **params},
    )


def fault(case: str, codes: tuple[str, ...], count: int) -> Break:
    """Rows of a register that hang on nothing: they break no chain, but nobody will find them."""
    finding = Finding(
        "code-parent", Severity.WARNING, codes=codes, count=count, params={"case": case}
    )
    return Break(finding)


def person(post: pd.Series[Any]) -> str:
    """A person as a sentence names them."""
    number = post["person_no"]
    return str(post["person"]) if pd.isna(number) else f"{post['person']}（{number}）"


def identity(name: object, number: object, phone: object) -> Hashable | None:
    """What tells one person from another: the number, else name and telephone; None where there is only a name, for
    a name alone may belong to two."""
    if not pd.isna(number):  # type: ignore[call-overload]
        return ("no", str(number))
    if pd.isna(name) or pd.isna(phone):  # type: ignore[call-overload]
        return None
    return ("name", same_word(name), same_word(phone))


def same_word(value: object) -> str:
    """A name as it is compared: full-width letters, blanks and case do not tell two apart."""
    return "".join(unicodedata.normalize("NFKC", str(value)).split()).casefold()


def last_moment(end: pd.Timestamp, at: datetime) -> str:
    """The end of a term as people write it: a term that ends at midnight had the day before as its last."""
    end = end.tz_convert(at.tzinfo)
    if end == end.normalize():
        return (end - pd.Timedelta(microseconds=1)).strftime("%Y-%m-%d")
    return end.strftime("%Y-%m-%d %H:%M")
