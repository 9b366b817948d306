"""The state of the city as one look: what the store holds, checked, ready to be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Connection

from data.settings import Settings
from data.store import frames
from geo.codes import Profile
from geo.coverage import check
from geo.errors import OptionError
from geo.model import Finding, How, LineClass, SizeRule
from maps.layers import MapData
from maps.page import Basemap, Page, coverage_page
from maps.texts import text

ROADS = (LineClass.ARTERIAL, LineClass.STREET, LineClass.LANE)
WINDOW = timedelta(days=366)
"""How far back the incidents on the map go."""


@dataclass(frozen=True, slots=True)
class Overview:
    """``data``: what a map shows. ``hows``: incidents of the window by how they came to a grid ('': place unknown)."""

    data: MapData
    findings: tuple[Finding, ...]
    grids_inside: int
    hows: dict[str, int]
    as_of: datetime


def survey(
    connection: Connection,
    *,
    rule: SizeRule,
    profile: Profile,
    now: datetime,
    demo_source: str,
) -> Overview:
    """Read the city as it stands at ``now`` (time-zone aware) and check it. ``demo_source`` marks made-up data."""
    communities = frames.regions(connection, level="community")
    around = frames.regions(connection, level="street")
    grids = frames.grids(connection)
    buildings = frames.buildings(connection)
    incidents = frames.incidents(connection, since=now - WINDOW)
    governed = communities[communities["code"].isin(grids["community_code"])]
    findings: tuple[Finding, ...] = ()
    if len(grids):  # before the first plan there is nothing to hold against anything
        findings = tuple(check(governed, grids, buildings, rule=rule, profile=profile))
    data = MapData(
        grids=grids,
        communities=communities,
        regions=around,
        buildings=buildings,
        roads=frames.lines(connection, *ROADS),
        rivers=frames.lines(connection, LineClass.RIVER),
        incidents=incidents[incidents.geometry.notna()],
        findings=findings,
        size=rule,
        demo=bool((communities["source"] == demo_source).any()),
    )
    hows = incidents["how"].fillna("").value_counts()
    return Overview(
        data=data,
        findings=findings,
        grids_inside=int(
            _inside(grids["households"], rule.households)
            @ _inside(grids["residents"], rule.residents)
        ),
        hows={how: int(hows.get(how, 0)) for how in (How.INSIDE, How.BOUNDARY, How.OUTSIDE, "")},
        as_of=now,
    )


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
