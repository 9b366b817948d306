"""调网格: what the planner's page knows beforehand."""

from __future__ import annotations

from sqlalchemy import Engine

from api.services.actor import Actor
from api.services.overview import basemap_of
from data.bounds import usual_rule
from data.demo import SOURCE
from data.settings import Settings
from data.store import grids, regions
from maps.redraw import Planning, redraw_page
from maps.shell import Page


def page(engine: Engine, settings: Settings, *, actor: Actor, lang: str) -> Page:
    """The page; what there is to redraw it asks for."""
    with engine.connect() as connection:
        bounds = grids.bounds(connection) or regions.bounds(connection)
        demo = regions.any_from(connection, SOURCE)
    planning = Planning(
        actor=actor.who,
        bounds=bounds,
        demo=demo,
        size=usual_rule(settings),
    )
    return redraw_page(planning, lang=lang, basemap=basemap_of(settings))
