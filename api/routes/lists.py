"""``/regions``, ``/plans``, ``/grids``, ``/buildings``: lists that page, as GeoJSON features."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.moments import Moment
from api.schemas import Feature, FeaturePage
from api.state import State, state
from data.store import listing

router = APIRouter(tags=["lists"])

Service = Annotated[State, Depends(state)]
Cursor = Annotated[
    str | None,
    Query(max_length=200, pattern=r"^[^\x00]*$"),
]
Limit = Annotated[int, Query(ge=1, le=1000)]
Geometry = Annotated[bool, Query()]
Filter = Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00]*$")]


@router.get("/regions")
def regions(
    *,
    service: Service,
    after: Cursor = None,
    limit: Limit = 100,
    geometry: Geometry = False,
    level: Filter = None,
    parent_code: Filter = None,
    under: Filter = None,
) -> FeaturePage:
    """Cities, streets, communities."""
    wanted = {"level": level, "parent_code": parent_code, "under": under}
    return _page(service, "regions", after=after, limit=limit, geometry=geometry, filters=wanted)


@router.get("/plans")
def plans(
    *,
    service: Service,
    after: Cursor = None,
    limit: Limit = 100,
    community_code: Filter = None,
    status: Filter = None,
) -> FeaturePage:
    """Plans: draft, scheduled, published, retired."""
    wanted = {"community_code": community_code, "status": status}
    return _page(service, "plans", after=after, limit=limit, geometry=False, filters=wanted)


@router.get("/grids")
def grids(
    *,
    service: Service,
    after: Cursor = None,
    limit: Limit = 100,
    geometry: Geometry = False,
    under: Filter = None,
    kind: Filter = None,
    at: Annotated[Moment | None, Query()] = None,
) -> FeaturePage:
    """The grids in force, or those of another moment; ``under``: of a street or community."""
    if at is not None and at.tzinfo is None:
        at = at.replace(tzinfo=service.zone)
    return _page(
        service,
        "grids",
        after=after,
        limit=limit,
        geometry=geometry,
        filters={"under": under, "kind": kind},
        at=at,
    )


@router.get("/buildings")
def buildings(
    *,
    service: Service,
    after: Cursor = None,
    limit: Limit = 100,
    geometry: Geometry = False,
    community_code: Filter = None,
    kind: Filter = None,
    estate: Filter = None,
) -> FeaturePage:
    """Buildings."""
    wanted = {"community_code": community_code, "kind": kind, "estate": estate}
    return _page(service, "buildings", after=after, limit=limit, geometry=geometry, filters=wanted)


def _page(
    service: State,
    noun: str,
    *,
    after: str | None,
    limit: int,
    geometry: bool,
    filters: dict[str, str | None],
    at: datetime | None = None,
) -> FeaturePage:
    with service.engine.connect() as connection:
        rows = listing.page(
            connection,
            noun,
            after=after,
            limit=limit + 1,
            geometry=geometry,
            filters=filters,
            at=at,
        )
    features = [
        Feature(
            id=row.key,
            geometry=dict(row.geometry) if row.geometry else None,
            properties=dict(row.properties),
        )
        for row in rows[:limit]
    ]
    return FeaturePage(features=features, next=rows[limit - 1].key if len(rows) > limit else None)
