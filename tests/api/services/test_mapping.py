"""``render_map`` on files."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from api.services.mapping import MapFiles, render_map
from geo.crs import parse_datum, to_lonlat
from geo.errors import ColumnMissing, DatumError, OptionError
from geo.model import SizeRule
from maps.assets import build_assets

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    build_assets()


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """Two grids that leave a strip of their community uncovered, in one file with it."""
    path = tmp_path / "plan.gpkg"
    grids = gpd.GeoDataFrame(
        {"code": ["340881001001001", "340881001001002"], "name": ["甲", "乙"], "community_code": ["340881001001"] * 2,
         "households": [400, 900], "residents": [800, 800]},
        geometry=[shapely.box(117, 31, 117.004, 31.004), shapely.box(117.004, 31, 117.008, 31.004)], crs=4490,
    )  # fmt: skip
    community = gpd.GeoDataFrame(
        {"code": ["340881001001"], "name": ["龙眠社区"]},
        geometry=[shapely.box(117, 31, 117.01, 31.004)],
        crs=4490,
    )
    pyogrio.write_dataframe(grids, path, layer="grids")
    pyogrio.write_dataframe(community, path, layer="communities")
    return path


def data_of(path: Path) -> dict[str, object]:
    found = re.search(r'id="wangge-data">(.*?)</script>', path.read_text("utf-8"), re.DOTALL)
    assert found
    data: dict[str, object] = json.loads(found[1])
    return data


def test_a_plan_is_checked_against_the_communities_beside_it(plan: Path, tmp_path: Path) -> None:
    output = tmp_path / "map.html"
    done = render_map(MapFiles(plan), output=output, title="图", lang="zh", timezone=SHANGHAI)
    codes = {finding.code for finding in done.findings or ()}
    assert {"gap", "size-households"} <= codes
    data = data_of(output)
    assert {finding["code"] for finding in data["findings"]} == codes
    assert data["places"][0]["inside"] == 1
    assert done.size_bytes == output.stat().st_size


def test_points_come_from_a_table_and_those_without_place_are_counted(
    plan: Path, tmp_path: Path
) -> None:
    table = tmp_path / "points.csv"
    pd.DataFrame(
        {
            "lon": [117.001, None],
            "lat": [31.001, 31.002],
            "类型": ["井盖", "占道"],
            "电话": ["139", "138"],
            "reported_at": ["2026-03-31T20:00:00Z", "2026-03-31 20:00"],
        }
    ).to_csv(table, index=False)
    output = tmp_path / "map.html"
    render_map(
        MapFiles(plan, points=table, lon="lon", lat="lat"), output=output, title="图", lang="zh", timezone=SHANGHAI,
        mapping={"category": "类型"}, datum=parse_datum("wgs84"),
        rule=SizeRule((100, 1000), (100, 1000)), every_incident=True,
    )  # fmt: skip
    incidents = data_of(output)["incidents"]
    assert (incidents["total"], incidents["unplaced"], incidents["outside"]) == (2, 1, 0)
    assert incidents["matters"] == [[None, "井盖"], [None, "占道"]]
    # By the city's clock the first was in April: 20:00 UTC is 04:00 of the next day there.
    assert incidents["months"] == ["2026-03", "2026-04"]
    assert incidents["grids"] == ["340881001001001"]
    assert "139" not in output.read_text("utf-8")


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_buildings_come_from_a_ledger(plan: Path, tmp_path: Path, ending: str) -> None:
    ledger = tmp_path / f"台账{ending}"
    frame = pd.DataFrame(
        {
            "小区名称": ["甲", "乙", "丙"],
            "户数": ["60", "暂无数据", "20"],
            "东": [117.002, 117.006, None],
            "北": [31.002, 31.002, None],
        }
    )
    frame.to_csv(ledger, index=False) if ending == ".csv" else frame.to_excel(ledger, index=False)
    output = tmp_path / "map.html"

    def draw(**more: Any) -> dict[str, Any]:
        render_map(
            MapFiles(plan, buildings=ledger), output=output, title="图", lang="zh", timezone=SHANGHAI,
            **{"datum": parse_datum("gcj02"), "mapping": {"lon": "东", "lat": "北"}, **more},
        )  # fmt: skip
        drawn: dict[str, Any] = data_of(output)["buildings"]
        return drawn

    # What the table says in GCJ-02 lies some 500 m beside what the plan's own CRS says.
    drawn = draw()
    lng, lat = to_lonlat([117.002], [31.002], datum=parse_datum("gcj02"))
    assert drawn["at"][:2] == [round(lng[0] * 1e6), round(lat[0] * 1e6)]
    assert (drawn["estate"], drawn["unplaced"]) == (["甲", "乙"], 1)
    with pytest.raises(DatumError, match="datum-missing"):
        draw(datum=None)
    with pytest.raises(ColumnMissing, match="table-unplaced"):
        draw(mapping={})
    with pytest.raises(ColumnMissing, match="column-nowhere"):
        draw(mapping={"lon": "东", "lat": "北", "kind": "类型"})


def test_a_datum_that_contradicts_every_file_is_an_error(plan: Path, tmp_path: Path) -> None:
    with pytest.raises(DatumError, match="datum-conflict"):
        render_map(
            MapFiles(plan), output=tmp_path / "map.html", title="图", lang="zh", timezone=SHANGHAI,
            datum=parse_datum("gcj02"),
        )  # fmt: skip


def test_the_map_never_overwrites_its_input(plan: Path, tmp_path: Path) -> None:
    same = tmp_path / "same.html"
    same.write_bytes(plan.read_bytes())
    with pytest.raises(OptionError):
        render_map(MapFiles(same), output=same, title="图", lang="zh", timezone=SHANGHAI)
    with pytest.raises(OptionError):
        render_map(
            MapFiles(plan), output=tmp_path / "map.pdf", title="图", lang="zh", timezone=SHANGHAI
        )
