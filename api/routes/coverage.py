"""``/coverage`` and ``/findings``: the two headline figures, and everything that keeps the city from them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from api.errors import language
from api.schemas import CoverageOut, FindingOut, FindingPage, HeadlineOut, Key
from api.state import State, state
from geo.coverage import summarize
from geo.model import Finding, Severity
from maps.findings import describe, title

router = APIRouter(tags=["coverage"])

Service = Annotated[State, Depends(state)]


@router.get("/coverage")
def coverage(service: Service) -> CoverageOut:
    """The two headline figures and the numbers of findings: the same as on the map."""
    seen = service.pages.overview()
    rate = seen.coverage
    return CoverageOut(
        as_of=seen.as_of,
        headlines=[
            HeadlineOut(
                name=one.name,
                part=one.part,
                whole=one.whole,
                share=one.part / one.whole if one.whole else None,
                rules=one.rules,
                exceptions=list(one.exceptions),
            )
            for one in seen.data.headlines
        ],
        by_kind={}
        if rate is None
        else {kind or "other": pair for kind, pair in rate.by_kind.items()},
        households_outside=None if rate is None else rate.households,
        residents_outside=None if rate is None else rate.residents,
        findings=summarize(seen.findings),
    )


@router.get("/findings")
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
        for one in service.pages.overview().findings
        if (code is None or one.code == code)
        and (severity is None or one.severity is severity)
        and (under is None or any(mine.startswith(under) for mine in one.codes))
    ]
    page = chosen[after : after + limit]
    more = after + limit < len(chosen)
    return FindingPage(
        total=len(chosen),
        items=[_shown(one, lang, geometry=geometry) for one in page],
        next=str(after + limit) if more else None,
    )


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
    )
