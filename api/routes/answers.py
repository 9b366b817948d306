"""The answer for a place as it is said over HTTP, with the reason in words."""

from __future__ import annotations

from api.schemas import Person, Place
from api.services.locating import Answer, GridName
from geo.model import How
from maps.findings import length
from maps.texts import text


def place(answer: Answer, lang: str) -> Place:
    """An answer in the shape of the API."""
    grid, near = answer.grid, answer.nearest
    return Place(
        how=answer.how,
        grid_code=grid.code if grid else None,
        grid_name=grid.name if grid else None,
        community_code=grid.community_code if grid else None,
        community_name=grid.community_name if grid else None,
        edge_m=answer.edge_m,
        runner_up=answer.runner_up.code if answer.runner_up else None,
        nearest_code=near.code if near else None,
        nearest_m=answer.nearest_m,
        people=[Person(name=one.name, phone=one.phone, duty=one.duty) for one in answer.people],
        why=why(answer, lang),
    )


def why(answer: Answer, lang: str) -> str:
    """The reason in one sentence."""
    if answer.grid is None:
        if answer.nearest is None or answer.nearest_m is None:
            return text("api.why-nothing", lang)
        near, distance = _name(answer.nearest), length(answer.nearest_m, lang)
        return text("api.why-outside", lang, grid=near, distance=distance)
    grid = _name(answer.grid)
    if answer.how is How.BOUNDARY:
        if answer.runner_up is None:
            return text("api.why-boundary-alone", lang, grid=grid)
        return text("api.why-boundary", lang, grid=grid, other=_name(answer.runner_up))
    return text("api.why-inside", lang, grid=grid, edge=length(answer.edge_m or 0.0, lang))


def _name(grid: GridName) -> str:
    return grid.name or grid.code
