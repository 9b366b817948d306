"""A drawing of some grids of a community, completed from its plan in force: looked at, not written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Connection

from api.services.adopting.areas import Outline
from api.services.adopting.naming import Named
from api.services.drafting import Shelf
from data.readers.drawing import Drawing
from data.readers.words import column_for
from data.store import drafts, plans
from geo.drawn import Why
from geo.model import CityPlan, Finding, Severity
from geo.redraw.completing import Completed, DrawnGrid, completed
from geo.redraw.layers import plan_of

WIDE_M = 20.0
"""A gap that is narrower is a slip of the hand: a matter of repair."""
MOSTLY = 0.5
"""An area without a code that has less than this share of a grid in force is not that grid, but a new one."""


def partly(
    found: Sequence[Finding],
    areas: Sequence[Named],
    published: gpd.GeoDataFrame,
    names: Mapping[str, str],
) -> tuple[Finding, ...]:
    """That a drawing leaves ground of a community out, for each such community: and whether a plan in force can
    complete it."""
    homes = {one.outline.community for one in areas}
    open_ = {code for one in found if _is_wide_gap(one) for code in one.codes if code in homes}
    told = []
    for code in sorted(open_):
        drawn = sum(one.outline.community == code for one in areas)
        in_force = int((published["community_code"].astype(str) == code).sum())
        kind = "drawn-partly" if in_force else "drawn-partly-first"
        params = {"community": names.get(code, code), "drawn": drawn, "in_force": in_force}
        told.append(Finding(kind, Severity.WARNING, codes=(code,), count=drawn, params=params))
    return tuple(told)


def of_the_drawing(
    found: Sequence[Finding], done: Mapping[str, Completed], grids: gpd.GeoDataFrame
) -> tuple[Finding, ...]:
    """What is wrong with drawn grids of communities that are completed, but for the ground that they leave out."""
    home = dict(zip(grids["code"].astype(str), grids["community_code"].astype(str), strict=True))
    return tuple(
        one
        for one in found
        if one.code != "gap" and {home.get(code, code) for code in one.codes} & set(done)
    )


def grids_of(done: Mapping[str, Completed], drawn: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """All grids that would be: completed communities whole, of the others what was drawn."""
    others = drawn[~drawn["community_code"].astype(str).isin(list(done))]
    whole = plan_of_completed(done).grids
    return gpd.GeoDataFrame(
        pd.concat([others, whole[[name for name in others.columns if name in whole]]]),
        geometry="geometry",
        crs=whole.crs,
    ).reset_index(drop=True)


def nobodys_heirs(
    outlines: Sequence[Outline], areas: Sequence[Named], published: gpd.GeoDataFrame
) -> list[Outline]:
    """Outlines, of which those that would get the code of a grid in force only because they lie in it, and have the
    smaller part of it, are new ones: the rest of that grid stays."""
    shapes = dict(zip(published["code"].astype(str), published.geometry, strict=True))
    made = []
    for outline, named in zip(outlines, areas, strict=True):
        former = shapes.get(named.code) if named.why is Why.MATCHED else None
        if former is not None:
            common = shapely.area(shapely.intersection(shapely.make_valid(outline.shape), former))
            if common < MOSTLY * shapely.area(former):
                outline = replace(outline, code=None, why=Why.CHOSEN)  # noqa: PLW2901
        made.append(outline)
    return made


def complete(
    connection: Connection,
    shelf: Shelf,
    drawing: Drawing,
    grids: gpd.GeoDataFrame,
    *,
    within_m: float | None,
) -> dict[str, Completed]:
    """The communities of drawn ``grids`` that have a plan in force, completed from it."""
    columns = [str(name) for name in drawing.rows.columns if name != "geometry"]
    kinds = column_for("kind", columns) is not None
    in_force = plans.in_force(connection)
    homes = grids["community_code"].astype(str)
    mine = {code: in_force[code] for code in sorted(set(homes)) if code in in_force}
    if not mine:
        return {}
    bases = shelf.open(
        connection,
        drafts.plan(connection, list(mine.values())),
        used=drafts.used_codes(connection, list(mine)),
    )
    return {
        code: completed(base, _drawn(grids[homes == code], kinds=kinds), within_m=within_m)
        for code, base in bases.items()
    }


def plan_of_completed(found: Mapping[str, Completed]) -> CityPlan:
    """The plan that completed communities are."""
    return plan_of([one.draft for one in found.values()])


def said_of(found: Mapping[str, Completed], names: Mapping[str, str]) -> tuple[Finding, ...]:
    """What could not be done as it was drawn."""
    told = []
    for code, one in sorted(found.items()):
        for kind, listed in (("drawn-too-small", one.lost), ("drawn-uncut", one.uncut)):
            if listed:
                params = {"community": names.get(code, code), "values": list(listed)[:50]}
                told.append(
                    Finding(kind, Severity.WARNING, codes=(code,), count=len(listed), params=params)
                )
    return tuple(told)


def _drawn(grids: gpd.GeoDataFrame, *, kinds: bool) -> list[DrawnGrid]:
    """Grids as they were drawn; what a file does not say of them is not known."""
    shapes = shapely.make_valid(np.asarray(grids.geometry.array, dtype=object))
    return [
        DrawnGrid(
            str(row["code"]),
            str(row["name"]),
            shape,
            str(row["kind"]) if kinds else None,
            None if pd.isna(row.get("reason")) else str(row["reason"]),
        )
        for (_, row), shape in zip(grids.iterrows(), shapes, strict=True)
    ]


def _is_wide_gap(found: Finding) -> bool:
    wide = (found.width_m or 0.0) > WIDE_M
    return found.code == "gap" and found.severity is Severity.BLOCKING and wide
