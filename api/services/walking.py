"""走界: the border of a grid leg by leg, with what was noted at each, for whoever stands in the street."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import shapely

from api.services.actor import Actor
from api.services.overview import basemap_of
from api.services.plan_papers import PlanPapers
from data.demo import SOURCE
from data.settings import Settings
from data.store import grids, regions
from geo.errors import NotFound
from geo.redraw.draft import objects
from geo.walk import Leg
from maps.plan_papers import Papers
from maps.plan_papers.walk import border_legs, new_part
from maps.plan_papers.walked import Note, notes_of
from maps.shell import Page
from maps.walk import Walker, walk_page

NEW = 0.5
"""A leg of which more was no border before is new."""


@dataclass(frozen=True, slots=True)
class Border:
    """A grid's border. paths: of the legs, EPSG:4490, in walking order. new: whether each was none before."""

    papers: Papers
    code: str
    legs: Sequence[Leg]
    paths: Sequence[shapely.LineString]
    new: Sequence[bool]
    notes: Sequence[Note]


def border(made: PlanPapers, plan_id: int, code: str | None) -> Border:
    """The border of a grid of a plan; of None, the first that is otherwise than before, else the first.

    NotFound "plan-unknown", "place-unknown".
    """
    papers = made.papers(plan_id)
    wanted = code or min(papers.changed or papers.after.grids)
    if wanted not in papers.after.grids:
        raise NotFound("place-unknown", code=wanted)
    legs = border_legs(papers, wanted)
    paths = papers.after.ground.degrees(objects([leg.path for leg in legs]))
    return Border(
        papers=papers,
        code=wanted,
        legs=legs,
        paths=[shapely.LineString(shapely.get_coordinates(path)) for path in paths],
        new=[new_part(papers, leg) > NEW for leg in legs],
        notes=notes_of(papers, wanted, legs),
    )


def page(made: PlanPapers, settings: Settings, *, actor: Actor, lang: str) -> Page:
    """The page for a phone."""
    with made.engine.connect() as connection:
        bounds = grids.bounds(connection) or regions.bounds(connection)
        names = {row.code: row.name or row.code for row in regions.with_grids(connection)}
        demo = regions.any_from(connection, SOURCE)
    return walk_page(
        Walker(actor.who, bounds, names, demo), lang=lang, basemap=basemap_of(settings)
    )
