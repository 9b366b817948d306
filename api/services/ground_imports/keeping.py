"""Files of the ground that wait: kept until somebody imports them, looked at as often as somebody says something else
of them, imported once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import RowMapping

from api.services.actor import Role
from api.services.calculating import elsewhere
from api.services.ground_imports.looking import Look, look
from api.services.ground_imports.reading import known, read
from api.services.ground_imports.wishes import Wishes
from api.services.imports import Imported, Options
from data.apart import Apart, Cancel
from data.readers import handed
from data.readers.opened import Opened
from data.store import ground_imports
from data.writers.table import write_table
from geo.errors import Conflict, FileUnreadable, NotFound

MOST_BYTES = 64 << 20
"""Of one file."""
FIGURES = ("added", "updated", "unchanged", "replaced", "kept")
"""What an import did, in numbers that are kept."""


@dataclass(frozen=True, slots=True)
class Looked:
    """row: of the file that waits. look: what would come of it. before: an import of the very same bytes."""

    row: RowMapping
    look: Look
    before: RowMapping | None


@dataclass(frozen=True, slots=True)
class Done:
    """row: of a file that was imported, by whom and what came of it. again: that was so before it was asked for."""

    row: RowMapping
    again: bool


class GroundImports:
    """What planners do with files of the ground, in one database."""

    def __init__(self, engine: Engine, apart: Apart) -> None:
        self.engine, self.apart = engine, apart

    def put(
        self,
        noun: str,
        file: str,
        content: bytes,
        options: Options,
        *,
        cancel: Cancel | None = None,
    ) -> Looked:
        """Keep a file that can be read, and look at it; one that can't be is not kept (FileUnreadable and its like).
        Conflict "ground-full" where too much waits."""
        options.actor.needs(Role.PLANNER)
        known(noun)
        name = handed.plain(file)
        if not content:
            raise FileUnreadable("file-empty", file=name)
        if len(content) > MOST_BYTES:
            raise FileUnreadable("ground-too-large", file=name, most_mb=MOST_BYTES >> 20)
        opened = read(self.apart, noun, name, content, Wishes(), cancel=cancel)
        seen = self._look(noun, opened, Wishes(), options, cancel)
        digest = hashlib.sha256(content).hexdigest()
        with self.engine.begin() as connection:
            most = ground_imports.MOST_BYTES
            if ground_imports.waiting_bytes(connection) + len(content) > most:
                raise Conflict("ground-full", most_mb=most >> 20)
            number = ground_imports.put(
                connection, noun=noun, file=name, content=content, digest=digest, by=options.actor.who
            )  # fmt: skip
            before = ground_imports.before(connection, noun, digest)
            return Looked(self._row(connection, number), seen, before)

    def listed(self) -> Sequence[RowMapping]:
        """The files that wait, and the last that were imported."""
        with self.engine.connect() as connection:
            return ground_imports.listed(connection)

    def get(self, number: int) -> RowMapping:
        """A file that waits or was imported. NotFound "ground-import-unknown"."""
        with self.engine.connect() as connection:
            return self._row(connection, number)

    def look(
        self,
        number: int,
        wishes: Wishes,
        said: Mapping[str, Any],
        options: Options,
        *,
        cancel: Cancel | None = None,
    ) -> Looked:
        """A file under what is said of it, which is kept too. NotFound; Conflict "ground-import-done" for one that was
        imported."""
        row = self._waiting(number)
        opened = self._opened(row, wishes, cancel)
        seen = self._look(row["noun"], opened, wishes, options, cancel)
        with self.engine.begin() as connection:
            ground_imports.say(connection, number, said)
            return Looked(row, seen, ground_imports.before(connection, row["noun"], row["digest"]))

    def accept(
        self,
        number: int,
        wishes: Wishes,
        said: Mapping[str, Any],
        options: Options,
        *,
        seen: str,
        cancel: Cancel | None = None,
    ) -> Done:
        """Import a file in one transaction, once: whoever asks again is told what came of it. Conflict
        "ground-import-changed" where it would not be what was seen; NotFound where nobody has it."""
        options.actor.needs(Role.PLANNER)
        row = self.get(number)
        if row["imported_at"] is not None:
            return Done(row, True)
        opened = self._opened(row, wishes, cancel)
        with self.engine.begin() as connection:
            row = self._row(connection, number, hold=True)  # after waiting for whoever holds it
            if row["imported_at"] is not None:
                return Done(row, True)
            asked = self._asked(opened, options, cancel)
            found = look(connection, row["noun"], opened, wishes, asked)
            if found.problem is not None:
                raise found.problem
            if found.done is None or not found.ready:
                raise Conflict("ground-import-unready", file=row["file"])
            if found.seen != seen:
                raise Conflict("ground-import-changed", file=row["file"])
            options.progress("import-keep", 0, None)
            ground_imports.imported(
                connection, number, by=options.actor.who, wishes=said, result=_result(found.done),
                returned=_sheet(found.done),
            )  # fmt: skip
            return Done(self._row(connection, number), False)

    def sheet(self, number: int, options: Options, wishes: Callable[[Any], Wishes]) -> bytes:
        """The rows that somebody must complete, as a workbook with reasons: of a file that waits as it was said last,
        of one that was imported as it was then. NotFound "ground-nothing-open" where there are none."""
        row = self.get(number)
        if row["imported_at"] is None:
            said = wishes(row["wishes"])
            found = self._look(row["noun"], self._opened(row, said, None), said, options, None)
            made = None if found.done is None else _sheet(found.done)
        else:
            with self.engine.connect() as connection:
                made = ground_imports.returned(connection, number)
        if made is None:
            raise NotFound("ground-nothing-open", number=number)
        return made

    def discard(self, options: Options, number: int) -> RowMapping:
        """Throw a file away that waits. NotFound; Conflict "ground-import-done" for one that was imported."""
        options.actor.needs(Role.PLANNER)
        self._waiting(number)
        with self.engine.begin() as connection:
            return _there(ground_imports.discard(connection, number), number)

    def _look(
        self, noun: str, opened: Opened, wishes: Wishes, options: Options, cancel: Cancel | None
    ) -> Look:
        """What would come of a file: done in a transaction, and taken back."""
        asked = replace(self._asked(opened, options, cancel), dry_run=True)
        with self.engine.connect() as connection, connection.begin() as transaction:
            found = look(connection, noun, opened, wishes, asked)
            transaction.rollback()
        return found

    def _asked(self, opened: Opened, options: Options, cancel: Cancel | None) -> Options:
        """Shapes of strangers are worked out apart, too."""
        calculate = elsewhere(self.apart, opened.file, cancel, code="ground-tangle")
        return replace(options, calculate=calculate)

    def _opened(self, row: RowMapping, wishes: Wishes, cancel: Cancel | None) -> Opened:
        """A file that waits, read: before a connection is held, for reading may take a minute."""
        return read(self.apart, row["noun"], row["file"], row["content"], wishes, cancel=cancel)

    def _waiting(self, number: int) -> RowMapping:
        row = self.get(number)
        if row["imported_at"] is not None:
            raise Conflict("ground-import-done", file=row["file"], by=row["imported_by"])
        return row

    def _row(self, connection: Connection, number: int, *, hold: bool = False) -> RowMapping:
        return _there(ground_imports.get(connection, number, hold=hold), number)


def _there(row: RowMapping | None, number: int) -> RowMapping:
    if row is None:
        raise NotFound("ground-import-unknown", number=number)
    return row


def _result(done: Imported) -> dict[str, Any]:
    return {"counts": dict(done.counts), **{name: getattr(done, name) for name in FIGURES}}


def _sheet(done: Imported) -> bytes | None:
    """The rows to be completed as a workbook; None where there are none."""
    if done.returned is None or done.returned.empty:
        return None
    with TemporaryDirectory(prefix="wangge-ground-") as folder:
        path = Path(folder) / "open.xlsx"
        write_table(path, done.returned)
        return path.read_bytes()
