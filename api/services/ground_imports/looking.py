"""What would come of a file under what was said of it: everything is done as an import does it, and taken back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import pandas as pd
from sqlalchemy import Connection

from api.services import imports
from api.services.ground_imports.placing import Placed, mapping_of, placed
from api.services.ground_imports.reading import targets
from api.services.ground_imports.wishes import Wishes
from api.services.imports import Imported, Options
from data.readers.columns import understand
from data.readers.opened import Opened
from data.readers.table import cell_text
from data.store import regions
from geo.crs import parse_datum
from geo.errors import InputError

PART, DATUM = "part", "datum"
SAMPLES, MOST_COLUMNS, MOST_LETTERS = 3, 200, 60
_NOWHERE = Placed(None, None, (), False, ())
_SAID = {
    "column-missing": "ground-column-missing",
    "mapped-column-missing": "ground-mapped-missing",
    "map-unknown": "ground-map-unknown",
    "datum-conflict": "ground-datum-conflict",
    "datum-missing": "ground-datum-missing",
}
"""What the command line says by its options, as a form says it."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file, what it is taken for (None: nothing), and the first of what it holds."""

    name: str
    ours: str | None
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """needs: what must be said first. problem: why the file can't be imported as it was said. done: what would come of
    it, None where one can't see that yet. seen: a mark of all of it."""

    noun: str
    opened: Opened
    wishes: Wishes
    columns: Sequence[Column]
    placed: Placed
    needs: tuple[str, ...]
    problem: InputError | None
    done: Imported | None
    seen: str

    @property
    def ready(self) -> bool:
        """Whether there is something to import."""
        counts = {} if self.done is None else self.done.counts
        return counts.get("rows", 0) > counts.get("refused", 0)


def look(
    connection: Connection, noun: str, opened: Opened, wishes: Wishes, options: Options
) -> Look:
    """Look at a file in a transaction of the caller's, who takes back what ``options.dry_run`` did in it.

    A file that can't be imported as it was said has its ``problem``; raises nothing of it.
    """
    if opened.table is None and opened.layer is None:
        return _look(noun, opened, wishes, needs=(PART,))
    where, columns = _NOWHERE, _columns(noun, opened, wishes)
    try:
        where = placed(noun, opened, wishes, regions.outline(connection))
        if where.needed:
            return _look(noun, opened, wishes, columns, where, needs=(DATUM,))
        asked = replace(
            options,
            datum=None if wishes.datum is None else parse_datum(wishes.datum),
            mapping=mapping_of(opened, wishes), basis=wishes.basis, ratio=wishes.ratio, code=wishes.code,
            name=wishes.name, gives_back=True, opened=opened,
        )  # fmt: skip
        done = imports.take(connection, noun, spec_of(opened), asked)
    except InputError as error:
        return _look(noun, opened, wishes, columns, where, problem=in_a_form(error))
    return _look(noun, opened, wishes, _understood(columns, done), where, done=done)


def spec_of(opened: Opened) -> str:
    """A file as an import names it: a colon in its name parts nothing."""
    return opened.file.replace(":", "：")


def in_a_form(error: InputError) -> InputError:
    """The same complaint, with the remedy of whoever has a form before him."""
    return type(error)(_SAID.get(error.code, error.code), **error.params)


def _look(
    noun: str,
    opened: Opened,
    wishes: Wishes,
    columns: Sequence[Column] = (),
    where: Placed = _NOWHERE,
    *,
    needs: tuple[str, ...] = (),
    problem: InputError | None = None,
    done: Imported | None = None,
) -> Look:
    seen = _mark(noun, wishes, done)
    return Look(noun, opened, wishes, columns, where, needs, problem, done, seen)


def _mark(noun: str, wishes: Wishes, done: Imported | None) -> str:
    """The same for what comes to the same."""
    told: Mapping[str, object] = (
        {}
        if done is None
        else {
            "counts": dict(done.counts),
            "said": [(one.reason.code, one.count, *one.rows) for one in done.said],
            "found": [(one.code, one.count) for one in done.findings],
            **{name: getattr(done, name) for name in ("added", "updated", "replaced", "kept")},
        }
    )
    whole = json.dumps([noun, asdict(wishes), told], sort_keys=True, default=str)
    return hashlib.sha256(whole.encode()).hexdigest()[:32]


def _columns(noun: str, opened: Opened, wishes: Wishes) -> list[Column]:
    """The columns of a file, and what each is taken for before it is imported."""
    cells = opened.cells
    frame = cells.drop(columns=[one for one in wishes.columns.values() if one in cells])
    wanted = [
        one for one in targets(noun, table=opened.table is not None) if one not in wishes.columns
    ]
    changed, known = understand(frame, wanted)
    ours = {theirs: name for name, theirs in known.items()}
    ours |= {name: name for name in wanted if name in changed and name in frame}
    ours |= {theirs: name for name, theirs in wishes.columns.items()}
    return [
        Column(str(name), ours.get(str(name)), _samples(cells[name]))
        for name in cells.columns[:MOST_COLUMNS]
    ]


def _understood(columns: Sequence[Column], done: Imported) -> list[Column]:
    """The same as the import itself understood them."""
    ours = {theirs: name for name, theirs in done.understood.items()}
    return [replace(one, ours=ours.get(one.name, one.ours)) for one in columns]


def _samples(values: pd.Series) -> tuple[str, ...]:
    """The first things that a column holds."""
    found: list[str] = []
    for value in values.head(1000):
        if text := cell_text(value)[:MOST_LETTERS]:
            found.append(text)
        if len(found) == SAMPLES:
            break
    return tuple(found)
