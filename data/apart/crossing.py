"""Values as bytes and back, for what comes from a child process: JSON, with Arrow, WKB and plain memory beside it.

Nothing in the bytes names code: a class is made only if whoever asks listed it. Whatever is wrong with them raises.
"""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from enum import Enum
from types import MappingProxyType
from typing import Any, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from pyproj import CRS

_KIND = "$"
_LENGTH = struct.Struct(">Q")
_MOMENTS: dict[str, Callable[[str], Any]] = {
    "Timestamp": pd.Timestamp,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
}


def packed(value: object) -> bytes:
    """A value as bytes. TypeError for what has no form here."""
    writer = _Writer()
    tree = json.dumps(writer.put(value)).encode()
    out = io.BytesIO()
    for part in (tree, *writer.parts):
        out.write(_LENGTH.pack(len(part)))
        out.write(part)
    return out.getvalue()


def unpacked(content: bytes, returns: Sequence[type] = ()) -> Any:
    """The value again. ``returns``: dataclasses and enums that may be in it."""
    view, parts, at = memoryview(content), [], 0
    while at < len(view):
        (size,) = _LENGTH.unpack_from(view, at)
        at += _LENGTH.size
        if size > len(view) - at:
            raise ValueError("cut off")
        parts.append(view[at : at + size])
        at += size
    return _Reader(parts[1:], returns).get(json.loads(bytes(parts[0])))


class _Writer:
    """parts: what is beside the JSON, each by its place."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def put(self, value: Any) -> Any:
        """A value as JSON has it."""
        if isinstance(value, Enum):
            return self._named("enum", type(value).__name__, self.put(value.value))
        if value is None or isinstance(value, bool | int | float | str):
            return value if type(value) in (bool, int, float, str, type(None)) else _plain(value)
        if isinstance(value, list):
            return [self.put(one) for one in value]
        if is_dataclass(value) and not isinstance(value, type):
            told = {one.name: self.put(getattr(value, one.name)) for one in fields(value)}
            return self._named("made", type(value).__name__, told)
        for kind, makes in _WRITERS.items():
            if isinstance(value, kind):
                return makes(self, value)
        raise TypeError(type(value).__name__)

    def beside(self, kind: str, content: bytes, **more: object) -> dict[str, object]:
        """Bytes beside the JSON."""
        self.parts.append(content)
        return {_KIND: kind, "n": len(self.parts) - 1, **more}

    def group(self, kind: str, values: Sequence[Any] | NDArray[Any]) -> dict[str, object]:
        """Several values that are no list."""
        return {_KIND: kind, "of": [self.put(one) for one in values]}

    def _named(self, kind: str, name: str, of: object) -> dict[str, object]:
        return {_KIND: kind, "as": name, "of": of}

    def array(self, values: NDArray[Any]) -> dict[str, object]:
        """Numbers as they lie in memory, shapes as WKB, anything else one by one."""
        if values.dtype != object:
            kept = np.ascontiguousarray(values)
            return self.beside("numbers", kept.tobytes(), dtype=kept.dtype.str, shape=kept.shape)
        if values.ndim == 1 and _all_shapes(values):
            return self.beside("shapes", _wkb(values))
        return self.group("objects", values)

    def frame(self, frame: pd.DataFrame) -> dict[str, object]:
        """Columns one by one; the index is 0, 1, 2 …"""
        if not frame.index.equals(pd.RangeIndex(len(frame))):
            raise TypeError("an index of its own")
        placed = isinstance(frame, gpd.GeoDataFrame)
        own = frame.geometry.name if placed else None
        columns = [
            [name, self.column(frame.iloc[:, n])] for n, name in enumerate(map(str, frame.columns))
        ]
        crs = self.put(frame.crs) if placed else None
        return {_KIND: "frame", "rows": len(frame), "of": columns, "geometry": own, "crs": crs}

    def column(self, values: pd.Series) -> dict[str, object]:
        """One column with its type."""
        if isinstance(values.dtype, gpd.array.GeometryDtype):
            return self.array(np.asarray(values.array, dtype=object))
        if values.dtype == object:
            return self.array(values.to_numpy())
        table = pa.table({"": pa.Array.from_pandas(values)})
        return self.beside("column", _ipc(table), dtype=str(values.dtype))


class _Reader:
    def __init__(self, parts: Sequence[memoryview], returns: Sequence[type]) -> None:
        self._parts = parts
        self._returns = {one.__name__: one for one in returns}

    def get(self, told: Any) -> Any:
        if isinstance(told, list):
            return [self.get(one) for one in told]
        return self._kinds[told[_KIND]](self, told) if isinstance(told, dict) else told

    def _part(self, told: dict[str, Any]) -> memoryview:
        return self._parts[int(told["n"])]

    def _several(self, told: dict[str, Any]) -> list[Any]:
        return [self.get(one) for one in told["of"]]

    def _mapping(self, told: dict[str, Any]) -> Mapping[Any, Any]:
        return {self.get(key): self.get(value) for key, value in told["of"]}

    def _numbers(self, told: dict[str, Any]) -> NDArray[Any]:
        kind = np.dtype(told["dtype"])
        if kind.hasobject:
            raise ValueError("objects")
        return np.frombuffer(bytearray(self._part(told)), dtype=kind).reshape(told["shape"])

    def _shapes(self, told: dict[str, Any]) -> NDArray[np.object_]:
        wkb = _table(self._part(told)).column(0).to_numpy(zero_copy_only=False)
        with np.errstate(invalid="ignore"):  # a coordinate that is none is told by whoever looks
            return np.asarray(shapely.from_wkb(wkb), dtype=object)

    def _objects(self, told: dict[str, Any]) -> NDArray[np.object_]:
        found = np.empty(len(told["of"]), dtype=object)
        for n, one in enumerate(told["of"]):
            found[n] = self.get(one)
        return found

    def _column(self, told: dict[str, Any]) -> pd.Series:
        kind = pd.api.types.pandas_dtype(told["dtype"])
        return cast("pd.Series", _table(self._part(told)).column(0).to_pandas()).astype(kind)

    def _frame(self, told: dict[str, Any]) -> pd.DataFrame:
        columns = {str(name): self.get(one) for name, one in told["of"]}
        index = pd.RangeIndex(told["rows"])
        made = {
            name: pd.Series(one, index=index, dtype=object) if isinstance(one, np.ndarray) else one
            for name, one in columns.items()
        }
        if told["geometry"] is None:
            return pd.DataFrame(made, index=index)
        crs, own = self.get(told["crs"]), str(told["geometry"])
        made[own] = gpd.GeoSeries(columns[own], index=index, crs=crs)
        placed = gpd.GeoDataFrame(made, index=index, geometry=own, crs=crs)
        return cast("pd.DataFrame", placed)

    def _enum(self, told: dict[str, Any]) -> Any:
        return self._returns[told["as"]](self.get(told["of"]))

    def _made(self, told: dict[str, Any]) -> Any:
        kind = self._returns[told["as"]]
        return kind(**{str(name): self.get(one) for name, one in told["of"].items()})

    _kinds: Mapping[str, Callable[[_Reader, dict[str, Any]], Any]] = MappingProxyType(
        {
            "tuple": lambda self, told: tuple(self._several(told)),
            "set": lambda self, told: frozenset(self._several(told)),
            "mapping": _mapping,
            "bytes": lambda self, told: bytes(self._part(told)),
            "moment": lambda _self, told: _MOMENTS[told["as"]](told["of"]),
            "crs": lambda _self, told: CRS.from_user_input(str(told["of"])),
            "shape": lambda self, told: shapely.from_wkb(bytes(self._part(told))),
            "table": lambda self, told: _table(self._part(told)),
            "numbers": _numbers,
            "shapes": _shapes,
            "objects": _objects,
            "column": _column,
            "frame": _frame,
            "enum": _enum,
            "made": _made,
        }
    )


_WRITERS: dict[type, Callable[[_Writer, Any], Any]] = {
    type(pd.NaT): lambda _to, _value: None,  # before dates: it calls itself one
    type(pd.NA): lambda _to, _value: None,
    tuple: lambda to, value: to.group("tuple", value),
    frozenset: lambda to, value: to.group("set", sorted(value)),
    bytes: lambda to, value: to.beside("bytes", value),
    date: lambda _to, value: {_KIND: "moment", "as": type(value).__name__, "of": value.isoformat()},
    time: lambda _to, value: {_KIND: "moment", "as": "time", "of": value.isoformat()},
    CRS: lambda _to, value: {_KIND: "crs", "of": value.srs},
    shapely.Geometry: lambda to, value: to.beside("shape", shapely.to_wkb(value)),
    pa.Table: lambda to, value: to.beside("table", _ipc(value)),
    pd.DataFrame: lambda to, value: to.frame(value),
    np.ndarray: lambda to, value: to.array(value),
    np.generic: lambda to, value: to.put(value.item()),
    Mapping: lambda to, value: {
        _KIND: "mapping", "of": [[to.put(key), to.put(one)] for key, one in value.items()]
    },
}  # fmt: skip


def _plain(value: object) -> object:
    """A number or text of a kind of its own (numpy's) as Python's."""
    return next(kind(value) for kind in (float, str, int) if isinstance(value, kind))


def _all_shapes(values: NDArray[np.object_]) -> bool:
    return all(one is None or isinstance(one, shapely.Geometry) for one in values)


def _wkb(shapes: NDArray[np.object_]) -> bytes:
    return _ipc(pa.table({"": pa.array(shapely.to_wkb(shapes), pa.large_binary())}))


def _ipc(table: pa.Table) -> bytes:
    out = pa.BufferOutputStream()
    with pa.ipc.new_stream(out, table.schema) as stream:
        stream.write_table(table)
    return cast("bytes", out.getvalue().to_pybytes())


def _table(content: memoryview) -> pa.Table:
    """A table that holds what its headers say: Arrow itself looks only when it is asked."""
    with pa.ipc.open_stream(pa.py_buffer(content)) as stream:
        table = stream.read_all()
    table.validate(full=True)
    return table
