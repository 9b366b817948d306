"""The areas of a drawing, each in its community, with the code and name that the drawing gives it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from api.services.adopting.placing import Placed
from api.services.adopting.wishes import NEW_CODE, Wishes
from data.readers.drawing import TEXT, Drawing
from data.readers.settle import as_text
from geo import crs
from geo.blocks.noding import LONLAT, Geometries
from geo.codes import Profile, grid_code, normalize_code, parent_code
from geo.drawn import Areas, Label, Why, areas_of, labels_of
from geo.drawn.areas import TOGETHER
from geo.drawn.labels import whole_code
from geo.errors import CodeError, OptionError
from geo.model import Finding, Severity

_NUMBER = re.compile(r"\d{1,3}")
LISTED = 200
"""Values that a finding names."""


@dataclass(frozen=True, slots=True)
class Outline:
    """One area (EPSG:4490). id: what it is called until it has a code. source: its row of the drawing, or TOGETHER;
    layer and row: where that is in the file. code, why, name: what the drawing or a person says, None where nothing."""

    id: str
    shape: BaseGeometry
    community: str
    source: int
    layer: str | None
    row: int | None
    code: str | None
    why: Why
    name: str | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """findings: about the drawing as such: what of it is no area, lies nowhere, or says nothing that can be used."""

    outlines: tuple[Outline, ...]
    findings: tuple[Finding, ...]


DRAWN = (Drawn, Outline, Why, Finding, Severity)
"""What comes back of `drawn`."""


def drawn(
    drawing: Drawing,
    where: Placed,
    communities: gpd.GeoDataFrame,
    wishes: Wishes,
    profile: Profile,
) -> Drawn:
    """The areas of a drawing that lie in communities. OptionError for a wish about an area that is not there, or a code
    that its community can't have."""
    metric = _metric(where.shapes, communities)
    moved = crs.project(where.shapes, source=LONLAT, target=metric)
    areas = areas_of(moved, close_m=wishes.within_m or 0.0)
    shapes = _degrees(areas, where.shapes, metric)
    ids = _ids(areas, drawing)
    unknown = sorted({*wishes.codes, *wishes.left_out} - set(ids))
    if unknown:
        raise OptionError("import-area-unknown", area=unknown[0], file=drawing.file)
    labels, outside_texts = _labels(drawing, where, shapes, profile)
    homes = _homes(shapes, communities)
    known = set(communities["code"].astype(str))
    said = _Said(drawing, labels, known, profile, wishes)
    outlines = []
    for n, (one, shape, home) in enumerate(zip(ids, shapes, homes, strict=True)):
        if home is None or one in wishes.left_out:
            continue
        source = int(areas.source[n])
        code, why, community = said.code(one, n, source, home)
        at = None if source == TOGETHER else drawing.rows.iloc[source]
        outlines.append(
            Outline(
                one, shape, community, source,
                None if at is None else str(at["layer"]),
                None if at is None else int(at["row"]),
                code, why, said.name(n, source),
            )
        )  # fmt: skip
    lost = [shape for shape, home in zip(shapes, homes, strict=True) if home is None]
    notes = _notes(drawing, where, areas, lost, outside_texts)
    return Drawn(tuple(outlines), (*notes, *said.findings()))


def _metric(shapes: Geometries, communities: gpd.GeoDataFrame) -> CRS:
    """The plane of the city, else that of the drawing."""
    bounds = communities.total_bounds if len(communities) else shapely.total_bounds(shapes)
    west, south, east, north = bounds.tolist()
    return crs.metric_crs((west + east) / 2, (south + north) / 2)


def _degrees(areas: Areas, raw: Geometries, metric: CRS) -> Geometries:
    """The areas in degrees: polygons of the drawing to the last bit, what was made of lines by projection."""
    shapes = crs.project(areas.shapes, source=metric, target=LONLAT)
    for n, source in enumerate(areas.source.tolist()):
        if source != TOGETHER and int(shapely.get_type_id(raw[source])) in (3, 6):
            shapes[n] = raw[source]
    return shapes


def _ids(areas: Areas, drawing: Drawing) -> list[str]:
    """``layer#row`` of the file; a face of lines by its number, from west to east."""
    ids, made = [], np.flatnonzero(areas.source == TOGETHER)
    middles = shapely.get_coordinates(shapely.point_on_surface(areas.shapes[made]))
    rank = np.empty(len(made), dtype=np.intp)
    rank[np.lexsort((-middles[:, 1], middles[:, 0]))] = np.arange(len(made))
    number = dict(zip(made.tolist(), rank.tolist(), strict=True))
    for n, source in enumerate(areas.source.tolist()):
        if source == TOGETHER:
            ids.append(f"#{number[n] + 1}")
        else:
            row = drawing.rows.iloc[source]
            ids.append(f"{row['layer']}#{row['row']}")
    return ids


def _labels(
    drawing: Drawing, where: Placed, shapes: Geometries, profile: Profile
) -> tuple[list[Label], list[int]]:
    if TEXT not in (drawing.code_column, drawing.name_column):
        return [Label()] * len(shapes), []
    usable = shapely.make_valid(shapes)
    return labels_of(usable, where.text_points, drawing.texts, profile=profile)


def _homes(shapes: Geometries, communities: gpd.GeoDataFrame) -> list[str | None]:
    """The community with which each area shares most ground; None where it shares none."""
    outlines = shapely.make_valid(np.asarray(communities.geometry.array, dtype=object))
    valid = shapely.make_valid(shapes)
    area, home = shapely.STRtree(outlines).query(valid, predicate="intersects")
    common = shapely.area(shapely.intersection(valid[area], outlines[home]))
    codes = communities["code"].astype(str).tolist()
    found: list[str | None] = [None] * len(shapes)
    most = np.zeros(len(shapes))
    for one, place, size in zip(area.tolist(), home.tolist(), common.tolist(), strict=True):
        if size > most[one]:
            most[one], found[one] = size, codes[place]
    return found


class _Said:
    """What the drawing, or a person, says of each area; and what could not be used."""

    def __init__(
        self,
        drawing: Drawing,
        labels: list[Label],
        known: Collection[str],
        profile: Profile,
        wishes: Wishes,
    ) -> None:
        self.labels, self.known, self.profile, self.wishes = labels, known, profile, wishes
        self.file = drawing.file
        self.codes = _column(drawing, drawing.code_column)
        self.names = _column(drawing, drawing.name_column)
        self.by_text = drawing.code_column == TEXT
        self.named_by_text = drawing.name_column == TEXT
        self.odd: list[str] = []
        self.foreign: list[str] = []

    def code(self, one: str, n: int, source: int, home: str) -> tuple[str | None, Why, str]:
        """The code of an area, where it comes from, and its community."""
        if one in self.wishes.codes:
            return self._chosen(one, home), Why.CHOSEN, home
        label = self.labels[n]
        told, number = (label.code, label.number) if self.by_text else self._cell(source)
        if told is not None:
            parent = parent_code(told, profile=self.profile)
            if parent in self.known:
                return told, Why.FILE, str(parent)
            self.foreign.append(told)
            return None, Why.NEW, home
        if number is not None:
            return grid_code(number, home, profile=self.profile), Why.NUMBER, home
        return None, Why.NEW, home

    def name(self, n: int, source: int) -> str | None:
        """The name that the drawing gives an area."""
        if self.named_by_text:
            return self.labels[n].name
        return None if source == TOGETHER or self.names is None else self.names[source]

    def findings(self) -> list[Finding]:
        """What was said and could not be used."""
        found = []
        for code, values in (("drawn-code-odd", self.odd), ("drawn-code-foreign", self.foreign)):
            if values:
                found.append(_note(code, self.file, len(values), values=values[:LISTED]))
        return found

    def _chosen(self, one: str, home: str) -> str | None:
        told = self.wishes.codes[one]
        if told == NEW_CODE:
            return None
        try:
            code = normalize_code(told, profile=self.profile)
        except CodeError:
            code = ""
        if (
            whole_code(code, self.profile) is None
            or parent_code(code, profile=self.profile) != home
        ):
            raise OptionError("import-code-impossible", value=told, area=one, community=home)
        return code

    def _cell(self, source: int) -> tuple[str | None, int | None]:
        told = None if self.codes is None or source == TOGETHER else self.codes[source]
        if told is None:
            return None, None
        code = whole_code(told, self.profile)
        if code is None and _NUMBER.fullmatch(told) and int(told):
            return None, int(told)
        if code is None:
            self.odd.append(told)
        return code, None


def _column(drawing: Drawing, column: str | None) -> list[str | None] | None:
    if column is None or column == TEXT:
        return None
    told = as_text(drawing.rows[column]).astype(object)
    return [None if value is None or pd.isna(value) else str(value) for value in told]


def _notes(
    drawing: Drawing, where: Placed, areas: Areas, lost: list[BaseGeometry], texts: list[int]
) -> list[Finding]:
    """What of a drawing becomes no grid."""
    found = []
    for code, rows in (("drawn-loose-lines", areas.loose), ("drawn-lines-closed", areas.closed)):
        if rows:
            shapes = where.shapes[list(rows)]
            found.append(_note(code, drawing.file, len(rows), geometry=_together(shapes)))
    if lost:
        place = _together(np.array([*lost, None], dtype=object)[:-1])
        found.append(_note("drawn-outside", drawing.file, len(lost), geometry=place))
    if texts:
        place = _together(where.text_points[texts])
        said = [drawing.texts[one] for one in texts][:LISTED]
        found.append(
            _note("drawn-texts-outside", drawing.file, len(texts), geometry=place, values=said)
        )
    return found


def _note(
    code: str,
    file: str,
    count: int,
    *,
    geometry: BaseGeometry | None = None,
    values: list[str] | None = None,
) -> Finding:
    severity = Severity.WARNING if code in _WARNINGS else Severity.NOTE
    params: dict[str, object] = {"file": file} | ({} if values is None else {"values": values})
    return Finding(code, severity, count=count, geometry=geometry, params=params)


_WARNINGS = frozenset(
    {"drawn-loose-lines", "drawn-outside", "drawn-code-odd", "drawn-code-foreign"}
)


def _together(shapes: Geometries) -> BaseGeometry:
    return shapely.GeometryCollection(list(shapely.get_parts(shapes)))
