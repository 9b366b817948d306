"""What the modules of the chain share: registers in one form, posts in force, places named as people name them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.coverage.layers import text_column
from geo.model import Finding, Severity


def by_code(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Grids or communities by their code as text, each once; rows without a code are left out."""
    named = frame.assign(code=text_column(frame, "code"))
    return named[named["code"] != ""].drop_duplicates("code").set_index("code", drop=False)


def in_force(posts: pd.DataFrame, at: datetime) -> pd.Series[bool]:
    """Which posts have begun and not ended at a moment."""
    begun = posts["since"].isna() | (posts["since"] <= at)
    return begun & (posts["until"].isna() | (posts["until"] > at))


def label(place: pd.Series[Any]) -> str:
    """Name and code of a grid or community."""
    name = place.get("name")
    return f"{name} {place['code']}" if isinstance(name, str) and name else str(place["code"])


def about(code: str, place: pd.Series[Any], **params: object) -> Finding:
    """A warning about one grid or community, where it lies: a grid is drawn before its people are appointed."""
    return Finding(
        code,
        Severity.WARNING,
        codes=(str(place["code"]),),
        geometry=place["geometry"],
        params={"label": label(place), **params},
    )
