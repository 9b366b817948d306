"""dc: neighbourhood commissions in wards, and their districts: figures that shapely alone gives (checked by hand)."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from geo.codes import Profile
from geo.coverage import Delivered, Measure, examine
from geo.model import CRS, Severity

UTM = "EPSG:32618"


def test_commissions_that_leave_their_ward(shared: Path) -> None:
    file = shared / "dc" / "dc.gpkg"
    wards = gpd.read_file(file, layer="ward").rename(columns={"WARD": "code", "NAME": "name"})
    areas = gpd.read_file(file, layer="anc").rename(columns={"ANC_ID": "code"})
    layers = [frame.to_crs(CRS) for frame in (areas, wards)]
    measure = Measure(profile=Profile.PLAIN)
    found = examine(Delivered(layers[0], None, None, layers[1]), measure).findings
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
