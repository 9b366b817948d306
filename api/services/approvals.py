"""What somebody approved though something blocks: a kind of finding, or one of them by its grids or its estate."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from geo.model import Finding

Kept = Mapping[str, Any]
"""An approval as its plan keeps it (`Approval.kept`)."""


@dataclass(frozen=True, slots=True)
class Approval:
    """code: of the finding, the step (stage-notice) or objection-open. grids, estate: the one that is meant; without
    them all of the kind. number, day: of the paper that says so."""

    code: str
    reason: str
    grids: tuple[str, ...] = ()
    estate: str | None = None
    number: str | None = None
    day: date | None = None

    def kept(self, *, by: str, at: str) -> dict[str, Any]:
        """As JSON; what is not said is left out."""
        more = {
            "grids": sorted(self.grids),
            "estate": self.estate,
            "number": self.number,
            "day": None if self.day is None else self.day.isoformat(),
        }
        said = {name: value for name, value in more.items() if value}
        return {"code": self.code, "reason": self.reason, **said, "by": by, "at": at}


def joined(former: Sequence[Kept], given: Sequence[Kept]) -> list[Kept]:
    """All approvals; what is approved again takes the place of what was said of the same thing before."""
    again = {_meant(one) for one in given}
    return [*(one for one in former if _meant(one) not in again), *given]


def approved(found: Finding, approvals: Collection[Kept]) -> bool:
    """Whether one of them lets a finding stand: all of its grids are named, where grids are."""
    return any(_covers(one, found) for one in approvals)


def whole_kinds(approvals: Collection[Kept]) -> set[str]:
    """The codes that are approved whatever grid they are of."""
    return {one["code"] for one in approvals if not one.get("grids") and not one.get("estate")}


def _covers(approval: Kept, found: Finding) -> bool:
    if approval["code"] != found.code:
        return False
    grids, estate = approval.get("grids"), approval.get("estate")
    if grids and not set(found.codes) <= set(grids):
        return False
    return estate is None or found.params.get("estate") == estate


def _meant(approval: Kept) -> tuple[object, ...]:
    return approval["code"], tuple(approval.get("grids") or ()), approval.get("estate")
