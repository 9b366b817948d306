"""A city's own table of addresses, names and aliases: what people say, and which place they mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Connection

from api.services.imports.result import Imported, Noted, Options, source_name
from api.services.imports.row_places import Floats, note_outside, row_places
from api.services.imports.sheet import open_sheet
from api.services.imports.territory import Territory
from data.readers.ledger_cells import Cells, Reason, State
from data.readers.point_table import PLACE_COLUMNS
from data.readers.words import address_kind
from data.store import addresses, words
from geo.gazetteer import Entry, EntryKind, normal, parse
from geo.model import CRS

NOUN = "addresses"
TARGETS = (
    "said", "address_kind", "alias_of", "building_id", "estate", "community_code", *PLACE_COLUMNS,
)  # fmt: skip
"""Our names of the columns that are understood. alias_of: the name by which the place is registered already."""


@dataclass(frozen=True, slots=True)
class _Known:
    """Places in the store: by number of the building, by what is said of them, by the name of the estate."""

    buildings: Mapping[str, Entry]
    said: Mapping[str, Sequence[Entry]]
    territory: Territory


def take(connection: Connection, spec: str, options: Options) -> Imported:
    """Add words, or say anew what the same words of the same thing mean (data.store.addresses.merge).

    A row's place is its coordinates, else that of its building, of the registered name that it is an alias of, or of
    its estate. A row without words, of an unknown building or name, or of one that several places bear, is refused; one
    without any place, outside the city, or repeating a row before it is given back.
    """
    sheet = open_sheet(spec, options, TARGETS)
    reasons: list[list[Reason]] = [[] for _ in sheet.table.rows]
    lng, lat, _, _ = row_places(sheet, options, reasons)
    known = _known(connection, options)
    values = [_row(sheet.cells, row, known, reasons[row]) for row in range(len(reasons))]
    for row, value in enumerate(values):
        _place(value, row, lng, lat, reasons[row])
    note_outside(connection, lng, lat, reasons)
    _repeated(values, sheet.table.rows, reasons)
    around = known.territory.around(lng.tolist(), lat.tolist())
    for value, community in zip(values, around, strict=True):
        value["community_code"] = value["community_code"] or community
    rows = [
        Noted(number, value["said"], tuple(said))
        for number, value, said in zip(sheet.table.rows, values, reasons, strict=True)
    ]
    good = np.array([not row.states for row in rows], dtype=bool)
    frame = pd.DataFrame(values, columns=list(addresses.FIELDS), dtype=object)[good]
    points = shapely.points(lng[good], lat[good])
    ready = gpd.GeoDataFrame(frame.assign(source=source_name(spec)), geometry=points, crs=CRS)
    done = addresses.merge(connection, ready)
    return sheet.result(NOUN, rows, options, added=done.added, updated=done.updated)


def _known(connection: Connection, options: Options) -> _Known:
    buildings: dict[str, Entry] = {}
    said: dict[str, list[Entry]] = {}
    for entry in words.entries(connection):
        if entry.lng is None:
            continue
        if entry.building:
            buildings.setdefault(entry.building, entry)
        said.setdefault(normal(entry.said), []).append(entry)
    return _Known(buildings, said, Territory(connection, options.profile))


def _row(cells: Cells, row: int, known: _Known, reasons: list[Reason]) -> dict[str, Any]:
    """The values of a row, and under ``entry`` the place in the store that it names."""
    said, house, estate = (cells.text(name, row) for name in ("said", "building_id", "estate"))
    named = cells.text("community_code", row)
    community = known.territory.called(named)
    if said is None or not normal(said):
        reasons.append(Reason("said-missing", State.REFUSED))
    if named is not None and community is None:
        reasons.append(Reason("community-unknown", State.NOTE, {"value": named}))
    names = (house, cells.text("alias_of", row), estate)
    entry = _entry(names, community, known, reasons)
    kind = address_kind(cells.text("address_kind", row) or "")
    return {
        "said": said,
        "kind": kind or _own_kind(said or "", alias=entry is not None),
        "building_id": house or (entry.building if entry is not None else None) or None,
        "estate": estate,
        "community_code": community,
        "source": None,
        "entry": entry,
    }


def _own_kind(said: str, *, alias: bool) -> str:
    """The kind of words that no column tells."""
    if alias:
        return "alias"
    return "address" if any(way.numbered for way in parse(said)[:1]) else "landmark"


def _entry(
    names: tuple[str | None, str | None, str | None],
    community: str | None,
    known: _Known,
    reasons: list[Reason],
) -> Entry | None:
    """The place that a row names by a building's number, a registered name or an estate, the first that it has."""
    house, target, estate = names
    if house is not None:
        if house not in known.buildings:
            reasons.append(Reason("building-unknown", State.REFUSED, {"value": house}))
        return known.buildings.get(house)
    if target is not None:
        return _named(target, community, known, reasons, kind=None)
    if estate is not None:
        return _named(estate, community, known, reasons, kind=EntryKind.ESTATE)
    return None


def _named(
    name: str,
    community: str | None,
    known: _Known,
    reasons: list[Reason],
    *,
    kind: EntryKind | None,
) -> Entry | None:
    """The one place of a name (in a community, where that is told). An estate that is not there is only noted."""
    found = [
        entry
        for entry in known.said.get(normal(name), ())
        if (kind is None or entry.kind is kind) and (community is None or entry.region == community)
    ]
    things = {entry.building or entry.key: entry for entry in found}
    if len(things) == 1:
        return found[0]
    if kind is EntryKind.ESTATE:
        reasons.append(Reason("estate-unknown", State.NOTE, {"value": name}))
    else:
        code = "alias-ambiguous" if things else "alias-unknown"
        reasons.append(Reason(code, State.REFUSED, {"value": name, "count": len(things)}))
    return None


def _place(
    value: dict[str, Any], row: int, lng: Floats, lat: Floats, reasons: list[Reason]
) -> None:
    """Give a row without coordinates the place that it names."""
    entry: Entry | None = value.pop("entry")
    if np.isfinite(lng[row]):
        return
    if entry is not None and entry.lng is not None and entry.lat is not None:
        reasons[:] = [one for one in reasons if one.code != "half-coordinates"]
        lng[row], lat[row] = entry.lng, entry.lat
    elif not any(one.state in (State.REFUSED, State.TO_PLACE) for one in reasons):
        reasons.append(Reason("no-coordinates", State.TO_PLACE))


def _repeated(
    values: Sequence[Mapping[str, Any]], numbers: Sequence[int], reasons: list[list[Reason]]
) -> None:
    """The same words of the same thing a second time."""
    seen: dict[tuple[object, ...], int] = {}
    for value, number, said in zip(values, numbers, reasons, strict=True):
        if any(one.state is State.REFUSED for one in said):
            continue
        words_said = addresses.normalise(str(value["said"]))
        key = (value["kind"], words_said, value["building_id"], value["estate"])
        first = seen.setdefault(key, number)
        if first != number:
            told = {"first_row": first, "key": value["said"]}
            said.append(Reason("repeated", State.SUSPECT, told))
