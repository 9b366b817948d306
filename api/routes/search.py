"""``/search``: one box for what callers say and dispatchers paste."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from api.errors import language
from api.routes.answers import place
from api.schemas import ChoiceIn, ChoiceOut, Hit, Parts, Search
from api.services import searching
from api.services.searching import Searched
from api.services.wording import office_of, why_hit
from api.state import State, state
from maps.texts import text

router = APIRouter(tags=["search"])


@router.get("/search")
def search(
    request: Request,
    service: Annotated[State, Depends(state)],
    *,
    q: Annotated[str, Query(min_length=1, max_length=4000, examples=["和平小区3栋2单元"])],
    datum: Annotated[str | None, Query(max_length=16)] = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> Search:
    """Addresses, names, pinyin, codes, officers, coordinates, map links: each place with its grid and people."""
    lang = language(request)
    found = service.searcher.search(q, datum=datum, limit=limit)
    return Search(
        understood=found.understood,
        choose=found.choose,
        advice=_advice(found, lang),
        hits=[_shown(one, lang) for one in found.hits],
    )


@router.post("/search/choices", responses={404: {}})
def choose(service: Annotated[State, Depends(state)], said: ChoiceIn) -> ChoiceOut:
    """Remember what was meant by some words: the same words find it first from now on."""
    return ChoiceOut(remembered=service.searcher.choose(said.q, kind=said.kind, key=said.key))


def _advice(found: Searched, lang: str) -> str | None:
    """What the dispatcher does next, where that is not simply to take the first."""
    if found.behind:
        return text("search.behind", lang)
    if found.choose:
        return text("search.choose", lang)
    if found.hits:
        return None
    if found.link is not None:
        return text("search.link-short" if found.link.short else "search.link-placeless", lang)
    return text("search.nothing", lang)


def _shown(hit: searching.Hit, lang: str) -> Hit:
    one = hit.candidate
    parts = None if one is None else one.parts
    return Hit(
        said=hit.said,
        kind=hit.kind,
        key=hit.key,
        building_id=hit.building_id,
        lng=hit.lng,
        lat=hit.lat,
        datum=hit.datum,
        raw_lng=None if hit.raw is None else hit.raw[0],
        raw_lat=None if hit.raw is None else hit.raw[1],
        score=None if one is None else round(one.score, 3),
        match=None if one is None else one.match,
        lack=None if one is None else one.lack,
        radius_m=None if one is None else one.radius_m,
        parts=None
        if parts is None
        else Parts(
            building=parts.building,
            unit=parts.unit,
            room=parts.room,
            door=parts.door or parts.number,
            tail=parts.tail,
        ),
        place=None if hit.answer is None or hit.region is not None else place(hit.answer, lang),
        office=None if hit.region is None else office_of(hit.region, lang),
        why=why_hit(hit, lang),
    )
