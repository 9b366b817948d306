"""调网格: what the planner's page knows beforehand."""

from __future__ import annotations

from sqlalchemy import Engine

from api.services.actor import Actor
from api.services.overview import basemap_of
from data.demo import SOURCE
from data.settings import Settings
from data.store import grids, regions
from maps.redraw import Place, Planning, redraw_page
from maps.shell import Page


def page(engine: Engine, settings: Settings, *, actor: Actor, lang: str) -> Page:
    """The page, with the communities whose plans can be copied and redrawn."""
    with engine.connect() as connection:
        rows = regions.with_grids(connection)
        bounds = grids.bounds(connection) or regions.bounds(connection)
        demo = regions.any_from(connection, SOURCE)
    streets = {row.parent_code: row.street_name for row in rows if row.street_name is not None}
    planning = Planning(
        streets=[Place(code, name) for code, name in sorted(streets.items())],
        communities=[Place(row.code, row.name or row.code, row.parent_code) for row in rows],
        actor=actor.who,
        bounds=bounds,
        demo=demo,
    )
    return redraw_page(planning, lang=lang, basemap=basemap_of(settings))
