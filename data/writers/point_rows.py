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
    for name, column in added.columns.items():
        plain = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
        table = table.append_column(name, plain)
    return table.rename_columns(_distinct(table.column_names))


def geopackage_names(names: Sequence[str], keep: int | None = None) -> list[str]:
    """Names that a GeoPackage can hold: distinct whatever their case, none of its own (but at ``keep``), none empty."""
    seen, fields = set(_RESERVED), []
    for position, name in enumerate(names):
        field = name or "column"
        while field.lower() in seen and position != keep:
            field += "_"
        seen.add(field.lower())
        fields.append(field)
    return fields


def _distinct(names: Sequence[str]) -> list[str]:
    """Repeated names (which only a CSV may have) told apart by a number."""
    seen: dict[str, int] = {}
    distinct = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        distinct.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return distinct
