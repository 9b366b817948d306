"""``/plans``: drafts are made and redrawn by operations, undone and done again."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request

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
MOVED: dict[int | str, dict[str, Any]] = {404: {}, 409: {}}


@router.post("/plans", responses=ABSENT)
def create(service: Service, said: DraftIn) -> PlansOut:
    """Make drafts: of the plans in force, or of one plan by its number."""
    source = Source(
        plan=None if said.from_ == "published" else said.from_,
        communities=None if said.communities is None else tuple(said.communities),
        street=said.street,
        name=said.name,
        drawn=said.drawn,
        grids=said.grids,
    )
    made = service.redrawing.create(planner(service, said.by), source)
    return PlansOut(plans=[head(row) for row in made])


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
