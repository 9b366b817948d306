"""A town of three by three communities as its offices hand it over: outlines and roads as shapefiles in GBK, a ledger
of buildings as a workbook."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import httpx
from openpyxl import Workbook
from shapely.geometry import LineString, box

from geo.crs import Datum, from_lonlat
from geo.model import CRS
from tests.drawings import gbk_shapefile

WEST_DEG, SOUTH_DEG, STEP_DEG = 116.95, 31.04, 0.006
SIDE = 3
LOTS = 9
"""Buildings along each side of a community."""
HOUSEHOLDS, RESIDENTS = 12, 27
NAMES = (
    "东门社区",
    "西门社区",
    "南门社区",
    "北门社区",
    "城关社区",
    "河西社区",
    "河东社区",
    "新建社区",
    "文昌社区",
)
CODES = tuple(f"34088100100{n + 1}" for n in range(SIDE * SIDE))
HEADINGS = ("楼栋编号", "楼栋名称", "所属社区", "小区名称", "户数", "人口", "经度", "纬度")


def communities() -> gpd.GeoDataFrame:
    """Nine squares, west to east and then north."""
    squares = [_square(n) for n in range(SIDE * SIDE)]
    return gpd.GeoDataFrame({"社区编码": CODES, "社区名称": NAMES}, geometry=squares, crs=CRS)


def communities_zip(folder: Path, *, prj: bool = True) -> bytes:
    """Their outlines in GBK, without a .cpg."""
    return gbk_shapefile(communities(), folder, stem="社区边界", prj=prj)


def roads_zip(folder: Path) -> bytes:
    """Two roads through each row and column."""
    lines, names = [], []
    for n in range(SIDE):
        for third in (1, 2):
            at = STEP_DEG * (n + third / 3)
            lines.append(
                LineString([(WEST_DEG - 0.001, SOUTH_DEG + at), (WEST_DEG + 0.019, SOUTH_DEG + at)])
            )
            lines.append(
                LineString([(WEST_DEG + at, SOUTH_DEG - 0.001), (WEST_DEG + at, SOUTH_DEG + 0.019)])
            )
            names += [f"横{n}{third}路", f"纵{n}{third}路"]
    frame = gpd.GeoDataFrame({"道路名称": names, "等级": "主干路"}, geometry=lines, crs=CRS)
    return gbk_shapefile(frame, folder, stem="道路")


def ledger(*, datum: str = "bd09", more: Sequence[Sequence[Any]] = ()) -> bytes:
    """The buildings with coordinates of a web map; ``more``: rows at the end."""
    book = Workbook()
    sheet = book.active
    sheet.title = "台账"
    sheet.append(list(HEADINGS))
    for n in range(SIDE * SIDE):
        west, south, _, _ = _square(n).bounds
        for lot in range(LOTS * LOTS):
            x = west + STEP_DEG * (lot % LOTS + 0.5) / LOTS
            y = south + STEP_DEG * (lot // LOTS + 0.5) / LOTS
            (lng,), (lat,) = from_lonlat([x], [y], datum=Datum(datum))
            own = [f"{CODES[n]}-{lot:02d}", f"{lot + 1}栋", NAMES[n], None]
            sheet.append([*own, HOUSEHOLDS, RESIDENTS, round(lng, 7), round(lat, 7)])
    for row in more:
        sheet.append(list(row))
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


BUILDINGS = SIDE * SIDE * LOTS * LOTS


def hand_over(site: str, noun: str, name: str, content: bytes, **query: str) -> httpx.Response:
    """Upload a file."""
    return httpx.post(
        f"{site}/ground/imports",
        params={"noun": noun, "file_name": name, **query},
        content=content,
        headers={"content-type": "application/octet-stream", "accept-language": "zh"},
        timeout=120,
    )


def _square(n: int) -> Any:
    west, south = WEST_DEG + STEP_DEG * (n % SIDE), SOUTH_DEG + STEP_DEG * (n // SIDE)
    return box(west, south, west + STEP_DEG, south + STEP_DEG)
