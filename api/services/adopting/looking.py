"""A drawing and what is known of the city -> what it holds, its faults, what a repair would do, and the plan that would
become drafts. Nothing is written."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection

from api.services.adopting.areas import DRAWN, drawn
from api.services.adopting.completing import (
    complete,
    grids_of,
    nobodys_heirs,
    of_the_drawing,
    partly,
    said_of,
)
from api.services.adopting.measuring import MEASURED, measured
from api.services.adopting.measuring import told as faults
from api.services.adopting.naming import Named, named
from api.services.adopting.own import grids_frame, own_plan
from api.services.adopting.placing import Placed, placed
from api.services.adopting.wishes import MOST_WITHIN_M, Wishes
from api.services.calculating import Calculate, here
from api.services.drafting import Shelf
from data.readers.drawing import Drawing
from data.store import drafts, frames
from geo.bounds import with_own_bounds
from geo.coverage import Delivered, Measure, examine
from geo.errors import OptionError
from geo.model import (
    BLOCK_COLUMNS,
    COMMUNITY_COLUMNS,
    City,
    CityPlan,
    Finding,
    Severity,
    empty_layer,
)
from geo.redraw.completing import Completed
from geo.repair import Change

MOST_AREAS = 3000
MOST_OVER = 20
"""Others, on average, whose boxes an area's box may meet: a heap of areas has a fault for each two of them."""
_ANY_OVER = 1000


@dataclass(frozen=True, slots=True)
class Area:
    """One area that would be a grid: named, as it was drawn, and (``mended``) as it would be."""

    named: Named
    mended: shapely.Geometry

    @property
    def id(self) -> str:
        """What it is called until it has a code."""
        return self.named.outline.id


@dataclass(frozen=True)  # no slots: a cached property
class Look:
    """needs: what must be said before there is more to see (layers, datum). notes: about the drawing as such. findings:
    what is wrong with its areas as they came; remaining: what is left after the repair within ``within_m``. changes:
    what the repair would change. plan: what would become drafts. city: what is known of the communities concerned;
    published: the code, name and community of their grids in force. completed: the communities that were completed
    from their plan in force (``plan`` has the others)."""

    drawing: Drawing
    placed: Placed
    needs: tuple[str, ...]
    within_m: float | None
    areas: tuple[Area, ...] = ()
    notes: tuple[Finding, ...] = ()
    findings: tuple[Finding, ...] = ()
    remaining: tuple[Finding, ...] = ()
    changes: tuple[Change, ...] = ()
    plan: CityPlan | None = None
    city: City | None = None
    published: tuple[tuple[str, str, str], ...] = ()
    completed: Mapping[str, Completed] = field(default_factory=dict)

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """What stands against making drafts of it."""
        return tuple(one for one in self.remaining if one.severity is Severity.BLOCKING)

    @property
    def ready(self) -> bool:
        """Whether drafts can be made."""
        return (self.plan is not None or bool(self.completed)) and not self.blocking

    @cached_property
    def seen(self) -> str:
        """What tells this look from any other: what is accepted is what was seen."""
        told = hashlib.sha256()
        for area in self.areas:
            told.update(f"{area.id}\0{area.named.code}\0{area.named.name}\0".encode())
            told.update(shapely.to_wkb(area.mended))
        for _, one in sorted(self.completed.items()):
            for code in one.draft.grids:
                told.update(f"{code}\0".encode())
                told.update(one.draft.wkb(code))
        return told.hexdigest()[:32]


def look(
    connection: Connection,
    shelf: Shelf,
    drawing: Drawing,
    wishes: Wishes,
    *,
    calculate: Calculate = here,
) -> Look:
    """What a drawing is, as far as what was said of it lets one see. ``calculate``: where its shapes are worked out.

    Raises DatumError, GeometryError, OptionError for what was said and can't be; CodeError where numbers run out.
    """
    within_m = _tolerance(wishes)
    outlines = frames.regions(connection, level="community")
    where = placed(drawing, wishes, np.asarray(outlines.geometry.array, dtype=object))
    needs = (*(() if drawing.chosen else ("layers",)), *(() if where.datum else ("datum",)))
    if needs:
        return Look(drawing, where, needs, within_m)
    found = calculate(drawn, drawing, where, outlines, wishes, shelf.profile, returns=DRAWN)
    count = len(found.outlines)
    if count > MOST_AREAS:
        raise OptionError("import-too-many", file=drawing.file, count=count, most=MOST_AREAS)
    if not count:
        return Look(drawing, where, (), within_m, notes=found.findings)
    _refuse_heap(drawing, [one.shape for one in found.outlines])
    city = drafts.city(connection, {one.community for one in found.outlines})
    grids_now = frames.grids(connection)
    published = grids_now[grids_now["community_code"].isin(city.communities["code"])]
    published = published.reset_index(drop=True)
    areas = named(connection, found.outlines, city, published, shelf)
    if wishes.complete:
        heirs = calculate(nobodys_heirs, found.outlines, areas, published, returns=DRAWN)
        areas = named(connection, heirs, city, published, shelf)
    grids = grids_frame(drawing, areas)
    measure = Measure(rule=with_own_bounds(shelf.rule, city.communities), profile=shelf.profile)
    layers = city.communities, grids, city.buildings
    told = calculate(measured, layers, measure, within_m, drawing.file, returns=MEASURED)
    findings, remaining = told.findings, told.remaining
    mended = grids if told.mended is None else _with_shapes(grids, told.mended)
    plan, done = _plan(drawing, areas, grids, mended), dict[str, Completed]()
    called = dict(zip(city.communities["code"], city.communities["name"], strict=True))
    notes = (*found.findings, *partly(remaining, areas, published, called))
    if wishes.complete and plan is not None and not told.tangled:
        done = complete(connection, shelf, drawing, mended, within_m=within_m)
    if done:
        notes = (*found.findings, *said_of(done, called))
        whole = examine(
            Delivered(city.communities, grids_of(done, mended), city.buildings), measure
        )
        remaining = (*of_the_drawing(remaining, done, mended), *faults(whole))
        findings = tuple(one for one in findings if one.code != "gap") or remaining
        plan = _of_others(plan, done) if plan is not None else None
    return Look(
        drawing,
        where,
        (),
        within_m,
        tuple(
            Area(one, _as_it_would_be(one, shape, done))
            for one, shape in zip(areas, mended.geometry, strict=True)
        ),
        notes=notes,
        findings=findings,
        remaining=remaining,
        changes=told.changes,
        plan=plan,
        completed=done,
        city=city,
        published=tuple(
            zip(published["code"], published["name"], published["community_code"], strict=True)
        ),
    )


def _as_it_would_be(
    area: Named, shape: shapely.Geometry, done: Mapping[str, Completed]
) -> shapely.Geometry:
    """An area after the repair, and (of a community that is completed) after its blocks were cut."""
    one = done.get(area.outline.community)
    return one.draft.shape(area.code) if one is not None and area.code in one.drawn else shape


def _of_others(plan: CityPlan, done: Mapping[str, Completed]) -> CityPlan | None:
    """A plan without the communities that are completed; None where nothing is left."""
    left = [
        layer[~layer[column].astype(str).isin(list(done))].reset_index(drop=True)
        for layer, column in (
            (plan.grids, "community_code"),
            (plan.blocks, "community_code"),
            (plan.communities, "code"),
        )
    ]
    return CityPlan(*left) if len(left[0]) else None


def _refuse_heap(drawing: Drawing, shapes: Sequence[shapely.Geometry]) -> None:
    """OptionError "import-heap" for areas that lie over one another by the dozen."""
    pairs = (len(shapely.STRtree(shapes).query(shapes)[0]) - len(shapes)) // 2
    if pairs > MOST_OVER * len(shapes) + _ANY_OVER:
        raise OptionError("import-heap", file=drawing.file, count=len(shapes), pairs=pairs)


def _tolerance(wishes: Wishes) -> float | None:
    within_m = wishes.within_m
    if within_m is not None and not 0 < within_m <= MOST_WITHIN_M:
        raise OptionError("import-tolerance", value=within_m, most=MOST_WITHIN_M)
    return within_m


def _with_shapes(grids: gpd.GeoDataFrame, shapes: NDArray[np.object_]) -> gpd.GeoDataFrame:
    moved: gpd.GeoDataFrame = grids.set_geometry(gpd.GeoSeries(shapes, crs=grids.crs))
    return moved


def _plan(
    drawing: Drawing, areas: Sequence[Named], grids: gpd.GeoDataFrame, mended: gpd.GeoDataFrame
) -> CityPlan | None:
    """What drafts would be made of; nothing where two grids have one code."""
    most = Counter(one.code for one in areas).most_common(1)
    if most and most[0][1] > 1:
        return None
    own = own_plan(drawing, mended) if mended is grids else None
    bare = empty_layer(BLOCK_COLUMNS), empty_layer(COMMUNITY_COLUMNS)
    return own or CityPlan(mended, *bare)
