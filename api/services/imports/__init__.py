"""Files into the store: ``run(engine, noun, file, options)``.

result.py       what came of an import; options; the table that goes back
said.py         what is said of rows, counted; noting.py of a file of any length
sheet.py        a table file, understood, row by row; layer.py the same for a vector layer
territory.py    which community a row belongs to
buildings.py    building_ledger.py a ledger (台账), building_layer.py a layer of points or polygons
regions.py      outlines and lists of city, streets, communities
grids.py        a plan drawn here or elsewhere
incidents.py    a list of incidents, however long
calls.py        a hotline's, with words for coordinates: call_words.py what they mean, call_sheet.py what goes back
posts.py        the register of posts; party.py of the party's units; contacts.py of estates' contacts
addresses.py    a city's own addresses, names and aliases
components.py   部件: a table with coordinates or a layer
catalogue.py    what can be reported, and who deals with it
ground.py       roads, rivers, bridges, greens
opening.py      what is read: a file, or one handed over that was read already

A new one is a module with ``take`` and its line in NOUNS; what is said of its rows are texts in intake.toml.

Each is one transaction: an import is there whole, or nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection, Engine

from api.services.actor import Role
from api.services.imports import (
    addresses,
    buildings,
    calls,
    catalogue,
    components,
    contacts,
    grids,
    ground,
    incidents,
    party,
    posts,
    regions,
)
from api.services.imports.result import Imported, Options, source_name
from api.services.targets import refuse_inputs
from data.readers.vector import datum_by_convention
from data.writers.atomic import check_target
from data.writers.table import write_table
from geo.errors import OptionError
from geo.model import Finding, Severity

NOUNS: Mapping[str, Callable[[Connection, str, Options], Imported]] = {
    "regions": regions.take,
    "buildings": buildings.take,
    "components": components.take,
    "grids": grids.take,
    "incidents": incidents.take,
    "calls": calls.take,
    "posts": posts.take,
    "party": party.take,
    "contacts": contacts.take,
    "addresses": addresses.take,
    "catalogue": catalogue.take,
    **{noun: ground.taking(noun) for noun in ("roads", "rivers", "bridges", "greens")},
}


def run(
    engine: Engine, noun: str, spec: str, options: Options, *, give_back: Path | None = None
) -> Imported:
    """Import one file (``F`` or ``F:layer``) in one transaction; nothing is kept of a dry run.

    ``give_back``: where to write the rows that somebody must complete, with reasons; written before the transaction
    ends, so that both are there or neither. Raises what the readers raise, and OptionError for an unknown noun.
    """
    if noun not in NOUNS:
        raise OptionError("noun-unknown", noun=noun, known="、".join(NOUNS))
    options.actor.needs(Role.PLANNER)
    if give_back is not None:
        check_target(give_back, (".xlsx", ".csv"))
        refuse_inputs(give_back, (spec,))
    with engine.connect() as connection, connection.begin() as transaction:
        done = take(connection, noun, spec, replace(options, gives_back=give_back is not None))
        if give_back is not None:
            options.progress("write", 0, None)
            _give_back(give_back, done)
        if done.written:
            options.progress("import-keep", 0, None)
        else:
            transaction.rollback()
    return done


def take(connection: Connection, noun: str, spec: str, options: Options) -> Imported:
    """Import one file in a transaction of the caller's, who ends it by what ``written`` says."""
    done = NOUNS[noun](connection, spec, options)
    if options.datum is None and options.opened is None and datum_by_convention(spec):
        params = {"file": source_name(spec)}
        assumed = Finding("file-datum-assumed", Severity.NOTE, params=params)
        done = replace(done, findings=(*done.findings, assumed))
    return done


def _give_back(path: Path, done: Imported) -> None:
    """The rows to be completed; of a workbook they are the first sheet, for that one is read when it comes again."""
    open_rows = done.returned
    if open_rows is None or (open_rows.empty and not done.beside):
        return
    write_table(path, open_rows, beside=done.beside if path.suffix.lower() == ".xlsx" else {})


__all__ = ["NOUNS", "Imported", "Options", "run", "take"]
