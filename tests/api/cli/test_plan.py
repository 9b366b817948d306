"""``wangge plan``: a draft made, redrawn, compared and published from the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import typer
from shapely.geometry import box
from sqlalchemy import Engine, text
from typer.testing import CliRunner, Result

from api.cli.console import translator
from api.cli.plan import register
from geo.errors import Conflict, FileUnreadable, InputError, OptionError
from geo.model import CRS
from tests.api.blocks_town import FIRST, SECOND, block_id, town_plan
from tests.api.test_redrawing import paint, rows
from tests.data.store.conftest import EAST, WEST


@pytest.fixture(scope="module")
def template(town_of_blocks: str) -> str:
    """The town of blocks: each test has a copy."""
    return town_of_blocks


@pytest.fixture(autouse=True)
def town(db_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DATABASE_URL", db_url)
    monkeypatch.setenv("WANGGE_LANG", "en")
    monkeypatch.setenv("COLUMNS", "200")
    yield


def run(*words: str, given: str = "") -> Result:
    app = typer.Typer()
    register(app, translator("en"))
    return CliRunner().invoke(app, ["plan", *words], input=given)


def ran(*words: str, status: int = 0, given: str = "") -> str:
    result = run(*words, given=given)
    assert result.exit_code == status, (result.output, result.exception)
    return result.output


def told(*words: str, given: str = "") -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(ran(*words, "--json", "-", given=given))
    return answer


def drafted(*words: str) -> str:
    ran("new", WEST, "--by", "张三", *words)
    return max((one for one in numbers("--status", "draft")), key=int)


def numbers(*words: str) -> list[str]:
    rows = [line.split("│") for line in ran("list", *words).splitlines() if "│" in line]
    return [row[1].strip() for row in rows if row[1].strip().isdigit()]


def refused(kind: type[Exception], code: str, *words: str) -> None:
    result = run(*words)
    assert isinstance(result.exception, kind), (result.output, result.exception)
    assert result.exception.code == code  # type: ignore[attr-defined]


def test_a_draft_from_beginning_to_end(engine: Engine, tmp_path: Path) -> None:
    plan = drafted("--name", "Plan A")
    assert "Plan A" in ran("list", "--community", WEST)
    assert "Nothing is wrong." in ran("show", plan)
    file = tmp_path / "operations.json"
    file.write_text(json.dumps([paint(1, 0, SECOND)]), "utf-8")
    assert "buildings 1" in ran("edit", plan, f"@{file}", "--by", "张三")
    again = told(
        "edit",
        plan,
        json.dumps(paint(1, 1, SECOND)),
        "-",
        "--by",
        "张三",
        given=json.dumps(paint(1, 2, None)),
    )
    assert (again["version"], again["undo"]) == (3, 3)
    assert told("undo", plan, "--by", "张三")["redo"] == 1
    assert told("redo", plan, "--by", "张三")["redo"] == 0
    ran("undo", plan, "--by", "张三")
    diff = ran("diff", plan)
    assert FIRST in diff
    assert "households 100" in diff
    assert "Gini" in ran("replay", plan)
    assert told("diff", plan)["households"] == 100
    out = tmp_path / "answer.json"
    ran("replay", plan, "--json", str(out))
    assert json.loads(out.read_text("utf-8"))["moved"] == 0
    assert "taken over" not in ran("history", plan)
    excused = [f"--approve=size-{what}=for now" for what in ("households", "residents")]
    paper = ("--number", "桐政办〔2026〕18号", "--day", "2026-11-20")
    refused(OptionError, "approve-paper", "publish", plan, *paper)
    said = ran("publish", plan, *excused, *paper, "--by", "张三")
    assert "In force from" in said
    with engine.connect() as connection:
        kept = connection.scalar(
            text("SELECT exceptions FROM plans WHERE id = :id"), {"id": int(plan)}
        )
    assert {(one["number"], one["day"]) for one in kept or ()} == {(paper[1], paper[3])}
    with engine.connect() as connection:
        status = text("SELECT status FROM plans WHERE id = :id")
        assert connection.scalar(status, {"id": int(plan)}) == "published"
    (old,) = numbers("--status", "retired")
    assert "In force from" in ran("restore", old)


def test_who_changes_what_and_when(engine: Engine) -> None:
    plan = drafted()
    refused(Conflict, "draft-owned", "edit", plan, json.dumps(paint(1, 0, SECOND)), "--by", "李四")
    ran("edit", plan, json.dumps(paint(1, 0, SECOND)), "--by", "李四", "--take-over")
    stale = ("edit", plan, json.dumps(paint(1, 1, SECOND)), "--by", "李四", "--version", "1")
    refused(Conflict, "draft-stale", *stale)
    assert "taken over" in ran("history", plan)
    ran("publish", plan, "--since", "2099-01-01")
    assert numbers("--status", "scheduled") == [plan]
    with engine.connect() as connection:
        since = text("SELECT lower(valid) AT TIME ZONE 'Asia/Shanghai' FROM plans WHERE id = :id")
        assert str(connection.scalar(since, {"id": int(plan)})) == "2099-01-01 00:00:00"
    ran("withdraw", plan)
    refused(OptionError, "moment-unreadable", "publish", plan, "--since", "soon")
    refused(OptionError, "publish-backdated", "publish", plan, "--since", "2020-01-01")
    assert f"Draft {plan} is gone" in ran("discard", plan, "--by", "李四")


def test_what_blocks_is_status_1(engine: Engine) -> None:
    plan = drafted()
    with engine.begin() as connection:
        moved = text(
            "UPDATE buildings SET point = ST_SetSRID(ST_Point(116.9, 31.0), 4490) WHERE building_id = :id"
        )
        connection.execute(moved, {"id": f"{WEST}-00"})
    assert "building-uncovered" in ran("publish", plan, status=1)
    ran("show", plan, status=1)


def test_what_can_not_be_read(tmp_path: Path) -> None:
    plan = drafted()
    for word in ("{", "[]", "3", '["lock"]'):
        refused(OptionError, "operations-unreadable", "edit", plan, word)
    refused(FileUnreadable, "file-missing", "edit", plan, f"@{tmp_path / 'none.json'}")
    refused(OptionError, "operation-unknown", "edit", plan, '{"op": "fly"}', "--by", "张三")
    assert block_id(0, 0) not in ran("show", plan)


def test_the_whole_city_together() -> None:
    ran("new", "--by", "张三")
    plans = numbers("--status", "draft")
    assert len(plans) == 2
    assert EAST in ran("list", "--status", "draft")
    assert "plans 2" in ran("publish", *plans)


def test_a_plan_goes_out_into_a_file_and_comes_back_the_same(
    engine: Engine, tmp_path: Path
) -> None:
    ran("new", "--by", "张三")
    plan, other = numbers("--status", "draft")
    for operation in (
        paint(1, 0, None),
        {"op": "dedicate", "grid": SECOND, "reason": "园区"},
        {"op": "renumber", "codes": {FIRST: f"{WEST}009"}},
        {"op": "lock", "grid": SECOND},
    ):
        ran("edit", plan, json.dumps(operation), "--by", "张三")
    file = tmp_path / "plan.gpkg"
    assert str(file) in ran("export", plan, other, "-o", str(file))
    ran("import", str(file), "--name", "back", "--by", "李四")
    back = numbers("--status", "draft")[1::2]
    for one, again in zip((plan, other), back, strict=True):
        assert rows(engine, int(again)) == rows(engine, int(one))
    refused(Conflict, "plan-twice", "export", plan, back[0], "-o", str(file))


def test_faults_of_a_plan_from_elsewhere_are_told_and_repaired(tmp_path: Path) -> None:
    grids = town_plan().grids.set_index("code")
    wide, narrow = tmp_path / "wide.shp", tmp_path / "narrow.shp"
    for file, overlap_deg in ((wide, 0.0005), (narrow, 0.000002)):
        first = grids.geometry[FIRST].union(box(116.955, 31.04, 116.955 + overlap_deg, 31.05))
        drawn = grids.geometry.where(grids.index != FIRST, first)
        gpd.GeoDataFrame({"code": drawn.index}, geometry=drawn.to_numpy(), crs=CRS).to_file(file)
    refused(InputError, "plan-faulty", "import", str(narrow))
    refused(InputError, "plan-faulty", "import", str(wide), "--repair-within", "1")
    assert numbers("--status", "draft") == []
    assert "Faults repaired: 1; grids that changed" in ran(
        "import", str(narrow), "--repair-within", "1"
    )
    first_, second = numbers("--status", "draft")
    assert "Nothing is wrong." in ran("show", first_)
    assert "Nothing is wrong." in ran("show", second)


def test_the_documents_of_a_plan_go_into_a_folder(tmp_path: Path) -> None:
    plan = drafted()
    ran("edit", plan, json.dumps(paint(1, 0, SECOND)), "--by", "张三")
    folder = tmp_path / "papers"
    assert "6 files written" in ran("documents", plan, "-o", str(folder))
    names = ["notice.pdf", "notice.png", "register.xlsx", "report.docx", "sheets.pdf", "walk.pdf"]
    assert sorted(one.name for one in folder.iterdir()) == names
    assert all(one.stat().st_size > 4000 for one in folder.iterdir())
