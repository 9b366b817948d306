"""``/ground/imports``: communities, buildings, roads are handed over as files, looked at, imported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from api.errors import language
from api.ground_schemas import (
    GroundAccept,
    GroundDone,
    GroundFiles,
    GroundHead,
    GroundLooked,
    GroundNoun,
    GroundWishes,
)
from api.ground_shown import done, head, looked
from api.routes import told
from api.routes.bodies import BODY, FileName, body, wanted, while_wanted
from api.routes.plans import planner
from api.schemas import Key
from api.services.ground_imports import MOST_BYTES, Wishes
from api.services.imports import Options
from api.services.progress import Progress, silent
from api.state import State, state
from data.apart import Cancel
from data.bounds import usual_rule
from geo.codes import Profile
from geo.errors import FileUnreadable

router = APIRouter(tags=["ground"])
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Service = Annotated[State, Depends(state)]
Number = Annotated[int, Path(alias="id", ge=1, le=2**63 - 1, examples=[12])]
Noun = Annotated[GroundNoun, Query(examples=["buildings"])]
By = Annotated[Key | None, Query()]
ABSENT: dict[int | str, dict[str, Any]] = {404: {}}
MOVED: dict[int | str, dict[str, Any]] = {404: {}, 409: {}}
_TOLD: dict[int | str, dict[str, Any]] = {200: {"content": {told.MEDIA: {"schema": told.TOLD}}}}


@router.post(
    "/ground/imports",
    openapi_extra=BODY,
    response_model=GroundLooked,
    responses={**_TOLD, 409: {}},
)
async def put_ground(
    request: Request, service: Service, noun: Noun, file_name: FileName, by: By = None
) -> GroundLooked | Response:
    """Hand over a file (the body is its bytes), and see what it holds and what would come of it."""
    refusal = FileUnreadable("ground-too-large", file=file_name, most_mb=MOST_BYTES >> 20)
    content = await body(request, most_bytes=MOST_BYTES, refusal=refusal)
    lang = language(request)

    def work(progress: Progress) -> GroundLooked:
        options = _options(service, by, lang, progress)
        found = service.ground_imports.put(noun, file_name, content, options, cancel=cancel)
        return looked(found, GroundWishes.model_validate({}), lang)

    async with wanted(request) as cancel:
        return await told.told(request, work)


@router.get("/ground/imports")
def list_ground(service: Service) -> GroundFiles:
    """The files that wait, and those that were imported: by whom, when, what came of it."""
    return GroundFiles(imports=[head(row) for row in service.ground_imports.listed()])


@router.get("/ground/imports/{id}", responses=MOVED)
async def show_ground(request: Request, service: Service, number: Number) -> GroundLooked:
    """A file that waits, under what was said of it last."""

    def answer(cancel: Cancel) -> GroundLooked:
        row = service.ground_imports.get(number)
        said = GroundWishes.model_validate(row["wishes"])
        return _looked(request, service, number, said, cancel=cancel, progress=silent)

    return await while_wanted(request, answer)


@router.post(
    "/ground/imports/{id}/preview",
    response_model=GroundLooked,
    responses={**_TOLD, **MOVED},
)
async def preview_ground(
    request: Request, service: Service, number: Number, said: GroundWishes
) -> GroundLooked | Response:
    """A file under what is said of it: its columns, its coordinates, what would come of each row."""
    async with wanted(request) as cancel:
        return await told.told(
            request,
            lambda progress: _looked(
                request, service, number, said, cancel=cancel, progress=progress
            ),
        )


@router.post(
    "/ground/imports/{id}/accept",
    response_model=GroundDone,
    responses={**_TOLD, **MOVED},
)
async def accept_ground(
    request: Request, service: Service, number: Number, said: GroundAccept
) -> GroundDone | Response:
    """Import a file: just what was seen, all of it or nothing. Asked again, it is not imported again."""
    lang, wishes = language(request), said.said()

    def work(progress: Progress) -> GroundDone:
        found = service.ground_imports.accept(
            number,
            wishes.wishes(),
            wishes.model_dump(mode="json"),
            _options(service, said.by, lang, progress),
            seen=said.seen,
            cancel=cancel,
        )
        return done(found, lang)

    async with wanted(request) as cancel:
        return await told.told(request, work)


@router.get(
    "/ground/imports/{id}/open.xlsx",
    response_class=Response,
    responses={
        200: {"content": {_XLSX: {"schema": {"type": "string", "format": "binary"}}}},
        **ABSENT,
    },
)
def open_ground(request: Request, service: Service, number: Number) -> Response:
    """The rows of a file that somebody must complete, with reasons: to be completed and handed over again."""
    options = _options(service, None, language(request), silent)
    made = service.ground_imports.sheet(number, options, _wishes)
    return Response(made, media_type=_XLSX)


@router.delete("/ground/imports/{id}", responses=MOVED)
def discard_ground(request: Request, service: Service, number: Number, by: By = None) -> GroundHead:
    """Throw a file away that waits; answers with what it was."""
    options = _options(service, by, language(request), silent)
    return head(service.ground_imports.discard(options, number))


def _wishes(said: Mapping[str, Any]) -> Wishes:
    return GroundWishes.model_validate(said).wishes()


def _looked(
    request: Request,
    service: State,
    number: int,
    said: GroundWishes,
    *,
    cancel: Cancel,
    progress: Progress,
) -> GroundLooked:
    lang = language(request)
    found = service.ground_imports.look(
        number,
        said.wishes(),
        said.model_dump(mode="json"),
        _options(service, None, lang, progress),
        cancel=cancel,
    )
    return looked(found, said, lang)


def _options(service: State, by: str | None, lang: str, progress: Progress) -> Options:
    return Options(
        planner(service, by),
        service.zone,
        profile=Profile(service.settings.profile),
        lang=lang,
        progress=progress,
        rule=usual_rule(service.settings),
    )
