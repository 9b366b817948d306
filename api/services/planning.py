"""A city -> its plan, drawn anew or mended from the plan in force, and other plans beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import pandas as pd

from api.services.alternatives import Alternative, alternatives
from api.services.draw import DrawResult, Wanted, prepare
from api.services.mend import MendResult, mend
from api.services.progress import Progress
from geo.codes import Profile
from geo.model import City, CityPlan, Finding, GridKind


@dataclass(frozen=True, slots=True)
class Planned:
    """result: the plan. choices: other plans. mended: what changed, where a plan in force was mended."""

    result: DrawResult
    choices: tuple[Alternative, ...]
    mended: MendResult | None

    @property
    def moved(self) -> int | None:
        """How many households changed their grid, where a plan in force was mended."""
        return None if self.mended is None else self.mended.households


def plan_city(
    city: City,
    former: CityPlan | None,
    *,
    wanted: Wanted,
    others: int,
    seed: int,
    profile: Profile,
    grid_name: str,
    noted: Sequence[Finding],
    progress: Progress,
    cancelled: Callable[[], bool],
) -> Planned:
    """The plan of a city: the least change to ``former``, where there is one; and ``others`` alternatives, drawn anew
    around its dedicated grids.

    Raises what `prepare` and `mend` raise.
    """
    mended = None
    if former is not None:
        mended = mend(
            former,
            city,
            wanted=wanted,
            seed=seed,
            profile=profile,
            grid_name=grid_name,
            noted=noted,
            progress=progress,
            cancelled=cancelled,
        )
        if not others:
            return Planned(mended.drawn, (), mended)
    drawing = prepare(
        city,
        wanted=wanted if former is None else _with_dedicated(wanted, former),
        seed=seed,
        profile=profile,
        grid_name=grid_name,
        noted=noted,
        progress=progress,
        cancelled=cancelled,
    )
    if former is not None and mended is not None:
        choices = alternatives(others, drawing, former=former.grids)
        return Planned(mended.drawn, choices, mended)
    result = drawing.drawn()
    return Planned(result, alternatives(others, drawing, known=result), None)


def _with_dedicated(wanted: Wanted, former: CityPlan) -> Wanted:
    """What is wanted, and the dedicated grids of a plan in force as they lie."""
    if "kind" not in former.grids:
        return wanted
    own = former.grids[former.grids["kind"] == GridKind.DEDICATED.value]
    if own.empty:
        return wanted
    names = own["name"].fillna(own["code"]).astype(str)
    areas = gpd.GeoDataFrame({"name": names}, geometry=own.geometry, crs=own.crs)
    more = areas if wanted.areas is None else pd.concat([wanted.areas, areas], ignore_index=True)
    return replace(wanted, areas=more)
