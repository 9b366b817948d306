"""A plan and its city -> drafts, one a community: blocks that tile exactly, counted under today's counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.blocks.noding import LONLAT, Geometries
from geo.blocks.pieces import OUTSIDE, holders
from geo.blocks.units import block_labels
from geo.bounds import with_own_bounds
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


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beside a plan and its city. incidents: points of last year's. officers: who answers for a grid, by
    its code; None where that is not known. used: every grid code ever used, by community, beside those of the plan."""

    rule: SizeRule
    profile: Profile
    grid_name: str
    incidents: Geometries
    officers: Mapping[str, tuple[str, ...]] | None
    used: Mapping[str, Iterable[str]]


@dataclass(frozen=True, slots=True)
class _Opening:
    """A city on its way to drafts. at: the row of the block that each building stands in; where: of each incident."""

    standing: Standing
    buildings: gpd.GeoDataFrame
    at: Ints
    where: Ints
    blocks: gpd.GeoDataFrame
    facts: Mapping[str, GridFacts]
    retired: Mapping[str, list[str]]


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
    cut: bool = False,
) -> dict[str, Draft]:
    """A draft for each community of ``city`` (all EPSG:4490), by code. ``plan`` must have grids in each of them.

    ``rule``: the bounds, beside those that communities have of their own (geo.bounds).
    plan.grids may also have the columns reason, locked, predecessors (a list), residents_basis; plan.blocks parent.
    ``incidents``, ``officers``, ``used``: see `Known`. ``cut``: grids that come without blocks are cut into some, so
    that they can be redrawn.
    What tiles stays as it is, byte for byte; what doesn't is noded in (`geo.redraw.standing`), within the outlines of
    the communities as they are, so that it fits the plans beside it.
    """
    points = np.empty(0, dtype=object) if incidents is None else incidents
    bounds = with_own_bounds(rule or SizeRule(), city.communities)
    known = Known(bounds, profile, grid_name, points, officers, used or {})
    standing = stand(plan, city, rule=known.rule, profile=profile, cut=cut)
    if standing.renoded:
        standing = on_outlines(standing, city.communities)
    opening = _opening(plan, city, standing, points)
    return {
        str(row["code"]): _draft(opening, row, known) for _, row in standing.communities.iterrows()
    }


def _opening(plan: CityPlan, city: City, standing: Standing, incidents: Geometries) -> _Opening:
    blocks = standing.blocks
    at = standing_blocks(standing.homes.points, standing)
    where = holders(incidents, np.asarray(blocks.geometry.array))
    parents = _parents(plan)
    return _Opening(
        standing=standing,
        buildings=city.buildings.reset_index(drop=True),
        at=at,
        where=where,
        blocks=blocks.assign(
            label=block_labels(standing.homes, at, len(blocks)),
            load=np.bincount(where[where != OUTSIDE], minlength=len(blocks)),
            parent=[parents.get(str(one)) for one in blocks["block_id"]],
        ),
        facts=grid_facts(plan.grids),
        retired=retired_codes(plan),
    )


def _draft(opening: _Opening, community: pd.Series[Any], known: Known) -> Draft:
    """The draft of one community."""
    code = str(community["code"])
    rows = np.flatnonzero(opening.blocks["community_code"].to_numpy(str) == code)
    record = opening.buildings["community_code"].astype(str).to_numpy(object)
    nowhere = opening.at == OUTSIDE  # what stands in another community is that one's
    mine = np.flatnonzero(np.isin(opening.at, rows) | ((record == code) & nowhere))
    ground = Ground(
        code=code,
        name=str(community["name"]),
        outline=community["geometry"],
        metric_crs=opening.standing.metric_crs,
        homes=_homes(opening.buildings, opening.standing, mine),
        lines=opening.standing.lines,
        incidents=known.incidents[np.isin(opening.where, rows)],
        rule=known.rule,
        profile=known.profile,
        grid_name=known.grid_name,
        officers=known.officers,
    )
    place = np.full(len(opening.blocks) + 1, OUTSIDE, dtype=np.intp)
    place[rows] = np.arange(len(rows))
    blocks = _blocks(opening.blocks.iloc[rows], place[opening.at[mine]], ground)
    living = {block.grid for block in blocks.values()}
    facts = {one: fact for one, fact in opening.facts.items() if one in living}
    ever = {*living, *opening.retired.get(code, []), *known.used.get(code, [])}
    return Draft(ground, blocks, facts, frozenset(ever))


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
            parent=text_of(told["parent"]),
            estate=text_of(told["estate"]),
            label=text_of(told["label"]),
            households=int(homes.households[mine].sum()),
            residents=int(homes.residents[mine].sum()),
            load=int(told["load"]),
            buildings=tuple(homes.ids[one] for one in mine),
        )
    return found


def grid_facts(grids: gpd.GeoDataFrame) -> dict[str, GridFacts]:
    """What a plan says of its grids, by code."""
    table = pd.DataFrame(grids.drop(columns=grids.geometry.name))
    return {
        str(row["code"]): GridFacts(
            name=text_of(row["name"]) or str(row["code"]),
            kind=text_of(row["kind"]) or GridKind.BASIC.value,
            reason=text_of(row.get("reason")),
            predecessors=_codes(row.get("predecessors", row.get("lineage"))),
            locked=row.get("locked") is True,
            basis=text_of(row.get("residents_basis")),
        )
        for row in table.to_dict("records")
    }


def _codes(told: Any) -> tuple[str, ...]:
    """Codes that came as a list, or as a text with blanks between them."""
    if isinstance(told, str):
        return tuple(told.split())
    return tuple(str(one) for one in told) if isinstance(told, (list, tuple)) else ()


def text_of(value: Any) -> str | None:
    """A cell as text, None where nothing is in it."""
    return None if value is None or pd.isna(value) else str(value)


def _parents(plan: CityPlan) -> dict[str, str]:
    if "parent" not in plan.blocks:
        return {}
    known = plan.blocks.dropna(subset=["parent"])
    return dict(zip(known["block_id"].astype(str), known["parent"].astype(str), strict=True))
