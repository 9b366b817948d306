"""The pages of the command and its complaints: whole, in the reader's language, and nothing of Typer's English."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from api.cli import VERBS, build, usage
from api.cli.console import translator
from api.cli.folding import fold
from api.cli.kinds import kind_of
from geo.errors import OptionError
from maps.texts import catalogue

FOREIGN = re.compile(
    r"Usage|Options?\b|Arguments|Commands|Show this message|Missing|Invalid|default|required"
    r"|INTEGER|TEXT|<\w+>|No such|unexpected|requires|should be|Input"
)


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "90")


def page(lang: str, *words: str, capsys: pytest.CaptureFixture[str]) -> str:
    command = build(translator(lang), words[0] if words else None)
    assert command([*words, "--help"], prog_name="wangge", standalone_mode=False) == 0
    return capsys.readouterr().out


def complaint(lang: str, words: Sequence[str]) -> str:
    t = translator(lang)
    with pytest.raises(typer.TyperException) as raised:
        build(t, words[0])(list(words), prog_name="wangge", standalone_mode=False)
    return usage.explain(raised.value, t)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("verb", [*VERBS, ""])
def test_a_page_is_whole(verb: str, lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    shown = page(lang, *([verb] if verb else []), capsys=capsys)
    told = "".join(shown.split())
    texts = catalogue(lang)
    said = texts[f"cli_{verb}.help" if verb else "cli.help"]
    assert "".join(said.split()) in told
    if lang == "zh":
        assert FOREIGN.findall(shown) == []
    examples = [line for line in shown.splitlines() if "wangge " in line]
    wide = [line for line in shown.splitlines() if cell_len(line) > 90 and line not in examples]
    assert wide == []


def _commands(command: Any) -> Iterator[Any]:
    """A command and those under it."""
    yield command
    for one in getattr(command, "commands", {}).values():
        yield from _commands(one)


@pytest.mark.parametrize("verb", VERBS)
def test_what_a_value_is_stands_in_chinese(verb: str) -> None:
    t = translator("zh")
    told = [
        (one.name, kind_of(param, t))
        for one in _commands(typer.main.get_command(build(t, verb)))
        for param in one.params
        if not getattr(param, "is_flag", False)
    ]
    assert [name for name, kind in told if re.search("[A-Z]", kind)] == []


def test_a_page_tells_limits_and_what_stands_in(capsys: pytest.CaptureFixture[str]) -> None:
    shown = page("en", "draw", capsys=capsys)
    assert re.search(r"--households MIN MAX .*\[default 300 500\]", shown)
    assert re.search(r"--seed N .*\[≥ 0, default 0\]", " ".join(shown.split()))
    assert shown.startswith("Usage: wangge draw -o FILE [OPTIONS] [CITY.gpkg]\n")
    assert re.search(r"-o, --output FILE .*\[required\]", " ".join(shown.split()))


WRONG = {
    "draw": "缺少 -o 文件",
    "draw x -o a.gpkg --sed 3": "没有 --sed 这个选项。相近的有：--seed",
    "draw x -o a.gpkg --seed x": "--seed 的值“x”用不了：应为整数，范围 ≥ 0",
    "draw x -o a.gpkg --seed -1": "--seed 的值“-1”用不了：应为整数，范围 ≥ 0",
    "draw x -o a.gpkg --households 3": "--households 下限 上限 后面要有 2 个值",
    "draw x -o a.gpkg --households 3 x": "应为 2 个整数（下限 上限），例如 300 500",
    "draw x -o a.gpkg --profile x": "--profile 的值“x”用不了：应为 cn|plain 之一",
    "draw x y z -o a.gpkg": "多出了 y z。",
    "draw x -o": "-o 文件 后面要有 1 个值",
    "check --tolerance-m x": "--tolerance-m 的值“x”用不了：应为数字",
    "map --grids x -o a.html --as-of 2026": "应为日期，例如 2026-03-01",
    "import": "缺少 名目：导入什么：regions",
    "import regions x --strict=1": "--strict 是开关，后面不带值",
    "db status x": "多出了 x。",
    "serve --port 99999": "应为整数，范围 0–65535",
}


@pytest.mark.parametrize("words", WRONG)
def test_a_wrong_call_is_told_what_and_how(words: str) -> None:
    said = complaint("zh", words.split())
    assert WRONG[words] in said
    verb = words.split(maxsplit=1)[0]
    assert f"用法：wangge {verb}" in said
    assert f"详细说明：wangge {verb}" in said
    assert FOREIGN.findall(said) == []
    assert not re.search("[\u4e00-\u9fff]", complaint("en", words.split()))


@pytest.mark.parametrize(("words", "near"), [("drow", "draw"), ("db upp", "up")])
def test_a_word_that_is_no_command_is_told_the_nearest(words: str, near: str) -> None:
    with pytest.raises(OptionError) as raised:
        build(translator("zh"), words.split(maxsplit=1)[0])(words.split(), standalone_mode=False)
    assert raised.value.code == "verb-unknown"
    assert near in str(raised.value.params["near"])


def run(*words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("wangge")
    return subprocess.run(
        [program, *words], input=given, capture_output=True, text=True, check=False
    )


def test_the_process_ends_with_2_where_it_was_called_wrongly() -> None:
    alone = run()
    assert (alone.returncode, alone.stderr) == (2, "")
    assert "wangge draw 城市.gpkg -o 方案.gpkg" in alone.stdout
    wrong = run("draw", "--sed")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr.startswith("错误：没有 --sed")
    assert run("--help").returncode == 0


def test_only_a_yes_destroys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANGGE_STATE_DIR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    nothing = run("db", "destroy", given="maybe\n")
    assert (nothing.returncode, nothing.stderr) == (0, "")
    try:
        assert run("db", "up").returncode == 0
        kept = run("db", "destroy", given="maybe\n")
        assert (kept.returncode, kept.stderr) == (1, "已中止。\n")
        assert run("db", "status").returncode == 0
    finally:
        assert run("db", "destroy", "--yes").returncode == 0


WORDS = st.text(st.sampled_from("网格员，。（）“”、wangge --map a=b 12 "), max_size=80)


@example("111111111 ”", 10)
@example("1、、、（ 1", 10)
@given(WORDS, st.integers(10, 40))
def test_folding_loses_nothing_and_keeps_marks_with_their_words(text: str, width: int) -> None:
    lines = fold(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines[1:]:
        assert not line.startswith(("，", "。", "）", "”", "、"))
    assert not any(line.endswith(("（", "“")) for line in lines[:-1])
