"""Files with plans drawn elsewhere, on their way in over HTTP: kept until they are accepted, looked at as often as
somebody says something else of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.engine import RowMapping

from api.services.actor import Actor, Role
from api.services.adopting import Look, Wishes, adopt, handed_over, look
from api.services.calculating import elsewhere
from api.services.drafting import Shelf
from data.apart import Apart, Cancel
from data.readers.drawing import Drawing
from data.store import plan_imports
from geo.errors import Conflict, FileUnreadable, NotFound

MOST_BYTES = 64 << 20
"""Of one file."""


@dataclass(frozen=True, slots=True)
class Looked:
    """row: of the file that waits. look: what it is, by what was said."""

    row: RowMapping
    look: Look


class PlanImports:
    """What planners do with files, in one database."""

    def __init__(self, engine: Engine, shelf: Shelf, apart: Apart) -> None:
        self.engine, self.shelf, self.apart = engine, shelf, apart

    def put(
        self, actor: Actor, file: str, content: bytes, *, cancel: Cancel | None = None
    ) -> Looked:
        """Keep a file that can be read, and look at it; one that can't be is not kept (FileUnreadable and its like)."""
        actor.needs(Role.PLANNER)
        if not content:
            raise FileUnreadable("file-empty", file=file)
        if len(content) > MOST_BYTES:
            raise FileUnreadable("import-too-large", file=file, most_mb=MOST_BYTES >> 20)
        drawing = self._drawing(file, content, Wishes(), cancel=cancel)
        with self.engine.begin() as connection:
            calculate = elsewhere(self.apart, drawing.file, cancel)
            seen = look(connection, self.shelf, drawing, Wishes(), calculate=calculate)
            if plan_imports.size(connection) + len(content) > plan_imports.MOST_BYTES:
                raise Conflict("imports-full", most_mb=plan_imports.MOST_BYTES >> 20)
            number = plan_imports.put(
                connection, file=seen.drawing.file, content=content, by=actor.who
            )
            row = self._row(plan_imports.get(connection, number), number)
            return Looked(row, seen)

    def listed(self) -> Sequence[RowMapping]:
        """The files that wait."""
        with self.engine.connect() as connection:
            return plan_imports.listed(connection)

    def said(self, number: int) -> Mapping[str, Any]:
        """What was said of a file last. NotFound "import-unknown"."""
        with self.engine.connect() as connection:
            wishes: Mapping[str, Any] = self._row(plan_imports.get(connection, number), number)[
                "wishes"
            ]
            return wishes

    def look(
        self,
        number: int,
        wishes: Wishes,
        said: Mapping[str, Any],
        *,
        cancel: Cancel | None = None,
    ) -> Looked:
        """A file under what is said of it, which is kept too. NotFound "import-unknown"."""
        row, drawing = self._waiting(number, wishes, cancel=cancel)
        with self.engine.begin() as connection:
            calculate = elsewhere(self.apart, drawing.file, cancel)
            seen = look(connection, self.shelf, drawing, wishes, calculate=calculate)
            plan_imports.say(connection, number, said)
            return Looked(row, seen)

    def accept(
        self, actor: Actor, number: int, wishes: Wishes, *, seen: str, name: str | None = None
    ) -> Sequence[RowMapping]:
        """Drafts of a file, which waits no more. Conflict "import-changed" where it would not be what was seen,
        "import-taken" where somebody else accepted or deleted it meanwhile."""
        actor.needs(Role.PLANNER)
        row, drawing = self._waiting(number, wishes)
        with self.engine.begin() as connection:
            if plan_imports.take(connection, number) is None:  # after waiting for whoever holds it
                raise Conflict("import-taken", file=row["file"])
            calculate = elsewhere(self.apart, drawing.file)
            found = look(connection, self.shelf, drawing, wishes, calculate=calculate)
            if found.seen != seen:
                raise Conflict("import-changed", file=row["file"])
            return adopt(connection, self.shelf, actor, found, name=name)

    def discard(self, actor: Actor, number: int) -> RowMapping:
        """Throw a file away. NotFound "import-unknown"."""
        actor.needs(Role.PLANNER)
        with self.engine.begin() as connection:
            return self._row(plan_imports.take(connection, number), number)

    def _waiting(
        self, number: int, wishes: Wishes, *, cancel: Cancel | None = None
    ) -> tuple[RowMapping, Drawing]:
        """A file that waits, read: before a connection is held, for reading may take a minute."""
        with self.engine.connect() as connection:
            row = self._row(plan_imports.get(connection, number), number)
        return row, self._drawing(row["file"], row["content"], wishes, cancel=cancel)

    def _drawing(
        self, file: str, content: bytes, wishes: Wishes, *, cancel: Cancel | None = None
    ) -> Drawing:
        """What is in it. A stranger's bytes are never read in this process."""
        profile = self.shelf.profile
        return handed_over(self.apart, content, wishes, profile=profile, name=file, cancel=cancel)

    def _row(self, row: RowMapping | None, number: int) -> RowMapping:
        if row is None:
            raise NotFound("import-unknown", number=number)
        return row
