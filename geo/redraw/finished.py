"""Blocks with their grids before and after -> the plan, what moved, and what there is to say about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.blocks.noding import merge
from geo.codes import Profile, grid_number
from geo.errors import GeometryError
from geo.model import (
    BLOCK_COLUMNS,
    COMMUNITY_COLUMNS,
    CRS,
    GRID_COLUMNS,
    CityPlan,
    Finding,
    GridKind,
    Severity,
)
from geo.partition.assignment import CommunityResult, State
from geo.redraw.moves import Move, moves_layer, summed
from geo.redraw.standing import Standing

RETIRED = "retired"
"""Column of a plan's communities: the codes of grids that are no more, so that no number is ever used twice."""


@dataclass(frozen=True, slots=True)
class Mended:
    """plan: as it is now; its grids say in ``lineage`` which grids their blocks came from. moves: by pair of grids;
    moved: the blocks that changed their grid, as a layer. new, gone: grid codes. mended: the communities that were
    changed. results: one a community. findings: the counts that could not be used, what moved, and why bounds do not
    hold where they don't. least: the communities of which it is proved that no plan with the same grids moves fewer
    households.
    """

    plan: CityPlan
    moves: tuple[Move, ...]
    moved: gpd.GeoDataFrame
    new: tuple[str, ...]
    gone: tuple[str, ...]
    mended: tuple[str, ...]
    results: tuple[CommunityResult, ...]
    findings: tuple[Finding, ...]
    least: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """A plan as it came, as it stands, and the new grid code of each of its blocks."""

    plan: CityPlan
    standing: Standing
    after: NDArray[np.object_]


def retired_codes(plan: CityPlan) -> dict[str, list[str]]:
    """The codes of grids that are no more, by community."""
    if RETIRED not in plan.communities:
        return {}
    known = plan.communities.dropna(subset=[RETIRED])
    return {
        str(code): str(text).split()
        for code, text in zip(known["code"], known[RETIRED], strict=True)
    }


def finished(
    change: Changed,
    results: Mapping[str, CommunityResult],
    findings: Iterable[Finding],
    *,
    profile: Profile,
    grid_name: str,
) -> Mended:
    """The plan that a change means. ``results``: of the communities that were looked at."""
    plan, standing, after = change.plan, change.standing, change.after
    blocks = standing.blocks.assign(from_grid=standing.blocks["grid_code"], to_grid=after)
    moved = moves_layer(blocks)
    moves = summed(moved)
    before_codes, after_codes = set(blocks["from_grid"]), set(after.tolist())
    gone = tuple(sorted(before_codes - after_codes))
    grids = _grids(change, blocks, profile=profile, grid_name=grid_name)
    if not shapely.coverage_is_valid(np.asarray(grids.geometry.array)):
        raise GeometryError("blocks-torn")
    kept = [name for name in BLOCK_COLUMNS if name in blocks]
    changed = tuple(sorted({str(c) for c in moved["block_id"].map(_community_of(blocks))}))
    return Mended(
        plan=CityPlan(
            grids=grids,
            blocks=blocks.assign(grid_code=after)[[*kept, "geometry"]],
            communities=_communities(plan, standing, gone, profile),
        ),
        moves=moves,
        moved=moved,
        new=tuple(sorted(after_codes - before_codes)),
        gone=gone,
        mended=changed,
        results=_results(grids, standing, results),
        findings=(*findings, *_said(standing, moved, moves, gone)),
    )


def _community_of(blocks: gpd.GeoDataFrame) -> dict[str, str]:
    return dict(zip(blocks["block_id"], blocks["community_code"], strict=True))


def _grids(
    change: Changed, blocks: gpd.GeoDataFrame, *, profile: Profile, grid_name: str
) -> gpd.GeoDataFrame:
    """Grids by code: those that keep their blocks keep their bytes."""
    plan, standing = change.plan, change.standing
    old = {str(code): row for row, code in enumerate(plan.grids["code"])}
    names = dict(
        zip(standing.communities["code"].astype(str), standing.communities["name"], strict=True)
    )
    disturbed = blocks["from_grid"] != blocks["to_grid"]
    touched = {*blocks["from_grid"][disturbed], *blocks["to_grid"][disturbed]}
    formers = plan.grids.drop(columns="geometry").astype(object).to_dict("records")
    outlines, ground = np.asarray(plan.grids.geometry.array), np.asarray(blocks.geometry.array)
    homes = blocks["community_code"].astype(str).to_numpy(object)
    counts = blocks[["households", "residents"]].to_numpy()
    from_grid = blocks["from_grid"].astype(str).to_numpy(object)
    rows, shapes = [], []
    for code, own in sorted(blocks.groupby("to_grid").indices.items()):
        home = str(homes[own[0]])
        stays = code in old and code not in touched and not standing.renoded
        former = formers[old[str(code)]] if code in old else None
        shapes.append(outlines[old[str(code)]] if stays else merge(ground[own]))
        number = grid_number(str(code), home, profile=profile) or code
        name = grid_name.format(community=names.get(home, home), number=number)
        if former is not None and pd.notna(former["name"]):
            name = former["name"]
        households, residents = counts[own].sum(axis=0)
        rows.append(
            {
                **(former or {}),
                "code": str(code),
                "name": name,
                "community_code": home,
                "kind": standing.kind.get(str(code), GridKind.BASIC.value),
                "households": int(households),
                "residents": int(residents),
                "lineage": " ".join(sorted(set(from_grid[own]))),
            }
        )
    table = pd.DataFrame(rows)
    others = [name for name in table if name not in GRID_COLUMNS]
    return gpd.GeoDataFrame(table[[*GRID_COLUMNS, *others]], geometry=shapes, crs=CRS)


def _communities(
    plan: CityPlan, standing: Standing, gone: tuple[str, ...], profile: Profile
) -> gpd.GeoDataFrame:
    retired = retired_codes(plan)
    texts = []
    for code in standing.communities["code"].astype(str):
        own = {one for one in gone if grid_number(one, code, profile=profile)}
        texts.append(" ".join(sorted({*retired.get(code, []), *own})) or None)
    frame = standing.communities
    blank = {name: None for name in COMMUNITY_COLUMNS if name not in frame}
    return frame.assign(**blank, **{RETIRED: texts})[[*COMMUNITY_COLUMNS, RETIRED, "geometry"]]


def _results(
    grids: gpd.GeoDataFrame,
    standing: Standing,
    mended: Mapping[str, CommunityResult],
) -> tuple[CommunityResult, ...]:
    """One a community; what was not looked at holds."""
    basic = grids[grids["kind"] != GridKind.DEDICATED.value]
    home = basic["community_code"].to_numpy(str)
    counts = basic[["households", "residents"]].to_numpy()
    found = []
    for code in standing.communities["code"].astype(str):
        own = counts[home == code]
        households, residents = own.sum(axis=0).tolist()
        found.append(
            mended.get(code)
            or CommunityResult(
                code=code,
                state=State.FEASIBLE,
                grids=len(own),
                inside=len(own),
                worst=0.0,
                households=int(households),
                residents=int(residents),
            )
        )
    return tuple(found)


def _said(
    standing: Standing,
    moved: gpd.GeoDataFrame,
    moves: tuple[Move, ...],
    gone: tuple[str, ...],
) -> list[Finding]:
    """What changed, in a sentence a grid; that a plan had to be drawn over."""
    found = []
    if standing.renoded:
        found.append(Finding("mend-renoded", Severity.WARNING, params={}))
    for code in gone:
        into = [one for one in moves if one.from_grid == code]
        rows = moved[moved["from_grid"] == code]
        place = shapely.point_on_surface(rows.geometry.iloc[0])
        found.append(
            Finding(
                "mend-grid-gone",
                Severity.NOTE,
                codes=(code,),
                households=sum(one.households for one in into),
                geometry=place,
                params={
                    "code": code,
                    "households": sum(one.households for one in into),
                    "into": ", ".join(one.to_grid for one in into),
                },
            )
        )
    return found
