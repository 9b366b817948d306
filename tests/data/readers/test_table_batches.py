"""Batches hold the rows of `read_table`, by the same numbers, however a table is written."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point

from data.readers import table_batches
from data.readers.table import cell_text, read_table
from data.readers.table_batches import open_batches
from geo.errors import FileUnreadable

PLAIN = "号,地点,备注\n" + "".join(f"{n},龙眠路{n}号,\n" for n in range(50))


def rows(path: Path) -> list[tuple[int, list[str]]]:
    found = []
    for batch in open_batches(path).batches():
        columns = [
            [cell_text(cell) for cell in column.to_pylist()] for column in batch.cells.columns
        ]
        found += [(int(n), list(cells)) for n, *cells in zip(batch.numbers, *columns, strict=True)]
    return found


def told(path: Path) -> list[tuple[int, list[str]]]:
    table = read_table(path)
    cells = table.frame.map(cell_text).values.tolist()
    return list(zip(table.rows, cells, strict=True))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (PLAIN, "utf-8"),
        (PLAIN, "utf-8-sig"),
        (PLAIN, "gb18030"),
        (PLAIN, "utf-16"),
        (PLAIN.replace("\n", "\r\n"), "utf-8"),
        (PLAIN.replace(",", ";"), "utf-8"),
        (PLAIN + "50,末行\n\n51,又一行,短\n , ,\n52,x,y,,\n", "gb18030"),
        ('号,地点,备注\n1,"一,二","他说""好""\n第二行"\n,,\n2,5" 管,尾', "utf-8"),
    ],
)
def test_a_text_table(
    text: str, encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_batches, "BATCH_ROWS", 7)
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode(encoding))
    assert rows(path) == told(path)


def test_workbooks_and_parquet(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "号": [1, 2],
            "时间": pd.to_datetime(["2026-03-01 08:00", "2026-03-02 00:00"]),
            "x": [1.5, None],
        }
    )
    for name in ("t.xlsx", "t.parquet"):
        path = tmp_path / name
        frame.to_excel(path, index=False) if name.endswith("xlsx") else frame.to_parquet(path)
        assert rows(path) == told(path)


def test_a_layer_brings_its_places(tmp_path: Path) -> None:
    path = tmp_path / "t.gpkg"
    gpd.GeoDataFrame({"号": ["a", "b"]}, geometry=[Point(116.9, 31), None], crs=4490).to_file(path)
    (batch,) = open_batches(path).batches()
    assert batch.cells.column_names == ["号"]
    assert batch.x is not None
    assert batch.x[0] == 116.9
    assert batch.x[1] != batch.x[1]


@pytest.mark.parametrize(
    ("text", "code"),
    [("a,b\n", "table-empty"), ("a,b\n , \n", "table-empty"), ("a,a\n1,2\n", "column-twice"),
     ("a,b\n1,2\n1,2,3\n", "table-row-too-wide"), (",\n1,2\n", "table-empty")],
)  # fmt: skip
def test_what_is_no_table(text: str, code: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(FileUnreadable, match=code):
        rows(path)
    with pytest.raises(FileUnreadable, match=code):
        told(path)


def test_batches_of_a_block_are_of_much_the_same_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_batches, "BATCH_ROWS", 40)
    path = tmp_path / "t.csv"
    path.write_text(PLAIN)
    assert [len(batch.numbers) for batch in open_batches(path).batches()] == [25, 25]
