"""``/plans/{id}/stages`` and ``/plans/{id}/comments``: what becomes of a plan outside, and what people say of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from sqlalchemy.engine import RowMapping

from api.plan_life_schemas import (
    AnswerIn,
    CommentIn,
    CommentOut,
    CommentsOut,
    StageIn,
    StageOut,
    StagesOut,
)
from api.plan_schemas import PlanId
from api.routes.plans import ABSENT, Number, Service, planner
from api.services.plan_life import Remark
from data.tables import CommentKind
from geo.crs import parse_datum

router = APIRouter(tags=["plans"])

CommentNumber = Annotated[PlanId, Path(alias="comment", examples=[3])]


@router.get("/plans/{id}/stages", responses=ABSENT)
def stages(service: Service, number: Number) -> StagesOut:
    """The steps that a plan went, and those that it still needs."""
    rows = service.plan_life.stages(number)
    readiness = service.publishing.readiness(number)
    return StagesOut(
        stages=[_stage(row) for row in rows],
        missing=list(readiness.missing),
        open_objections=readiness.open_objections,
        rules=service.publishing.stage_rules.version,
    )


@router.post("/plans/{id}/stages", responses=ABSENT)
def enter_stage(service: Service, number: Number, said: StageIn) -> StageOut:
    """Keep that a plan went a step, with the office's number, day and file."""
    told = said.model_dump(exclude={"by", "stage"})
    return _stage(service.plan_life.enter(planner(service, said.by), number, said.stage, **told))


@router.get("/plans/{id}/comments", responses=ABSENT)
def comments(
    service: Service,
    number: Number,
    kind: Annotated[CommentKind | None, Query()] = None,
    answered: Annotated[bool | None, Query()] = None,
) -> CommentsOut:
    """What was said of a plan, the earliest first."""
    kinds = () if kind is None else (kind,)
    rows = service.plan_life.comments(number, kinds=kinds, answered=answered)
    return CommentsOut(comments=[_comment(row) for row in rows])


@router.post("/plans/{id}/comments", responses=ABSENT)
def say(service: Service, number: Number, said: CommentIn) -> CommentOut:
    """Keep what somebody says of a plan: a colleague, a resident, an objection, a note from walking a border."""
    told = said.model_dump(exclude={"by", "datum"})
    remark = Remark(**told, datum=parse_datum(said.datum))
    return _comment(service.plan_life.say(planner(service, said.by), number, remark))


@router.post("/plans/{id}/comments/{comment}/answer", responses=ABSENT)
def answer(service: Service, number: Number, comment: CommentNumber, said: AnswerIn) -> CommentOut:
    """Answer what somebody said."""
    actor = planner(service, said.by)
    return _comment(service.plan_life.answer(actor, number, comment, said.answer))


@router.get(
    "/plans/{id}/comments/{comment}/photo",
    response_class=Response,
    responses={**ABSENT, 200: {"content": {"image/jpeg": {}, "image/png": {}}}},
)
def photo(service: Service, number: Number, comment: CommentNumber) -> Response:
    """The photo that came with it."""
    kind, content = service.plan_life.photo(number, comment)
    return Response(content, media_type=kind, headers={"x-content-type-options": "nosniff"})


def _stage(row: RowMapping) -> StageOut:
    return StageOut(**{name: row[name] for name in StageOut.model_fields})


def _comment(row: RowMapping) -> CommentOut:
    plain = {name: row[name] for name in CommentOut.model_fields if name != "photo"}
    where = f"/plans/{row['plan_id']}/comments/{row['id']}/photo"
    return CommentOut(**plain, photo=None if row["photo_type"] is None else where)
