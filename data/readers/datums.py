"""One ``--datum`` for several files: it is meant for those that do not say what their coordinates refer to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pyogrio.errors

from data.readers.point_table import is_table
from data.readers.vector import datum_by_convention, split_spec
from geo.crs import Datum


def for_several(datum: Datum | None, specs: Iterable[str | Path | None]) -> Datum | None:
    """``datum`` as it is to be read with each of these files (``F[:layer]``).

    Where one of them needs it, it yields to the CRS that the others declare; where all of them declare one, a
    contradiction stays what it is. A file that can't be read is left to its reader.
    """
    if datum is None:
        return None
    return replace(datum, yields=any(_needs(spec) for spec in specs if spec is not None))


def _needs(spec: str | Path) -> bool:
    """Whether a file does not say what its coordinates refer to."""
    path, layer = split_spec(spec)
    if is_table(spec) or datum_by_convention(spec):
        return True
    try:
        if path.suffix.lower() == ".parquet":
            return b"geo" not in (pq.read_schema(path).metadata or {})
        source = f"/vsizip/{path.resolve()}" if path.suffix.lower() == ".zip" else str(path)
        layers = [layer] if layer else [name for name, kind in pyogrio.list_layers(source) if kind]
        return any(pyogrio.read_info(source, layer=name)["crs"] is None for name in layers)
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        pa.ArrowException,
        OSError,
    ):
        return False
