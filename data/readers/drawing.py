"""A drawing of grids, in whatever an office has -> its rows as they lie in the file, its texts, and what must be said
before it can be understood: which of its layers hold the grids, and what its coordinates refer to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from data.readers.drawn_layers import GRIDS, LABELS, DrawnLayer, read_layers
from data.readers.formats import check_file
from data.readers.plan import read_plan
from data.readers.settle import as_text
from data.readers.unpacking import Unpacked, unpack
from data.readers.vector import datum_by_convention
from data.readers.words import column_for
from geo.codes import Profile
from geo.drawn.labels import whole_code
from geo.errors import ColumnMissing, FileUnreadable, InputError, LayerMissing
from geo.model import CityPlan

ENDINGS = (".zip", ".shp", ".gpkg", ".kml", ".kmz", ".geojson", ".json", ".dxf", ".fgb")
CONTAINERS = (".zip", ".kmz")
TEXT = "#text"
"""The column of what is written inside an area, whatever it is called in the file."""
_OURS = {"grids", "blocks", "communities"}
_TECHNICAL = frozenset(
    {"SubClasses", "Linetype", "EntityHandle", "PaperSpace", "ExtendedEntity", "BlockName", "BlockOID",
     "BlockAttributes", "Text", "description", "timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude",
     "visibility", "drawOrder", "icon", "snippet", "Description"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Drawing:
    """rows: the chosen layers, in the file's own coordinates: the columns of the file, ``layer`` and ``row`` (as they
    are counted there, from 1). chosen: their names, empty where they must be said. texts: what is written where. crs:
    what the file declares; by_convention: that its kind says so, not the file. code_column, name_column: as they were
    understood or asked for; TEXT for what is written inside. own: all of the plan, where
    we wrote the file."""

    file: str
    layers: tuple[DrawnLayer, ...]
    chosen: tuple[str, ...]
    rows: gpd.GeoDataFrame
    text_points: NDArray[np.object_]
    texts: tuple[str, ...]
    columns: tuple[str, ...]
    code_column: str | None
    name_column: str | None
    crs: CRS | None
    by_convention: bool
    own: CityPlan | None

    @property
    def samples(self) -> dict[str, tuple[str, ...]]:
        """Each column that can be a code or a name, with the first three of what it holds."""
        told = {TEXT: self.texts[:3]}
        for column in self.columns:
            if column != TEXT:
                values = as_text(self.rows[column]).dropna()
                told[column] = tuple(str(value)[:60] for value in values[:3])
        return {column: told[column] for column in self.columns}


def read_drawing(
    path: Path,
    *,
    name: str,
    into: Path,
    layers: Sequence[str] | None = None,
    columns: Mapping[str, str | None] | None = None,
    encoding: str | None = None,
    profile: Profile = Profile.CN,
) -> Drawing:
    """Read a drawing. ``into``: an empty folder to unpack in. ``columns``: ``code`` and ``name`` -> a column, TEXT, or
    None for nothing; what is not said is found out.

    FileUnreadable, LayerMissing, ColumnMissing say what is wrong and where.
    """
    check_file(path, ENDINGS)
    files = unpack(path, into) if path.suffix.lower() in CONTAINERS else [Unpacked(path, name)]
    kinds = {one.path.suffix.lower() for one in files}
    if len(files) > 1 and kinds != {".shp"}:
        raise FileUnreadable(
            "zip-several", file=name, entries=", ".join(one.name for one in files[:5])
        )
    for one in files:
        check_file(one.path, ENDINGS)
    whole, told = read_layers(files, name, asked=layers, encoding=encoding)
    chosen = _chosen(layers, told, files[0].path, name)
    rows = whole[whole["layer"].isin(chosen)].reset_index(drop=True)
    usable = [str(column) for column in rows.columns if _says(rows, str(column))]
    points, texts = _texts(whole, chosen)
    code, label = _columns(
        rows, usable, texts=bool(texts), asked=columns or {}, name=name, profile=profile
    )
    return Drawing(
        file=name,
        layers=told,
        chosen=chosen,
        rows=rows,
        text_points=points,
        texts=texts,
        columns=(*usable, *([TEXT] if texts else [])),
        code_column=code,
        name_column=label,
        crs=whole.crs,
        by_convention=datum_by_convention(files[0].path),
        own=_own(files[0].path, told, chosen),
    )


def _own(path: Path, told: Sequence[DrawnLayer], chosen: Sequence[str]) -> CityPlan | None:
    """The plan that we wrote, with its blocks; None for any other file, or one that was changed so that it is none."""
    if not {layer.name for layer in told} >= _OURS or tuple(chosen) != ("grids",):
        return None
    try:
        plan = read_plan(path)
    except InputError:
        return None
    return plan if len(plan.blocks) else None


def _chosen(
    asked: Sequence[str] | None, told: Sequence[DrawnLayer], path: Path, name: str
) -> tuple[str, ...]:
    """The layers that hold the grids: those asked for; else those that say so, or the only ones that can; else none."""
    names = [one.name for one in told]
    if asked:
        for one in asked:
            if one not in names:
                present = ", ".join(names)
                raise LayerMissing("layer-missing", file=name, layer=one, present=present)
        return tuple(dict.fromkeys(asked))
    able = [one.name for one in told if one.areas or one.lines]
    if not able:
        raise FileUnreadable("drawing-no-areas", file=name)
    exact = [one for one in able if one in ("grids", "网格")]
    saying = exact or [one for one in able if GRIDS.search(one)]
    if saying or len(able) == 1:
        return tuple(saying or able)
    return tuple(able) if path.suffix.lower() == ".kml" else ()


def _says(rows: gpd.GeoDataFrame, column: str) -> bool:
    """Whether a column can be a code or a name."""
    if column in ("geometry", "layer", "row") or column in _TECHNICAL:
        return False
    return bool(rows[column].notna().any())


def _texts(
    whole: gpd.GeoDataFrame, chosen: Sequence[str]
) -> tuple[NDArray[np.object_], tuple[str, ...]]:
    """What is written where: from the chosen layers, else from those that say that they hold labels, else from all."""
    columns = [name for name in ("Text", "Name", "name", "编号", "名称") if name in whole.columns]
    shapes = np.asarray(whole.geometry.array, dtype=object)
    said = pd.Series(None, index=whole.index, dtype=object)
    for column in columns:
        said = said.where(said.notna(), as_text(whole[column]).astype(object))
    usable = (shapely.get_type_id(shapes) == 0) & said.notna().to_numpy()
    layer = whole["layer"].astype(str)
    groups = (layer.isin(chosen), layer.str.contains(LABELS.pattern, case=False), layer.notna())
    for group in groups:
        mine = usable & group.to_numpy()
        if mine.any():
            return shapes[mine], tuple(str(text) for text in said[mine])
    return shapes[:0], ()


def _columns(
    rows: gpd.GeoDataFrame,
    usable: Sequence[str],
    *,
    texts: bool,
    asked: Mapping[str, str | None],
    name: str,
    profile: Profile,
) -> tuple[str | None, str | None]:
    """Which columns hold codes and names."""
    for one in asked.values():
        if one is not None and one not in usable and not (one == TEXT and texts):
            present = ", ".join([*usable, *([TEXT] if texts else [])])
            raise ColumnMissing("column-missing", file=name, column=one, present=present)
    written = TEXT if texts else None
    if "code" in asked:
        code = asked["code"]
    else:
        code = column_for("grid_code", usable) or column_for("code", usable)
        code = code or next((c for c in usable if _coded(rows, c, profile)), None) or written
    if "name" in asked:
        return code, asked["name"]
    open_ = [column for column in usable if column != code]
    named = column_for("grid_name", open_) or column_for("name", open_)
    return code, named or written


def _coded(rows: gpd.GeoDataFrame, column: str, profile: Profile) -> bool:
    """Whether most of a column are whole codes of grids."""
    told = as_text(rows[column]).dropna()
    return len(told) > 0 and sum(whole_code(t, profile) is not None for t in told) * 2 > len(told)
