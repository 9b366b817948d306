"""Tables as a terminal shows them: whole titles, Chinese folded as Chinese, nothing stored taken for markup."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from rich.console import Console

from api.cli import console

WIDE = 40


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "out", Console(width=WIDE, highlight=False))


def test_a_title_wider_than_its_table_stays_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    console.table("检查出的问题（位置与详情见 --report）", ("程度", "条数"), [("警告", 1)])
    assert capsys.readouterr().out.splitlines()[0] == "检查出的问题（位置与详情见 --report）"


def test_a_title_wider_than_the_terminal_leaves_no_mark_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    title = "方案得分（越小越均衡，越大越好，按户数计）"
    console.table(title, ("程度",), [("警告",)])
    lines = capsys.readouterr().out.splitlines()
    first, second = lines[:2]
    assert first + second == title
    assert second not in "）。，"


def test_cells_are_folded_as_chinese_is_and_lose_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = "网格 340881003005003 的 A 岗空缺：有岗无人[red]。请任命一人" + "x" * 50
    console.table("t", ("甲", "数"), [(said, 12)])
    lines = capsys.readouterr().out.splitlines()
    assert all(cell_len(line) <= WIDE for line in lines)
    cells = [line.split("│")[1].strip() for line in lines if line.startswith("│")]
    assert "".join(cells).replace(" ", "") == said.replace(" ", "")
    assert not any(cell.startswith(("。", "：")) for cell in cells)


def test_a_line_in_a_file_is_not_folded(capsys: pytest.CaptureFixture[str]) -> None:
    console.line("很" * 50)
    assert capsys.readouterr().out == "很" * 50 + "\n"
