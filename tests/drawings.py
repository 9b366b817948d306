"""Files as CAD and GIS departments hand them over."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from geo.crs import LONLAT, Datum, project

XY = tuple[float, float]
GK = "EPSG:4548"
"""What a survey office draws in around 117 degrees east."""


def dxf(
    *,
    polylines: Iterable[tuple[str, Sequence[XY], bool]] = (),
    texts: Iterable[tuple[str, XY, str]] = (),
    encoding: str = "gb18030",
) -> bytes:
    """A DXF file: polylines (CAD layer, points, closed) and texts (layer, point, what it says), in AutoCAD's GBK."""
    out = ["0", "SECTION", "2", "HEADER", "9", "$ACADVER", "1", "AC1015"]
    out += ["9", "$DWGCODEPAGE", "3", "ANSI_936", "0", "ENDSEC", "0", "SECTION", "2", "ENTITIES"]
    for layer, points, closed in polylines:
        out += ["0", "LWPOLYLINE", "8", layer, "90", str(len(points)), "70", str(int(closed))]
        for x, y in points:
            out += ["10", f"{x:.4f}", "20", f"{y:.4f}"]
    for layer, (x, y), said in texts:
        out += ["0", "TEXT", "8", layer, "10", f"{x:.4f}", "20", f"{y:.4f}", "40", "5", "1", said]
    return ("\n".join([*out, "0", "ENDSEC", "0", "EOF"]) + "\n").encode(encoding)


def in_metres(shapes: Sequence[shapely.Geometry], crs: str = GK) -> list[shapely.Geometry]:
    """Shapes of EPSG:4490 in a plane."""
    given = np.empty(len(shapes), dtype=object)
    given[:] = list(shapes)
    return list(project(given, source=LONLAT, target=Datum(crs)))


def ring(shape: shapely.Geometry) -> list[XY]:
    """The outer ring of a polygon, without its last point."""
    return [(x, y) for x, y in shapely.get_coordinates(shapely.get_exterior_ring(shape))[:-1]]


def zipped(entries: Mapping[str, bytes]) -> bytes:
    """A ZIP file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as container:
        for name, content in entries.items():
            container.writestr(name, content)
    return made.getvalue()


def gbk_shapefile(
    frame: gpd.GeoDataFrame, folder: Path, *, stem: str = "网格", prj: bool = True
) -> bytes:
    """A zipped shapefile in GBK without a .cpg, as ArcGIS on Chinese Windows writes it."""
    path = folder / "made.shp"
    frame.to_file(path, encoding="gbk")
    entries = {}
    for part in (".shp", ".shx", ".dbf", *([".prj"] if prj else [])):
        content = path.with_suffix(part).read_bytes()
        if part == ".dbf":  # no language byte either
            content = content[:29] + b"\0" + content[30:]
        entries[f"{stem}{part}"] = content
    return zipped(entries)


def kml(placemarks: Iterable[tuple[str, shapely.Geometry]], *, folder: str = "网格") -> bytes:
    """A KML file: names and polygons (or points)."""
    told = []
    for name, shape in placemarks:
        xy = " ".join(f"{x:.9f},{y:.9f},0" for x, y in shapely.get_coordinates(shape))
        if shape.geom_type == "Point":
            inner = f"<Point><coordinates>{xy}</coordinates></Point>"
        else:
            inner = (
                "<Polygon><outerBoundaryIs><LinearRing><coordinates>"
                f"{xy}</coordinates></LinearRing></outerBoundaryIs></Polygon>"
            )
        told.append(f"<Placemark><name>{name}</name>{inner}</Placemark>")
    return (
        '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2">'
        f"<Document><Folder><name>{folder}</name>{''.join(told)}</Folder></Document></kml>"
    ).encode()
