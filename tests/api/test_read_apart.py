"""Foreign files over HTTP: while one is read that never ends, everybody else is answered; when its sender leaves or the
service is killed, nothing of it stays."""

from __future__ import annotations

import http.client
import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from api.app import create_app
from data.apart.nursing import PREFIX
from data.readers import handed
from data.settings import Settings
from tests.api.blocks_town import middle
from tests.api.test_plan_imports import waiting
from tests.api.test_redrawing_killed import SERVE
from tests.benchmarks.town import family
from tests.benchmarks.town import served as commanded
from tests.data.apart import reads
from tests.data.apart.test_apart import gone, lives, soon
from tests.data.apart.test_hostile_files import FAR, many_fields, sheet
from tests.serving import served


@pytest.fixture(scope="module")
def template(town_of_blocks: str) -> str:
    """The town of blocks: each test has a copy."""
    return town_of_blocks


@pytest.fixture
def town(db_url: str) -> Settings:
    return Settings(database_url=db_url, reading_s=1)


@pytest.fixture
def client(town: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(town)) as client:
        yield client


def upload(site: str, content: bytes, name: str) -> httpx.Response:
    query = {"file_name": name, "by": "张三"}
    return httpx.post(f"{site}/plans/imports", params=query, content=content, timeout=600)


def folders() -> list[Path]:
    return list(Path(tempfile.gettempdir()).glob(f"{PREFIX}{os.getpid()}-*/*"))


def test_a_file_without_end_is_refused_and_not_kept(client: TestClient, engine: Engine) -> None:
    query = {"file_name": "方案.geojson", "by": "张三"}
    for language, said in (("zh", "方案.geojson 超过 1 秒"), ("en", "not read within 1 s")):
        reply = client.post(
            "/plans/imports",
            params=query,
            content=many_fields(),
            headers={"accept-language": language},
        )
        assert (reply.status_code, reply.json()["title"]) == (422, "reading-time")
        assert said in reply.json()["detail"]
    assert waiting(engine) == 0


def test_a_workbook_that_aborts_its_reader_harms_nobody(client: TestClient) -> None:
    first = '<row r="1"><c r="A1" t="inlineStr"><is><t>诉求地点</t></is></c></row>'
    room = "x" * 500
    hidden = f'<row y="{room}" r="1048576"><c y="{room}" r="XFD1048576"><v>1</v></c></row>'
    for far, title in (
        (FAR[1], {"sheet-too-large"}),
        (hidden, {"reading-crashed", "reading-memory"}),
    ):
        content = sheet(first + far)
        for path in ("/calls", "/calls/open.xlsx"):
            reply = client.post(path, params={"file_name": "热线.xlsx"}, content=content)
            assert (reply.status_code, reply.json()["title"] in title) == (422, True)
    assert client.get("/readyz").status_code == 200


def test_others_are_answered_meanwhile_and_a_sender_who_leaves_ends_it(
    town: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handed, "drawing", reads.hangs_on_upload)
    there, patient = tmp_path / "there", town.model_copy(update={"reading_s": 600})
    lng, lat = middle(1, 0)
    with served(patient) as site:
        sender = http.client.HTTPConnection(site.removeprefix("http://"))
        path = "/plans/imports?file_name=a.kml&by=a"
        sender.request("POST", path, str(there).encode())
        soon(there.exists)
        for _ in range(20):
            found = httpx.get(f"{site}/locate", params={"lng": lng, "lat": lat})
            assert found.status_code == 200
            assert httpx.get(f"{site}/plans/imports").json() == {"imports": []}
        pid = int(there.read_text().split()[0])
        assert lives(pid)
        sender.close()
        gone(there.read_text())
        assert folders() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
@pytest.mark.usefixtures("town")
def test_a_service_that_stops_or_is_killed_leaves_no_child_and_no_file(
    db_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: signal.Signals,
) -> None:
    """The very command, reading what has no end; only its own process is told, or killed."""
    monkeypatch.setenv("WANGGE_READING_S", "600")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    replies: list[httpx.Response] = []
    with commanded(SERVE, db_url) as ((host, port), pid):
        content = many_fields()

        def send() -> None:
            with suppress(httpx.HTTPError):
                replies.append(upload(f"http://{host}:{port}", content, "方案.geojson"))

        thread = threading.Thread(target=send)
        thread.start()
        soon(lambda: len(list(tmp_path.glob(f"{PREFIX}*/*/upload.geojson"))) == 1)
        readers = family(pid)[1:]
        assert len(readers) == 2, "a nursery and a child"
        os.kill(pid, number)
        thread.join()
        soon(lambda: not any(lives(one) for one in readers))
        soon(lambda: list(tmp_path.glob(f"{PREFIX}*")) == [])
    told = [(one.status_code, one.json()["title"]) for one in replies]
    assert told == ([(503, "reading-stopped")] if number == signal.SIGTERM else [])
