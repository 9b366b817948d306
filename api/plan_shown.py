"""Plans as they are said over HTTP and on the command line: heads, layers, what an edit changed, what differs between
two, what a publication did."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy.engine import RowMapping

from api.plan_life_schemas import DiffOut, ReplayOut, SpreadOut
from api.plan_schemas import (
    Changed,
    GridOfficers,
    Layer,
    LayersOut,
    MovedBuilding,
    MovedOut,
    PlanHead,
    PostLeft,
    PublishedOut,
)
from api.schemas import Feature, FindingOut
from api.services.comparing import Compared, Replayed
from api.services.draft_edit import Edited
from api.services.publishing import Outcome
from api.services.redrawing import Look
from data.tables import PlanStatus
from geo.model import Finding
from geo.redraw import Block, Draft
from geo.redraw.badges import badges
from geo.redraw.draft import objects
from geo.redraw.hands import Moved, moved
from geo.redraw.numbers import Numbers, numbers
from maps.findings import describe, title
from maps.texts import text

DECIMALS = 8
"""Of degrees: about a millimetre."""
MOST_BUILDINGS = 50


def head(row: RowMapping | dict[str, Any]) -> PlanHead:
    """What is said of a plan."""
    plain: dict[str, Any] = {name: row[name] for name in PlanHead.model_fields if name in row}
    told = row["params"]
    return PlanHead(**plain, copied_from=told.get("copied_from"), drawn=told.get("drawn"))


def layers(look: Look, lang: str) -> LayersOut:
    """A plan as a map shows it."""
    draft, plan = look.draft, head(look.head)
    return LayersOut(
        plan=plan,
        version=plan.version,
        undo=plan.undo,
        redo=plan.redo,
        grids=Layer(features=_grids(draft, numbers(draft).values())),
        blocks=Layer(features=_blocks(draft.blocks.values())),
        buildings=Layer(features=_buildings(draft)),
        badges=[finding(one, lang) for one in badges(draft)],
    )


def changed(edit: Edited, lang: str) -> Changed:
    """What an edit did."""
    before, after, net, plan = edit.before, edit.after, edit.net, head(edit.head)
    was, now = numbers(before), numbers(after)
    other = [one for code, one in now.items() if was.get(code) != one or code in net.grids]
    kept = {block.block_id for block in net.blocks_after}
    hands = moved(before, after)
    return Changed(
        plan=plan,
        version=plan.version,
        undo=plan.undo,
        redo=plan.redo,
        grids=_grids(after, other),
        gone=[code for code in was if code not in now],
        blocks=_blocks(net.blocks_after),
        blocks_gone=[one.block_id for one in net.blocks_before if one.block_id not in kept],
        badges=[finding(one, lang) for one in badges(after)],
        moved=_moved(hands, edit.open_incidents),
        said=_said(edit, hands, lang),
    )


def compared(found: Compared, *, most_buildings: int | None = None) -> DiffOut:
    """What differs between two plans; ``most_buildings``: of those, the ones with most households."""
    told: dict[str, Any] = found.diff.to_json()
    plain = ("new", "gone", "renumbered", "renamed", "households", "residents", "load")
    outlines = shapes([one.shape for one in found.diff.ground])
    ground = [
        Feature(
            id=f"{one['from_grid']}-{one['to_grid']}",
            geometry=shape,
            properties={name: value for name, value in one.items() if name != "geometry"},
        )
        for one, shape in zip(told["ground"], outlines, strict=True)
    ]
    return DiffOut(
        before=head(found.before),
        after=head(found.after),
        **{name: told[name] for name in (*plain, "least_households", "scores")},
        ground=ground,
        buildings=[MovedBuilding(**one) for one in told["buildings"][:most_buildings]],
    )


def replayed(found: Replayed) -> ReplayOut:
    """How last year's incidents would have been shared."""
    told: dict[str, Any] = found.replay.to_json()
    return ReplayOut(
        before_plan=head(found.before),
        after_plan=head(found.after),
        before=SpreadOut(**told["before"]),
        after=SpreadOut(**told["after"]),
        moved=told["moved"],
    )


def published(done: Outcome, zone: ZoneInfo, lang: str) -> PublishedOut:
    """What a publication did; ``zone``: the city's."""
    plans = [head(row) for row in done.heads]
    now = plans[0].status == PlanStatus.PUBLISHED
    said = text(
        f"redrawing.{'published' if now else 'scheduled'}",
        lang,
        plans=len(plans),
        since=done.since.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
        incidents=done.moved_incidents,
        posts=len(done.posts_left),
        vacant=len(done.grids_without_officer),
    )
    return PublishedOut(
        plans=plans,
        status=plans[0].status,
        since=done.since,
        epoch=done.epoch,
        retired=list(done.retired),
        moved_incidents=done.moved_incidents,
        posts_left=[PostLeft(**row) for row in done.posts_left],
        grids_without_officer=list(done.grids_without_officer),
        approved=[finding(one, lang) for one in done.approved],
        said=said,
    )


def finding(found: Finding, lang: str) -> FindingOut:
    """A finding with its words and its place."""
    shape = None if found.geometry is None else shapes([found.geometry])[0]
    return FindingOut(
        code=found.code,
        severity=found.severity,
        title=title(found.code, lang),
        text=describe(found, lang),
        codes=list(found.codes),
        area_m2=found.area_m2,
        width_m=found.width_m,
        count=found.count,
        households=found.households,
        geometry=shape,
        params=dict(found.params),
    )


def _grids(draft: Draft, told: Iterable[Numbers]) -> list[Feature]:
    listed = list(told)
    outlines = shapes([draft.shape(one.code) for one in listed])
    facts = [draft.grids[one.code] for one in listed]
    return [
        Feature(
            id=one.code,
            geometry=shape,
            properties={
                **one.to_json(),
                "officer": "、".join(one.officers or ()) or None,
                "reason": fact.reason,
                "predecessors": list(fact.predecessors),
            },
        )
        for one, shape, fact in zip(listed, outlines, facts, strict=True)
    ]


def _blocks(blocks: Iterable[Block]) -> list[Feature]:
    listed = list(blocks)
    return [
        Feature(
            id=one.block_id,
            geometry=shape,
            properties={
                "block_id": one.block_id,
                "grid_code": one.grid,
                "estate": one.estate,
                "label": one.label,
                "households": one.households,
                "residents": one.residents,
                "load": one.load,
                "buildings": len(one.buildings),
            },
        )
        for one, shape in zip(listed, shapes([one.shape for one in listed]), strict=True)
    ]


def _buildings(draft: Draft) -> list[Feature]:
    homes = draft.ground.homes
    kinds = homes.table["kind"].astype(object).where(homes.table["kind"].notna(), None)
    names = homes.table["name"].astype(object).where(homes.table["name"].notna(), None)
    where = shapes(list(homes.points))
    return [
        Feature(
            id=one,
            geometry=where[row] if not shapely.is_empty(homes.points[row]) else None,
            properties={
                "building_id": one,
                "name": names.iloc[row],
                "estate": homes.estate[row],
                "kind": kinds.iloc[row],
                "households": int(homes.households[row]),
                "residents": int(homes.residents[row]),
            },
        )
        for row, one in enumerate(homes.ids)
    ]


def shapes(listed: Iterable[shapely.Geometry]) -> list[dict[str, Any]]:
    """Shapes as GeoJSON. Rounded, borders that two share stay shared."""
    found = objects(listed)
    if not len(found):
        return []
    rounded = shapely.transform(found, _rounded)
    return [json.loads(one) for one in shapely.to_geojson(rounded)]


def _rounded(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.round(degrees, DECIMALS)


def _moved(hands: Moved, open_incidents: int) -> MovedOut:
    people = hands.officers
    return MovedOut(
        households=hands.households,
        residents=hands.residents,
        buildings=[MovedBuilding(**one.to_json()) for one in hands.homes[:MOST_BUILDINGS]],
        buildings_count=len(hands.homes),
        officers=None
        if people is None
        else [GridOfficers(grid_code=code, people=list(names)) for code, names in people.items()],
        open_incidents=open_incidents,
        load=hands.load,
    )


def _said(edit: Edited, hands: Moved, lang: str) -> str:
    """An edit in one sentence."""
    did = text(f"redrawing.did-{edit.what.value}", lang, count=len(edit.operations))
    if not hands.homes and not edit.open_incidents:
        return text("redrawing.said-nobody", lang, did=did)
    return text(
        "redrawing.said",
        lang,
        did=did,
        households=hands.households,
        buildings=len(hands.homes),
        incidents=edit.open_incidents,
    )
