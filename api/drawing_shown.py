"""Drawings as they are said over HTTP and on the command line."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import RowMapping

from api.drawing_schemas import (
    CommunityGround,
    DrawingOut,
    GroundOut,
    KindDrawn,
    LeftOut,
    SaidOut,
)
from api.services.drawable import Drawable
from geo.model import Finding, Severity
from maps.findings import describe
from maps.texts import text


def drawing(row: RowMapping, lang: str) -> DrawingOut:
    """How far a drawing is, or what came of it."""
    result: dict[str, Any] = row["result"]
    error = result.get("error")
    broken: dict[str, Any] | None = {"code": "drawing-lost", "params": {}} if row["lost"] else error
    step = row["step"] or "draw-waits"
    return DrawingOut(
        id=row["id"],
        state=row["state"],
        lost=row["lost"],
        step=row["step"],
        text=text(f"progress.{step}", lang),
        done=row["done"],
        total=row["total"],
        by=row["created_by"],
        at=row["created_at"],
        asked=row["asked"],
        plans=result.get("plans", []),
        choices=[KindDrawn(**one) for one in result.get("choices", [])],
        left_out=[left_out(code, what, lang) for code, what in result.get("left_out", {}).items()],
        said=[said(_finding(one), lang) for one in result.get("findings", [])],
        error=None if broken is None else text(f"error.{broken['code']}", lang, **broken["params"]),
    )


def left_out(code: str, lacks: str, lang: str) -> LeftOut:
    """A community that could not be drawn, in words."""
    words = text(f"redrawing.left-out-{lacks}", lang, code=code)
    return LeftOut.model_validate({"community_code": code, "lacks": lacks, "text": words})


def said(found: Finding, lang: str) -> SaidOut:
    """A finding of the engine in words."""
    return SaidOut(code=found.code, text=describe(found, lang), codes=list(found.codes))


def ground(found: Drawable) -> GroundOut:
    """What there is to draw on."""
    told = [
        CommunityGround(**{name: getattr(one, name) for name in CommunityGround.model_fields})
        for one in found.communities
    ]
    return GroundOut.model_validate(
        {
            "communities": told,
            "buildings": sum(one.buildings for one in told),
            "households": sum(one.households for one in told),
            "roads": found.roads,
            "rivers": found.rivers,
            "bridges": found.bridges,
            "lacking": list(found.lacking),
        }
    )


def _finding(told: dict[str, object]) -> Finding:
    codes, params = told["codes"], told["params"]
    assert isinstance(codes, list)
    assert isinstance(params, dict)
    return Finding(
        code=str(told["code"]),
        severity=Severity(str(told["severity"])),
        codes=tuple(codes),
        count=told["count"] if isinstance(told["count"], int) else None,
        households=told["households"] if isinstance(told["households"], int) else None,
        params=params,
    )
