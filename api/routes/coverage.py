"""``/coverage`` and ``/findings``: the two headline figures, and everything that keeps the city from them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request

from api.errors import language
from api.schemas import (
    AgeOut,
    ChainLink,
    ChainOut,
    ChainPage,
    CoverageOut,
    FindingOut,
    FindingPage,
    FirstBreak,
    HeadlineOut,
    Key,
    PartOut,
    PlaceFigures,
    PlaceName,
)
from api.services import places
from api.services.chain import links
from api.services.headlines import ages_of
from api.services.overview import Overview
from api.services.places import Figures
from api.state import State, state
from geo.chain import OUTSIDE, ChainResult
from geo.coverage import summarize
from geo.model import Finding, Severity
from geo.territory import Place
from maps.findings import describe, title
from maps.places import few

router = APIRouter(tags=["coverage"])

_PLAIN = (
    "grids", "inside", "counted", "households", "households_outside", "residents_outside",
)  # fmt: skip
Service = Annotated[State, Depends(state)]


@router.get("/coverage", responses={404: {}})
def coverage(service: Service, under: Annotated[Key | None, Query()] = None) -> CoverageOut:
    """The two headline figures and the numbers of findings, of the city or a place in it: the same as on the map."""
    seen = service.pages.overview()
    here, parts = places.figures(seen, under)
    # How much of roads and open space somebody answers for, and how old records are, is known of the city alone.
    rate = seen.coverage if here.place.parent is None else None
    return CoverageOut(
        **_figures(seen, here),
        as_of=seen.as_of,
        path=[_named(place) for place in here.path],
        things={}
        if rate is None
        else {
            name: [PartOut(**asdict(part)) for part in found] for name, found in rate.things.items()
        },
        ages={}
        if rate is None
        else {name: AgeOut(**asdict(age)) for name, age in ages_of(rate, seen.chain).items()},
        chain=_chain(places.chain(seen, under)),
        findings=summarize(places.findings(seen, under)),
        parts=[PlaceFigures(**_figures(seen, part)) for part in parts],
    )


def _chain(chain: ChainResult | None) -> ChainOut | None:
    if chain is None:
        return None
    return ChainOut(
        grids=chain.grids,
        grids_whole=chain.whole,
        buildings=len(chain.houses),
        buildings_whole=chain.houses_whole,
        rules=chain.rules,
        first_breaks=[
            FirstBreak(level=level.word, code=code, count=count)
            for (level, code), count in chain.first_breaks().items()
        ],
        unchecked=list(chain.unchecked),
    )


@router.get("/chains")
def chains(
    *,
    request: Request,
    service: Service,
    after: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    of: Annotated[Literal["grids", "buildings"], Query()] = "grids",
    under: Annotated[Key | None, Query()] = None,
    broken: Annotated[bool, Query()] = False,
) -> ChainPage:
    """Where the chain of each grid, or of each building, breaks first from the top."""
    lang = language(request)
    seen = service.pages.overview()
    if seen.chain is None:
        return ChainPage(total=0, items=[], next=None)
    rows = links(seen.chain, seen.data.grids["code"], of=of, under=under, broken=broken)
    page = rows.iloc[after : after + limit]
    items = [_link(seen.chain, code, first, lang) for code, first in page.itertuples(index=False)]
    more = after + limit < len(rows)
    return ChainPage(total=len(rows), items=items, next=str(after + limit) if more else None)


def _link(chain: ChainResult, code: str, first: int, lang: str) -> ChainLink:
    if first < 0:
        nowhere = "outside" if first == OUTSIDE else None
        return ChainLink(id=code, level=nowhere, finding=None, text=None)
    found, level = chain.findings[first], chain.levels[first]
    return ChainLink(
        id=code,
        level=None if level is None else level.word,
        finding=found.code,
        text=describe(found, lang, names=False),
    )


@router.get("/findings", responses={404: {}})
def findings(
    *,
    request: Request,
    service: Service,
    after: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    code: Annotated[Key | None, Query()] = None,
    severity: Annotated[Severity | None, Query()] = None,
    under: Annotated[Key | None, Query()] = None,
    geometry: Annotated[bool, Query()] = False,
) -> FindingPage:
    """Findings, the gravest first."""
    lang = language(request)
    chosen = [
        one
        for one in places.findings(service.pages.overview(), under)
        if (code is None or one.code == code) and (severity is None or one.severity is severity)
    ]
    page = chosen[after : after + limit]
    more = after + limit < len(chosen)
    return FindingPage(
        total=len(chosen),
        items=[_shown(one, lang, geometry=geometry) for one in page],
        next=str(after + limit) if more else None,
    )


def _named(place: Place) -> PlaceName:
    return PlaceName(code=place.code, name=place.name, level=place.level)


def _figures(seen: Overview, one: Figures) -> dict[str, Any]:
    tally = one.tally
    parts = {
        "horizontal": (tally.covered, tally.buildings),
        "vertical": (tally.whole, tally.chains),
    }
    headlines = [
        HeadlineOut(
            name=line.name,
            part=parts[line.name][0],
            whole=parts[line.name][1],
            share=parts[line.name][0] / parts[line.name][1] if parts[line.name][1] else None,
            rules=line.rules,
            exceptions=list(line.exceptions),
        )
        for line in seen.data.headlines
    ]
    return {
        **_named(one.place).model_dump(),
        "headlines": headlines,
        "by_kind": {kind or "other": pair for kind, pair in tally.by_kind.items()},
        "components": {kind or "other": pair for kind, pair in tally.components.items()},
        **{name: getattr(tally, name) for name in _PLAIN},
        "residents": few(tally.residents),
    }


def _shown(finding: Finding, lang: str, *, geometry: bool) -> FindingOut:
    plain = finding.to_json()
    return FindingOut(
        code=finding.code,
        severity=finding.severity,
        title=title(finding.code, lang),
        text=describe(finding, lang),
        codes=list(finding.codes),
        area_m2=finding.area_m2,
        width_m=finding.width_m,
        count=finding.count,
        households=finding.households,
        geometry=plain["geometry"] if geometry else None,
        params=dict(finding.params),
    )
