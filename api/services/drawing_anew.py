"""Plans that the engine draws, as drafts side by side: the first one of communities that have none in force, from what
stands there; of others their grids anew on the blocks that they have. Several ways, each the best in one respect.

`Drawer.drawn` takes as long as it takes and writes nothing; `Drawer.keep` makes drafts of it in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine

from api.services.actor import Actor, Role
from api.services.anew import Anew, Kept, choice
from api.services.draft_edit import Edit, one
from api.services.drafting import Shelf
from api.services.draw import Wanted, prepare
from api.services.drawable import Scope, read, scope
from api.services.first_ground import (
    FirstGround,
    first_ground,
    keep_outlines,
    outlined,
    rough_outlines,
)
from api.services.progress import Progress, silent
from data.store import drafts, plans, redrawn, regions
from data.tables import PlanHappening
from geo.crs import metric_crs
from geo.errors import Conflict, OptionError
from geo.model import CityPlan, Finding
from geo.partition.search import AIMS
from geo.redraw import Draft, Step, apply
from geo.redraw.outlines import plan_on_outlines

SAID = ("draw-", "city-", "load-", "building-count-", "building-not-")
"""Findings of a drawing that are told; the rest are the badges of its drafts."""


@dataclass(frozen=True, slots=True)
class _Redrawn:
    """A draft on the blocks of a plan, and the step that draws it anew, by kind."""

    plan_id: int
    base: Draft
    steps: Mapping[str, tuple[Draft, Step]]


@dataclass(frozen=True, slots=True)
class Drawn:
    """What came of drawing, before anything is written. first: the plans of communities without one, by kind."""

    asked: Anew
    scope: Scope
    ground: FirstGround | None
    first: Mapping[str, CityPlan]
    outlines: Mapping[str, Any]
    again: Sequence[_Redrawn]
    findings: tuple[Finding, ...]


class Drawer:
    """Draws plans in one database, with the drafts that a process has in memory."""

    def __init__(self, engine: Engine, shelf: Shelf) -> None:
        self.engine, self.shelf = engine, shelf

    def drawn(
        self,
        actor: Actor,
        asked: Anew,
        *,
        progress: Progress = silent,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Drawn:
        """Draw. ``cancelled()`` true ends the search: what there is then is drawn.

        NotFound "place-unknown", "plan-unknown"; InputError "draw-no-…" for what is lacking; OptionError for options.
        """
        actor.needs(Role.PLANNER)
        for kind in asked.kinds:
            if kind not in AIMS:
                raise OptionError("draw-aims-unknown", value=kind, known=", ".join(AIMS))
        progress("draw-read", 0, None)
        options = {"isolation_level": "REPEATABLE READ"}
        with self.engine.connect().execution_options(**options) as connection:
            chosen, standing = self._wanted(connection, actor, asked)
            new = [code for code in chosen.codes if code not in standing]
            ground = first_ground(connection, read(connection), new) if new else None
            bases = self._bases(connection, standing)
        if ground is None and (
            asked.dedicated or asked.load or asked.households or asked.residents
        ):
            raise OptionError("draw-option-first")
        again = self._again(bases, standing, asked, progress, cancelled)
        if ground is None:
            return Drawn(asked, chosen, None, {}, {}, again, ())
        first, outlines, findings = self._first(ground, asked, progress, cancelled)
        return Drawn(asked, chosen, ground, first, outlines, again, findings)

    def keep(self, actor: Actor, drawn: Drawn) -> Kept:
        """Make drafts of it, all or none. Conflict "ground-changed" where it was drawn on other ground."""
        made: dict[str, list[int]] = {kind: [] for kind in drawn.asked.kinds}
        last: dict[int, Draft] = {}
        with self.engine.begin() as connection:
            _refuse_other_plans(connection, drawn)
            if drawn.ground is not None:
                keep_outlines(connection, drawn.ground, drawn.outlines)
                codes = [str(code) for code in drawn.ground.city.communities["code"]]
                regions.set_size_bounds(connection, drawn.asked.rule(self.shelf.rule, codes).own)
            for kind in drawn.asked.kinds:
                both = (
                    *self._kept_first(connection, actor, drawn, kind),
                    *self._kept_again(connection, actor, drawn, kind),
                )
                for plan_id, draft in sorted(both, key=lambda pair: pair[1].ground.code):
                    made[kind].append(plan_id)
                    last[plan_id] = draft
            heads = drafts.heads(connection, [one for ids in made.values() for one in ids])
        order = {
            plan_id: n for n, plan_id in enumerate(one for ids in made.values() for one in ids)
        }
        return Kept(
            sorted(heads, key=lambda head: order[head["id"]]),
            tuple(choice(kind, ids, [last[one] for one in ids]) for kind, ids in made.items()),
            drawn.scope.left_out,
            drawn.findings,
        )

    def _wanted(
        self, connection: Connection, actor: Actor, asked: Anew
    ) -> tuple[Scope, dict[str, int]]:
        """The communities, and the plans of those that are drawn on the blocks that they have."""
        if asked.plan is not None:
            head = one(drafts.heads(connection, [asked.plan]), asked.plan)
            chosen, standing = (
                Scope((head["community_code"],), {}),
                {head["community_code"]: asked.plan},
            )
        else:
            chosen = scope(read(connection), asked.communities, asked.street)
            in_force = plans.in_force(connection)
            standing = {code: in_force[code] for code in chosen.codes if code in in_force}
        for code in chosen.codes:
            actor.reaches(code)
        return chosen, standing

    def _bases(self, connection: Connection, standing: Mapping[str, int]) -> dict[str, Draft]:
        if not standing:
            return {}
        used = drafts.used_codes(connection, list(standing))
        return self.shelf.open(
            connection, drafts.plan(connection, list(standing.values())), used=used
        )

    def _again(
        self,
        bases: Mapping[str, Draft],
        standing: Mapping[str, int],
        asked: Anew,
        progress: Progress,
        cancelled: Callable[[], bool],
    ) -> list[_Redrawn]:
        made = []
        for n, (code, base) in enumerate(sorted(bases.items())):
            progress("draw-again", n, len(bases))
            if cancelled():
                raise Conflict("drawing-cancelled")
            steps = {
                kind: apply(
                    base, {"op": "draw", "n": asked.grids, "aims": kind, "seed": asked.seed}
                )
                for kind in asked.kinds
            }
            made.append(_Redrawn(standing[code], base, steps))
        return made

    def _first(
        self,
        ground: FirstGround,
        asked: Anew,
        progress: Progress,
        cancelled: Callable[[], bool],
    ) -> tuple[dict[str, CityPlan], dict[str, Any], tuple[Finding, ...]]:
        progress("draw-outlines", 0, None)
        codes = [str(code) for code in ground.city.communities["code"]]
        rule = asked.rule(self.shelf.rule, codes)
        fitted = outlined(ground, rule)
        city = fitted.city
        wanted = Wanted(
            rule=rule,
            planned={} if asked.grids is None else dict.fromkeys(codes, asked.grids),
            dedicated=asked.dedicated,
            load=asked.load,
        )
        drawing = prepare(
            city,
            wanted=wanted,
            seed=asked.seed,
            profile=self.shelf.profile,
            grid_name=self.shelf.grid_name,
            progress=progress,
            cancelled=cancelled,
        )
        known, made = None, {}
        for kind in asked.kinds:
            result = drawing.drawn(AIMS[kind], known=known)
            known = known or result
            made[kind] = result.plan
        assert known is not None, "at least one kind is drawn"
        west, south, east, north = city.communities.total_bounds.tolist()
        metric = metric_crs((west + east) / 2, (south + north) / 2)
        made = {
            kind: plan_on_outlines(plan, fitted.known, metric=metric) for kind, plan in made.items()
        }
        new = fitted.new or rough_outlines(known.plan.communities, ground.rough)
        told = tuple(one for one in known.findings if one.code.startswith(SAID))
        return made, dict(new), told

    def _kept_first(
        self, connection: Connection, actor: Actor, drawn: Drawn, kind: str
    ) -> list[tuple[int, Draft]]:
        plan = drawn.first.get(kind)
        if plan is None:
            return []
        used = drafts.used_codes(connection, sorted(set(plan.grids["community_code"])))
        opened = self.shelf.open(connection, plan, used=used)
        params = {"drawn": kind, "seed": drawn.asked.seed}
        return [
            (_created(connection, actor, draft, drawn.asked.name, params), draft)
            for _, draft in sorted(opened.items())
        ]

    def _kept_again(
        self, connection: Connection, actor: Actor, drawn: Drawn, kind: str
    ) -> list[tuple[int, Draft]]:
        """Copies whose basic grids are drawn anew, by an operation that can be undone; locked ones stay."""
        made = []
        for one_ in drawn.again:
            params = {"copied_from": one_.plan_id, "drawn": kind, "seed": drawn.asked.seed}
            plan_id = _created(connection, actor, one_.base, drawn.asked.name, params)
            draft, step = one_.steps[kind]
            heads = drafts.heads(connection, [plan_id])
            edit = Edit(connection, one(heads, plan_id), self.shelf.held(connection, one_.base))
            edit.to(draft, PlanHappening.EDITED, [step.operation])
            edit.add([step])
            edit.write(actor, new_owner=False)
            made.append((plan_id, draft))
        return made


def _created(
    connection: Connection, actor: Actor, draft: Draft, name: str | None, params: Mapping[str, Any]
) -> int:
    return redrawn.create(
        connection, draft, by=actor.who, name=name, source=None, params=dict(params)
    )


def _refuse_other_plans(connection: Connection, drawn: Drawn) -> None:
    """Conflict "ground-changed" where a plan came into force meanwhile in a community that had none."""
    new = {str(code) for plan in drawn.first.values() for code in plan.communities["code"]}
    if new & set(plans.in_force(connection)):
        raise Conflict("ground-changed")
