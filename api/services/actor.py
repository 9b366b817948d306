"""Who does something. Every use case that changes the store takes an Actor."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from enum import StrEnum

from geo.errors import Forbidden


class Role(StrEnum):
    """What an actor may do; accounts refine this later."""

    PLANNER = "planner"
    DISPATCHER = "dispatcher"
    READER = "reader"


@dataclass(frozen=True, slots=True)
class Actor:
    """``who`` is recorded with every change. ``territory``: the code it may touch what begins with; '' is all."""

    who: str
    role: Role = Role.PLANNER
    territory: str = ""

    def needs(self, *roles: Role) -> None:
        """Forbidden unless the actor has one of these roles; a planner may do whatever a dispatcher may."""
        allowed = {*roles, Role.PLANNER} if Role.DISPATCHER in roles else set(roles)
        if self.role not in allowed:
            raise Forbidden("role-missing", who=self.who, role=self.role, needed="、".join(roles))

    def reaches(self, code: str) -> None:
        """Forbidden where ``code`` (a region or grid) lies outside the actor's territory."""
        if not code.startswith(self.territory):
            raise Forbidden("territory-left", who=self.who, territory=self.territory, code=code)


def from_system() -> Actor:
    """The operating system's user: whom the command line records."""
    return Actor(getpass.getuser())
