"""``wangge report``: files or the store, four endings, one part of it; exit status 0, 1, 2."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import geopandas as gpd
import openpyxl
import pytest
from PIL import Image
from sqlalchemy import Engine

from api.services.plans import publish_within, store_city_plan
from data.store import regions
from tests.api.cli.test_check import run
from tests.api.services import test_check_chain
from tests.api.services.test_check_chain import GRIDS, files
from tests.api.services.test_imports import PLANNER
from tests.data.store.conftest import EAST, WEST, town, town_plan

folder = test_check_chain.folder


def options(folder: Path) -> list[str]:
    return [part for name, spec in files(folder).items() for part in (f"--{name}", spec)]


def test_files_become_a_word_report_without_any_database(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    output = folder / "报告.docx"
    arguments = ["report", *options(folder), "--place", "某市", "-o", str(output)]
    assert run(monkeypatch, arguments) == 0
    assert str(output) in capsys.readouterr().out.replace("\n", "")
    paper = docx.Document(str(output))
    words = "\n".join(line.text for line in paper.paragraphs)
    assert "某市共有 2 个社区、4 个网格" in words
    assert "纵向到底率 100 %" in words
    assert len(paper.inline_shapes) == 1


@pytest.mark.parametrize("ending", ["xlsx", "pdf", "png"])
def test_every_ending_is_the_format_that_it_says(
    folder: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    output = folder / f"报告.{ending}"
    assert run(monkeypatch, ["report", *options(folder), "-o", str(output)]) == 0
    content = output.read_bytes()
    if ending == "xlsx":
        assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames[0] == "汇总"
    elif ending == "png":
        assert Image.open(io.BytesIO(content)).format == "PNG"
    else:
        assert content.startswith(b"%PDF-")


def test_one_community_alone_and_the_layer_beside_the_grids(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = folder / "一个社区.xlsx"
    given = {name: spec for name, spec in files(folder).items() if name != "communities"}
    arguments = [part for name, spec in given.items() for part in (f"--{name}", spec)]
    arguments += ["--under", EAST, "-o", str(output)]
    assert run(monkeypatch, ["report", *arguments]) == 0
    book = openpyxl.load_workbook(output)
    rows = list(book["网格链条"].iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in rows] == GRIDS[2:]
    assert {row[2] for row in rows} == {"东社区"}
    assert book["汇总"]["A1"].value.startswith("东社区")


def test_what_blocks_is_status_one_and_is_in_the_report(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town_plan().grids.iloc[1:].to_file(folder / "torn.gpkg", layer="grids")
    given = files(folder) | {"grids": f"{folder / 'torn.gpkg'}:grids"}
    arguments = [part for name, spec in given.items() for part in (f"--{name}", spec)]
    output = folder / "问题.xlsx"
    assert run(monkeypatch, ["report", *arguments, "-o", str(output)]) == 1
    rows = openpyxl.load_workbook(output)["问题清单"].iter_rows(min_row=2, values_only=True)
    assert {("阻断", "gap"), ("警告", "building-uncovered")} & {(row[1], row[15]) for row in rows}


def test_what_cannot_be_reported_is_status_two(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = files(folder)
    cases = {
        "后缀": ["report", *options(folder), "-o", str(folder / "报告.doc")],
        "需要网格": ["report", "--communities", given["communities"], "-o", str(folder / "a.pdf")],
        "没有编码为": [
            "report",
            *options(folder),
            "--under",
            "99",
            "-o",
            str(folder / "a.pdf"),
        ],
    }
    for said, arguments in cases.items():
        assert run(monkeypatch, arguments) == 2
        assert said in capsys.readouterr().err
    assert not (folder / "a.pdf").exists()


def test_without_files_the_grids_in_force_are_reported(
    engine: Engine, db_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", db_url)
    output = tmp_path / "全市.docx"
    assert run(monkeypatch, ["report", "-o", str(output)]) == 2  # no plan is in force
    with engine.begin() as connection:
        regions.merge(connection, town())
        drafts = store_city_plan(connection, town_plan(), actor=PLANNER)
        publish_within(connection, drafts.values(), actor=PLANNER)
    assert run(monkeypatch, ["report", "-o", str(output)]) == 0
    words = "\n".join(line.text for line in docx.Document(str(output)).paragraphs)
    assert "桐城市共有 2 个社区、4 个网格" in words
    assert "没有台账、未检查" in words
    assert run(monkeypatch, ["report", "--under", WEST, "-o", str(output)]) == 0
    words = "\n".join(line.text for line in docx.Document(str(output)).paragraphs)
    assert "西社区共有 1 个社区、2 个网格" in words


def test_a_report_is_never_written_over_what_it_reads(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "posts.csv").rename(folder / "posts.xlsx")
    before = (folder / "posts.xlsx").read_bytes()
    arguments = ["--grids", files(folder)["grids"], "--posts", str(folder / "posts.xlsx")]
    assert run(monkeypatch, ["report", *arguments, "-o", str(folder / "posts.xlsx")]) == 2
    assert (folder / "posts.xlsx").read_bytes() == before


def test_kinds_in_chinese_are_counted_by_kind(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = folder / "报告.docx"
    assert run(monkeypatch, ["report", *options(folder), "-o", str(output)]) == 0
    cells = [
        cell.text
        for table in docx.Document(str(output)).tables
        for row in table.rows
        for cell in row.cells
    ]
    assert "居民住宅" in cells
    assert gpd.read_file(folder / "town.gpkg", layer="buildings")["类型"].iloc[0] == "居民住宅"
