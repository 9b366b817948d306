"""The main job on the demo city: store it, draw its grids, locate a year of incidents, check, map.

Everything that is stored goes in within one transaction: the demo city is there whole or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from sqlalchemy import Connection, Engine

from api.services import overview
from api.services.actor import Actor
from api.services.draw import draw
from api.services.overview import Overview
from api.services.plans import publish_within, store_city_plan
from api.services.progress import Progress, silent
from api.services.reports import rate_json, write_report
from data import demo
from data.demo import DemoCity
from data.ids import uuid7
from data.settings import Settings
from data.store import (
    addresses,
    buildings,
    catalogue,
    components,
    contacts,
    demo_city,
    frames,
    ground,
    incidents,
    party,
    plans,
    posts,
    regions,
)
from data.store.demo_city import Maker
from data.store.relocating import Placing
from data.writers.atomic import made_folder, staging
from geo.coverage import summarize
from geo.errors import Conflict
from maps.assets import require_assets

SEED = 0
ACTOR = Actor("wangge demo")
MAKER = Maker(demo.SOURCE, ACTOR.who)
PLAN_AGE, OLDER_AGE = timedelta(days=150), timedelta(days=800)
"""How long ago the plan of today came into force, in the middle of the year of incidents, and the one before it."""


@dataclass(frozen=True, slots=True)
class JobResult:
    """``made``: whether the city was built now (else it was there); ``renewed``: in place of one of another version.
    ``kept``: one of another version stays, because of so many rows of these tables that are not the demo city's (none:
    somebody was at it); None: it is of this version. ``page``, ``report``: the files written."""

    made: bool
    renewed: bool
    kept: Mapping[str, int] | None
    overview: Overview
    page: Path
    report: Path


def run_job(
    engine: Engine, settings: Settings, *, now: datetime, folder: Path, progress: Progress = silent
) -> JobResult:
    """Do the main job; on a database that holds the demo city already, only check and map it again. One that another
    version made is made anew, unless there is anything beside it.

    ``now``: time-zone aware. Raises Conflict where the database holds a city of the user's own,
    EnvironmentMissing where the map's scripts are not there; nothing is stored then.
    """
    made_folder(folder)  # what the map will need: before the work, not after it
    require_assets()
    with engine.begin() as connection:
        city = _ensure_city(connection, now, progress)
    progress("job-check", 0, None)
    with engine.connect() as connection:
        seen = overview.present(connection, settings, now=now)
    progress("job-map", 0, None)
    page = overview.draw(seen, settings, lang=settings.lang)
    with staging(folder) as stage:
        (stage / "coverage.html").write_text(page.html, "utf-8")
    write_report(folder / "findings.json", seen.findings, _summary(seen))
    return JobResult(
        city.made,
        city.renewed,
        city.kept,
        seen,
        folder / "coverage.html",
        folder / "findings.json",
    )


def _summary(seen: Overview) -> dict[str, object]:
    """What the report leads with: the figures of `wangge check`, of the same look at the city."""
    coverage = None if seen.coverage is None else rate_json(seen.coverage)
    return {**summarize(seen.findings), "coverage": coverage}


@dataclass(frozen=True, slots=True)
class _City:
    """What became of it, as `JobResult` tells."""

    made: bool = False
    renewed: bool = False
    kept: Mapping[str, int] | None = None


def _ensure_city(connection: Connection, now: datetime, progress: Progress) -> _City:
    known = frames.regions(connection)
    if known.empty:
        _make_city(connection, now, progress)
        return _City(made=True)
    if not (known["source"] == demo.SOURCE).all():
        raise Conflict("demo-not-alone", regions=int((known["source"] != demo.SOURCE).sum()))
    if demo_city.edition(connection, MAKER) == _edition():
        return _City()
    if not demo_city.empty(connection, MAKER):
        return _City(kept=demo_city.strangers(connection, MAKER))
    _make_city(connection, now, progress)
    return _City(made=True, renewed=True)


def _edition() -> str:
    """The demo city that this version makes."""
    return demo.edition(Path(__file__))


def _make_city(connection: Connection, now: datetime, progress: Progress) -> None:
    progress("job-city", 0, None)
    city = demo.build_city(SEED)
    _store_places(connection, city, now)
    drawn = draw(city.city, seed=SEED, grid_name="{community}第{number}网格", progress=progress)
    progress("job-store", 0, None)
    older = demo.older_plan(drawn.plan, seed=SEED)
    about: dict[str, Any] = {
        "actor": ACTOR,
        "source": demo.SOURCE,
        "params": {demo_city.EDITION: _edition()},
    }
    drafts = store_city_plan(connection, older, **about)
    # Not by the use case: the older plan has a planted gap, which would rightly stop its publication.
    plans.publish(connection, drafts.values(), by=ACTOR.who, since=now - OLDER_AGE)
    progress("job-incidents", 0, None)
    reported = _reported(connection, city, drawn.plan.grids, now)
    renewed = now - PLAN_AGE
    _record(connection, reported[reported["reported_at"] < renewed])
    drafts = store_city_plan(connection, drawn.plan, seed=SEED, **about)
    publish_within(connection, drafts.values(), actor=ACTOR, since=renewed)
    _record(connection, reported[reported["reported_at"] >= renewed])
    _store_people(connection, city, drawn.plan.grids, now)


def _store_places(connection: Connection, city: DemoCity, now: datetime) -> None:
    regions.merge(connection, city.regions)
    houses = demo.verified_houses(city.city.buildings, seed=SEED, until=now)
    buildings.merge(connection, houses)
    bridges = city.city.bridges.assign(**{"class": "bridge"})
    ways = pd.concat([city.city.roads, city.city.rivers, bridges], ignore_index=True)
    ground.replace_lines(connection, ways)
    ground.replace_greens(connection, city.greens)
    addresses.merge(connection, demo.build_addresses(city))


def _store_people(
    connection: Connection, city: DemoCity, grids: pd.DataFrame, now: datetime
) -> None:
    built = demo.build_people(city, grids, seed=SEED)
    people = demo.verified_people(built, seed=SEED, until=now)
    terms = {"valid_from": "since", "valid_to": "until"}
    posts.add(connection, people.posts.rename(columns=terms))
    party.merge(connection, people.party_units)
    contacts.add(connection, people.contacts.rename(columns=terms))


def _reported(
    connection: Connection, city: DemoCity, grids: pd.DataFrame, now: datetime
) -> gpd.GeoDataFrame:
    """The year's incidents, and into the store what they are about: the catalogue, and 部件 of its kinds."""
    known = demo.build_catalogue(SEED)
    catalogue.merge_departments(connection, known.departments)
    catalogue.merge_items(connection, known.items)
    things = demo.build_components(city, known, seed=SEED, until=now)
    components.merge(connection, things)
    return demo.build_incidents(city, grids, known, seed=SEED, until=now)


def _record(connection: Connection, reported: gpd.GeoDataFrame) -> None:
    """Put incidents in, each in its grid of the plan that is in force at this point of the story."""
    placing = Placing(connection)
    reported = reported.reset_index(drop=True)
    placed = placing.columns(reported.geometry.x.to_numpy(), reported.geometry.y.to_numpy())
    rows = pd.concat([pd.DataFrame(reported).drop(columns=["geometry", "item"]), placed], axis=1)
    rows["id"] = pd.Series([uuid7() for _ in range(len(rows))], dtype=object)
    rows["point"] = reported.geometry.to_numpy()
    incidents.insert_many(connection, rows, epoch=placing.epoch)
