"""Grids: a plan drawn by ``wangge draw``, or polygons from elsewhere; published unless something blocks."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy import Connection

from api.services import plans as planning
from api.services.imports.layer import open_layer
from api.services.imports.result import Imported, Noted, Options, result, source_name
from data.readers import settle
from data.readers.columns import require
from data.readers.vector import list_layers, split_spec
from data.store import grids, plans, regions
from data.tables import Level, RegionKind
from geo.codes import Profile, normalize_code, parent_code
from geo.errors import CodeError
from geo.model import (
    BLOCK_COLUMNS,
    COMMUNITY_COLUMNS,
    CRS,
    GRID_COLUMNS,
    CityPlan,
    GridKind,
)

NOUN = "grids"
_COLUMNS = (*GRID_COLUMNS, "residents_basis")


def take(connection: Connection, spec: str, options: Options) -> Imported:
    """Import grids as one plan for each community. A community whose grids are in force just so is left alone.

    From a file of ``wangge draw`` blocks and communities come along, and communities that the store lacks. With
    ``draft`` the plans stay drafts; else they are published, and Conflict "plan-blocked" refuses the whole file while
    a check finds anything blocking. CodeError for a malformed or repeated code and for an unknown community.
    """
    plan = _read(spec, options)
    _add_communities(connection, plan, spec)
    _check_communities(connection, plan, spec)
    changed = _changed(connection, plan)
    rows = [Noted(number, code) for number, code in enumerate(plan.grids["code"], start=1)]
    wanted = CityPlan(
        *(_of(layer, changed) for layer in (plan.grids, plan.blocks, plan.communities))
    )
    drafts = planning.store_city_plan(
        connection, wanted, actor=options.actor, source=source_name(spec)
    )
    findings = planning.findings(
        connection, drafts.values(), rule=options.rule, profile=options.profile
    ) if drafts else []  # fmt: skip
    if drafts and not options.draft:
        planning.publish_within(
            connection,
            drafts.values(),
            actor=options.actor,
            rule=options.rule,
            profile=options.profile,
        )
    return result(
        NOUN,
        rows,
        options,
        added=len(wanted.grids),
        unchanged=len(plan.grids) - len(wanted.grids),
        findings=tuple(findings),
    )


def _of(layer: gpd.GeoDataFrame, communities: set[str]) -> gpd.GeoDataFrame:
    column = "community_code" if "community_code" in layer else "code"
    return layer[layer[column].isin(communities)].reset_index(drop=True)


def _read(spec: str, options: Options) -> CityPlan:
    drawn = _layer(spec, NOUN, _COLUMNS, options)
    drawn["code"] = _codes(settle.as_text(drawn["code"]), spec, options.profile)
    told = settle.as_text(drawn["community_code"])
    drawn["community_code"] = [
        _community(code, given, options.profile, where=(source_name(spec), row))
        for row, (code, given) in enumerate(zip(drawn["code"], told, strict=True), start=1)
    ]
    drawn["kind"] = drawn["kind"].where(drawn["kind"].isin(list(GridKind)), GridKind.BASIC.value)
    _refuse_repeated(drawn, source_name(spec))
    layers = list_layers(split_spec(spec)[0])
    path = split_spec(spec)[0]
    blocks = (
        _layer(f"{path}:blocks", "blocks", BLOCK_COLUMNS, options) if "blocks" in layers else None
    )
    if blocks is not None and blocks["community_code"].isna().any():
        blocks["community_code"] = blocks["grid_code"].map(
            drawn.set_index("code")["community_code"]
        )
    outlines = (
        _layer(f"{path}:communities", "communities", COMMUNITY_COLUMNS, options)
        if "communities" in layers
        else gpd.GeoDataFrame({name: [] for name in COMMUNITY_COLUMNS}, geometry=[], crs=CRS)
    )
    return CityPlan(drawn, _blocks(drawn) if blocks is None else blocks, outlines)


def _layer(spec: str, layer: str, columns: tuple[str, ...], options: Options) -> gpd.GeoDataFrame:
    mapping = options.mapping if layer == NOUN else {}
    frame = open_layer(spec, options, columns, default_layer=layer, mapping=mapping).frame
    require(frame, (columns[0],), file=spec)
    missing = [name for name in columns if name not in frame]
    return frame.assign(**dict.fromkeys(missing))


def _blocks(drawn: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Each grid as one block: all that is known of polygons from elsewhere."""
    return drawn.assign(block_id=drawn["code"], grid_code=drawn["code"], estate=None)


def _codes(given: pd.Series, spec: str, profile: Profile) -> list[str]:
    """The codes of all grids. CodeError naming every row that has none, or one that is no grid's."""
    codes = [_code(value, profile) for value in given]
    wrong = [str(row) for row, code in enumerate(codes, start=1) if code is None]
    if wrong:
        rows = ", ".join(wrong[:10]) + (" …" if len(wrong) > 10 else "")
        raise CodeError("grid-codes-unusable", file=source_name(spec), count=len(wrong), rows=rows)
    return [code for code in codes if code is not None]


def _code(value: Any, profile: Profile) -> str | None:
    if pd.isna(value):
        return None
    try:
        code = normalize_code(value, profile=profile)
    except CodeError:
        return None
    return code if profile is not Profile.CN or len(code) == 15 else None


def _community(code: str, given: Any, profile: Profile, *, where: tuple[str, int]) -> str:
    """The community told, else (cn) the one that the code tells. CodeError where they differ; it names file and row."""
    file, row = where
    told = None if pd.isna(given) else normalize_code(given, profile=profile)
    own = parent_code(code, profile=profile)
    if profile is Profile.CN and told not in (None, own):
        raise CodeError("code-parent", file=file, row=row, value=code, community=told)
    found = told or own
    if found is None:
        raise CodeError("grid-without-community", file=file, row=row, value=code)
    return found


def _refuse_repeated(drawn: gpd.GeoDataFrame, file: str) -> None:
    repeated = drawn["code"][drawn["code"].duplicated()].unique()
    if len(repeated):
        rows = [str(n + 1) for n in drawn.index[drawn["code"] == repeated[0]]]
        positions = ", ".join(rows[:10]) + (" …" if len(rows) > 10 else "")
        raise CodeError(
            "grids-code-duplicated",
            file=file,
            value=repeated[0],
            positions=positions,
            count=len(repeated),
        )


def _add_communities(connection: Connection, plan: CityPlan, spec: str) -> None:
    """Communities that came along and that the store lacks."""
    known = regions.codes(connection)
    new = plan.communities[~plan.communities["code"].isin(known)]
    if len(new):
        regions.merge(
            connection,
            new[["code", "name", "planned_grids", "geometry"]].assign(
                name=new["name"].fillna(new["code"]),
                level=Level.COMMUNITY.value,
                kind=RegionKind.COMMUNITY.value,
                source=source_name(spec),
            ),
        )
        regions.link_parents(connection)


def _check_communities(connection: Connection, plan: CityPlan, spec: str) -> None:
    absent = set(plan.grids["community_code"]) - set(regions.codes(connection, level="community"))
    if absent:
        listed = ", ".join(sorted(absent)[:5])
        raise CodeError("communities-unknown", file=spec, count=len(absent), codes=listed)


def _changed(connection: Connection, plan: CityPlan) -> set[str]:
    """Communities whose grids are not in force just as they are here."""
    current = grids.published(connection)
    old, new = _prints(current), _prints(plan.grids)
    in_force = plans.in_force(connection)
    return {code for code in new if code not in in_force or new[code] != old.get(code)}


def _prints(layer: gpd.GeoDataFrame) -> dict[str, set[tuple[object, ...]]]:
    """Community -> its grids, by everything that an import brings."""
    columns = ("code", "name", "kind", "households", "residents")
    values = zip(*(layer[name] for name in columns), strict=True)
    shapes = shapely.to_wkb(shapely.force_2d(layer.geometry.to_numpy()))
    found: dict[str, set[tuple[object, ...]]] = {}
    for community, row, shape in zip(layer["community_code"], values, shapes, strict=True):
        plain = tuple(None if pd.isna(value) else value for value in row)
        found.setdefault(community, set()).add((*plain, shape))
    return found
