"""``/plans/{id}/walk``: a grid's border leg by leg, and the page of 走界."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from shapely.geometry import mapping

from api.plan_life_schemas import CommentOut, LegOut, WalkedGrid, WalkOut
from api.routes.pages import Lang
from api.routes.plan_life import comment_out
from api.routes.plans import ABSENT, Number, Service
from api.schemas import Key
from api.services import walking
from api.services.walking import Border

router = APIRouter(tags=["plans"])


@router.get("/walk", include_in_schema=False)
def page(service: Service, lang: Lang = None) -> HTMLResponse:
    """走界, the page for a phone."""
    lang = lang or service.settings.lang
    made = walking.page(service.plan_papers, service.settings, actor=service.actor, lang=lang)
    headers = {"Content-Security-Policy": made.csp, "Cache-Control": "no-cache"}
    return HTMLResponse(made.html, headers=headers)


@router.get("/plans/{id}/walk", responses=ABSENT)
def walk(service: Service, number: Number, grid: Annotated[Key | None, Query()] = None) -> WalkOut:
    """A grid's border leg by leg, clockwise from its north-west, with what was noted at each."""
    found = walking.border(service.plan_papers, number, grid)
    rows = {row["id"]: comment_out(row) for row in service.plan_life.comments(number)}
    after = found.papers.after
    return WalkOut(
        plan_id=number,
        community_name=found.papers.place,
        grid_code=found.code,
        grids=[
            WalkedGrid(code=code, name=facts.name, changed=code in found.papers.changed)
            for code, facts in after.grids.items()
        ],
        outline=_plain(after.shape(found.code)),
        legs=[_leg(found, n, rows) for n in range(len(found.legs))],
        notes=_notes(found, None, rows),
    )


def _leg(found: Border, n: int, rows: dict[int, CommentOut]) -> LegOut:
    leg = found.legs[n]
    return LegOut(
        number=n + 1,
        along=leg.name,
        kind=leg.kind,
        beyond=leg.beyond,
        metres=round(leg.metres, 1),
        new=found.new[n],
        path=_plain(found.paths[n]),
        notes=_notes(found, n, rows),
    )


def _notes(found: Border, leg: int | None, rows: dict[int, CommentOut]) -> list[CommentOut]:
    own = (note.remark.number for note in found.notes if note.leg == leg)
    return [rows[one] for one in own if one is not None and one in rows]


def _plain(shape: Any) -> dict[str, Any]:
    return dict(mapping(shape))
