"""The ways to read coordinates whose datum nobody declared."""

from __future__ import annotations

import geopandas as gpd
import shapely

from geo import crs, evidence


def test_guess_zone():
    (with_prefix,) = evidence.guess_zone([39494000.0], [3431000.0])
    assert with_prefix == (crs.Datum("EPSG:4527"), False)
    (swapped,) = evidence.guess_zone([3431000.0], [39494000.0])
    assert swapped == (crs.Datum("EPSG:4527"), True)
    assert (crs.Datum("EPSG:4548"), False) in evidence.guess_zone([494000.0], [3431000.0])
    assert evidence.guess_zone([5.0], [3431000.0]) == []


def test_evidence_prefers_the_true_zone(shared):
    boundary = gpd.read_file(shared / "tongcheng/tongcheng.gpkg", layer="boundary").union_all()
    inner = shapely.get_coordinates(boundary.buffer(-0.02))
    x, y = crs.from_lonlat(*inner.T, datum=crs.Datum("EPSG:4548"))
    best = evidence.datum_evidence(x, y, outline=boundary)[0]
    assert best == evidence.Reading(crs.Datum("EPSG:4548"), False, len(inner), len(inner))
    swapped = evidence.datum_evidence(inner[:, 1], inner[:, 0], outline=boundary)[0]
    assert swapped.swapped
