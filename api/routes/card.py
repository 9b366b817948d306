"""``/card``: the dispatcher's answer for a pin: its grid, why, the building, who is on duty now, what is open near."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from api.card_schemas import (
    Card,
    CardBuilding,
    CardLikely,
    CardMissing,
    CardPerson,
    CardQuery,
    CardRegion,
    CardSection,
)
from api.errors import language
from api.routes.answers import place, why
from api.services import card as cards
from api.services.card_lacks import Missing
from api.services.card_people import Section
from api.services.incidents import degrees
from api.services.region_answer import Answered
from api.services.wording import office_of, why_region
from api.state import State, state
from geo.chain import Rung
from geo.crs import parse_datum
from maps.texts import text

router = APIRouter(tags=["card"])


@router.get("/card", responses={404: {}})
def card(
    request: Request,
    service: Annotated[State, Depends(state)],
    asked: Annotated[CardQuery, Query()],
) -> Card:
    """Who answers for a place now, why, and what is known there; a town without grids answers itself."""
    lng, lat = degrees(asked.lng, asked.lat, datum=parse_datum(asked.datum))
    told = asked.model_dump(exclude={"lng", "lat", "datum"})
    return _shown(service.cards.card(cards.Asked(lng, lat, **told)), lng, lat, language(request))


def _shown(made: cards.Card, lng: float, lat: float, lang: str) -> Card:
    region = made.answered is Answered.REGION
    office = office_of(made.regions[-1], lang) if region else None
    names = {one.code: one.name for one in made.regions}
    return Card(
        answer=made.answered.value,
        why=_why(made, office, lang),
        lng=lng,
        lat=lat,
        place=None if region else place(made.place, lang),
        regions=[CardRegion.model_validate(one, from_attributes=True) for one in made.regions],
        office=office,
        likelihood=None
        if made.likelihood is None
        else [
            CardLikely(grid_code=one.code, grid_name=one.name, share=round(one.share, 4))
            for one in made.likelihood
        ],
        building=None
        if made.building is None
        else CardBuilding.model_validate(made.building, from_attributes=True),
        line=made.line,
        people=[_section(one, names, lang) for one in made.sections],
        open_nearby=made.open_nearby,
        nearby=f"/nearby?lng={lng:.7f}&lat={lat:.7f}",
    )


def _why(made: cards.Card, office: str | None, lang: str) -> str:
    """The reason in one sentence; how likely it is, where the place is known only to within a radius."""
    said = why(made.place, lang) if office is None else why_region(made.regions[-1], lang)
    if not made.likelihood or made.likelihood[0].share >= 0.995:
        return said
    shares = text("card.share-stop", lang).join(
        text(
            "card.share" if one.code else "card.share-outside",
            lang,
            grid=one.name or one.code or "",
            share=f"{one.share:.0%}",
        )
        for one in made.likelihood
    )
    return said + text("card.likely", lang, shares=shares)


def _section(one: Section, regions: dict[str, str], lang: str) -> CardSection:
    title = text(f"card.section-{one.name.replace('_', '-')}", lang)
    return CardSection(
        section=one.name,
        title=title,
        people=[
            CardPerson(
                **asdict(who) | {"region": None if who.region is None else regions[who.region]}
            )
            for who in one.people
        ],
        missing=[_missing(lack, title, regions, lang) for lack in one.missing],
    )


def _missing(one: Missing, title: str, regions: dict[str, str], lang: str) -> CardMissing:
    """In words, with the region that lacks it where that is above the community."""
    finding = text(f"finding.{one.code}-title", lang)
    region = regions.get(one.region or "") if one.level in (Rung.CITY, Rung.STREET) else None
    what = " ".join(filter(None, (region, one.role or title)))
    return CardMissing(
        code=one.code,
        role=one.role,
        level=None if one.level is None else one.level.word,
        region=region,
        text=text("card.missing", lang, what=what, finding=finding),
    )
