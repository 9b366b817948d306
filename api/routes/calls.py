"""``/calls``: a hotline's sheet with words for coordinates, as a file: looked at, imported, what is open given back."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.call_schemas import CallsOut, OpenCall
from api.errors import language
from api.routes import told
from api.routes.bodies import BODY, FileName, body, wanted, while_wanted
from api.routes.incidents import Service
from api.routes.plans import planner
from api.schemas import DatumName, Key
from api.services import call_files
from api.services.imports import Options
from api.services.progress import Progress
from api.state import State
from geo.crs import parse_datum
from geo.errors import FileUnreadable

router = APIRouter(tags=["incidents"])
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

By = Annotated[Key | None, Query()]
WithDatum = Annotated[DatumName | None, Query()]


@router.post(
    "/calls",
    openapi_extra=BODY,
    response_model=CallsOut,
    responses={200: {"content": {told.MEDIA: {"schema": told.TOLD}}}},
)
async def import_calls(
    request: Request,
    service: Service,
    file_name: FileName,
    *,
    by: By = None,
    datum: WithDatum = None,
    keep_unplaced: bool = False,
    dry_run: bool = False,
    with_sheet: bool = False,
) -> CallsOut | Response:
    """Import a sheet (the body is its bytes): what is clear goes in at its place, twice is once."""
    options = _options(request, service, by, datum, keep=keep_unplaced, dry_run=dry_run)
    content = await _content(request, file_name)

    def take(progress: Progress) -> CallsOut:
        going = replace(options, progress=progress)
        taken = service.call_files.take(file_name, content, going, cancel=cancel)
        return _shown(file_name, taken, with_sheet=with_sheet)

    async with wanted(request) as cancel:
        return await told.told(request, take)


def _shown(file_name: str, taken: call_files.Taken, *, with_sheet: bool) -> CallsOut:
    done, book = taken.done, taken.sheet if with_sheet and taken.open else None
    return CallsOut(
        file=file_name,
        written=done.written,
        counts=dict(done.counts),
        added=done.added,
        updated=done.updated,
        unchanged=done.unchanged,
        open=[
            OpenCall(
                key=row.key, state=row.state, reason=row.reason, candidates=list(row.candidates)
            )
            for row in taken.open
        ],
        sheet=None if book is None else b64encode(book).decode(),
    )


@router.post(
    "/calls/open.xlsx",
    openapi_extra=BODY,
    response_class=Response,
    responses={200: {"content": {_XLSX: {"schema": {"type": "string", "format": "binary"}}}}},
)
async def open_calls(
    request: Request,
    service: Service,
    file_name: FileName,
    *,
    by: By = None,
    datum: WithDatum = None,
) -> Response:
    """The rows of a sheet that somebody must look at, with candidates: to be completed and imported again."""
    options = _options(request, service, by, datum, keep=False, dry_run=True)
    content = await _content(request, file_name)
    made = await while_wanted(
        request, lambda cancel: service.call_files.sheet(file_name, content, options, cancel=cancel)
    )
    return Response(made, media_type=_XLSX)


async def _content(request: Request, file: str) -> bytes:
    most = call_files.MOST_BYTES
    refusal = FileUnreadable("calls-too-large", file=file, most_mb=most >> 20)
    return await body(request, most_bytes=most, refusal=refusal)


def _options(
    request: Request,
    service: State,
    by: str | None,
    datum: str | None,
    *,
    keep: bool,
    dry_run: bool,
) -> Options:
    return Options(
        planner(service, by),
        service.zone,
        datum=None if datum is None else parse_datum(datum),
        keep_unplaced=keep,
        dry_run=dry_run,
        lang=language(request),
    )
