"""The pages that people open: the coverage map, and the description of the API."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from api.description import describe
from api.errors import language
from api.services import dispatching, redraw_page
from api.state import State, state
from maps.shell import as_json
from maps.texts import LANGUAGES, catalogue, text

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
    """The coverage map."""
    page = service.pages.coverage(lang or service.settings.lang)
    headers = {"Content-Security-Policy": page.csp, "Cache-Control": "no-cache"}
    return HTMLResponse(page.html, headers=headers)


@router.get("/dispatch")
def dispatch(service: Service, lang: Lang = None) -> HTMLResponse:
    """派单台, the dispatcher's page."""
    service.warm_cards.begin()
    page = dispatching.page(
        service.engine, service.settings, actor=service.actor, lang=lang or service.settings.lang
    )
    headers = {"Content-Security-Policy": page.csp, "Cache-Control": "no-cache"}
    return HTMLResponse(page.html, headers=headers)


@router.get("/dispatch/ground")
def ground(service: Service) -> Response:
    """What lies on the ground, for the map of 派单台: asked for once the page is there."""
    said = as_json(dispatching.ground(service.engine))
    return Response(said, media_type="application/json", headers={"Cache-Control": "no-cache"})


@router.get("/redraw")
def redraw(service: Service, lang: Lang = None) -> HTMLResponse:
    """调网格, the planner's page."""
    service.warm_splits.begin()
    page = redraw_page.page(
        service.engine, service.settings, actor=service.actor, lang=lang or service.settings.lang
    )
    headers = {"Content-Security-Policy": page.csp, "Cache-Control": "no-cache"}
    return HTMLResponse(page.html, headers=headers)


@router.get("/openapi.json")
def openapi(request: Request, lang: Lang = None) -> JSONResponse:
    """What the service answers to, in the reader's language."""
    return JSONResponse(describe(request.app, lang or language(request)))


@router.get("/coverage.html")
def mailed(service: Service, lang: Lang = None) -> HTMLResponse:
    """The map as one file that needs no network and may be mailed."""
    page = service.pages.coverage(lang or service.settings.lang, mailed=True)
    headers = {
        "Content-Security-Policy": page.csp,
        "Cache-Control": "no-cache",
        "Content-Disposition": 'attachment; filename="wangge-coverage.html"',
    }
    return HTMLResponse(page.html, headers=headers)


@router.get("/docs")
def docs(request: Request, lang: Lang = None) -> HTMLResponse:
    """The description of the API for people; the words of its frame come along as data."""
    lang = lang or language(request)
    words = {english: text(f"docs.{key}", lang) for key, english in _frame_words().items()}
    other = next(one for one in LANGUAGES if one != lang)
    data = json.dumps(words, ensure_ascii=False).replace("<", "\\u003c")
    html = f"""<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><title>{text("api.docs-title", lang)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/swagger-ui.css"><style>{_style(lang)}</style></head>
<body><p class="other"><a href="/docs?lang={other}">{text("api.docs-other", lang)}</a></p>
<div id="docs"></div><script type="application/json" id="words">{data}</script>
<script src="/assets/swagger-ui-bundle.js"></script>
<script src="/assets/wangge-docs.js"></script></body></html>"""
    return HTMLResponse(html, headers={"Content-Security-Policy": DOCS_POLICY})


def _style(lang: str) -> str:
    """Where the way to the other language stands; and the one word that Swagger UI keeps in its style."""
    required = json.dumps(text("docs.required", lang), ensure_ascii=False)
    mark = f".swagger-ui .parameter__name.required::after {{ content: {required} }}"
    return f"p.other {{ margin: 12px 20px 0; text-align: right; font-family: sans-serif }} {mark}"


def _frame_words() -> dict[str, str]:
    """The words that Swagger UI puts around our texts, by key: it has no catalogue of its own."""
    return {
        key.removeprefix("docs."): said
        for key, said in catalogue("en").items()
        if key.startswith("docs.")
    }
