"""Rows with what was found out about them -> CSV, Parquet, GeoPackage, batch by batch, in constant memory.

Every row and column stays as it is and in its order; the added columns come last. A CSV made from a CSV keeps the
bytes of every record.
"""

from __future__ import annotations

from pathlib import Path

from data.readers.point_batch import Points
from data.writers.point_rows import Rows
from data.writers.points_columns import write_geopackage, write_parquet
from data.writers.points_csv import write_cells, write_records

ENDINGS = (".csv", ".parquet", ".gpkg")


def write_points(path: Path, source: Points, rows: Rows) -> None:
    """Write the rows of ``source`` by the name's ending (one of `ENDINGS`), taking them as they come.

    Without any there will be no file. What ``rows`` raises comes through; OSError where the file can't be written.
    """
    ending = path.suffix.lower()
    if ending == ".parquet":
        write_parquet(path, source, rows)
    elif ending == ".gpkg":
        write_geopackage(path, source, rows)
    elif source.dialect is not None:
        write_records(path, source.dialect, rows)
    else:
        write_cells(path, source, rows)
