"""What ``wangge plan`` says: tables for people, or the answers of the API as JSON."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import BaseModel

from api.cli.console import Translate, say, table
from api.plan_life_schemas import DiffOut, ReplayOut
from api.plan_schemas import Changed, LayersOut, PlanHead
from api.schemas import Feature, FindingOut

SHOWN = 60
"""How many rows a table has at most."""


class Told:
    """Where an answer goes: to a person, or as JSON into a file (``-``: the output)."""

    def __init__(self, file: Path | None, t: Translate) -> None:
        self._file, self._t = file, t

    def tell(self, answer: BaseModel, shown: Callable[[], None]) -> None:
        """Tell it."""
        if self._file is None:
            shown()
        elif str(self._file) == "-":
            sys.stdout.write(answer.model_dump_json() + "\n")
        else:
            self._file.write_text(answer.model_dump_json(), "utf-8")
            say(self._t("cli_plan.written", file=self._file))


def show_heads(heads: Sequence[PlanHead], t: Translate) -> None:
    """Plans, one a row."""
    rows = [
        (
            str(one.id),
            f"{one.community_code} {one.community_name}",
            one.name,
            t(f"cli_plan.status-{one.status.value}"),
            str(one.version),
            one.owner,
            None if one.copied_from is None else str(one.copied_from),
        )
        for one in heads
    ]
    names = ("plan", "community", "name", "status", "version", "owner", "copied")
    table(t("cli_plan.plans"), _heads(t, *names), rows)


def show_plan(told: LayersOut, t: Translate) -> None:
    """A plan: its grids beside their bounds, and what is wrong."""
    show_heads([told.plan], t)
    _show_grids(told.grids.features, t)
    _show_badges(told.badges, t)


def show_changed(told: Changed, t: Translate) -> None:
    """What an edit did."""
    say(told.said)
    if told.grids:
        _show_grids(told.grids, t)
    if told.gone:
        say(t("cli_plan.gone", codes="、".join(told.gone)))
    _show_badges(told.badges, t)
    say(t("cli_plan.version-now", version=told.version, undo=told.undo, redo=told.redo))


def show_diff(told: DiffOut, t: Translate) -> None:
    """What differs between two plans."""
    rows = [
        (
            one.properties["from_grid"],
            one.properties["to_grid"],
            one.properties["buildings"],
            one.properties["households"],
            one.properties["residents"],
        )
        for one in told.ground[:SHOWN]
    ]
    names = ("from", "to", "buildings", "households", "residents")
    if rows:
        title = t("cli_plan.ground", before=told.before.id, after=told.after.id)
        table(title, _heads(t, *names), rows)
    for name in ("new", "gone"):
        if codes := getattr(told, name):
            say(t(f"cli_plan.{name}-grids", codes="、".join(codes)))
    for old, new in told.renumbered.items():
        say(t("cli_plan.renumbered", old=old, new=new))
    for code, (old, new) in told.renamed.items():
        say(t("cli_plan.renamed", code=code, old=old, new=new))
    say(t("cli_plan.moved", households=told.households, residents=told.residents, load=told.load))
    scores = ("evenness", "compactness", "on_lines")
    table(
        t("cli_plan.scores"),
        _heads(t, "plan", *scores),
        [
            (str(plan.id), *(getattr(score, name) for name in scores))
            for plan, score in zip((told.before, told.after), told.scores, strict=True)
        ],
    )


def show_replay(told: ReplayOut, t: Translate) -> None:
    """How last year's incidents would have been shared."""
    codes = sorted({*told.before.loads, *told.after.loads})
    rows = [(code, told.before.loads.get(code), told.after.loads.get(code)) for code in codes]
    table(t("cli_plan.loads"), _heads(t, "grid", "before", "after"), rows)
    for name in ("gini", "max_to_mean"):
        values = (getattr(one, name) for one in (told.before, told.after))
        before, after = ("-" if one is None else f"{one:.3f}" for one in values)
        say(t(f"cli_plan.{name}", before=before, after=after))
    say(t("cli_plan.replayed", moved=told.moved))


def _show_grids(features: Sequence[Feature], t: Translate) -> None:
    """Grids beside their bounds; code and name one below the other, so that neither is broken."""
    rows = [
        (
            f"{one.id}\n{one.properties['name']}",
            _within(one, "households"),
            _within(one, "residents"),
            one.properties["load"],
            one.properties["buildings"],
            one.properties["officer"],
        )
        for one in features[:SHOWN]
    ]
    names = ("grid", "households", "residents", "load", "buildings", "officer")
    table(t("cli_plan.grids"), _heads(t, *names), rows)


def _within(grid: Feature, what: str) -> str:
    """A number, and the bounds that it should keep."""
    count, limits = grid.properties[what], grid.properties["limits"]
    return f"{count:,}" if limits is None else "{:,} ({}-{})".format(count, *limits[what])


def _show_badges(badges: Sequence[FindingOut], t: Translate) -> None:
    if not badges:
        say(t("cli_plan.nothing-wrong"))
        return
    names = _heads(t, "badge", "text")
    table(t("cli_plan.badges"), names, [(one.title, one.text) for one in badges[:SHOWN]])


def _heads(t: Translate, *names: str) -> list[str]:
    return [t(f"cli_plan.column-{name}") for name in names]
