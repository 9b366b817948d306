"""Arrow columns -> the texts of their cells in a CSV, a column at a time."""

from __future__ import annotations

import json
from datetime import date, datetime

import pyarrow as pa
import pyarrow.compute as pc
import shapely

from data.writers.table import guarded

_RISKY = r"^[=+\-@\t\r]"
_SPECIAL = r'[",\r\n]'


def column_texts(column: pa.ChunkedArray) -> pa.Array:
    """Each cell as text: numbers at their shortest, times as ISO 8601, texts that a spreadsheet would run guarded."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = pc.cast(column, kind.value_type), kind.value_type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _guarded(_whole(column))
    if pa.types.is_floating(kind):
        return _written_out(column)
    if pa.types.is_integer(kind) or pa.types.is_date32(kind):
        return _whole(pc.cast(column, pa.string()))
    if pa.types.is_timestamp(kind):
        try:
            seconds = pc.cast(column, pa.timestamp("s", kind.tz))
        except pa.ArrowInvalid:  # parts of a second: they stay
            return _by_cell(column)
        zone = "%Ez" if kind.tz else ""
        return _whole(pc.strftime(seconds, f"%Y-%m-%dT%H:%M:%S{zone}"))
    return _by_cell(column)


def wkt_texts(column: pa.ChunkedArray) -> pa.Array:
    """Shapes (WKB) as WKT."""
    wkb = [None if cell is None else bytes(cell) for cell in column.to_pylist()]
    texts = shapely.to_wkt(shapely.from_wkb(wkb), rounding_precision=-1)
    return pa.array(texts, pa.string())


def quoted(texts: pa.Array) -> pa.Array:
    """Texts between quotes where a comma, quote or line end is in them."""
    special = pc.fill_null(pc.match_substring_regex(texts, _SPECIAL), False)
    if not pc.any(special).as_py():
        return texts
    quote = pa.scalar('"', texts.type)
    doubled = pc.replace_substring(texts, '"', '""')
    between = pc.binary_join_element_wise(quote, doubled, quote, pa.scalar("", texts.type))
    return pc.if_else(special, between, texts)


def _guarded(texts: pa.Array) -> pa.Array:
    risky = pc.fill_null(pc.match_substring_regex(texts, _RISKY), False)
    if not pc.any(risky).as_py():
        return texts
    safe = [guarded(text) for text in texts.filter(risky).to_pylist()]
    return pc.replace_with_mask(texts, risky, pa.array(safe, texts.type))


def _written_out(column: pa.ChunkedArray) -> pa.Array:
    """The shortest decimals that mean the same doubles; Arrow alone writes 39494000.5 as 3.94940005e+07."""
    texts = _whole(pc.cast(column, pa.string()))
    powers = pc.fill_null(pc.match_substring(texts, "e"), False)
    if not pc.any(powers).as_py():
        return texts
    plain = [repr(value).removesuffix(".0") for value in column.filter(powers).to_pylist()]
    return pc.replace_with_mask(texts, powers, pa.array(plain, pa.string()))


def _by_cell(column: pa.ChunkedArray) -> pa.Array:
    texts = [cell_text(cell, column.type) for cell in column.to_pylist()]
    return pa.array([guarded(text) for text in texts], pa.string())


def cell_text(value: object, kind: pa.DataType) -> str:
    """Any cell as text: times as ISO 8601, lists, structs and maps as JSON, bytes in hexadecimal; None is empty."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | dict):
        return json.dumps(_plain(value, kind), ensure_ascii=False)
    return str(value)


def _plain(value: object, kind: pa.DataType) -> object:
    """What JSON has a notation for: a map, which Arrow hands over as pairs, as an object."""
    if isinstance(value, list) and pa.types.is_map(kind):
        return {cell_text(key, kind.key_type): _plain(item, kind.item_type) for key, item in value}
    if isinstance(value, list) and hasattr(kind, "value_type"):
        return [_plain(item, kind.value_type) for item in value]
    if isinstance(value, dict) and pa.types.is_struct(kind):
        return {name: _plain(item, kind.field(name).type) for name, item in value.items()}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return cell_text(value, kind)


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
