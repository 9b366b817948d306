"""``--datum gcj02,buildings=bd09``: what is said of each file, and of none twice or in vain."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest

from data.readers.datums import Datums, for_layers, parse_datums
from geo.crs import parse_datum
from geo.errors import DatumError, OptionError


def layer(path: Path, crs: int | None) -> Path:
    places = gpd.GeoSeries.from_xy([117.0], [31.0], crs=crs)
    gpd.GeoDataFrame({"a": [1]}, geometry=places).to_file(path)
    return path


def test_one_for_all_and_one_for_a_layer() -> None:
    said = parse_datums(["gcj02, buildings = bd09", "grids=EPSG:4548"])
    assert said.rest == parse_datum("gcj02")
    assert str(said.of("buildings")) == "bd09"
    assert str(said.of("grids")) == "EPSG:4548"
    assert str(said.of("roads")) == "gcj02"
    assert parse_datums(None) == Datums()
    assert parse_datums(["gcj02", "gcj02"]).rest == parse_datum("gcj02")


@pytest.mark.parametrize("given", ["gcj02,bd09", "grids=gcj02,grids=bd09"])
def test_two_of_one_are_refused(given: str) -> None:
    with pytest.raises(OptionError, match="datum-twice"):
        parse_datums([given])


@pytest.mark.parametrize("given", ["grids=", "grids=mars", "=", "mars"])
def test_a_datum_that_is_none_is_refused(given: str) -> None:
    with pytest.raises(DatumError, match="datum-unknown"):
        parse_datums([given])


def test_a_name_of_no_layer_is_refused_with_those_that_there_are() -> None:
    said = parse_datums(["building=bd09"])
    with pytest.raises(OptionError, match="datum-layer-unknown") as raised:
        for_layers(said, {"grids": "g.gpkg", "buildings": "b.csv", "roads": None})
    assert raised.value.params["known"] == "buildings, grids"
    assert for_layers(parse_datums(["roads=bd09"]), {}, holds=["roads"]).of("roads") is not None


def test_the_rest_yields_only_where_another_file_needs_it(tmp_path: Path) -> None:
    declared = layer(tmp_path / "a.gpkg", 4490)
    with pytest.warns(UserWarning, match="crs"):
        bare = layer(tmp_path / "b.gpkg", None)
    table = tmp_path / "t.csv"
    table.write_text("lon,lat\n1,2\n")
    datum = parse_datum("gcj02")

    def yields(*files: Path, said: object = datum) -> bool:
        of = for_layers(said, {file.stem: file for file in files}).rest  # type: ignore[arg-type]
        assert of is not None
        return of.yields

    assert not yields(declared)
    assert yields(declared, table)
    assert yields(declared, bare)
    named = Datums(datum, {"t": datum})
    assert not yields(declared, table, said=named), "the table is spoken for: the rest is declared"
    assert for_layers(None, {"t": table}) == Datums()
    assert for_layers(datum, {}, whole=bare).rest is not None


def test_what_lies_in_one_file_goes_together() -> None:
    said = parse_datums(["grids=gcj02"])
    assert str(said.also("communities", like="grids").of("communities")) == "gcj02"
    both = parse_datums(["grids=gcj02,communities=bd09"])
    assert both.also("communities", like="grids") == both
    assert Datums().also("communities", like="grids") == Datums()
