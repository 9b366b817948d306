"""The pages that people open: the coverage map, and the description of the API."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from api.errors import language
from api.state import State, state
from maps.texts import LANGUAGES, text

router = APIRouter(include_in_schema=False)

Service = Annotated[State, Depends(state)]
Lang = Annotated[str | None, Query(pattern=f"^({'|'.join(LANGUAGES)})$")]

DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Swagger UI sets styles on its elements; scripts stay ours alone."""


@router.get("/")
def coverage(service: Service, lang: Lang = None) -> HTMLResponse:
    """网格覆盖一张图。"""
    page = service.pages.coverage(lang or service.settings.lang)
    headers = {"Content-Security-Policy": page.csp, "Cache-Control": "no-cache"}
    return HTMLResponse(page.html, headers=headers)


@router.get("/docs")
def docs(request: Request) -> HTMLResponse:
    """接口说明。"""
    lang = language(request)
    html = f"""<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><title>{text("api.docs-title", lang)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/swagger-ui.css"></head>
<body><div id="docs"></div><script src="/assets/swagger-ui-bundle.js"></script>
<script src="/assets/wangge-docs.js"></script></body></html>"""
    return HTMLResponse(html, headers={"Content-Security-Policy": DOCS_POLICY})
