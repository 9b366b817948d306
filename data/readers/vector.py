"""Vector files -> layers in EPSG:4490: GeoPackage, Shapefile (zipped too), GeoJSON, KML, DXF, FlatGeobuf, OSM."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
import pyogrio.errors
import pyogrio.raw
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from data.readers.columns import apply_mapping, require
from data.readers.encoding import shapefile_encoding
from data.readers.formats import VECTOR_ENDINGS, check_file, open_zip
from geo.crs import LONLAT, Datum, agreed, frame_to_lonlat, project
from geo.errors import ColumnMissing, FileUnreadable, LayerMissing

# Formats whose lon/lat is a convention, not a statement: a vendor's GCJ-02 GeoJSON says 4326 as well.
_CRS_BY_CONVENTION = frozenset({".geojson", ".json", ".kml", ".kmz"})
_BROKEN = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.FeatureError,
    shapely.errors.GEOSException,
    ValueError,
)


def split_spec(spec: str | Path) -> tuple[Path, str | None]:
    """``F[:layer]`` in two. A path that exists as it stands wins; else the last colon parts it."""
    whole = Path(spec)
    if whole.exists() or ":" not in str(spec):
        return whole, None
    path, _, layer = str(spec).rpartition(":")
    if not path or not layer or "/" in layer:
        return whole, None
    return Path(path), layer


def datum_by_convention(spec: str | Path) -> bool:
    """Whether a file's kind, not the file, says that its coordinates are WGS84: GeoJSON, KML."""
    return split_spec(spec)[0].suffix.lower() in _CRS_BY_CONVENTION


def list_layers(path: Path) -> list[str]:
    """The names of the layers with geometry in a file. FileUnreadable where it can't be read."""
    check_file(path, VECTOR_ENDINGS)
    if path.suffix.lower() == ".parquet":
        return [path.stem]
    try:
        found = pyogrio.list_layers(_source(path))
    except pyogrio.errors.DataSourceError as error:
        raise FileUnreadable("file-broken", file=str(path), reason=_short(error)) from error
    return [str(name) for name, kind in found if kind is not None]


def choose_layer(path: Path, asked: str | None, default_layer: str | None) -> str:
    """The layer to read: the one asked for, else the default, else the only one. LayerMissing lists them."""
    layers = list_layers(path)
    listed = ", ".join(layers) or "-"
    if asked is not None:
        if asked not in layers:
            raise LayerMissing("layer-missing", file=str(path), layer=asked, present=listed)
        return asked
    if default_layer in layers:
        return str(default_layer)
    if len(layers) == 1:
        return layers[0]
    code = "layers-several" if layers else "layers-none"
    raise LayerMissing(code, file=str(path), layer=default_layer or "", present=listed)


@dataclass(frozen=True, slots=True)
class RawLayer:
    """A layer as it stands in a file: its own columns and coordinates. declared: whether the file states its CRS (its
    kind may do so by convention alone). encoding: of a shapefile's texts."""

    file: str
    frame: gpd.GeoDataFrame
    declared: bool
    encoding: str | None = None

    def lonlat(
        self, *, datum: Datum | None = None, columns: Mapping[str, str] | None = None
    ) -> gpd.GeoDataFrame:
        """In EPSG:4490, with ``columns`` (ours -> theirs) renamed. ColumnMissing, DatumError, GeometryError."""
        frame = apply_mapping(self.frame, columns or {}, file=self.file)
        return frame_to_lonlat(frame, datum=datum, declared=self.declared, file=self.file)


def read_raw(path: Path, layer: str, *, encoding: str | None = None) -> RawLayer:
    """A layer as it stands. FileUnreadable where it can't be read or holds nothing, LayerMissing without geometry."""
    options = _encoding(path, encoding)
    frame = _read(path, layer, options)
    if len(frame) == 0:
        raise FileUnreadable("layer-empty", file=str(path), layer=layer)
    declared = not datum_by_convention(path) and frame.crs is not None
    return RawLayer(str(path), frame, declared, options.get("encoding"))


def read_layer(
    spec: str | Path,
    *,
    default_layer: str | None,
    datum: Datum | None = None,
    encoding: str | None = None,
    columns: Mapping[str, str] | None = None,
    required: Sequence[str] = (),
) -> gpd.GeoDataFrame:
    """A layer in EPSG:4490, two-dimensional, rows and columns in the file's order, index 0, 1, 2 …

    ``spec``: ``F[:layer]``. ``datum``: what coordinates mean where the file does not state its CRS (one stated
    wins, and a contradiction raises DatumError). ``encoding``: of a shapefile, else found out. ``columns``:
    ours -> theirs. ``required``: columns (by our names) that must be there. Rows without a shape are kept.
    Raises FileUnreadable, LayerMissing, ColumnMissing, DatumError, GeometryError, OptionError.
    """
    path, asked = split_spec(spec)
    raw = read_raw(path, choose_layer(path, asked, default_layer), encoding=encoding)
    frame = apply_mapping(raw.frame, columns or {}, file=str(spec))
    require(frame, required, file=str(spec))
    return frame_to_lonlat(frame, datum=datum, declared=raw.declared, file=raw.file)


def read_shapes(
    spec: str | Path, *, default_layer: str, column: str, datum: Datum | None = None
) -> tuple[NDArray[np.object_], NDArray[Any]]:
    """The shapes of a layer in EPSG:4490, two-dimensional, and the values of one column, in the file's order.

    What `read_layer` reads, without a data frame: loading what makes those takes longer than a small file does.
    Raises what `read_layer` raises; ColumnMissing lists the columns that there are.
    """
    path, asked = split_spec(spec)
    if path.suffix.lower() == ".parquet":
        frame = read_layer(spec, default_layer=default_layer, datum=datum)
        _require(column, [name for name in frame.columns if name != "geometry"], file=str(spec))
        return np.asarray(frame.geometry.values), frame[column].to_numpy(dtype=object)
    layer = choose_layer(path, asked, default_layer)
    try:
        options = {"layer": layer, **_encoding(path, None)}
        fields = pyogrio.read_info(_source(path), **options)["fields"]
        _require(column, [str(name) for name in fields], file=str(spec))
        meta, _, wkb, values = pyogrio.raw.read(_source(path), columns=[column], **options)
        shapes = None if wkb is None else shapely.from_wkb(wkb)
    except _BROKEN as error:
        raise FileUnreadable("file-broken", file=str(path), reason=_short(error)) from error
    if shapes is None:
        raise LayerMissing("layer-no-geometry", file=str(path), layer=layer)
    if not len(shapes):
        raise FileUnreadable("layer-empty", file=str(path), layer=layer)
    declared = not datum_by_convention(path) or datum is None
    own = CRS.from_user_input(meta["crs"]) if declared and meta["crs"] else None
    source = agreed(own, datum, file=str(path))
    return project(shapes, source=source, target=LONLAT), values[0]


def _require(column: str, fields: Sequence[str], *, file: str) -> None:
    if column not in fields:
        present = ", ".join(str(name) for name in fields)
        raise ColumnMissing("grids-column-missing", file=file, column=column, present=present)


def _encoding(path: Path, asked: str | None) -> dict[str, str]:
    """What GDAL has to be told about the texts of a shapefile."""
    shapefile = path.suffix.lower() in (".shp", ".zip")
    return {"encoding": shapefile_encoding(path, asked)} if shapefile else {}


def _read(path: Path, layer: str, options: Mapping[str, str]) -> gpd.GeoDataFrame:
    try:
        if path.suffix.lower() == ".parquet":
            return gpd.read_parquet(path)
        frame = pyogrio.read_dataframe(_source(path), layer=layer, **options)
    except _BROKEN as error:
        raise FileUnreadable("file-broken", file=str(path), reason=_short(error)) from error
    if not isinstance(frame, gpd.GeoDataFrame):
        raise LayerMissing("layer-no-geometry", file=str(path), layer=layer)
    return frame


def _source(path: Path) -> str:
    """What GDAL opens: a zipped shapefile by the .shp inside."""
    if path.suffix.lower() != ".zip":
        return str(path)
    with open_zip(path) as container:
        shapes = [name for name in container.namelist() if name.lower().endswith(".shp")]
    if len(shapes) != 1:
        raise FileUnreadable("zip-not-one-shapefile", file=str(path), count=len(shapes))
    return f"/vsizip/{path.resolve()}/{shapes[0]}"


def _short(error: Exception) -> str:
    return str(error).split("\n", maxsplit=1)[0][:200]
