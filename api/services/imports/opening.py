"""What an importer reads: the file that a spec names, or one that somebody handed over and that was read already, in a
process of its own."""

from __future__ import annotations

from api.services.imports.result import Options
from data.readers.formats import TABLE_ENDINGS
from data.readers.table import Table, read_table
from data.readers.vector import RawLayer, choose_layer, read_raw, split_spec


def is_table(spec: str, options: Options) -> bool:
    """Whether it is a table, not a layer."""
    if options.opened is not None:
        return options.opened.table is not None
    return split_spec(spec)[0].suffix.lower() in TABLE_ENDINGS


def open_table(spec: str, options: Options) -> Table:
    """Its cells as they stand. What `read_table` raises."""
    if options.opened is not None and options.opened.table is not None:
        return options.opened.table
    return read_table(spec, encoding=options.encoding)


def open_raw(spec: str, options: Options, *, default_layer: str) -> RawLayer:
    """Its layer as it stands. What `choose_layer` and `read_raw` raise."""
    if options.opened is not None and options.opened.layer is not None:
        return options.opened.layer
    path, asked = split_spec(spec)
    return read_raw(path, choose_layer(path, asked, default_layer), encoding=options.encoding)
