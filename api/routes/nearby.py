"""``/nearby``: whether a call is about a matter that is known already."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from api.errors import language
from api.handling_schemas import Nearby, SameOut
from api.schemas import DatumName, IncidentOut, Key, Lat, Lng, Text
from api.services import nearby
from api.services.incidents import degrees
from api.services.nearby import Call, Same
from api.shown import incident_fields
from api.state import State, state
from geo.crs import parse_datum
from maps.findings import distance
from maps.texts import text

router = APIRouter(tags=["incidents"])


@router.get("/nearby")
def same(
    request: Request,
    service: Annotated[State, Depends(state)],
    *,
    lng: Annotated[Lng | None, Query()] = None,
    lat: Annotated[Lat | None, Query()] = None,
    datum: Annotated[DatumName, Query()] = "wgs84",
    words: Annotated[Text | None, Query(examples=["路灯不亮"])] = None,
    category: Annotated[Key | None, Query()] = None,
    catalogue_code: Annotated[Key | None, Query()] = None,
    building_id: Annotated[Key | None, Query()] = None,
    exclude: Annotated[UUID | None, Query()] = None,
) -> Nearby:
    """Open incidents that a call may be about: near, lately, in the same building, said alike; the likeliest first."""
    x, y = lng, lat
    if lng is not None and lat is not None:
        x, y = degrees(lng, lat, datum=parse_datum(datum))
    call = Call(x, y, words, category, catalogue_code, building_id, exclude)
    reach, found = nearby.find(service.engine, service.nearby, call)
    lang = language(request)
    return Nearby(
        radius_m=reach.radius_m,
        window_h=reach.window_h,
        rules=service.nearby.version,
        items=[_shown(one, lang) for one in found],
    )


def _shown(one: Same, lang: str) -> SameOut:
    return SameOut(
        incident=IncidentOut.model_validate(incident_fields(dict(one.incident))),
        metres=None if one.metres is None else round(one.metres, 1),
        minutes=round(one.minutes, 1),
        same_building=one.building,
        alike=one.words,
        same_category=one.category,
        score=one.score,
        why=_why(one, lang),
    )


def _why(one: Same, lang: str) -> str:
    """What speaks for it, the weightiest first."""
    said = [text("nearby.building", lang)] if one.building else []
    if one.metres is not None:
        said.append(text("nearby.metres", lang, distance=distance(one.metres, lang)))
    said.append(_ago(one.minutes, lang))
    if one.category:
        said.append(text("nearby.category", lang))
    if one.words:
        said.append(text("nearby.words", lang))
    return text("nearby.stop", lang).join(said)


def _ago(minutes: float, lang: str) -> str:
    if minutes < 1:
        return text("nearby.now", lang)
    if minutes < 90:
        return text("nearby.minutes", lang, count=f"{minutes:.0f}")
    if minutes < 48 * 60:
        return text("nearby.hours", lang, count=f"{minutes / 60:.0f}")
    return text("nearby.days", lang, count=f"{minutes / 1440:.0f}")
