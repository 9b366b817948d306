"""Vector files -> layers in EPSG:4490: GeoPackage, Shapefile (zipped too), GeoJSON, KML, DXF, FlatGeobuf, OSM."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
import pyogrio.raw
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from data.readers.broken import PARQUET, refused
from data.readers.columns import apply_mapping, require
from data.readers.encoding import gdal_name, shapefile_encoding
from data.readers.formats import VECTOR_ENDINGS, check_file, open_zip
from geo.crs import Datum, agreed, frame_to_lonlat, layer_to_lonlat
from geo.errors import ColumnMissing, FileUnreadable, GeometryError, LayerMissing

# Formats whose lon/lat is a convention, not a statement: a vendor's GCJ-02 GeoJSON says 4326 as well.
_CRS_BY_CONVENTION = frozenset({".geojson", ".json", ".kml", ".kmz"})


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
    source = gdal_source(path)
    with refused(path):
        found = pyogrio.list_layers(source)
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
    encoding = _encoding(path, encoding)
    frame = _read(path, layer, encoding)
    if len(frame) == 0:
        raise FileUnreadable("layer-empty", file=str(path), layer=layer)
    declared = not datum_by_convention(path) and frame.crs is not None
    return RawLayer(str(path), frame, declared, encoding)


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
    source, options = gdal_source(path), {"layer": layer, **gdal_options(path)}
    with refused(path):
        fields = pyogrio.read_info(source, **options)["fields"]
    _require(column, [str(name) for name in fields], file=str(spec))
    with refused(path):
        meta, _, wkb, values = pyogrio.raw.read(source, columns=[column], **options)
        shapes = None if wkb is None else shapely.from_wkb(wkb)
        own = CRS.from_user_input(meta["crs"]) if meta["crs"] else None
    if shapes is None:
        raise LayerMissing("layer-no-geometry", file=str(path), layer=layer)
    if not len(shapes):
        raise FileUnreadable("layer-empty", file=str(path), layer=layer)
    declared = not datum_by_convention(path) or datum is None
    reference = agreed(own if declared else None, datum, file=str(path))
    return layer_to_lonlat(shapes, source=reference, file=str(path)), values[0]


def not_finite(shapes: NDArray[np.object_]) -> int | None:
    """The position of the first shape with a coordinate that is no number."""
    there = np.flatnonzero(~shapely.is_missing(shapes))
    xy, owner = shapely.get_coordinates(shapes[there], return_index=True)
    bad = owner[~np.isfinite(xy).all(axis=1)]
    return int(there[bad[0]]) if len(bad) else None


def refuse_not_finite(shapes: NDArray[np.object_], *, file: str) -> None:
    """GeometryError "shape-not-finite" with the row of such a shape."""
    bad = not_finite(shapes)
    if bad is not None:
        raise GeometryError("shape-not-finite", file=file, row=bad + 1)


def _require(column: str, fields: Sequence[str], *, file: str) -> None:
    if column not in fields:
        present = ", ".join(str(name) for name in fields)
        raise ColumnMissing("grids-column-missing", file=file, column=column, present=present)


def _encoding(path: Path, asked: str | None) -> str | None:
    """Of the texts of a shapefile; of no other file."""
    shapefile = path.suffix.lower() in (".shp", ".zip")
    return shapefile_encoding(path, asked) if shapefile else None


def gdal_options(path: Path, asked: str | None = None) -> dict[str, str]:
    """What GDAL has to be told of the texts of a file."""
    encoding = _encoding(path, asked)
    return {} if encoding is None else {"encoding": gdal_name(encoding)}


def _read(path: Path, layer: str, encoding: str | None) -> gpd.GeoDataFrame:
    if path.suffix.lower() == ".parquet":
        with refused(path, PARQUET):
            return gpd.read_parquet(path)
    options = {} if encoding is None else {"encoding": gdal_name(encoding)}
    source = gdal_source(path)
    with refused(path):
        frame = pyogrio.read_dataframe(source, layer=layer, **options)
    if not isinstance(frame, gpd.GeoDataFrame):
        raise LayerMissing("layer-no-geometry", file=str(path), layer=layer)
    return frame


def gdal_source(path: Path) -> str:
    """What GDAL opens: a zipped shapefile by the .shp inside."""
    if path.suffix.lower() != ".zip":
        return str(path)
    with open_zip(path) as container:
        shapes = [name for name in container.namelist() if name.lower().endswith(".shp")]
    if len(shapes) != 1:
        raise FileUnreadable("zip-not-one-shapefile", file=str(path), count=len(shapes))
    return f"/vsizip/{path.resolve()}/{shapes[0]}"
