"""What every writer of points is handed: batches of rows with the columns to add, and the names that these may have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.readers.point_batch import Batch

_RESERVED = ("fid", "geom", "ogc_fid")  # names that a GeoPackage keeps for itself


@dataclass(frozen=True)
class Added:
    """Columns to add to a batch: Arrow arrays, null where there is nothing, of float64 or of dictionary-encoded texts
    (each column with the same dictionary in every batch); and, in degrees, where the rows are (NaN: nowhere)."""

    columns: dict[str, pa.Array]
    lng: NDArray[np.float64]
    lat: NDArray[np.float64]


Rows = Iterator[tuple[Batch, Added]]
"""Batches in order, each with its columns."""


def free_names(wanted: Iterable[str], taken: Iterable[str]) -> list[str]:
    """The wanted column names, with the prefix ``wg_`` where they are taken (case does not tell them apart)."""
    used, names = {name.strip().lower() for name in taken}, []
    for name in wanted:
        free = name
        while free.lower() in used:
            free = f"wg_{free}"
        used.add(free.lower())
        names.append(free)
    return names


def with_added(batch: Batch, added: Added) -> pa.Table:
    """All columns of a batch as a table, the added ones last, names distinct."""
    table = batch.table
    metadata = table.schema.metadata
    for name, column in added.columns.items():
        plain = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
        table = table.append_column(name, plain)
    named = table.rename_columns(_distinct(table.column_names))
    return named.replace_schema_metadata(metadata)


def geopackage_names(names: Sequence[str], *, own: Sequence[str | None] = ()) -> list[str]:
    """Names that a GeoPackage can hold: distinct whatever their case, none of its own, none empty.

    ``own``: the columns that are its own, the shapes and the ids, by the names that they keep.
    """
    seen, fields = {*_RESERVED, *(name.lower() for name in own if name)}, []
    for name in names:
        field = name or "column"
        while field.lower() in seen and name not in own:
            field += "_"
        seen.add(field.lower())
        fields.append(field)
    return fields


def _distinct(names: Sequence[str]) -> list[str]:
    """Repeated names told apart by a number."""
    used: set[str] = set()
    distinct: list[str] = []
    for name in names:
        free, number = name, 1
        while free in used or (number > 1 and free in names):
            number += 1
            free = f"{name}_{number}"
        used.add(free)
        distinct.append(free)
    return distinct
