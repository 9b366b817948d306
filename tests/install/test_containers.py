"""Dockerfile and compose file, as far as they can be tried without an engine: compose's own reading, and hadolint."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent
SECRET = "p@ss/w:rd#秘密"


def compose(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [str(PROGRAMS / "docker-compose"), "--file", str(ROOT / "docker-compose.yml"), *words],
        env=kept | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """The services as compose understands them."""
    read = compose("config", "--format", "json", WANGGE_DB_PASSWORD=SECRET)
    assert read.returncode == 0, read.stderr
    found: dict[str, Any] = json.loads(read.stdout)["services"]
    return found


@pytest.fixture(scope="module")
def instructions() -> list[str]:
    """The Dockerfile's instructions, one a line."""
    text = (ROOT / "Dockerfile").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return [line.strip() for line in "\n".join(lines).replace("\\\n", " ").splitlines() if line]


def test_compose_accepts_the_file() -> None:
    read = compose("config", "--quiet", WANGGE_DB_PASSWORD=SECRET)
    assert (read.returncode, read.stderr) == (0, "")


def test_without_a_password_nothing_starts() -> None:
    refused = compose("config", "--quiet")
    assert refused.returncode != 0
    assert "WANGGE_DB_PASSWORD" in refused.stderr


def test_hadolint_finds_nothing() -> None:
    read = subprocess.run(
        [str(PROGRAMS / "hadolint"), str(ROOT / "Dockerfile")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (read.returncode, read.stdout) == (0, "")


def test_the_secret_comes_from_the_environment_only(services: dict[str, Any]) -> None:
    assert services["app"]["environment"]["PGPASSWORD"] == SECRET
    assert services["postgis"]["environment"]["POSTGRES_PASSWORD"] == SECRET
    bare = json.dumps(services, ensure_ascii=False).replace(SECRET, "")
    assert not re.search(r"password\W+[\w]+@", bare, re.IGNORECASE)
    assert "PASSWORD" not in (ROOT / "Dockerfile").read_text("utf-8").upper()


def test_the_app_waits_for_a_healthy_postgis(services: dict[str, Any]) -> None:
    assert services["app"]["depends_on"]["postgis"]["condition"] == "service_healthy"
    assert services["postgis"]["healthcheck"]["test"][1] == "pg_isready"


def test_nothing_runs_as_root_or_beyond_the_loopback(
    services: dict[str, Any], instructions: list[str]
) -> None:
    app = services["app"]
    users = [line for line in instructions if line.startswith("USER")]
    assert users == [f"USER {app['user']}"]
    assert (app["read_only"], app["cap_drop"]) == (True, ["ALL"])
    assert [port["host_ip"] for port in app["ports"]] == ["127.0.0.1"]
    assert "ports" not in services["postgis"]


def test_data_outlive_the_containers(services: dict[str, Any]) -> None:
    volumes = {
        name: {volume["target"] for volume in service["volumes"] if volume["type"] == "volume"}
        for name, service in services.items()
    }
    assert volumes == {"app": {"/var/lib/wangge"}, "postgis": {"/var/lib/postgresql/data"}}


def test_images_are_pinned(services: dict[str, Any], instructions: list[str]) -> None:
    named = [line.split()[1] for line in instructions if line.startswith("FROM")]
    for image in (*named, services["postgis"]["image"]):
        assert re.search(r":\d+[\w.-]*$", image), image


def test_the_database_knows_chinese_letters(services: dict[str, Any]) -> None:
    arguments = services["postgis"]["environment"]["POSTGRES_INITDB_ARGS"].split()
    assert {"--locale=C.UTF-8", "--encoding=UTF8"} <= set(arguments)


def test_the_dockerfile_checks_health_and_serves(instructions: list[str]) -> None:
    health = next(line for line in instructions if line.startswith("HEALTHCHECK"))
    program = json.loads(health.partition("CMD ")[2])
    compile(program[2], "healthcheck", "exec")
    assert "/healthz" in program[2]
    command = json.loads(instructions[-1].removeprefix("CMD "))
    assert command == ["wangge", "serve", "--host", "0.0.0.0", "--trust-network"]


def test_what_is_copied_is_there_and_let_in(instructions: list[str]) -> None:
    let_in = {
        line[1:]
        for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        if line.startswith("!")
    }
    for line in instructions:
        if line.startswith("COPY") and "--from" not in line:
            for source in line.split()[1:-1]:
                assert (ROOT / source).exists()
                assert source in let_in
