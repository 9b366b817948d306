"""Buildings: a ledger (台账) row by row, or a layer of points or polygons."""

from __future__ import annotations

from sqlalchemy import Connection

from api.services.imports import building_layer, building_ledger
from api.services.imports.opening import is_table
from api.services.imports.result import Imported, Options

NOUN = "buildings"


def take(connection: Connection, spec: str, options: Options) -> Imported:
    """Import a ledger or a layer; rows of a ledger without place, and suspect ones, are kept to be completed."""
    importer = building_ledger.take if is_table(spec, options) else building_layer.take
    return importer(connection, spec, options)
