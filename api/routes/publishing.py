"""``/plans/{id}/publish`` and its kin: plans come into force, now or at their time; an old one again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from fastapi import APIRouter, Request

from api.errors import language
from api.plan_schemas import (
    ExceptionIn,
    PlanHead,
    PostLeft,
    PublishedOut,
    PublishIn,
    PublishManyIn,
    RestoreIn,
    WithdrawIn,
)
from api.routes.incidents import zoned
from api.routes.plan_answers import finding, head
from api.routes.plans import MOVED, Number, Service, planner
from api.services.publishing import Outcome, Wish
from api.state import State
from data.tables import PlanStatus
from maps.texts import text

router = APIRouter(tags=["plans"])


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
    reasons = {one.code: one.reason for one in exceptions}
    return Wish(versions, zoned(since, service), reasons)


def _told(done: Outcome, request: Request, service: State) -> PublishedOut:
    lang = language(request)
    plans = [head(row) for row in done.heads]
    return PublishedOut(
        plans=plans,
        status=plans[0].status,
        since=done.since,
        epoch=done.epoch,
        retired=list(done.retired),
        moved_incidents=done.moved_incidents,
        posts_left=[PostLeft(**row) for row in done.posts_left],
        grids_without_officer=list(done.grids_without_officer),
        approved=[finding(one, lang) for one in done.approved],
        said=_said(done, plans, service, lang),
    )


def _said(done: Outcome, plans: Sequence[PlanHead], service: State, lang: str) -> str:
    """A publication in one sentence."""
    now = plans[0].status == PlanStatus.PUBLISHED
    return text(
        f"redrawing.{'published' if now else 'scheduled'}",
        lang,
        plans=len(plans),
        since=done.since.astimezone(service.zone).strftime("%Y-%m-%d %H:%M"),
        incidents=done.moved_incidents,
        posts=len(done.posts_left),
        vacant=len(done.grids_without_officer),
    )
