"""Layers of the ground that a map is read by: roads, rivers, bridges and greens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection

from api.services.imports.layer import open_layer
from api.services.imports.result import Imported, Noted, Options, result, source_name
from data.intake import Reason, State
from data.readers import settle
from data.store import ground
from geo.model import GREEN_COLUMNS, LINE_COLUMNS, ROADS, LineClass

Keep = Callable[[Connection, gpd.GeoDataFrame], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class _Kind:
    """A layer: its columns, what makes its values ours, and what puts it in the place of the one before."""

    columns: tuple[str, ...]
    settle: settle.Settle
    keep: Keep


def _lines(*classes: str) -> Keep:
    def keep(connection: Connection, frame: gpd.GeoDataFrame) -> tuple[int, int]:
        return ground.replace_lines(connection, frame, classes=classes)

    return keep


def _bridges(connection: Connection, frame: gpd.GeoDataFrame) -> tuple[int, int]:
    points = frame.assign(**{"class": ground.BRIDGE})
    return ground.replace_lines(connection, points, classes=(ground.BRIDGE,))


_KINDS = {
    "roads": _Kind(
        LINE_COLUMNS,
        settle.lines(LineClass.STREET),
        _lines(*ROADS),
    ),
    "rivers": _Kind(LINE_COLUMNS, settle.rivers, _lines(LineClass.RIVER)),
    "bridges": _Kind(GREEN_COLUMNS, settle.bridges, _bridges),
    "greens": _Kind(GREEN_COLUMNS, settle.greens, ground.replace_greens),
}


def taking(noun: str) -> Callable[[Connection, str, Options], Imported]:
    """The ``take`` of one of these nouns: the file's layer stands in for the one that was there."""
    kind = _KINDS[noun]

    def take(connection: Connection, spec: str, options: Options) -> Imported:
        layer = open_layer(spec, options, kind.columns, default_layer=noun)
        options.progress("import-judge", 0, len(layer.frame))
        notes = settle.Notes(source_name(spec), noun)
        frame = layer.frame.reindex(columns=[*kind.columns, "geometry"])
        ready = kind.settle(frame.assign(row=np.arange(1, len(frame) + 1)), notes)
        ready = ready.assign(name=settle.as_text(ready["name"]), source=source_name(spec))
        options.progress("import-store", 0, len(ready))
        added, replaced = kind.keep(connection, ready)
        return result(
            noun,
            _judged(frame, ready["row"]),
            options,
            table=layer.cells,
            understood=layer.understood,
            added=added,
            replaced=replaced,
            findings=tuple(notes.findings),
        )

    return take


def _judged(frame: gpd.GeoDataFrame, taken: pd.Series) -> list[Noted]:
    """Every row, with the reason of those that were left out. Rows are numbered from 1, as a GIS shows them."""
    used = set(taken)
    return [
        Noted(row, None, () if row in used else (_why(shape),))
        for row, shape in enumerate(frame.geometry, start=1)
    ]


def _why(shape: BaseGeometry | None) -> Reason:
    if shape is None or shape.is_empty:
        return Reason("no-shape", State.REFUSED)
    return Reason("shape-unfit", State.REFUSED, {"found": shape.geom_type})
