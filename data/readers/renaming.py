"""``--map`` where several layers are read: ``code=ID,grids.code=GRID_ID``, and nothing of it ignored in silence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import pandas as pd

from data.readers.columns import present_columns
from data.readers.formats import VECTOR_ENDINGS
from data.readers.vector import split_spec
from geo.errors import ColumnMissing, OptionError


class Renaming:
    """Which entries of a mapping (ours -> theirs) go to which layer, and which have met a column.

    ``known``: the layers that may be read -> our columns of each. An entry goes to every layer that has both columns,
    one with a layer's name (``grids.code``) to that layer alone; ``apart``: layers that only such entries reach.
    OptionError for a name that is none of ours, before anything is read.
    """

    def __init__(
        self,
        mapping: Mapping[str, str] | None,
        known: Mapping[str, Iterable[str]],
        *,
        apart: Collection[str] = (),
    ) -> None:
        self._mapping = dict(mapping or {})
        self._known = {layer: tuple(columns) for layer, columns in known.items()}
        self._apart = frozenset(apart)
        self._met: set[str] = set()
        self._seen: dict[str, str] = {}
        for key in self._mapping:
            self._refuse_unknown(key)

    def of(self, layer: str, columns: Iterable[object], *, spec: str | Path) -> dict[str, str]:
        """Ours -> theirs for one layer with these columns. ColumnMissing where an entry names the layer and a column
        that it lacks."""
        present = [str(name) for name in columns if name != "geometry"]
        self._seen[_named(spec, layer)] = ", ".join(present) or "-"
        mine: dict[str, str] = {}
        for key, theirs in self._ordered():
            only, _, ours = key.rpartition(".")
            if ours not in self._known.get(layer, ()) or (not only and layer in self._apart):
                continue
            if only == layer and theirs not in present:
                raise _missing(key, theirs, spec=spec, layer=layer, present=", ".join(present))
            if only in ("", layer) and theirs in present:
                mine[ours] = theirs
                self._met.add(key)
        return mine

    def named(self, layer: str) -> dict[str, str]:
        """Ours -> theirs as an entry with the layer's name says, for a reader that refuses what is not there."""
        mine = {}
        for key, theirs in self._mapping.items():
            only, _, ours = key.rpartition(".")
            if only == layer:
                mine[ours] = theirs
                self._met.add(key)
        return mine

    def require(
        self, frame: pd.DataFrame, layer: str, columns: Iterable[str], *, spec: str | Path
    ) -> None:
        """ColumnMissing for the first of our columns that a layer lacks: what the mapping says of it, if it does."""
        for column in columns:
            if column in frame.columns:
                continue
            present = present_columns(frame)
            if (theirs := self._mapping.get(column)) is not None:
                raise _missing(column, theirs, spec=spec, layer=layer, present=present)
            file = _named(spec, layer)
            raise ColumnMissing("column-missing", file=file, column=column, present=present)

    def all_met(self) -> None:
        """ColumnMissing for the first entry that has met no column in any layer: a typing error is no wish."""
        for key, theirs in self._mapping.items():
            if key not in self._met:
                present = "; ".join(f"{file} ({names})" for file, names in self._seen.items())
                raise ColumnMissing("column-nowhere", column=theirs, ours=key, present=present)

    def _ordered(self) -> list[tuple[str, str]]:
        """Those that name a layer last: they win."""
        return sorted(self._mapping.items(), key=lambda pair: "." in pair[0])

    def _refuse_unknown(self, key: str) -> None:
        layer, _, ours = key.rpartition(".")
        if layer and layer not in self._known:
            raise OptionError(
                "map-layer-unknown", value=key, layer=layer, known=", ".join(self._known)
            )
        if layer:
            columns = list(self._known[layer])
        else:
            columns = [
                name if of not in self._apart else f"{of}.{name}"
                for of, names in self._known.items()
                for name in names
            ]
        if ours not in columns:
            known = ", ".join(sorted(set(columns)))
            raise OptionError("map-unknown", value=key, known=known)


def _named(spec: str | Path, layer: str) -> str:
    path, asked = split_spec(spec)
    if asked is None and path.suffix.lower() not in VECTOR_ENDINGS:
        return path.name
    return f"{path.name}:{asked or layer}"


def _missing(
    ours: str, theirs: str, *, spec: str | Path, layer: str, present: str
) -> ColumnMissing:
    return ColumnMissing(
        "mapped-column-missing",
        file=_named(spec, layer), ours=ours, column=theirs, present=present or "-",
    )  # fmt: skip
