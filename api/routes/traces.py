"""``/traces``: roads, rivers and outlines drawn by hand."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Path, Query
from sqlalchemy.engine import RowMapping

from api.routes.placing import Communities
from api.routes.plans import ABSENT, MOVED, Service, planner
from api.schemas import Key
from api.services.drawing_ground import Drawn
from api.tracing_schemas import Number, TraceIn, TraceOut, TracesOut, UndoIn
from geo.crs import parse_datum

router = APIRouter(tags=["tracing"])

Id = Annotated[Number, Path(alias="id", examples=[3])]


@router.get("/traces")
def traces(service: Service, communities: Communities = None) -> TracesOut:
    """What was drawn by hand and stands."""
    return TracesOut(traces=[_shown(row) for row in service.ground.listed(communities)])


@router.post("/traces", responses=ABSENT)
def draw_trace(service: Service, said: TraceIn) -> TraceOut:
    """Keep a road, a river or an outline."""
    drawn = Drawn(
        kind=said.kind,
        points=said.points,
        datum=parse_datum(said.datum),
        closed=said.closed,
        line_class=said.line_class,
        name=said.name,
    )
    return _shown(service.ground.draw(planner(service, said.by), said.community, drawn))


@router.delete("/traces/{id}", responses=MOVED)
def remove_trace(
    service: Service, number: Id, by: Annotated[Key | None, Query()] = None
) -> TraceOut:
    """Take it off the ground."""
    return _shown(service.ground.remove(planner(service, by), number))


@router.post("/traces/{id}/restore", responses=MOVED)
def restore_trace(service: Service, number: Id, said: UndoIn) -> TraceOut:
    """Put back what was taken away."""
    return _shown(service.ground.restore(planner(service, said.by), number))


def _shown(row: RowMapping) -> TraceOut:
    plain = {name: row[name] for name in TraceOut.model_fields if name in row}
    return TraceOut(**plain | {"line_class": row["class"], "geometry": json.loads(row["geometry"])})
