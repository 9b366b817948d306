"""纵向到底 of what is at hand: layers and registers from files, or from the store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.readers.words import building_kind, grid_kind
from geo.chain import WHOLE, ChainResult, ChainRules, GridDemand, Registers, Town, check_chain
from geo.coverage.delivered import STALE_DAYS
from geo.coverage.layers import text_column
from geo.errors import OptionError
from geo.locate import Locator
from geo.model import COMMUNITY_COLUMNS, CRS, GridKind, empty_layer

ONE_OFFICER = ChainRules(
    "officer", grids={kind: GridDemand(officer=True, stand_in=True) for kind in GridKind}
)
"""What is demanded where no rules are handed over."""


def chain_of_layers(
    layers: Mapping[str, gpd.GeoDataFrame | None],
    registers: Registers,
    *,
    rules: ChainRules,
    now: datetime,
    stale_days: int = STALE_DAYS,
) -> ChainResult:
    """The chain of the grids; communities that are called by name in the registers are found by it.

    ``layers``: grids (needed: OptionError posts-without-grids), communities, buildings, in EPSG:4490.
    """
    grids, communities, buildings = (layers[name] for name in ("grids", "communities", "buildings"))
    if grids is None:
        raise OptionError("posts-without-grids")
    if "community_code" not in grids.columns:
        grids = grids.assign(community_code=grids["code"].astype(str).str[:-3])
    if communities is None:
        communities = empty_layer(COMMUNITY_COLUMNS)
    grids = grids.assign(
        kind=[grid_kind(word) for word in grids["kind"]] if "kind" in grids else None
    )
    codes: dict[str, str] = {}
    if "name" in communities.columns:
        codes = dict(zip(communities["name"], communities["code"].astype(str), strict=True))
    houses = None
    if buildings is not None:
        houses = standing(grids, buildings)
        kinds = houses["kind"] if "kind" in houses else pd.Series(None, index=houses.index)
        houses = houses.assign(kind=[building_kind(word) for word in kinds])
    town = Town(communities, grids, houses)
    told = _by_code(registers, codes)
    return check_chain(town, told, rules=rules, at=now, stale_days=stale_days)


def _by_code(registers: Registers, codes: Mapping[str, str]) -> Registers:
    """Registers in which communities go by their code."""

    def coded(frame: pd.DataFrame | None) -> pd.DataFrame | None:
        if frame is None:
            return None
        told = frame["community_code"]
        return frame.assign(community_code=told.map(lambda name: codes.get(name, name)))

    return replace(
        registers,
        posts=coded(registers.posts),
        units=coded(registers.units),
        contacts=coded(registers.contacts),
    )


def standing(grids: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The buildings with the grid that each stands in (``grid_code``; null: none). Grids may be anybody's: of several
    with one code or over one place the lowest code wins, as everywhere."""
    usable = _usable(grids)
    shapes = np.asarray(buildings.geometry.array, dtype=object)
    placed = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    code = np.full(len(buildings), None, dtype=object)
    if len(usable) and placed.any():
        xy = shapely.get_coordinates(shapely.point_on_surface(shapes[placed]))
        at = Locator(usable.geometry.to_numpy(), list(usable["code"]), crs=CRS).indices(*xy.T)
        codes = np.array([*usable["code"], None], dtype=object)
        code[placed] = codes[at]
    return buildings.assign(grid_code=pd.Series(code, index=buildings.index, dtype=object))


def _usable(grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The grids that points can be looked up in: with a code, each once, valid, with an area."""
    named = grids.assign(code=text_column(grids, "code"))[["code", "geometry"]]
    named = named[(named["code"] != "") & named.geometry.notna()]
    shapes = shapely.make_valid(np.asarray(named.geometry.array, dtype=object), method="structure")
    named = named.set_geometry(gpd.GeoSeries(shapes, index=named.index, crs=CRS))
    named = named[np.isin(shapely.get_type_id(shapes), (3, 6)) & ~shapely.is_empty(shapes)]
    return named.dissolve("code", as_index=False) if named["code"].duplicated().any() else named


def chain_figures(chain: ChainResult) -> dict[str, object]:
    """A result as a report's ``summary.chain``: the figures, and where each broken chain breaks first (the position of
    the finding in the chain's own, gravest first, and its code)."""
    return {
        "whole": chain.whole,
        "grids": chain.grids,
        "buildings_whole": chain.houses_whole,
        "buildings": len(chain.houses),
        "rules": chain.rules,
        "unchecked": list(chain.unchecked),
        "ages": {name: age.to_json() for name, age in chain.ages.items()},
        "first_breaks": [
            {"level": level.word, "code": code, "grids": count}
            for (level, code), count in chain.first_breaks().items()
        ],
        "broken": {
            grid: {"code": chain.findings[one].code, "level": rung.word}
            for grid, one in sorted(chain.broken.items())
            if (rung := chain.levels[one]) is not None
        },
    }


def links(
    chain: ChainResult,
    grids: Iterable[str],
    *,
    of: str = "grids",
    under: str | None = None,
    broken: bool = False,
) -> pd.DataFrame:
    """``code`` and ``first`` (a position in the chain's findings, WHOLE or OUTSIDE) of each grid, or ``of`` buildings.

    ``under``: only where the grid's code begins so. ``broken``: only chains that are not whole.
    """
    if of == "grids":
        codes = [str(code) for code in grids] if chain.grids else []
        table = pd.DataFrame(
            {"code": codes, "first": [chain.broken.get(one, WHOLE) for one in codes]}
        )
        home = table["code"]
    else:
        table = chain.houses.rename(columns={"building_id": "code"})[["code", "first"]]
        home = chain.houses["grid_code"].fillna("")
    wanted = home.astype("str").str.startswith(under or "")
    return table[wanted & ((table["first"] != WHOLE) | (not broken))]
