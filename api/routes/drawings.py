"""``/plans/drawings``: plans that the engine draws, while people wait; ``/plans/ground``: what there is to draw on."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request

from api.drawing_schemas import DrawingOut, DrawingsOut, GroundOut
from api.drawing_shown import drawing, ground
from api.errors import language
from api.services.drawable import drawable_now
from api.state import State, state

router = APIRouter(tags=["plans"])

Service = Annotated[State, Depends(state)]
Number = Annotated[int, Path(alias="id", ge=1, le=2**63 - 1, examples=[5])]
ABSENT: dict[int | str, dict[str, Any]] = {404: {}}


@router.get("/plans/ground")
def plan_ground(service: Service) -> GroundOut:
    """What there is to draw plans on: communities, buildings, roads; and what is lacking."""
    return ground(drawable_now(service.engine))


@router.get("/plans/drawings")
def list_drawings(request: Request, service: Service) -> DrawingsOut:
    """The drawings that run."""
    lang = language(request)
    return DrawingsOut(drawings=[drawing(row, lang) for row in service.drawings.running()])


@router.get("/plans/drawings/{id}", responses=ABSENT)
def show_drawing(request: Request, service: Service, number: Number) -> DrawingOut:
    """How far a drawing is, or what came of it."""
    return drawing(service.drawings.get(number), language(request))


@router.delete("/plans/drawings/{id}", responses=ABSENT)
def cancel_drawing(request: Request, service: Service, number: Number) -> DrawingOut:
    """Stop a drawing; nothing of it is kept."""
    return drawing(service.drawings.cancel(number), language(request))
