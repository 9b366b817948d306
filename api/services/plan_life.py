"""The life of a plan outside: walked, shown to the public, approved, registered; and what people say of it, where."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import RowMapping

from api.services import files
from api.services.actor import Actor, Role
from api.services.draft_edit import one
from api.services.incidents import degrees
from data.store import drafts, plan_life
from data.tables import CommentKind, Stage
from geo.crs import Datum
from geo.errors import Conflict, InputError, NotFound

AHEAD = timedelta(days=366)
MOST_PHOTO_BYTES = 5_000_000
_MAGIC = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody says of a plan. name: whose words they are. photo: in base64, a JPEG or PNG."""

    kind: CommentKind
    said: str
    datum: Datum
    name: str | None = None
    contact: str | None = None
    grid_code: str | None = None
    lng: float | None = None
    lat: float | None = None
    photo: str | None = None
    source_id: str | None = None


class PlanLife:
    """Keeps what becomes of the plans of one database."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def stages(self, plan_id: int) -> Sequence[RowMapping]:
        """The steps that a plan went. NotFound "plan-unknown"."""
        with self.engine.connect() as connection:
            _known(connection, plan_id)
            return plan_life.stages(connection, plan_id)

    def enter(
        self,
        actor: Actor,
        plan_id: int,
        stage: Stage,
        *,
        day: date,
        number: str | None = None,
        file_name: str | None = None,
        note: str | None = None,
    ) -> RowMapping:
        """Keep that a plan went a step, with the number, day and file of the office. Whatever its status: what is
        registered (备案) is often in force already. InputError "stage-day-ahead" for a day more than a
        year ahead, a slip of the pen: what is entered stays."""
        actor.needs(Role.PLANNER)
        if day > datetime.now(UTC).date() + AHEAD:
            raise InputError("stage-day-ahead", day=day.isoformat())
        with self.engine.begin() as connection:
            actor.reaches(_known(connection, plan_id)["community_code"])
            return plan_life.add_stage(
                connection,
                plan_id,
                stage,
                by=actor.who,
                day=day,
                number=number,
                file_name=file_name,
                note=note,
            )

    def attach(
        self, actor: Actor, plan_id: int, number: int, *, name: str, content: bytes
    ) -> RowMapping:
        """Keep the file of a step. NotFound "stage-unknown"; FileUnreadable "stage-file-unusable" for a kind of file
        that no office hands out, or too much; Conflict "stage-file-kept" where it has one."""
        actor.needs(Role.PLANNER)
        kind = files.kind_of(name, content)
        with self.engine.begin() as connection:
            actor.reaches(_known(connection, plan_id)["community_code"])
            if not plan_life.stages(connection, plan_id, number=number):
                raise NotFound("stage-unknown", plan=plan_id, stage=number)
            kept = plan_life.add_file(
                connection, number, name=name, kind=kind, content=content, by=actor.who
            )
            if not kept:
                raise Conflict("stage-file-kept", plan=plan_id, stage=number)
            return plan_life.stages(connection, plan_id, number=number)[0]

    def file(self, plan_id: int, number: int) -> RowMapping:
        """The file of a step: name, type, content, sha256. NotFound "stage-file-unknown"."""
        with self.engine.connect() as connection:
            _known(connection, plan_id)
            found = plan_life.file(connection, plan_id, number)
        if found is None:
            raise NotFound("stage-file-unknown", plan=plan_id, stage=number)
        return found

    def comments(
        self, plan_id: int, *, kinds: Collection[CommentKind] = (), answered: bool | None = None
    ) -> Sequence[RowMapping]:
        """What was said of a plan. NotFound "plan-unknown"."""
        with self.engine.connect() as connection:
            _known(connection, plan_id)
            return plan_life.comments(connection, plan_id, kinds=kinds, answered=answered)

    def say(self, actor: Actor, plan_id: int, remark: Remark) -> RowMapping:
        """Keep what somebody says of a plan; with a ``source_id`` once, however often it is sent.

        InputError "photo-unreadable"; DatumError for what is no place.
        """
        photo = None if remark.photo is None else _photo(remark.photo)
        lng, lat = remark.lng, remark.lat
        if lng is not None and lat is not None:
            lng, lat = degrees(lng, lat, datum=remark.datum)
        with self.engine.begin() as connection:
            _known(connection, plan_id)
            number = plan_life.add_comment(
                connection,
                plan_id,
                lng=lng,
                lat=lat,
                kind=remark.kind,
                said=remark.said,
                name=remark.name,
                contact=remark.contact,
                grid_code=remark.grid_code,
                source_id=remark.source_id,
                photo=None if photo is None else photo[1],
                photo_type=None if photo is None else photo[0],
                actor=actor.who,
            )
            return plan_life.comments(connection, plan_id, number=number)[0]

    def answer(self, actor: Actor, plan_id: int, number: int, said: str) -> RowMapping:
        """Answer what somebody said. NotFound "comment-unknown"."""
        actor.needs(Role.PLANNER)
        with self.engine.begin() as connection:
            _known(connection, plan_id)
            if not plan_life.answer(connection, plan_id, number, said=said, by=actor.who):
                raise NotFound("comment-unknown", plan=plan_id, comment=number)
            return plan_life.comments(connection, plan_id, number=number)[0]

    def photo(self, plan_id: int, number: int) -> tuple[str, bytes]:
        """The photo of a comment: type and bytes. NotFound "photo-unknown"."""
        with self.engine.connect() as connection:
            _known(connection, plan_id)
            found = plan_life.photo(connection, plan_id, number)
        if found is None:
            raise NotFound("photo-unknown", plan=plan_id, comment=number)
        return found


def _known(connection: Connection, plan_id: int) -> RowMapping:
    return one(drafts.heads(connection, [plan_id]), plan_id)


def _photo(told: str) -> tuple[str, bytes]:
    """Type and bytes; what it is, its first bytes say."""
    try:
        content = b64decode(told, validate=True)
    except (binascii.Error, ValueError):
        raise InputError("photo-unreadable", most_mb=MOST_PHOTO_BYTES // 1_000_000) from None
    kinds = [kind for magic, kind in _MAGIC.items() if content.startswith(magic)]
    if not kinds or len(content) > MOST_PHOTO_BYTES:
        raise InputError("photo-unreadable", most_mb=MOST_PHOTO_BYTES // 1_000_000)
    return kinds[0], content
