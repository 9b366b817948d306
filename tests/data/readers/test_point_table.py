"""Tables with coordinates in place of a layer of buildings."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest

from data.readers.city import CITY_COLUMNS
from data.readers.point_table import read_point_table
from data.readers.renaming import Renaming
from geo.crs import parse_datum
from geo.errors import FileUnreadable


def ledger(tmp_path: Path, *rows: str) -> Path:
    file = tmp_path / "ledger.csv"
    file.write_text("\n".join(("小区名称,地址,户数,经度,纬度", *rows)), "utf-8")
    return file


def read(file: Path, datum: str = "wgs84") -> gpd.GeoDataFrame:
    renaming = Renaming(None, CITY_COLUMNS)
    return read_point_table("buildings", file, renaming=renaming, datum=parse_datum(datum))


def test_a_row_without_coordinates_has_no_place_and_no_number_of_its_own_a_key(
    tmp_path: Path,
) -> None:
    frame = read(ledger(tmp_path, "甲,路1,60,117.5,31.25", "乙,路2,-,暂无,"))
    assert (frame.geometry[0].x, frame.geometry[0].y) == (117.5, 31.25)
    assert frame.geometry[1] is None
    assert frame["户数"].isna().tolist() == [False, True]
    assert frame["building_id"].nunique() == 2


@pytest.mark.parametrize("cell", ["东经117度", "1175"])
def test_coordinates_that_are_none_are_named_by_their_row(tmp_path: Path, cell: str) -> None:
    file = ledger(tmp_path, "甲,路1,60,117.5,31.25", f"乙,路2,9,{cell},31.25")
    with pytest.raises(FileUnreadable, match="coordinate-unreadable") as raised:
        read(file)
    assert raised.value.params["row"] == 3


def test_real_ledgers_lie_where_the_labelled_layer_says(shared: Path) -> None:
    places = read(shared / "nanshan" / "estates_bd09.csv", "bd09")
    west, south, east, north = places.total_bounds
    assert (west, south) > (113.8, 22.4)
    assert (east, north) < (114.1, 22.7)
    assert read(shared / "tongcheng" / "小区台账_百度坐标.xlsx", "bd09").geometry.isna().sum() == 16
