"""``/plans/{id}/stages`` and ``/plans/{id}/comments``: what becomes of a plan outside, and what people say of it."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request, Response
from sqlalchemy.engine import RowMapping
from starlette.concurrency import run_in_threadpool

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
from api.routes.bodies import BODY, FileName, body
from api.routes.plans import ABSENT, MOVED, Number, Service, planner
from api.schemas import Key
from api.services.files import KINDS, MOST_BYTES
from api.services.plan_life import Remark
from data.tables import CommentKind
from geo.crs import parse_datum
from geo.errors import FileUnreadable

router = APIRouter(tags=["plans"])

StageNumber = Annotated[PlanId, Path(alias="stage", examples=[5])]
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


@router.post("/plans/{id}/stages/{stage}/file", openapi_extra=BODY, responses=MOVED)
async def attach_file(
    request: Request,
    service: Service,
    number: Number,
    *,
    stage: StageNumber,
    file_name: FileName,
    by: Annotated[Key | None, Query()] = None,
) -> StageOut:
    """Keep the file of a step; the body is its bytes."""
    refusal = FileUnreadable("stage-file-unusable", file=file_name, most_mb=MOST_BYTES >> 20)
    content = await body(request, most_bytes=MOST_BYTES, refusal=refusal)
    actor = planner(service, by)

    def answer() -> StageOut:
        kept = service.plan_life.attach(actor, number, stage, name=file_name, content=content)
        return _stage(kept)

    return await run_in_threadpool(answer)


@router.get(
    "/plans/{id}/stages/{stage}/file",
    response_class=Response,
    responses={**ABSENT, 200: {"content": {kind: {} for kind in KINDS}}},
)
def stage_file(service: Service, number: Number, stage: StageNumber) -> Response:
    """The file of a step as it was handed over, to be saved."""
    found = service.plan_life.file(number, stage)
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(found['name'], safe='')}",
        "content-security-policy": "default-src 'none'; sandbox",
        "x-content-type-options": "nosniff",
        "etag": f'"{found["sha256"]}"',
    }
    return Response(bytes(found["content"]), media_type=found["type"], headers=headers)


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
    return CommentsOut(comments=[comment_out(row) for row in rows])


@router.post("/plans/{id}/comments", responses=ABSENT)
def say(service: Service, number: Number, said: CommentIn) -> CommentOut:
    """Keep what somebody says of a plan: a colleague, a resident, an objection, a note from walking a border."""
    told = said.model_dump(exclude={"by", "datum"})
    remark = Remark(**told, datum=parse_datum(said.datum))
    return comment_out(service.plan_life.say(planner(service, said.by), number, remark))


@router.post("/plans/{id}/comments/{comment}/answer", responses=ABSENT)
def answer(service: Service, number: Number, comment: CommentNumber, said: AnswerIn) -> CommentOut:
    """Answer what somebody said."""
    actor = planner(service, said.by)
    return comment_out(service.plan_life.answer(actor, number, comment, said.answer))


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
    plain = {name: row[name] for name in StageOut.model_fields if name != "file"}
    where = f"/plans/{row['plan_id']}/stages/{row['id']}/file"
    return StageOut(**plain, file=None if row["file_type"] is None else where)


def comment_out(row: RowMapping) -> CommentOut:
    """What somebody said, as it is told."""
    plain = {name: row[name] for name in CommentOut.model_fields if name != "photo"}
    where = f"/plans/{row['plan_id']}/comments/{row['id']}/photo"
    return CommentOut(**plain, photo=None if row["photo_type"] is None else where)
