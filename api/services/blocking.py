"""What keeps plans from coming into force: what a check blocks, and what a draft makes worse than rules allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from api.services.drafting import Shelf
from api.services.plans import findings
from data.readers.stage_rules import StageRules
from data.store import grids, plans
from geo.model import Finding, Severity

Kind = tuple[str, tuple[str, ...], str | None]


def blocking(
    connection: Connection, shelf: Shelf, rules: StageRules, heads: Sequence[RowMapping]
) -> list[Finding]:
    """Findings that block these plans, approved or not.

    Those that the check blocks; and of the kinds that must not worsen (data/rules/stages.toml) those that the plan in
    force, counted today, has not, or less of: what a draft found is not its fault. What comes again just as it was is
    not held against them.
    """
    found = _found(connection, shelf, [head["id"] for head in heads])
    hard = [one for one in found if one.severity is Severity.BLOCKING]
    soft = [
        one
        for one in found
        if one.code in rules.must_not_worsen and one.severity is not Severity.BLOCKING
    ]
    if not soft:
        return hard
    in_force = plans.in_force(connection)
    homes = {head["community_code"] for head in heads} & set(in_force)
    before = _by_kind(_found(connection, shelf, [in_force[one] for one in sorted(homes)]))
    spared = _grids(connection, [head["id"] for head in heads if is_restored(head)])
    worse = [one for one in soft if _is_worse(one, before) and not set(one.codes) & spared]
    return [*hard, *worse]


def is_restored(head: RowMapping) -> bool:
    """Whether a plan comes again just as it was."""
    return bool(head["params"].get("restored")) and head["version"] == 1


def _found(connection: Connection, shelf: Shelf, ids: Sequence[int]) -> list[Finding]:
    if not ids:
        return []
    return findings(connection, ids, rule=shelf.rule, profile=shelf.profile)


def _grids(connection: Connection, ids: Sequence[int]) -> set[str]:
    return {str(code) for code in grids.of_plans(connection, ids)["code"]} if ids else set()


def _by_kind(found: Sequence[Finding]) -> Mapping[Kind, float]:
    return {_kind(one): _off_by(one) for one in found}


def _kind(found: Finding) -> Kind:
    estate = found.params.get("estate")
    if estate is not None:
        return found.code, (), str(estate)
    return found.code, found.codes, None


def _off_by(found: Finding) -> float:
    return float(found.params.get("off_by", len(found.codes)))  # type: ignore[arg-type]


def _is_worse(found: Finding, before: Mapping[Kind, float]) -> bool:
    return _off_by(found) > before.get(_kind(found), 0.0)
