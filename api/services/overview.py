"""The state of the city as one look: what the store holds, checked, ready to be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
from sqlalchemy import Connection

from api.services.chain import standing
from data.demo import SOURCE
from data.readers.chain_rules import read_rules
from data.settings import Settings
from data.store import frames, regions
from geo.chain import ChainResult, ChainRules, Registers, Town, check_chain
from geo.chain.result import ORDER
from geo.codes import Profile
from geo.coverage import Coverage, CoverageRate, Delivered, Measure, examine, gravest_first
from geo.coverage.rates import EXCEPTIONS
from geo.errors import OptionError
from geo.model import ROADS, Finding, How, LineClass, SizeRule
from maps.layers import Headline, MapData
from maps.page import Basemap, Page, coverage_page
from maps.texts import text

WINDOW = timedelta(days=366)
"""How far back the incidents on the map go."""


@dataclass(frozen=True, slots=True)
class Overview:
    """``data``: what a map shows. ``hows``: incidents of the window by how they came to a grid ('': place unknown).
    ``coverage``, ``chain``: the two headline figures (None before the first plan); ``findings``: of both."""

    data: MapData
    findings: tuple[Finding, ...]
    coverage: CoverageRate | None
    chain: ChainResult | None
    grids_inside: int
    hows: dict[str, int]
    as_of: datetime


def present(connection: Connection, settings: Settings, *, now: datetime) -> Overview:
    """`survey` by the rules of an installation."""
    profile = Profile(settings.profile)
    return survey(
        connection,
        rule=SizeRule(),
        profile=profile,
        now=now.astimezone(ZoneInfo(settings.timezone)),
        demo_source=SOURCE,
        chain_rules=read_rules(settings.chain_rules, profile=profile),
    )


def survey(
    connection: Connection,
    *,
    rule: SizeRule,
    profile: Profile,
    now: datetime,
    demo_source: str,
    chain_rules: ChainRules,
) -> Overview:
    """Read the city as it stands at ``now`` (in the city's zone) and check it, sideways and downwards.

    ``demo_source`` marks made-up data; ``chain_rules``: which links of responsibility are demanded.
    """
    outlines = frames.regions(connection)
    communities = _of_level(outlines, "community")
    grids = frames.grids(connection)
    buildings = frames.buildings(connection)
    incidents = frames.incidents(connection, since=now - WINDOW)
    ground = {
        "roads": frames.lines(connection, *ROADS),
        "rivers": frames.lines(connection, LineClass.RIVER),
        "greens": frames.greens(connection),
    }
    seen: Coverage | None = None
    chain = None
    if len(grids):  # before the first plan there is nothing to hold against anything
        delivered = Delivered(communities, grids, buildings, outlines, ground)
        seen = examine(delivered, Measure(rule=rule, profile=profile, at=now.date()))
        governed = communities[communities["code"].isin(grids["community_code"])]
        chain = _chain(connection, governed, grids, buildings, rules=chain_rules, now=now)
    rate = None if seen is None else seen.rate
    sideways = () if seen is None else seen.findings
    findings = tuple(gravest_first([*sideways, *(chain.findings if chain else ())]))
    data = MapData(
        grids=grids,
        communities=communities,
        regions=_of_level(outlines, "street"),
        buildings=buildings,
        **ground,
        incidents=incidents[incidents.geometry.notna()],
        findings=findings,
        headlines=headlines(rate, chain),
        size=rule,
        demo=bool((communities["source"] == demo_source).any()),
    )
    hows = incidents["how"].fillna("").value_counts()
    return Overview(
        data=data,
        findings=findings,
        coverage=rate,
        chain=chain,
        grids_inside=int(
            _inside(grids["households"], rule.households)
            @ _inside(grids["residents"], rule.residents)
        ),
        hows={how: int(hows.get(how, 0)) for how in (How.INSIDE, How.BOUNDARY, How.OUTSIDE, "")},
        as_of=now,
    )


def _of_level(regions: gpd.GeoDataFrame, level: str) -> gpd.GeoDataFrame:
    return regions[regions["level"] == level].reset_index(drop=True)


def _chain(
    connection: Connection,
    communities: gpd.GeoDataFrame,
    grids: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    *,
    rules: ChainRules,
    now: datetime,
) -> ChainResult:
    """The registers of people held against the rules."""
    town = Town(communities, grids, standing(grids, buildings), regions.tree(connection))
    registers = Registers(
        posts=_table(frames.posts(connection)),
        units=_table(frames.party_units(connection)),
        contacts=_table(frames.contacts(connection)),
    )
    return check_chain(town, registers, rules=rules, at=now)


def _table(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    return pd.DataFrame(frame).drop(columns="geometry")


def headlines(rate: CoverageRate | None, chain: ChainResult | None) -> tuple[Headline, ...]:
    """横向覆盖率 and 纵向到底率 as a page shows them, each with the findings that are its exceptions."""
    found = []
    if rate is not None:
        found.append(Headline("horizontal", rate.covered, rate.buildings, EXCEPTIONS))
    if chain is not None:
        found.append(Headline("vertical", chain.whole, chain.grids, ORDER, chain.rules))
    return tuple(found)


def draw(overview: Overview, settings: Settings, *, lang: str, self_contained: bool) -> Page:
    """The coverage map of an overview, over the installation's basemap; its date is the city's."""
    return coverage_page(
        overview.data,
        lang=lang,
        self_contained=self_contained,
        title=text("map.title-city", lang),
        as_of=overview.as_of.astimezone(ZoneInfo(settings.timezone)),
        basemap=_basemap(settings),
    )


def _basemap(settings: Settings) -> Basemap | None:
    """The basemap that the installation names; OptionError for an address without its datum."""
    if settings.basemap_url is None:
        return None
    if settings.basemap_datum is None:
        raise OptionError("basemap-without-datum", url=settings.basemap_url)
    return Basemap(settings.basemap_url, settings.basemap_datum)


def _inside(values: object, bounds: tuple[int, int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    counts = np.array([np.nan if value is None else value for value in values], dtype=np.float64)  # type: ignore[attr-defined]
    return ((counts >= bounds[0]) & (counts <= bounds[1])).astype(np.int64)
