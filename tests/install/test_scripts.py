"""The shell scripts and the locks: checked, and without an address."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ("run", "test", ".ci/run", ".ci/lock", ".ci/setup.sh")
LOCKS = ("requirements.txt", "requirements-test.txt", ".ci/build.txt")


def bash(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A program with the scripts' functions at hand."""
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", f"source .ci/setup.sh\n{program}"],
        cwd=ROOT,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def pins(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==([\w.]+)", (ROOT / lock).read_text(), re.M))


def test_shellcheck_finds_nothing() -> None:
    shellcheck = Path(sys.executable).with_name("shellcheck")
    read = subprocess.run(
        [str(shellcheck), "--external-sources", *SCRIPTS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (read.returncode, read.stdout) == (0, "")


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert not re.search(r"://|file:|--index|--find-links|--extra-index", text)
    blocks = re.split(r"^(?=\w)", text, flags=re.M)[1:]
    assert blocks
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_locks_agree() -> None:
    run, test, build = (pins(lock) for lock in LOCKS)
    assert run.items() <= test.items()
    shared = build.keys() & test.keys()
    assert {name: build[name] for name in shared} == {name: test[name] for name in shared}


def test_the_locks_hold_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    names = {re.split(r"[^\w.-]", line)[0] for line in wanted}
    assert names <= pins("requirements-test.txt").keys()
    needed = {re.split(r"[^\w.-]", line)[0] for line in project["dependencies"]}
    assert needed <= pins("requirements.txt").keys()


def test_all_that_is_missing_is_said_at_once() -> None:
    """Nothing is there, nobody is root: one message with everything and the line to run."""
    nothing = "\n".join(
        f"has_{what}() {{ return 1; }}"
        for what in ("python_311", "venv", "certificates", "chinese_font", "postgis", "chromium")
    )
    refused = bash(f"{nothing}\nid() {{ echo 1000; }}\npackages test", WANGGE_LANG="en")
    assert refused.returncode == 2
    line = next(line for line in refused.stderr.splitlines() if "apt-get install" in line)
    assert line.strip().startswith("mkdir -p /etc/postgresql-common/createcluster.d")
    assert "create_main_cluster = false" in line
    for package in ("python3-venv", "fonts-noto-cjk", "chromium", "ca-certificates"):
        assert package in line
    assert re.search(r"postgresql-(\d+) postgresql-\1-postgis-3", line)


def test_one_s_own_database_needs_no_server_programs() -> None:
    without = "has_postgis() { return 1; }\nmissing_packages run"
    assert "postgis" in bash(without).stdout
    assert "postgis" not in bash(without, DATABASE_URL="postgresql://elsewhere/city").stdout


def test_no_ignore_file_hides_the_code_in_data() -> None:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git work tree")
    code = [f"{folder}/new.py" for folder in ("geo", "data", "data/demo", "maps", "api", "tests")]
    hidden = subprocess.run(
        ["git", "check-ignore", "--no-index", *code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (hidden.returncode, hidden.stdout) == (1, "")
