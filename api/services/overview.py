"""The state of the city as one look: what the store holds, checked, ready to be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd
from sqlalchemy import Connection

from api.services import incident_tables
from api.services.chain import standing
from api.services.headlines import ages_of, headlines
from api.services.incident_tables import Incidents
from data.bounds import usual_rule
from data.demo import SOURCE
from data.readers.chain_rules import read_rules
from data.settings import Settings
from data.store import ages, frames, regions
from geo.bounds import with_own_bounds
from geo.chain import ChainResult, ChainRules, Registers, Town, check_chain
from geo.codes import Profile
from geo.coverage import Coverage, CoverageRate, Delivered, Measure, examine, gravest_first
from geo.errors import OptionError
from geo.model import ROADS, Finding, LineClass, SizeRule
from geo.tally import COMPONENTS, Tallies, tally
from geo.territory import territory
from maps.layers import MapData
from maps.page import Basemap, Page, Remote, coverage_page
from maps.registers import RegisterAge
from maps.texts import text


@dataclass(frozen=True, slots=True)
class Overview:
    """``data``: what a map shows. ``coverage``, ``chain``: the two headline figures (None before the first plan);
    ``findings``: of both. ``tallies``: the figures of every place, from the whole city down to the grid. ``incidents``:
    those of the present month and the twelve before it."""

    data: MapData
    findings: tuple[Finding, ...]
    coverage: CoverageRate | None
    chain: ChainResult | None
    tallies: Tallies
    incidents: Incidents
    as_of: datetime


def present(connection: Connection, settings: Settings, *, now: datetime) -> Overview:
    """`survey` by the rules of an installation."""
    profile = Profile(settings.profile)
    return survey(
        connection,
        rule=usual_rule(settings),
        profile=profile,
        now=now.astimezone(ZoneInfo(settings.timezone)),
        zone=ZoneInfo(settings.timezone),
        demo_source=SOURCE,
        chain_rules=read_rules(settings.chain_rules, profile=profile),
    )


def survey(
    connection: Connection,
    *,
    rule: SizeRule,
    profile: Profile,
    now: datetime,
    zone: ZoneInfo,
    demo_source: str,
    chain_rules: ChainRules,
) -> Overview:
    """Read the city as it stands at ``now`` (in the city's zone) and check it, sideways and downwards.

    ``rule``: the bounds, beside those that communities have of their own. ``zone``: the city's. ``demo_source`` marks
    made-up data; ``chain_rules``: which links of responsibility are demanded.
    """
    known = frames.regions(connection, outlined=False)
    outlines = known[known.geometry.notna()]
    communities = _of_level(outlines, "community")
    rule = with_own_bounds(rule, communities)
    plans = frames.grids_since(connection, incident_tables.window_start(now, zone))
    grids = plans[plans["until"].isna()].drop(columns="until").reset_index(drop=True)
    buildings = frames.buildings(connection)
    components = frames.components(connection)
    ground = {
        "roads": frames.lines(connection, *ROADS),
        "rivers": frames.lines(connection, LineClass.RIVER),
        "greens": frames.greens(connection),
    }
    seen: Coverage | None = None
    chain = None
    if len(grids):  # before the first plan there is nothing to hold against anything
        things = ground if components.empty else {COMPONENTS: components, **ground}
        delivered = Delivered(communities, grids, buildings, outlines, things)
        seen = examine(delivered, Measure(rule=rule, profile=profile, at=now.date()))
        governed = communities[communities["code"].isin(grids["community_code"])]
        chain = _chain(connection, governed, grids, buildings, rules=chain_rules, now=now)
    rate = None if seen is None else seen.rate
    sideways = () if seen is None else seen.findings
    findings = tuple(gravest_first([*sideways, *(chain.findings if chain else ())]))
    incidents = incident_tables.of_store(connection, now=now, zone=zone)
    tallies = tally(
        territory(known, grids),
        grids=grids,
        communities=communities,
        buildings=buildings,
        coverage=seen,
        findings=findings,
        chain=chain,
        rule=rule,
        components=components,
    )
    verified = ages_of(rate, chain)
    data = MapData(
        grids=grids,
        former=plans[plans["until"].notna()],
        communities=communities,
        regions=_of_level(outlines, "street"),
        buildings=buildings,
        **ground,
        incidents=incidents.table,
        incidents_since=incidents.first,
        findings=findings,
        tallies=tallies,
        headlines=headlines(rate, chain),
        registers=[
            RegisterAge(
                one.name,
                one.rows,
                _day(one.oldest, zone),
                _day(one.newest, zone),
                verified.get(one.name),
            )
            for one in ages.registers(connection)
        ],
        unchecked=() if chain is None else chain.unchecked,
        size=rule,
        zone=str(zone),
        demo=bool((communities["source"] == demo_source).any()),
    )
    return Overview(
        data=data,
        findings=findings,
        coverage=rate,
        chain=chain,
        tallies=tallies,
        incidents=incidents,
        as_of=now,
    )


def _day(moment: datetime | None, zone: ZoneInfo) -> date | None:
    return None if moment is None else moment.astimezone(zone).date()


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


def draw(
    overview: Overview,
    settings: Settings,
    *,
    lang: str,
    remote: Remote | None = None,
    every_incident: bool = False,
) -> Page:
    """The coverage map of an overview, over the installation's basemap; its date is the city's.

    remote: where a served page asks for what is not in it; without it the page is one file that may be mailed, unless
    every_incident is in it.
    """
    return coverage_page(
        overview.data,
        lang=lang,
        self_contained=remote is None,
        title=text("map.title-city", lang),
        as_of=overview.as_of.astimezone(ZoneInfo(settings.timezone)),
        basemap=basemap_of(settings),
        remote=remote,
        every_incident=every_incident,
    )


def basemap_of(settings: Settings) -> Basemap | None:
    """The basemap that the installation names; OptionError for an address without its datum."""
    if settings.basemap_url is None:
        return None
    if settings.basemap_datum is None:
        raise OptionError("basemap-without-datum", url=settings.basemap_url)
    return Basemap(settings.basemap_url, settings.basemap_datum)
