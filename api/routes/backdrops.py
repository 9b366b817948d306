"""``/backdrops``: scanned maps and screenshots to trace over, fitted by control points."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from api.errors import language
from api.routes.placing import Communities
from api.routes.plans import ABSENT, MOVED, Service, planner
from api.schemas import Key
from api.services.backdrops import Laid, Pinned, decoded
from api.tracing_schemas import (
    BackdropIn,
    BackdropOut,
    BackdropsOut,
    FitOut,
    Number,
    PointOut,
    PointsIn,
)
from geo.crs import parse_datum
from maps.texts import text

router = APIRouter(tags=["tracing"])

Id = Annotated[Number, Path(alias="id", examples=[3])]


@router.get("/backdrops")
def backdrops(request: Request, service: Service, communities: Communities = None) -> BackdropsOut:
    """The images of some communities, or all."""
    lang = language(request)
    found = service.backdrops.listed(communities)
    return BackdropsOut(backdrops=[shown(one, lang) for one in found])


@router.post("/backdrops", responses=ABSENT)
def add_backdrop(request: Request, service: Service, said: BackdropIn) -> BackdropOut:
    """Keep an image for a community."""
    actor, content = planner(service, said.by), decoded(said.image)
    made = service.backdrops.add(actor, said.community, name=said.name, content=content)
    return shown(made, language(request))


@router.post("/backdrops/{id}/points", responses=MOVED)
def pin_backdrop(request: Request, service: Service, number: Id, said: PointsIn) -> BackdropOut:
    """Say where points of an image are; answers with the fit and what each point misses by."""
    points = [Pinned(one.x, one.y, one.lng, one.lat, parse_datum(one.datum)) for one in said.points]
    actor = planner(service, said.by)
    return shown(
        service.backdrops.pin(actor, number, points, version=said.version), language(request)
    )


@router.delete("/backdrops/{id}", responses=ABSENT)
def remove_backdrop(
    request: Request, service: Service, number: Id, by: Annotated[Key | None, Query()] = None
) -> BackdropOut:
    """Throw an image away."""
    return shown(service.backdrops.remove(planner(service, by), number), language(request))


@router.get(
    "/backdrops/{id}/image",
    response_class=Response,
    responses={**ABSENT, 200: {"content": {"image/jpeg": {}, "image/png": {}}}},
)
def backdrop_image(service: Service, number: Id) -> Response:
    """The image as it was handed in."""
    kind, content = service.backdrops.content(number)
    kept = "private, max-age=86400, immutable"  # under a number there is never another image
    headers = {"x-content-type-options": "nosniff", "cache-control": kept}
    return Response(content, media_type=kind, headers=headers)


def shown(laid: Laid, lang: str) -> BackdropOut:
    """An image as it is said."""
    row, fit = laid.row, laid.fit
    missed = fit.residuals_m if fit else (None,) * len(row["points"])
    own = ("id", "community_code", "name", "width", "height", "version", "actor", "at")
    return BackdropOut(
        **{name: row[name] for name in own},
        image=f"/backdrops/{row['id']}/image",
        points=[
            PointOut(**one, residual_m=metres)
            for one, metres in zip(row["points"], missed, strict=True)
        ],
        fit=None
        if fit is None
        else FitOut(
            kind=fit.kind,
            rms_m=fit.rms_m,
            metres_per_pixel=fit.metres_per_pixel,
            turned_deg=fit.turned_deg,
            doubts=list(fit.doubts),
            said=[text(f"tracing.doubt-{one}", lang, rms=f"{fit.rms_m:.1f}") for one in fit.doubts],
            corners=list(laid.corners or ()),
        ),
    )
