"""``/plans``: drafts are made and redrawn by operations, undone and done again."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from api.drawing_shown import drawing
from api.errors import language
from api.plan_schemas import (
    Changed,
    DraftIn,
    LayersOut,
    OperationsIn,
    PlanChange,
    PlanHead,
    PlanHistory,
    PlanId,
    PlansOut,
    StepIn,
)
from api.plan_shown import changed, head, layers
from api.schemas import Key
from api.services.actor import Actor, Role
from api.services.redrawing import Source
from api.state import State, state
from data.store import drafts

router = APIRouter(tags=["plans"])

Service = Annotated[State, Depends(state)]
Number = Annotated[PlanId, Path(alias="id", examples=[27])]
ABSENT: dict[int | str, dict[str, Any]] = {404: {}}
QUICK_S = 2.0
"""How long an answer waits for a drawing to be done."""
MOVED: dict[int | str, dict[str, Any]] = {404: {}, 409: {}}


@router.post("/plans", responses={202: {"model": PlansOut}, 404: {}, 409: {}})
def create(request: Request, response: Response, service: Service, said: DraftIn) -> PlansOut:
    """Make drafts: copies of the plans in force, or of one plan by its number; or drawn by the engine (202 where that
    takes long and goes on)."""
    if said.drawn:
        return _drawn(service, said, response, language(request))
    source = Source(
        plan=None if said.from_ == "published" else said.from_,
        communities=None if said.communities is None else tuple(said.communities),
        street=said.street,
        name=said.name,
    )
    made = service.redrawing.create(planner(service, said.by), source)
    return PlansOut(plans=[head(row) for row in made])


def _drawn(service: State, said: DraftIn, response: Response, lang: str) -> PlansOut:
    """Drafts that the engine draws: at once if it is quick, else how far it is."""
    begun = service.drawings.begin(planner(service, said.by), said.anew())
    kept = begun.wait(QUICK_S)
    told = drawing(service.drawings.get(begun.number), lang)
    if kept is None:
        response.status_code = 202
        return PlansOut(plans=[], drawing=told)
    return PlansOut(plans=[head(row) for row in kept.heads], drawing=told)


@router.get("/plans/{id}", responses=ABSENT)
def one(service: Service, number: Number) -> PlanHead:
    """What is said of a plan."""
    return head(service.redrawing.head(number))


@router.delete("/plans/{id}", responses=MOVED)
def discard(
    service: Service, number: Number, by: Annotated[Key | None, Query()] = None
) -> PlanHead:
    """Throw a draft away; answers with what it was."""
    told = head(service.redrawing.head(number))
    service.redrawing.discard(planner(service, by), number)
    return told


@router.get("/plans/{id}/layers", responses=ABSENT)
def show(request: Request, service: Service, number: Number) -> LayersOut:
    """A plan as a map shows it."""
    return layers(service.redrawing.look(number), language(request))


@router.get("/plans/{id}/history", responses=ABSENT)
def history(
    service: Service,
    number: Number,
    since_version: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0,
) -> PlanHistory:
    """What was done to a plan, the earliest first."""
    service.redrawing.head(number)
    with service.engine.connect() as connection:
        rows = drafts.changes_since(connection, number, since_version)
    return PlanHistory(changes=[PlanChange(**row) for row in rows])


@router.post("/plans/{id}/operations", responses=MOVED)
def edit(request: Request, service: Service, number: Number, said: OperationsIn) -> Changed:
    """Change a draft: all of the operations, or none."""
    done = service.redrawing.edit(
        planner(service, said.by),
        number,
        [one.model_dump(by_alias=True) for one in said.operations],
        version=said.version,
        take_over=said.take_over,
    )
    return changed(done, language(request))


@router.post("/plans/{id}/undo", responses=MOVED)
def undo(request: Request, service: Service, number: Number, said: StepIn) -> Changed:
    """Take the last operation back."""
    done = service.redrawing.undo(
        planner(service, said.by), number, version=said.version, take_over=said.take_over
    )
    return changed(done, language(request))


@router.post("/plans/{id}/redo", responses=MOVED)
def redo(request: Request, service: Service, number: Number, said: StepIn) -> Changed:
    """Do again what was undone last."""
    done = service.redrawing.redo(
        planner(service, said.by), number, version=said.version, take_over=said.take_over
    )
    return changed(done, language(request))


def planner(service: State, by: str | None) -> Actor:
    """Who redraws: until there are accounts, whoever the request names."""
    return Actor(who=by or service.actor.who, role=Role.PLANNER)
