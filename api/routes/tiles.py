"""``/tiles``: what a map shows of a great many buildings and incidents, square by square.

Addresses that carry the present token (``v``, as the page has it) are kept by the browser; others are asked again.
"""

from __future__ import annotations

import hashlib
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Depends, Path, Query, Request, Response

from api.schemas import CellsOut, Key
from api.services import places
from api.state import State, state
from data.store import tiles

router = APIRouter(prefix="/tiles", include_in_schema=False)

Service = Annotated[State, Depends(state)]
Zoom = Annotated[int, Path(ge=0, le=20)]
Number = Annotated[int, Path(ge=0, lt=1 << 20)]
Token = Annotated[str | None, Query(max_length=40)]
Month = Annotated[str | None, Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", examples=["2026-03"])]
Word = Annotated[str | None, Query(max_length=200)]


@router.get("/buildings/{z}/{x}/{y}", response_class=Response)
def buildings(
    *, request: Request, service: Service, z: Zoom, x: Number, y: Number, v: Token = None
) -> Response:
    """Buildings as a Mapbox vector tile."""
    headers = _caching(service.pages.places_token(), v, f"{z}/{x}/{y}")
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    with service.engine.connect() as connection:
        tile = tiles.buildings(connection, x, y, zoom=z)
    return Response(tile, media_type="application/vnd.mapbox-vector-tile", headers=headers)


@router.get("/incidents/{z}/{x}/{y}", response_model=CellsOut)
def incidents(
    *,
    request: Request,
    service: Service,
    z: Zoom,
    x: Number,
    y: Number,
    first: Month = None,
    last: Month = None,
    kind: Word = None,
    category: Word = None,
    under: Annotated[Key | None, Query()] = None,
    v: Token = None,
) -> Response:
    """How many incidents lie where, by squares of 8 pixels. An empty kind or category: those without one."""
    seen = service.pages.seen()
    filters = {"first": first, "last": last, "kind": kind, "category": category, "under": under}
    headers = _caching(seen.tokens[1], v, f"{z}/{x}/{y}/{sorted(filters.items())!r}")
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    wanted = places.wanted(seen.overview, **filters)
    found = seen.overview.incidents.table.tile(x, y, zoom=z, wanted=wanted)
    x_px, y_px = (np.rint(side).astype(int).tolist() for side in (found.x, found.y))
    cells = CellsOut(count=found.count.tolist(), x=x_px, y=y_px)
    return Response(cells.model_dump_json(), media_type="application/json", headers=headers)


def _caching(token: str, asked: str | None, what: str) -> dict[str, str]:
    kept = "private, max-age=86400, immutable" if asked == token else "no-cache"
    return {"ETag": f'W/"{token}-{_digest(what)}"', "Cache-Control": kept}


def _digest(what: str) -> str:
    return hashlib.sha256(what.encode()).hexdigest()[:12]
