"""A plan and its city -> drafts, one a community: blocks that tile exactly, counted under today's counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.blocks.noding import LONLAT, Geometries
from geo.blocks.pieces import OUTSIDE, holders
from geo.blocks.units import block_labels
from geo.codes import Profile
from geo.coverage import TOLERANCE_M
from geo.crs import project
from geo.model import City, CityPlan, GridKind, SizeRule
from geo.redraw.draft import Block, Draft, GridFacts
from geo.redraw.finished import retired_codes
from geo.redraw.ground import Ground, Homes
from geo.redraw.outlines import on_outlines
from geo.redraw.standing import Standing, stand

Ints = NDArray[np.intp]


def open_drafts(
    plan: CityPlan,
    city: City,
    *,
    rule: SizeRule | None = None,
    profile: Profile = Profile.CN,
    grid_name: str = "{community}-{number}",
    incidents: Geometries | None = None,
    officers: Mapping[str, tuple[str, ...]] | None = None,
    used: Mapping[str, Iterable[str]] | None = None,
) -> dict[str, Draft]:
    """A draft for each community of ``city`` (all EPSG:4490), by code. ``plan`` must have grids in each of them.

    plan.grids may also have the columns reason, locked, predecessors (a list), residents_basis; plan.blocks parent.
    ``incidents``: points. ``used``: every grid code ever used, by community, beside those of the plan.
    What tiles stays as it is, byte for byte; what doesn't is noded in (`geo.redraw.standing`), within the outlines of
    the communities as they are, so that it fits the plans beside it.
    """
    standing = stand(plan, city, rule=rule or SizeRule(), profile=profile)
    if standing.renoded:
        standing = on_outlines(standing, city.communities)
    at = standing_blocks(standing.homes.points, standing)
    incidents = np.empty(0, dtype=object) if incidents is None else incidents
    parents = _parents(plan)
    known = {str(code): list(codes) for code, codes in (used or {}).items()}
    retired = retired_codes(plan)
    drafts = {}
    homes = city.buildings.reset_index(drop=True)
    record = homes["community_code"].astype(str).to_numpy(object)
    home_of = standing.blocks["community_code"].to_numpy(str)
    labels = block_labels(standing.homes, at, len(standing.blocks))
    where = holders(incidents, np.asarray(standing.blocks.geometry.array))
    load = np.bincount(where[where != OUTSIDE], minlength=len(standing.blocks))
    for position, code in enumerate(standing.communities["code"].astype(str)):
        rows = np.flatnonzero(home_of == code)
        here = np.isin(at, rows) | ((record == code) & (at == OUTSIDE))
        mine = np.flatnonzero(here)  # what stands in another is that one's
        ground = Ground(
            code=code,
            name=str(standing.communities["name"].iloc[position]),
            outline=standing.communities.geometry.iloc[position],
            metric_crs=standing.metric_crs,
            homes=_homes(homes, standing, mine),
            lines=standing.lines,
            incidents=incidents[np.isin(where, rows)],
            rule=rule or SizeRule(),
            profile=profile,
            grid_name=grid_name,
            officers=officers,
        )
        position_of = np.full(len(standing.blocks), -1, dtype=np.intp)
        position_of[rows] = np.arange(len(rows))
        blocks = _blocks(
            standing.blocks.iloc[rows].assign(
                label=labels[rows], load=load[rows],
                parent=[parents.get(str(one)) for one in standing.blocks["block_id"].iloc[rows]],
            ),
            np.where(at[mine] == OUTSIDE, OUTSIDE, position_of[at[mine]]),
            ground,
        )  # fmt: skip
        living = {block.grid for block in blocks.values()}
        facts = {one: fact for one, fact in _facts(plan.grids, standing).items() if one in living}
        ever = frozenset({*living, *retired.get(code, []), *known.get(code, [])})
        drafts[code] = Draft(ground, blocks, facts, ever)
    return drafts


def standing_blocks(points: Geometries, standing: Standing) -> Ints:
    """The row of the block that each building stands in; one outside by less than the tolerance counts."""
    shapes = np.asarray(standing.blocks.geometry.array)
    at = holders(points, shapes)
    astray = np.flatnonzero((at == OUTSIDE) & ~shapely.is_empty(points))
    if len(astray):
        metric = project(shapes, source=LONLAT, target=standing.metric_crs)
        near, row = shapely.STRtree(metric).query_nearest(
            standing.homes.metric[astray], max_distance=TOLERANCE_M, all_matches=False
        )
        at[astray[near]] = row
    return at


def _homes(buildings: gpd.GeoDataFrame, standing: Standing, rows: Ints) -> Homes:
    table = pd.DataFrame(buildings.drop(columns=buildings.geometry.name)).iloc[rows]
    table = table.reset_index(drop=True)
    told = table["building_id"]
    odd = told.isna() | told.duplicated(keep=False)
    ids = np.where(odd, [f"#{row + 1}" for row in rows], told.astype(str))
    stock = standing.homes
    return Homes(
        table=table,
        ids=tuple(str(one) for one in ids),
        points=stock.points[rows],
        households=stock.households[rows],
        residents=stock.residents[rows],
        estate=stock.estate[rows],
        label=stock.label[rows],
    )


def _blocks(rows: gpd.GeoDataFrame, at: Ints, ground: Ground) -> dict[str, Block]:
    """The blocks of one community, counted. ``at``: the row of the block that each of its buildings stands in."""
    homes = ground.homes
    inside: list[list[int]] = [[] for _ in range(len(rows))]
    for home, row in enumerate(at.tolist()):
        if row != OUTSIDE:
            inside[row].append(home)
    found = {}
    for row, (told, shape) in enumerate(
        zip(rows.drop(columns="geometry").to_dict("records"), rows.geometry, strict=True)
    ):
        mine = inside[row]
        found[str(told["block_id"])] = Block(
            block_id=str(told["block_id"]),
            grid=str(told["grid_code"]),
            shape=shape,
            parent=_text(told["parent"]),
            estate=_text(told["estate"]),
            label=_text(told["label"]),
            households=int(homes.households[mine].sum()),
            residents=int(homes.residents[mine].sum()),
            load=int(told["load"]),
            buildings=tuple(homes.ids[one] for one in mine),
        )
    return found


def _facts(grids: gpd.GeoDataFrame, standing: Standing) -> dict[str, GridFacts]:
    table = pd.DataFrame(grids.drop(columns=grids.geometry.name))
    return {
        str(row["code"]): GridFacts(
            name=_text(row["name"]) or str(row["code"]),
            kind=standing.kind.get(str(row["code"]), GridKind.BASIC.value),
            reason=_text(row.get("reason")),
            predecessors=_codes(row.get("predecessors", row.get("lineage"))),
            locked=row.get("locked") is True,
            basis=_text(row.get("residents_basis")),
        )
        for row in table.to_dict("records")
    }


def _codes(told: Any) -> tuple[str, ...]:
    """Codes that came as a list, or as a text with blanks between them."""
    if isinstance(told, str):
        return tuple(told.split())
    return tuple(str(one) for one in told) if isinstance(told, (list, tuple)) else ()


def _text(value: Any) -> str | None:
    return None if value is None or pd.isna(value) else str(value)


def _parents(plan: CityPlan) -> dict[str, str]:
    if "parent" not in plan.blocks:
        return {}
    known = plan.blocks.dropna(subset=["parent"])
    return dict(zip(known["block_id"].astype(str), known["parent"].astype(str), strict=True))
