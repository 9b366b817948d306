"""``/traces``: roads, rivers and outlines drawn by hand."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from sqlalchemy.engine import RowMapping

from api.routes.placing import Communities
from api.routes.plans import ABSENT, MOVED, Service, planner
from api.schemas import Key
from api.services.drawing_ground import Drawn
from api.services.tracing_estates import Named
from api.tracing_schemas import (
    InsideBuilding,
    InsideOut,
    NamedOut,
    NameIn,
    Number,
    TraceIn,
    TraceOut,
    TracesOut,
    UndoIn,
)
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


@router.get("/traces/{id}/estate", responses=ABSENT)
def inside_trace(service: Service, number: Id) -> InsideOut:
    """The buildings within an outline: of no estate, of another, of its own."""
    found = service.traced_estates.inside(number)
    return InsideOut(
        id=found.number,
        estate=found.estate,
        unnamed=[InsideBuilding(**row) for row in found.unnamed],
        others=[InsideBuilding(**row) for row in found.others],
        same=found.same,
        given=found.given,
    )


@router.post("/traces/{id}/estate", responses=MOVED)
def name_estate(service: Service, number: Id, said: NameIn) -> NamedOut:
    """Give the buildings within the name of the outline."""
    done = service.traced_estates.name(planner(service, said.by), number, also=said.also)
    return NamedOut(**_plain(done))


@router.delete("/traces/{id}/estate", responses=MOVED)
def unname_estate(
    service: Service, number: Id, by: Annotated[Key | None, Query()] = None
) -> NamedOut:
    """Let the buildings be called as they were before."""
    return NamedOut(**_plain(service.traced_estates.take_back(planner(service, by), number)))


def _plain(done: Named) -> dict[str, Any]:
    return {name: value for name, value in asdict(done).items() if name != "number"} | {
        "id": done.number
    }


def _shown(row: RowMapping) -> TraceOut:
    plain = {name: row[name] for name in TraceOut.model_fields if name in row}
    return TraceOut(**plain | {"line_class": row["class"], "geometry": json.loads(row["geometry"])})
