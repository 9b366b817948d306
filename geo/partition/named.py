"""What an option means by a name: a community, the buildings of an estate, a building."""

from __future__ import annotations

import difflib

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.errors import OptionError
from geo.model import City

Bools = NDArray[np.bool_]

NAMED = ("estate", "name", "building_id")
"""Columns of buildings in which a name is looked for, in this order."""


def community_code(city: City, wanted: str) -> str:
    """The code of the community with that name or code. OptionError, with near names, for none or several."""
    codes = city.communities["code"].astype(str)
    if wanted in set(codes):
        return wanted
    names = city.communities["name"].astype(str)
    found = codes[(names == wanted).to_numpy(bool)]
    if len(found) > 1:
        raise OptionError("community-several", value=wanted, communities=", ".join(found))
    if len(found) == 0:
        raise OptionError("community-unknown", value=wanted, near=_near(wanted, [*names, *codes]))
    return str(found.iloc[0])


def buildings_named(city: City, wanted: str) -> list[int]:
    """The buildings (positions) that ``name`` or ``community/name`` means: those of an estate, else those of that name,
    else the one with that number. OptionError for a name that is not there (with near ones) or in several communities.
    """
    rows = _found(city, wanted, np.ones(len(city.buildings), dtype=bool))
    if rows:
        return rows
    community, slash, name = wanted.partition("/")
    while slash:
        code = _code_or_none(city, community.strip())
        if code is not None:
            rows = _found(city, name.strip(), _inside(city, code))
            if rows:
                return rows
        more, slash, name = name.partition("/")
        community = f"{community}/{more}"
    known = pd.concat([city.buildings[column] for column in NAMED[:2]]).dropna().astype(str)
    near = _near(wanted.rpartition("/")[2], known.unique().tolist())
    raise OptionError("dedicated-unknown", value=wanted, near=near)


def _found(city: City, name: str, inside: Bools) -> list[int]:
    buildings = city.buildings
    for column in NAMED:
        rows = np.flatnonzero(inside & (buildings[column].astype("str") == name).to_numpy(bool))
        if len(rows):
            homes = sorted(set(buildings["community_code"].iloc[rows].dropna().astype(str)))
            if len(homes) > 1:
                raise OptionError("dedicated-several", value=name, communities=", ".join(homes))
            return [int(row) for row in rows]
    return []


def _inside(city: City, code: str) -> Bools:
    """The buildings of a community: by their record, those without one by where they stand."""
    record = city.buildings["community_code"]
    outline = city.communities.geometry[(city.communities["code"].astype(str) == code).to_numpy()]
    here = shapely.intersects(np.asarray(city.buildings.geometry.array), outline.iloc[0])
    return np.asarray(np.where(record.isna(), here, record.astype("str") == code), dtype=bool)


def _code_or_none(city: City, wanted: str) -> str | None:
    codes = city.communities["code"].astype(str)
    named = codes[(city.communities["name"].astype(str) == wanted).to_numpy(bool)]
    if wanted in set(codes):
        return wanted
    return str(named.iloc[0]) if len(named) == 1 else None


def _near(wanted: str, known: list[str]) -> str:
    return ", ".join(difflib.get_close_matches(wanted, known, n=5, cutoff=0.3)) or "-"
