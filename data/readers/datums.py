"""``--datum`` where several files are read: ``gcj02`` for those that do not say what their coordinates refer to,
``buildings=bd09`` for one layer alone, and nothing of it ignored in silence."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow.parquet as pq
import pyogrio

from data.readers.broken import GDAL
from data.readers.point_table import is_table
from data.readers.vector import datum_by_convention, gdal_options, gdal_source, split_spec
from geo.crs import Datum, parse_datum
from geo.errors import InputError, OptionError


@dataclass(frozen=True, slots=True)
class Datums:
    """What coordinates refer to, layer by layer. ``named``: of single layers; ``rest``: of all others."""

    rest: Datum | None = None
    named: Mapping[str, Datum] = field(default_factory=dict)

    def of(self, layer: str) -> Datum | None:
        """What is said of one layer, to be handed to its reader: one named wins."""
        return self.named.get(layer, self.rest)

    def also(self, layer: str, *, like: str) -> Datums:
        """What is said of ``like`` is said of ``layer`` too, unless that is named itself: they lie in one file."""
        if layer in self.named or like not in self.named:
            return self
        return replace(self, named={**self.named, layer: self.named[like]})


def parse_datums(given: Sequence[str] | None) -> Datums:
    """``gcj02``, ``buildings=bd09`` … one by one or separated by commas. DatumError for a datum that is none,
    OptionError for two of one layer."""
    rest: Datum | None = None
    named: dict[str, Datum] = {}
    for piece in (part.strip() for text in given or () for part in text.split(",")):
        layer, equals, name = (part.strip() for part in piece.rpartition("="))
        if not piece:
            continue
        datum = parse_datum(name)
        if (named.get(layer, datum) if equals else rest or datum) != datum:
            raise OptionError("datum-twice", value=layer or piece)
        if equals:
            named[layer] = datum
        else:
            rest = datum
    return Datums(rest, named)


def for_layers(
    datum: Datum | Datums | None,
    files: Mapping[str, str | Path | None],
    *,
    whole: str | Path | None = None,
    holds: Collection[str] = (),
) -> Datums:
    """``datum`` as it is to be read with each of these files (layer -> ``F[:layer]``).

    What is said of the rest yields to the CRS that a file declares, where another file needs it; where all of them
    declare one, a contradiction stays what it is, as it does where a layer is named. ``whole``: a file of several
    layers beside them; ``holds``: those that it, or another, may hold. OptionError for a name that is none of the
    layers. A file that can't be read is left to its reader.
    """
    said = datum if isinstance(datum, Datums) else Datums(datum)
    given = {layer: spec for layer, spec in files.items() if spec is not None}
    for layer in said.named:
        if layer not in given and layer not in holds:
            known = ", ".join(sorted({*given, *holds}))
            raise OptionError("datum-layer-unknown", value=layer, known=known)
    if said.rest is None:
        return said
    asked = [spec for layer, spec in given.items() if layer not in said.named]
    yields = any(_needs(spec) for spec in (*asked, *([] if whole is None else [whole])))
    return replace(said, rest=replace(said.rest, yields=yields))


def _needs(spec: str | Path) -> bool:
    """Whether a file does not say what its coordinates refer to."""
    path, layer = split_spec(spec)
    if is_table(spec) or datum_by_convention(spec):
        return True
    try:
        if path.suffix.lower() == ".parquet":
            return b"geo" not in (pq.read_schema(path).metadata or {})
        source, options = gdal_source(path), gdal_options(path)
        layers = [layer] if layer else [name for name, kind in pyogrio.list_layers(source) if kind]
        told = (pyogrio.read_info(source, layer=name, **options) for name in layers)
        return any(one["crs"] is None for one in told)
    except (*GDAL, InputError):
        return False
