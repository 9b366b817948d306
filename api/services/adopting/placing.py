"""Where a drawing lies: its coordinates as they are declared, or as a person says, with the evidence for either."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from pyproj import CRS

from api.services.adopting.wishes import Wishes
from data.readers.drawing import Drawing
from geo import crs
from geo.blocks.noding import Geometries
from geo.crs import Datum, parse_datum
from geo.drawn.fit import Fit, fits
from geo.errors import GeometryError


@dataclass(frozen=True, slots=True)
class Placed:
    """datum: what coordinates are taken to refer to, None where it must be said; by: who says so. fits: the ways to
    read them, best first (none where the file itself declares one)."""

    datum: str | None
    by: Literal["file", "kind", "person"] | None
    fits: tuple[Fit, ...]
    shapes: Geometries
    text_points: Geometries


def placed(drawing: Drawing, wishes: Wishes, communities: Geometries) -> Placed:
    """The shapes and texts of a drawing in EPSG:4490. DatumError where what is said contradicts what the file declares;
    GeometryError names the row that lies nowhere on Earth."""
    raw = np.asarray(drawing.rows.geometry.array, dtype=object)
    declared = drawing.crs is not None and not drawing.by_convention
    said = None if wishes.datum is None else parse_datum(wishes.datum)
    evidence = () if declared else tuple(fits(shapely.get_coordinates(raw), communities))
    own = drawing.crs if declared or said is None else None
    if own is None and said is None:
        return Placed(None, None, evidence, raw[:0], raw[:0])
    source = crs.agreed(own, said, file=drawing.file)
    swapped = wishes.swapped and not declared
    shapes = _lonlat(raw, source, swapped, drawing)
    texts = _lonlat(drawing.text_points, source, swapped, None)
    if said is not None:
        return Placed(said.name, "person", evidence, shapes, texts)
    assert drawing.crs is not None, "agreed"
    if declared:
        return Placed(crs.crs_name(drawing.crs), "file", evidence, shapes, texts)
    usual = crs.canonical(drawing.crs) == crs.LONLAT
    return Placed("wgs84" if usual else crs.crs_name(drawing.crs), "kind", evidence, shapes, texts)


def _lonlat(
    raw: Geometries, source: Datum | CRS, swapped: bool, drawing: Drawing | None
) -> Geometries:
    shapes = shapely.transform(raw, lambda xy: xy[:, ::-1]) if swapped else raw
    try:
        return crs.project(shapes, source=source, target=crs.LONLAT)
    except GeometryError as error:
        if drawing is None:
            return np.full(len(raw), shapely.Point(), dtype=object)
        row = drawing.rows.iloc[int(str(error.params["position"])) - 1]
        raise GeometryError(
            "drawing-off-earth",
            file=drawing.file,
            layer=row["layer"],
            row=int(row["row"]),
            datum=source.name if isinstance(source, Datum) else crs.crs_name(source),
        ) from error
