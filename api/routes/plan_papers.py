"""``/plans/{id}/documents/…``: what a redrawn plan produces, to print, hang up, edit, stamp and file."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from api.errors import language
from api.plan_schemas import PlanId
from api.routes.plans import Number, Service
from api.routes.reports import MEDIA, Form
from maps.texts import LANGUAGES

router = APIRouter(tags=["plans"])


class PlanDocument(StrEnum):
    """The documents of a plan."""

    REGISTER = "register.xlsx"
    NOTICE = "notice.pdf"
    NOTICE_PICTURE = "notice.png"
    SHEETS = "sheets.pdf"
    REPORT = "report.docx"
    WALK = "walk.pdf"


_BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}


@router.get(
    "/plans/{id}/documents/{name}",
    response_class=Response,
    responses={200: {"content": dict.fromkeys(MEDIA.values(), _BINARY)}, 404: {}},
)
def document(
    *,
    request: Request,
    service: Service,
    number: Number,
    name: Annotated[PlanDocument, Path(examples=["notice.pdf"])],
    against: Annotated[Literal["published"] | PlanId, Query(examples=["published"])] = "published",
    lang: Annotated[str | None, Query(pattern=f"^({'|'.join(LANGUAGES)})$")] = None,
) -> Response:
    """A document of a plan, made for who asks as things stand."""
    chosen = lang or language(request)
    other = against if isinstance(against, int) else None
    made = service.plan_papers.make(number, name.value, lang=chosen, against=other)
    form = Form(made.name.rpartition(".")[2])
    disposition = "inline" if form in (Form.PDF, Form.PNG) else "attachment"
    called = quote(f"{made.title}.{form.value}", safe="")
    headers = {
        "Content-Disposition": f"{disposition}; filename=\"{made.name}\"; filename*=UTF-8''{called}",
        "Cache-Control": "no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(made.content, media_type=MEDIA[form], headers=headers)
