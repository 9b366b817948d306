"""Many rows at once: COPY into the table, or into a temporary one and merged by key.

A frame's columns are named as the table's. Shapes (shapely, EPSG:4490) travel as EWKB; dicts and lists as JSON.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID, uuid4

import numpy as np
import pandas as pd
import psycopg2
import pyarrow as pa
import pyarrow.csv
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, text
from sqlalchemy.orm import DeclarativeBase

from data.tables import SRID
from geo.errors import InputError

Table = type[DeclarativeBase]

_CHUNK_BYTES = 1 << 20


class Readable(Protocol):
    """What COPY reads from: bytes until there are none."""

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Merged:
    """How many rows a merge added, and how many were there and were updated."""

    added: int
    updated: int


def copy_in(connection: Connection, table: Table, frame: pd.DataFrame) -> int:
    """Append every row of ``frame``; columns that it lacks get the table's defaults."""
    _copy(connection, table.__tablename__, frame)
    return len(frame)


def merge(
    connection: Connection,
    table: Table,
    frame: pd.DataFrame,
    *,
    key: Sequence[str],
    updates: Mapping[str, str] | None = None,
) -> Merged:
    """Insert the rows whose ``key`` is new, update the others in the columns that the frame has.

    ``updates``: for single columns, what an update makes of the row there (``t``) and the new one (``excluded``), in
    SQL; else the new value. The keys of ``frame`` must be unique.
    """
    special = updates or {}
    changes = [
        f'"{column}" = {special.get(column, f"excluded.{column}")}'
        for column in map(str, frame.columns)
        if column not in key
    ]
    if "updated_at" in table.__table__.columns:
        changes.append("updated_at = clock_timestamp()")
    action = f"UPDATE SET {', '.join(changes)}" if changes else "NOTHING"
    names = quoted(frame.columns)
    with staged(connection, table, frame) as stage:
        row = connection.execute(
            text(
                f'WITH done AS (INSERT INTO "{table.__tablename__}" AS t ({names})'
                f' SELECT {names} FROM "{stage}" ON CONFLICT ({quoted(key)}) DO {action}'
                " RETURNING xmax = 0 AS added) SELECT count(*) FILTER (WHERE added),"
                " count(*) FILTER (WHERE NOT added) FROM done"
            )
        ).one()
    return Merged(added=row[0], updated=row[1])


@contextmanager
def staged(connection: Connection, table: Table, frame: pd.DataFrame) -> Iterator[str]:
    """The name of a temporary table with the frame's rows in the types of ``table``; gone afterwards."""
    with stage(connection, table, frame.columns) as name:
        _copy(connection, name, frame)
        yield name


@contextmanager
def stage(connection: Connection, table: Table, columns: Iterable[str]) -> Iterator[str]:
    """The name of an empty temporary table with these columns in the types of ``table``; gone afterwards."""
    name = f"stage_{uuid4().hex[:12]}"
    connection.execute(
        text(
            f'CREATE TEMP TABLE "{name}" AS SELECT {quoted(columns)}'
            f' FROM "{table.__tablename__}" WITH NO DATA'
        )
    )
    yield name
    connection.execute(text(f'DROP TABLE "{name}"'))


def quoted(names: Iterable[str]) -> str:
    """Column names (of our own tables) for a statement."""
    return ", ".join(f'"{name}"' for name in names)


def hexes(shapes: Iterable[BaseGeometry | None]) -> NDArray[np.object_]:
    """Shapes as hexadecimal EWKB with our SRID, two-dimensional; None stays None."""
    found = shapely.force_2d(np.array(list(shapes), dtype=object))
    written = shapely.to_wkb(shapely.set_srid(found, SRID), hex=True, include_srid=True)
    return np.asarray(written, dtype=object)


def _copy(connection: Connection, name: str, frame: pd.DataFrame) -> None:
    if not frame.empty:
        copy_from(connection, name, frame.columns, io.BytesIO(_csv(frame)), form="csv")


def copy_from(
    connection: Connection, name: str, columns: Iterable[str], stream: Readable, *, form: str
) -> int:
    """COPY ``stream`` into the table ``name``; how many rows. ``form``: csv or binary (data.store.pgcopy).

    InputError "rows-refused" with the server's words for a row that the table does not take.
    """
    if not connection.in_transaction():
        connection.begin()
    statement = f'COPY "{name}" ({quoted(columns)}) FROM STDIN (FORMAT {form})'
    with closing(connection.connection.cursor()) as cursor:
        try:
            cursor.copy_expert(statement, stream, size=_CHUNK_BYTES)
            return int(cursor.rowcount)
        except psycopg2.Error as error:
            reason = str(error.diag.message_primary or error).strip()
            where = str(error.diag.context or "-").strip()
            raise InputError("rows-refused", table=name, reason=reason, where=where) from error


def _csv(frame: pd.DataFrame) -> bytes:
    """COPY's CSV: a value is quoted, NULL is empty and bare."""
    columns = {str(name): _column(frame[name]) for name in frame.columns}
    sink = io.BytesIO()
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="all_valid")
    pyarrow.csv.write_csv(pa.table(columns), sink, options)
    return sink.getvalue()


def _column(values: pd.Series) -> pa.Array:
    if values.dtype.name == "geometry":
        return pa.array(hexes(values), type=pa.string())
    if values.dtype == object:
        return pa.array([_plain(value) for value in values], type=pa.string())
    return pa.Array.from_pandas(values)


def _plain(value: object) -> str | None:
    """One value of a mixed column in PostgreSQL's text form."""
    if isinstance(value, BaseGeometry):
        return str(hexes([value])[0])
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, str | UUID):
        return str(value)
    missing = value is None or pd.isna(value)  # type: ignore[call-overload]
    return None if missing else _number(value)


def _number(value: object) -> str:
    """Whole numbers that a table reader made floats of go in as whole numbers."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
