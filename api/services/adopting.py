"""Plans drawn elsewhere: their faults told, the narrow ones repaired within a stated tolerance, then drafts like any
other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from api.services.actor import Actor, Role
from api.services.drafting import Shelf
from api.services.plans import kinds
from api.services.redrawing import Redrawing
from data.store import drafts, redrawn
from geo.codes import parent_code
from geo.coverage import Delivered, Measure, examine
from geo.errors import CodeError, InputError, NotFound
from geo.model import BLOCK_COLUMNS, COMMUNITY_COLUMNS, CityPlan, Finding, Severity, empty_layer
from geo.repair import propose

FAULTS = frozenset({"gap", "overlap", "spill", "invalid-geometry", "multipart"})
"""Of shape: what a drawing elsewhere has, and blocks no longer can."""


@dataclass(frozen=True, slots=True)
class Adopted:
    """heads: the drafts. faults: what was wrong with the plan as it came. repaired: how many of its grids changed."""

    heads: Sequence[RowMapping]
    faults: tuple[Finding, ...]
    repaired: int


def adopt(
    redrawing: Redrawing,
    actor: Actor,
    plan: CityPlan,
    *,
    source: str,
    name: str | None = None,
    within_m: float | None = None,
) -> Adopted:
    """A draft for each community that a plan from elsewhere has grids in. ``within_m``: faults no wider are repaired.

    CodeError for a code that tells no community; NotFound "place-unknown" for a community that the store has not, or no
    outline of; InputError "plan-faulty" where blocking faults of shape are left; OptionError for a tolerance that is no
    length.
    """
    actor.needs(Role.PLANNER)
    plan = _placed(plan, redrawing.shelf)
    with redrawing.engine.begin() as connection:
        codes = sorted(set(plan.grids["community_code"]))
        for code in codes:
            actor.reaches(code)
        sound, faults, repaired = _sound(connection, redrawing.shelf, plan, within_m)
        used = drafts.used_codes(connection, codes)
        opened = redrawing.shelf.open(connection, sound, used=used)
        made = [
            redrawn.create(connection, draft, by=actor.who, name=name, source=source, params={})
            for draft in opened.values()
        ]
        return Adopted(drafts.heads(connection, made), faults, repaired)


def _placed(plan: CityPlan, shelf: Shelf) -> CityPlan:
    """With the community of each grid, which its code tells where no column does."""
    grids = plan.grids
    told = [parent_code(str(code), profile=shelf.profile) for code in grids["code"]]
    if "community_code" in grids:
        told = [
            str(own) if isinstance(own, str) and own else other
            for own, other in zip(grids["community_code"], told, strict=True)
        ]
    for code, community in zip(grids["code"], told, strict=True):
        if community is None:
            raise CodeError("code-malformed", value=code)
    return replace(plan, grids=grids.assign(community_code=told))


def _sound(
    connection: Connection, shelf: Shelf, plan: CityPlan, within_m: float | None
) -> tuple[CityPlan, tuple[Finding, ...], int]:
    """A plan that tiles, the faults that it had, and how many of its grids changed."""
    codes = sorted(set(plan.grids["community_code"]))
    city = drafts.city(connection, codes)
    for code in sorted(set(codes) - set(city.communities["code"])):
        raise NotFound("place-unknown", code=code)
    delivered = Delivered(city.communities, plan.grids, city.buildings)
    measure = Measure(rule=shelf.rule, profile=shelf.profile)
    faults = _faults(examine(delivered, measure).findings)
    if not faults or within_m is None:
        _refuse(faults)
        return plan, faults, 0
    proposal = propose(delivered, measure, within_m=within_m)
    _refuse(_faults(proposal.remaining.findings))
    assert proposal.grids is not None, "grids were delivered"
    bare = empty_layer(BLOCK_COLUMNS), empty_layer(COMMUNITY_COLUMNS)
    return CityPlan(proposal.grids, *bare), faults, len(proposal.changed["grids"].changes)


def _faults(found: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(one for one in found if one.code in FAULTS and one.severity is Severity.BLOCKING)


def _refuse(faults: Sequence[Finding]) -> None:
    if faults:
        widest = max((one.width_m or 0.0 for one in faults), default=0.0)
        raise InputError(
            "plan-faulty", count=len(faults), kinds=kinds(faults), widest_m=f"{widest:.2f}"
        )
