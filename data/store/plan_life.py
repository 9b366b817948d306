"""What becomes of a plan outside: the steps of its life, and what people say of it at places."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import RowMapping

from data.tables import SRID, CommentKind, PlanComment, PlanStage, PlanStageFile, Stage

LONGEST = 2000
"""Comments of one plan that are told."""


def add_stage(
    connection: Connection,
    plan_id: int,
    stage: Stage,
    *,
    by: str,
    day: date,
    number: str | None,
    file_name: str | None,
    note: str | None,
) -> RowMapping:
    """Keep that a plan went a step."""
    values = {
        "plan_id": plan_id,
        "stage": stage,
        "number": number,
        "day": day,
        "file_name": file_name,
        "note": note,
        "actor": by,
    }
    made = insert(PlanStage).values(**values).returning(PlanStage.id)
    return stages(connection, plan_id, number=connection.execute(made).scalar_one())[0]


def stages(
    connection: Connection, plan_id: int, *, number: int | None = None
) -> Sequence[RowMapping]:
    """The steps that a plan went, the earliest first (or one of them); of files their type, size and sum."""
    told = (
        PlanStageFile.type.label("file_type"),
        func.length(PlanStageFile.content).label("file_bytes"),
        PlanStageFile.sha256.label("file_sha256"),
    )
    query = select(*PlanStage.__table__.c, *told).where(PlanStage.plan_id == plan_id)
    query = query.outerjoin(PlanStageFile, PlanStageFile.stage_id == PlanStage.id)
    if number is not None:
        query = query.where(PlanStage.id == number)
    return connection.execute(query.order_by(PlanStage.day, PlanStage.id)).mappings().all()


def add_file(
    connection: Connection, number: int, *, name: str, kind: str, content: bytes, by: str
) -> bool:
    """Keep the file of a step, under whose name the step tells it from then on; False where it has one already."""
    values = {
        "stage_id": number,
        "name": name,
        "type": kind,
        "content": content,
        "sha256": hashlib.sha256(content).hexdigest(),
        "actor": by,
    }
    kept = upsert(PlanStageFile).values(**values).on_conflict_do_nothing()
    if connection.execute(kept).rowcount != 1:
        return False
    connection.execute(update(PlanStage).where(PlanStage.id == number).values(file_name=name))
    return True


def file(connection: Connection, plan_id: int, number: int) -> RowMapping | None:
    """The file of a step: name, type, content, sha256."""
    query = (
        select(*PlanStageFile.__table__.c)
        .join(PlanStage, PlanStage.id == PlanStageFile.stage_id)
        .where(PlanStage.plan_id == plan_id, PlanStage.id == number)
    )
    return connection.execute(query).mappings().one_or_none()


def add_comment(
    connection: Connection,
    plan_id: int,
    *,
    lng: float | None,
    lat: float | None,
    source_id: str | None,
    **values: Any,
) -> int:
    """Keep what somebody said of a plan (columns of PlanComment), once a ``source_id``; its number."""
    if lng is not None and lat is not None:
        point = {"lng": lng, "lat": lat, "srid": SRID}
        values["point"] = text("ST_SetSRID(ST_Point(:lng, :lat), :srid)").bindparams(**point)
    made = upsert(PlanComment).values(plan_id=plan_id, source_id=source_id, **values)
    number = connection.execute(made.on_conflict_do_nothing().returning(PlanComment.id)).scalar()
    if number is not None:
        return int(number)
    known = PlanComment.plan_id == plan_id, PlanComment.source_id == source_id
    return connection.execute(select(PlanComment.id).where(*known)).scalar_one()


def comments(
    connection: Connection,
    plan_id: int,
    *,
    kinds: Collection[CommentKind] = (),
    answered: bool | None = None,
    number: int | None = None,
) -> Sequence[RowMapping]:
    """What was said of a plan, the earliest first; of the kinds named, or all. Photos are told by their type alone."""
    told = [
        column
        for column in PlanComment.__table__.c
        if column.name not in ("point", "photo", "source_id")
    ]
    place = func.ST_X(PlanComment.point).label("lng"), func.ST_Y(PlanComment.point).label("lat")
    query = select(*told, *place).where(PlanComment.plan_id == plan_id)
    if kinds:
        query = query.where(PlanComment.kind.in_(list(kinds)))
    if answered is not None:
        query = query.where(PlanComment.answered_at.is_not(None) == answered)
    if number is not None:
        query = query.where(PlanComment.id == number)
    return connection.execute(query.order_by(PlanComment.id).limit(LONGEST)).mappings().all()


def answer(connection: Connection, plan_id: int, number: int, *, said: str, by: str) -> bool:
    """Answer what somebody said, or answer it otherwise; whether it is there."""
    change = (
        update(PlanComment)
        .where(PlanComment.plan_id == plan_id, PlanComment.id == number)
        .values(answer=said, answered_by=by, answered_at=func.clock_timestamp())
    )
    return connection.execute(change).rowcount == 1


def photo(connection: Connection, plan_id: int, number: int) -> tuple[str, bytes] | None:
    """The photo of a comment: its type and bytes."""
    query = select(PlanComment.photo_type, PlanComment.photo).where(
        PlanComment.plan_id == plan_id, PlanComment.id == number, PlanComment.photo.is_not(None)
    )
    row = connection.execute(query).first()
    return None if row is None else (row.photo_type, bytes(row.photo))


def open_objections(connection: Connection, plan_id: int) -> int:
    """How many objections to a plan have no answer."""
    query = select(func.count()).where(
        PlanComment.plan_id == plan_id,
        PlanComment.kind == CommentKind.OBJECTION,
        PlanComment.answered_at.is_(None),
    )
    return connection.execute(query).scalar_one()
