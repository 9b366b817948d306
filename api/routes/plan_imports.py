"""``/plans/imports``: plans drawn elsewhere are handed over, looked at, accepted as drafts."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request

from api.errors import language
from api.import_schemas import ImportAccept, ImportHead, ImportOut, ImportsOut, ImportWishes
from api.import_shown import looked
from api.plan_schemas import PlansOut
from api.plan_shown import head
from api.routes.bodies import BODY, FileName, body, while_wanted
from api.routes.plans import planner
from api.schemas import Key
from api.services.plan_imports import MOST_BYTES
from api.state import State, state
from data.apart import Cancel
from geo.errors import FileUnreadable

router = APIRouter(tags=["plans"])

Service = Annotated[State, Depends(state)]
Number = Annotated[int, Path(alias="id", ge=1, le=2**63 - 1, examples=[12])]
ABSENT: dict[int | str, dict[str, Any]] = {404: {}}
MOVED: dict[int | str, dict[str, Any]] = {404: {}, 409: {}}


@router.post("/plans/imports", openapi_extra=BODY, responses={409: {}})
async def import_file(
    request: Request,
    service: Service,
    file_name: FileName,
    by: Annotated[Key | None, Query()] = None,
) -> ImportOut:
    """Hand over a file (the body is its bytes), and see what it holds."""
    refusal = FileUnreadable("import-too-large", file=file_name, most_mb=MOST_BYTES >> 20)
    content = await body(request, most_bytes=MOST_BYTES, refusal=refusal)
    actor, lang = planner(service, by), language(request)

    def answer(cancel: Cancel) -> ImportOut:
        done = service.plan_imports.put(actor, file_name, content, cancel=cancel)
        return looked(done.look, ImportWishes.model_validate({}), lang, kept=done.row)

    return await while_wanted(request, answer)


@router.get("/plans/imports")
def list_imports(service: Service) -> ImportsOut:
    """The files that wait to be accepted."""
    return ImportsOut(imports=[ImportHead(**row) for row in service.plan_imports.listed()])


@router.get("/plans/imports/{id}", responses=ABSENT)
async def show_import(request: Request, service: Service, number: Number) -> ImportOut:
    """A file under what was said of it last."""

    def answer(cancel: Cancel) -> ImportOut:
        said = ImportWishes.model_validate(service.plan_imports.said(number))
        return _looked(request, service, number, said, cancel)

    return await while_wanted(request, answer)


@router.post("/plans/imports/{id}/preview", responses=ABSENT)
async def preview_import(
    request: Request, service: Service, number: Number, said: ImportWishes
) -> ImportOut:
    """A file under what is said of it: what it holds, its faults, what a repair would do."""
    return await while_wanted(
        request, lambda cancel: _looked(request, service, number, said, cancel)
    )


@router.post("/plans/imports/{id}/accept", responses=MOVED)
def accept_import(service: Service, number: Number, said: ImportAccept) -> PlansOut:
    """Make drafts of a file, one a community: just what was seen, or nothing."""
    made = service.plan_imports.accept(
        planner(service, said.by), number, said.wishes(), seen=said.seen, name=said.name
    )
    return PlansOut(plans=[head(row) for row in made])


@router.delete("/plans/imports/{id}", responses=ABSENT)
def discard_import(
    service: Service, number: Number, by: Annotated[Key | None, Query()] = None
) -> ImportHead:
    """Throw a file away; answers with what it was."""
    return ImportHead(**service.plan_imports.discard(planner(service, by), number))


def _looked(
    request: Request, service: State, number: int, said: ImportWishes, cancel: Cancel
) -> ImportOut:
    done = service.plan_imports.look(number, said.wishes(), said.model_dump(), cancel=cancel)
    return looked(done.look, said, language(request), kept=done.row)
