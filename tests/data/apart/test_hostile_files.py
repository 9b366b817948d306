"""Files that would have stopped a service that reads them itself: each is refused by name, and the next one is read."""

from __future__ import annotations

import io
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import pytest
from openpyxl import Workbook
from PIL import Image
from shapely.geometry import box

from data.apart import Apart, Limits
from data.readers import handed
from data.readers.photos import shrunk_apart
from geo.errors import FileUnreadable
from tests.drawings import kml, zipped

SQUARES = [box(0, 0, 1, 1), box(1, 0, 2, 1)]
SMALL = Limits(memory_bytes=512 << 20, processor_s=2, clock_s=60)
_SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


@pytest.fixture(scope="module")
def apart() -> Iterator[Apart]:
    apart = Apart(SMALL)
    yield apart
    apart.close()


@pytest.fixture(autouse=True)
def the_next_is_read(apart: Apart) -> Iterator[None]:
    yield
    content = kml([("甲", SQUARES[0])])
    assert read(apart, content, "a.kml").layers[0].areas == 1  # type: ignore[attr-defined]


def read(apart: Apart, content: bytes, name: str) -> object:
    if name.endswith((".xlsx", ".csv")):
        return apart.run(handed.rows, content, name, about=name, returns=handed.ROWS)
    return apart.run(handed.drawing, content, name, about=name, returns=handed.DRAWING)


def many_fields() -> bytes:
    """Each name of a property is looked for among those before it."""
    told = ",".join(f'"p{n}":1' for n in range(300_000))
    shape = '{"type":"Point","coordinates":[1,1]}'
    one = f'{{"type":"Feature","properties":{{{told}}},"geometry":{shape}}}'
    return f'{{"type":"FeatureCollection","features":[{one}]}}'.encode()


def diagonal() -> bytes:
    """Forty thousand rows with one property each, each another one: a table of sixteen hundred million cells."""
    shape = '{"type":"Point","coordinates":[1,1]}'
    told = (
        f'{{"type":"Feature","properties":{{"a{n}":1}},"geometry":{shape}}}' for n in range(40_000)
    )
    return f'{{"type":"FeatureCollection","features":[{",".join(told)}]}}'.encode()


def deep_kml(inner: str) -> bytes:
    return kml([("甲", SQUARES[0])]).replace(
        b"<Folder>",
        f"<{inner}>".encode() * 100_000 + f"</{inner}>".encode() * 100_000 + b"<Folder>",
    )


def laughs() -> bytes:
    """Names that stand for twenty of the one before."""
    names = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 20}">' for n in range(1, 9))
    return kml([("&a8;", SQUARES[0])]).replace(
        b"<kml ", f'<!DOCTYPE k [<!ENTITY a0 "haha">{names}]><kml '.encode(), 1
    )


def bomb() -> bytes:
    made = io.BytesIO()
    with (
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as container,
        container.open("doc.kml", "w") as out,
    ):
        out.write(b"<?xml version='1.0'?><kml>")
        for _ in range(300):
            out.write(bytes(1 << 20))
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "made", "codes"),
    [
        ("many.geojson", many_fields, {"reading-time"}),
        ("diagonal.geojson", diagonal, {"reading-memory", "reading-time"}),
        ("deep.kml", lambda: deep_kml("Folder"), {"file-broken", "reading-crashed"}),
        ("deeper.kml", lambda: deep_kml("MultiGeometry"), {"file-broken", "reading-crashed"}),
        ("laughs.kml", laughs, {"file-broken", "reading-time", "reading-memory"}),
        ("bomb.kmz", bomb, {"zip-too-large"}),
        ("commas.csv", lambda: b"," * (7 << 20), {"table-too-many-columns"}),
    ],
)
def test_a_hostile_file_is_refused(
    apart: Apart, name: str, made: Callable[[], bytes], codes: set[str]
) -> None:
    with pytest.raises(FileUnreadable) as caught:
        read(apart, made(), name)
    assert caught.value.params["file"] == name
    assert caught.value.code in codes


@pytest.mark.parametrize(
    "made", ["zeroblob(900000000)", "printf('%900000000d', 1)", "hex(zeroblob(400000000))"]
)
def test_a_column_that_is_made_when_it_is_read(apart: Apart, tmp_path: Path, made: str) -> None:
    path = tmp_path / "a.gpkg"
    gpd.GeoDataFrame({"n": [1, 2]}, geometry=SQUARES, crs=4490).to_file(path, layer="网格")
    database = sqlite3.connect(path)
    database.execute(f'ALTER TABLE "网格" ADD COLUMN x TEXT GENERATED ALWAYS AS ({made}) VIRTUAL')
    database.commit()
    database.close()
    with pytest.raises(FileUnreadable) as caught:
        read(apart, path.read_bytes(), "a.gpkg")
    assert caught.value.code in {"reading-memory", "file-broken"}


def sheet(cells: str) -> bytes:
    """A workbook whose first sheet has these rows."""
    made = io.BytesIO()
    Workbook().save(made)
    with zipfile.ZipFile(made) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    whole = _SHEET + cells.encode() + b"</sheetData></worksheet>"
    return zipped(parts | {"xl/worksheets/sheet1.xml": whole})


FAR = [
    '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
    "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>",
    '<row\nspans="1:1"\nr = "1048576"><c\tt="n"\tr= "XFD1048576"><v>1</v></c></row>',
]


@pytest.mark.parametrize("far", FAR)
def test_a_cell_in_the_furthest_corner_is_not_laid_out_to(apart: Apart, far: str) -> None:
    """However it is written: a spreadsheet's reader makes every cell before it, and aborts."""
    first = '<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>'
    with pytest.raises(FileUnreadable) as caught:
        read(apart, sheet(first + far), "a.xlsx")
    assert caught.value.code == "sheet-too-large"


def test_what_the_weigher_does_not_see_ends_the_child_alone(apart: Apart) -> None:
    """Its reader asks for 400 GB at once, and aborts where it gets none."""
    first = '<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>'
    room = "x" * 500
    hidden = f'<row y="{room}" r="1048576"><c y="{room}" r="XFD1048576"><v>1</v></c></row>'
    with pytest.raises(FileUnreadable) as caught:
        read(apart, sheet(first + hidden), "a.xlsx")
    assert caught.value.code in {"reading-crashed", "reading-memory", "reading-time"}


def test_an_image_that_unpacks_to_gigabytes_is_no_photo(apart: Apart) -> None:
    made = io.BytesIO()
    Image.new("1", (8, 8)).save(made, "PNG")
    content = made.getvalue()
    head = content[12:16] + struct.pack(">II", 60_000, 60_000) + content[24:29]
    bomb_ = content[:12] + head + struct.pack(">I", zlib.crc32(head)) + content[33:]
    with Image.open(io.BytesIO(content)) as sound:
        assert sound.size == (8, 8)
    assert apart.run(shrunk_apart, bomb_, about="a.png") is None
