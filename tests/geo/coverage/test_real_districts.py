"""dc: neighbourhood commissions in wards, and their districts: figures that shapely alone gives (checked by hand)."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.codes import Profile
from geo.coverage import Delivered, Measure, examine
from geo.model import CRS, Finding, Severity

UTM = "EPSG:32618"


def read(shared: Path) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Commissions and wards."""
    file = shared / "dc" / "dc.gpkg"
    wards = gpd.read_file(file, layer="ward").rename(columns={"WARD": "code", "NAME": "name"})
    return gpd.read_file(file, layer="anc").rename(columns={"ANC_ID": "code"}), wards


def checked(areas: gpd.GeoDataFrame, wards: gpd.GeoDataFrame) -> tuple[Finding, ...]:
    layers = [frame.to_crs(CRS) for frame in (areas, wards)]
    measure = Measure(profile=Profile.PLAIN)
    return examine(Delivered(layers[0], None, None, layers[1]), measure).findings


def test_commissions_that_leave_their_ward(shared: Path) -> None:
    areas, wards = read(shared)
    found = checked(areas, wards)
    real = [one for one in found if one.code == "spill" and one.severity is Severity.BLOCKING]
    widest = max(real, key=lambda one: one.width_m or 0)
    assert widest.codes == ("6D",)
    own = areas.to_crs(UTM).set_index("code").geometry["6D"]
    home = wards.to_crs(UTM)
    home = home[home["code"].astype(str) == "6"].geometry.iloc[0]
    pieces = shapely.get_parts(own.difference(home))
    largest = max(pieces, key=lambda piece: float(piece.area))
    assert widest.area_m2 == pytest.approx(largest.area, rel=1e-3)
    circle = shapely.maximum_inscribed_circle(largest, tolerance=0.01)
    assert widest.width_m == pytest.approx(2 * circle.length, rel=2e-3)


def test_a_spill_is_as_large_as_the_plain_difference(shared: Path) -> None:
    """Each face whole, also where it is narrow in between; what is narrow everywhere is in the note."""
    areas, wards = read(shared)
    found = [one for one in checked(areas, wards) if one.code == "spill"]
    planar, homes = (np.asarray(one.to_crs(UTM).geometry.array) for one in (areas, wards))
    shared_m2 = shapely.area(shapely.intersection(planar[:, None], homes))
    outside = shapely.difference(planar, homes[np.argmax(shared_m2, axis=1)])
    faces, owner = shapely.get_parts(outside, return_index=True)
    sizes = {
        code: np.sort(shapely.area(faces[owner == row])) for row, code in enumerate(areas["code"])
    }
    real = [one for one in found if one.severity is Severity.BLOCKING]
    assert len(real) > 30
    for one in real:
        (code,) = one.codes
        assert np.isclose(sizes[code], one.area_m2, rtol=1e-3, atol=0.01).any(), (code, one.area_m2)
    told = sum(one.area_m2 or 0 for one in found)
    assert told == pytest.approx(shapely.area(outside).sum(), rel=1e-4)
    assert any(one.area_m2 == pytest.approx(1256.8, abs=1) for one in real)
