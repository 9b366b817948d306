"""``/reports/coverage.…``: the state of the city, or of a part of it, to print, edit and stamp."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response

from api.errors import language
from api.schemas import Key
from api.state import State, state
from maps.reports.words import cut
from maps.texts import LANGUAGES

router = APIRouter(tags=["reports"])

Service = Annotated[State, Depends(state)]


class Form(StrEnum):
    """Word, Excel, or one page as PDF or picture."""

    DOCX = "docx"
    XLSX = "xlsx"
    PDF = "pdf"
    PNG = "png"


MEDIA = {
    Form.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.PDF: "application/pdf",
    Form.PNG: "image/png",
}
_BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}


@router.get(
    "/reports/coverage.{form}",
    response_class=Response,
    responses={200: {"content": dict.fromkeys(MEDIA.values(), _BINARY)}, 404: {}},
)
def coverage(
    *,
    request: Request,
    service: Service,
    form: Annotated[Form, Path(examples=["docx"])],
    under: Annotated[Key | None, Query()] = None,
    lang: Annotated[str | None, Query(pattern=f"^({'|'.join(LANGUAGES)})$")] = None,
) -> Response:
    """The report of the city, or of a street, a community or a grid."""
    chosen = lang or language(request)
    seen = service.pages.overview()
    report, content = service.reports.report(seen, form=form.value, lang=chosen, under=under)
    name = f"{cut(report.place, 40)}{cut(report.title, 40)}_{report.as_of:%Y%m%d}.{form.value}"
    disposition = "inline" if form in (Form.PDF, Form.PNG) else "attachment"
    names = f"filename=\"coverage.{form.value}\"; filename*=UTF-8''{quote(name, safe='')}"
    headers = {
        "Content-Disposition": f"{disposition}; {names}",
        "Cache-Control": "no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, media_type=MEDIA[form], headers=headers)
