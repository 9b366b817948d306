"""The files of a plan's steps: kept as they are, told by their content, never replaced, handed out to be saved."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from api.app import create_app
from api.services import files
from data.settings import Settings
from geo.errors import FileUnreadable
from tests.api.cli.test_plan import run
from tests.data.store.conftest import WEST

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40
NAME = "关于调整网格的批复 (终稿).pdf"


@pytest.fixture(scope="module")
def template(town_of_blocks: str) -> str:
    """The town of blocks: each test has a copy."""
    return town_of_blocks


@pytest.fixture
def client(db_url: str) -> Any:
    with TestClient(create_app(Settings(database_url=db_url))) as client:
        yield client


def entered(client: TestClient) -> tuple[int, int]:
    """A draft with a step: their numbers."""
    (head,) = client.post("/plans", json={"communities": [WEST]}).json()["plans"]
    step = {"stage": "approved", "day": "2026-11-20", "number": "桐政办〔2026〕18号"}
    kept = client.post(f"/plans/{head['id']}/stages", json=step).json()
    assert (kept["file"], kept["file_bytes"]) == (None, None)
    return head["id"], kept["id"]


def test_a_file_is_kept_and_handed_out_as_it_was(client: TestClient) -> None:
    plan, step = entered(client)
    where = f"/plans/{plan}/stages/{step}/file"
    kept = client.post(where, params={"file_name": NAME, "by": "张三"}, content=PDF)
    assert kept.status_code == 200, kept.text
    told = kept.json()
    assert (told["file"], told["file_name"], told["file_type"]) == (where, NAME, "application/pdf")
    assert (told["file_bytes"], told["file_sha256"]) == (len(PDF), hashlib.sha256(PDF).hexdigest())
    assert client.get(f"/plans/{plan}/stages").json()["stages"] == [told]

    reply = client.get(where)
    assert (reply.content, reply.headers["content-type"]) == (PDF, "application/pdf")
    assert (
        reply.headers["content-disposition"]
        == f"attachment; filename*=UTF-8''{quote(NAME, safe='')}"
    )
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in reply.headers["content-security-policy"]

    again = client.post(where, params={"file_name": "另一份.pdf"}, content=PDF)
    assert (again.status_code, again.json()["title"]) == (409, "stage-file-kept")
    assert client.get(where).content == PDF


def test_what_is_no_document_is_refused(client: TestClient) -> None:
    plan, step = entered(client)
    where = f"/plans/{plan}/stages/{step}/file"
    for content in (b"", b"<html><script>alert(1)</script>", b"MZ\x90\x00"):
        reply = client.post(where, params={"file_name": "a.pdf"}, content=content)
        assert (reply.status_code, reply.json()["title"]) == (422, "stage-file-unusable")
    absent = client.get(where)
    assert (absent.status_code, absent.json()["title"]) == (404, "stage-file-unknown")
    other = client.post(
        f"/plans/{plan}/stages/{step + 1}/file", params={"file_name": "a"}, content=PDF
    )
    assert (other.status_code, other.json()["title"]) == (404, "stage-unknown")


def test_kinds_are_told_by_what_is_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    def zipped(name: str) -> bytes:
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w") as archive:
            archive.writestr(name, "")
        return held.getvalue()

    assert files.kind_of("a.bin", zipped("word/document.xml")).endswith("wordprocessingml.document")
    assert files.kind_of("a.bin", zipped("OFD.xml")) == "application/ofd"
    assert files.kind_of("a.bin", zipped("scan.tif")) == "application/zip"
    with pytest.raises(FileUnreadable):
        files.kind_of("a.zip", b"PK\x03\x04 no zip")
    monkeypatch.setattr(files, "MOST_BYTES", len(PDF) - 1)
    with pytest.raises(FileUnreadable):
        files.kind_of("a.pdf", PDF)


def test_the_database_keeps_no_sum_that_is_wrong(client: TestClient, engine: Engine) -> None:
    _, step = entered(client)
    wrong = text(
        "INSERT INTO plan_stage_files (stage_id, name, type, content, sha256, actor)"
        " VALUES (:step, 'a.pdf', 'application/pdf', 'x', 'y', 'z')"
    )
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(wrong, {"step": step})


def test_the_command_keeps_and_writes_files(
    client: TestClient, db_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, _ = entered(client)
    monkeypatch.setenv("DATABASE_URL", db_url)
    file, back = tmp_path / NAME, tmp_path / "back.pdf"
    file.write_bytes(PDF)
    said = run("stage", str(plan), "notice", "--day", "2026-11-21", "--file", str(file))
    assert said.exit_code == 0, said.output
    steps = client.get(f"/plans/{plan}/stages").json()["stages"]
    assert [one["stage"] for one in steps] == ["approved", "notice"]
    listed = run("stages", str(plan))
    assert "Public notice" in listed.output
    assert NAME in listed.output
    taken = run("stage-file", str(plan), str(steps[1]["id"]), "-o", str(back))
    assert taken.exit_code == 0, taken.output
    assert back.read_bytes() == PDF
