"""``/plans/{id}/publish`` and its kin: plans come into force, now or at their time; an old one again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from fastapi import APIRouter, Request

from api.errors import language
from api.plan_schemas import (
    ExceptionIn,
    ObstaclesOut,
    PlanHead,
    PublishedOut,
    PublishIn,
    PublishManyIn,
    RestoreIn,
    WithdrawIn,
)
from api.plan_shown import finding, head, published
from api.routes.incidents import zoned
from api.routes.plans import ABSENT, MOVED, Number, Service, planner
from api.services.approvals import Approval
from api.services.publishing import Outcome, Wish
from api.state import State

router = APIRouter(tags=["plans"])


@router.get("/plans/{id}/obstacles", responses=ABSENT)
def obstacles(request: Request, service: Service, number: Number) -> ObstaclesOut:
    """What keeps a plan from coming into force that nobody approved yet."""
    found, lacking = service.publishing.obstacles(number)
    lang = language(request)
    return ObstaclesOut(findings=[finding(one, lang) for one in found], lacking=list(lacking))


@router.post("/plans/publish", responses=MOVED)
def publish_many(request: Request, service: Service, said: PublishManyIn) -> PublishedOut:
    """Put plans in force together, all or none."""
    versions = {one.id: one.version for one in said.plans}
    wish = _wish(service, versions, said.since, said.exceptions)
    return _told(service.publishing.publish(planner(service, said.by), wish), request, service)


@router.post("/plans/{id}/publish", responses=MOVED)
def publish(request: Request, service: Service, number: Number, said: PublishIn) -> PublishedOut:
    """Put a plan in force, now or from a moment to come on."""
    wish = _wish(service, {number: said.version}, said.since, said.exceptions)
    return _told(service.publishing.publish(planner(service, said.by), wish), request, service)


@router.post("/plans/{id}/restore", responses=MOVED)
def restore(request: Request, service: Service, number: Number, said: RestoreIn) -> PublishedOut:
    """Put a copy of a plan that is over in force again."""
    wish = _wish(service, {}, said.since, said.exceptions)
    done = service.publishing.restore(planner(service, said.by), number, wish)
    return _told(done, request, service)


@router.post("/plans/{id}/withdraw", responses=MOVED)
def withdraw(service: Service, number: Number, said: WithdrawIn) -> PlanHead:
    """Make a plan that waits for its time a draft again."""
    return head(service.publishing.withdraw(planner(service, said.by), number))


def _wish(
    service: State,
    versions: dict[int, int],
    since: datetime | None,
    exceptions: Sequence[ExceptionIn],
) -> Wish:
    approvals = [Approval(**(one.model_dump() | {"grids": tuple(one.grids)})) for one in exceptions]
    return Wish(versions, zoned(since, service), approvals)


def _told(done: Outcome, request: Request, service: State) -> PublishedOut:
    return published(done, service.zone, language(request))
