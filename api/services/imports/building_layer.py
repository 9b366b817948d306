"""A layer of buildings: points or polygons."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from sqlalchemy import Connection

from api.services.imports.layer import open_layer
from api.services.imports.result import Imported, Noted, Options, bases, result, source_name
from api.services.imports.territory import Territory
from data.intake import Reason, State
from data.readers import settle
from data.readers.dates import days
from data.store import buildings
from geo.model import BUILDING_COLUMNS

NOUN = "buildings"
WIDEST_DEG = 0.5


def take(connection: Connection, spec: str, options: Options) -> Imported:
    """Import a layer; a row that is refused goes nowhere, a building without count goes in."""
    layer = open_layer(spec, options, (*BUILDING_COLUMNS, "as_of"), default_layer=NOUN)
    notes = settle.Notes(source_name(spec), NOUN)
    options.progress("import-judge", 0, len(layer.frame))
    columns = [*BUILDING_COLUMNS, "as_of", "geometry"]
    told = layer.frame.reindex(columns=columns)
    dated = told.assign(as_of=days(told["as_of"], options.zone))
    frame = _on_basis(settle.buildings(dated, notes), options)
    territory = Territory(connection, options.profile)
    rows = _undated(_judged(frame), told["as_of"], frame["as_of"])
    good = np.array([not set(row.states) - {State.TO_COUNT} for row in rows])
    ready = _of_layer(frame[good], territory, options, spec)
    options.progress("import-store", 0, len(ready))
    merged = buildings.merge(connection, ready)
    if territory.names:
        rows = _homeless(rows, set(ready["building_id"][ready["community_code"].isna()]))
    return result(
        NOUN,
        rows,
        options,
        table=layer.cells,
        understood=layer.understood,
        added=merged.added,
        updated=merged.updated,
        findings=tuple(notes.findings),
        bases=bases(zip(frame["residents"], frame["residents_basis"], strict=True)),
    )


def _on_basis(frame: gpd.GeoDataFrame, options: Options) -> gpd.GeoDataFrame:
    """Counts with the basis that a person says, where their rows tell none."""
    if options.basis is None:
        return frame
    untold = frame["residents"].notna() & frame["residents_basis"].isna()
    basis = frame["residents_basis"].mask(untold, options.basis.value)
    return frame.assign(residents_basis=basis)


def _judged(frame: gpd.GeoDataFrame) -> list[Noted]:
    """What is wrong with each row of a layer. Rows are numbered from 1, as a GIS shows them."""
    seen: dict[str, int] = {}
    rows = []
    blank = frame.geometry.isna() | frame.geometry.is_empty
    columns = ("building_id", "households", "residents")
    values = zip(*(frame[name] for name in columns), blank, _astray(frame), strict=True)
    for number, (key, households, residents, no_place, astray) in enumerate(values, start=1):
        reasons = list(_faults(key, seen, number))
        if no_place:
            reasons.append(Reason("no-shape", State.REFUSED))
        if astray:
            reasons.append(Reason("shape-astray", State.REFUSED))
        for column, count in (("households", households), ("residents", residents)):
            if not pd.isna(count) and count < 0:
                params = {"column": column, "value": count}
                reasons.append(Reason("count-malformed", State.REFUSED, params))
        if pd.isna(households) and pd.isna(residents):
            reasons.append(Reason("no-count", State.TO_COUNT))
        rows.append(Noted(number, None if pd.isna(key) else key, tuple(reasons)))
    return rows


def _astray(frame: gpd.GeoDataFrame) -> pd.Series:
    """Which shapes lie off the Earth or are as wide as a country, as metres declared to be degrees do: PostGIS measures
    no distance to some of them, and whoever asks near one would be told of a defect."""
    ends = frame.bounds
    wide = (ends["maxx"] - ends["minx"] > WIDEST_DEG) | (ends["maxy"] - ends["miny"] > WIDEST_DEG)
    off = (ends[["minx", "maxx"]].abs() > 180).any(axis=1)
    astray: pd.Series = wide | off | (ends[["miny", "maxy"]].abs() > 90).any(axis=1)
    return astray


def _undated(rows: Sequence[Noted], told: pd.Series, read: pd.Series) -> list[Noted]:
    """The rows, with a note on those whose day nobody can read."""
    lost = told.notna() & (told.astype("str").str.strip() != "") & read.isna()
    return [
        replace(row, reasons=(*row.reasons, Reason("as-of-unreadable", State.NOTE, {"value": day})))
        if unread
        else row
        for row, day, unread in zip(rows, told, lost, strict=True)
    ]


def _homeless(rows: Sequence[Noted], keys: Collection[str]) -> list[Noted]:
    """The rows, with a note on those that no community names or covers."""
    reason = Reason("no-community", State.NOTE)
    return [
        replace(row, reasons=(*row.reasons, reason)) if row.key in keys else row for row in rows
    ]


def _faults(key: Any, seen: dict[str, int], number: int) -> Sequence[Reason]:
    if pd.isna(key):
        return [Reason("unnamed", State.REFUSED)]
    first = seen.setdefault(key, number)
    if first != number:
        return [Reason("repeated", State.REFUSED, {"first_row": first, "key": key})]
    return []


def _of_layer(
    frame: gpd.GeoDataFrame, territory: Territory, options: Options, spec: str
) -> gpd.GeoDataFrame:
    inner = frame.geometry.representative_point()
    around = territory.around(inner.x.tolist(), inner.y.tolist())
    named = [territory.called(None if pd.isna(word) else word) for word in frame["community_code"]]
    residents, guessed = _estimated(frame, options.ratio)
    return frame.assign(
        community_code=[name or place for name, place in zip(named, around, strict=True)],
        residents=residents,
        residents_estimated=guessed,
        raw_datum=str(options.datum) if options.datum else None,
        source=source_name(spec),
    )


def _estimated(frame: gpd.GeoDataFrame, ratio: float | None) -> tuple[pd.Series, pd.Series]:
    """Residents, guessed from households where a ratio is given and they are unknown; and which ones are guessed."""
    if ratio is None:
        return frame["residents"], pd.Series(False, index=frame.index)
    guessed = frame["residents"].isna() & frame["households"].notna()
    guess = (frame["households"].astype("Float64") * ratio).round().astype("Int64")
    return frame["residents"].where(~guessed, guess), guessed
