"""派单台: what its page knows beforehand, and the ground that its map stands on."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Engine

from api.services.actor import Actor
from api.services.overview import basemap_of
from data.demo import SOURCE
from data.readers.line_rules import read_lines
from data.settings import Settings
from data.store import catalogue, frames, grids, regions
from geo.model import ROADS, LineClass
from maps import layers
from maps.dispatch import DeskData, dispatch_page
from maps.page import Page
from maps.texts import text


def page(engine: Engine, settings: Settings, *, actor: Actor, lang: str) -> Page:
    """The dispatcher's page: the city's catalogue, its bounds, and who acts where nobody is named."""
    with engine.connect() as connection:
        known = catalogue.categories(connection)
        items = catalogue.named(connection)
        bounds = grids.bounds(connection) or regions.bounds(connection)
        demo = regions.any_from(connection, SOURCE)
    more: dict[str, list[str]] = {name: [] for name in read_lines() if name not in known}
    source = text("dispatch.source", settings.lang)
    unit = text("dispatch.unit", settings.lang, unit="{unit}")
    desk = DeskData(
        categories={**known, **more},
        actor=actor.who,
        source=source,
        unit=unit,
        items=items,
        bounds=bounds,
        demo=demo,
    )
    return dispatch_page(desk, lang=lang, basemap=basemap_of(settings))


def ground(engine: Engine) -> Mapping[str, object]:
    """Roads, rivers and greens as a page draws them."""
    with engine.connect() as connection:
        return layers.ground(
            frames.lines(connection, *ROADS),
            frames.lines(connection, LineClass.RIVER),
            frames.greens(connection),
        )
