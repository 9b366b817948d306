"""A hotline's sheet over HTTP: looked at, imported, what is open given back and handed over again."""

from __future__ import annotations

import io
import json
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from threading import Event
from time import sleep
from typing import Any

import httpx
import pandas as pd
import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import expect

from api.description import PROBLEM
from api.routes.told import MEDIA
from api.services.call_files import CallFiles, Taken
from api.services.imports import Options
from data.apart import Cancel
from geo.errors import InputError
from maps.texts import text
from tests.api.test_search import client, template  # noqa: F401
from tests.browsing import Window

NAME = {"file_name": "热线.xlsx"}
FINDING = text("progress.find-places")
PATIENCE_S = 30.0


def book(table: pd.DataFrame) -> bytes:
    sink = io.BytesIO()
    table.to_excel(sink, index=False)
    return sink.getvalue()


CALLS = pd.DataFrame(
    [("1", "和平小区3栋", "漏水"), ("2", "和平", "路灯不亮"), ("3", "火星基地", "咨询")],
    columns=["工单编号", "诉求地点", "诉求内容"],
)


def hand_over(client: TestClient, content: bytes, **query: Any) -> httpx.Response:  # noqa: F811
    return client.post("/calls", params={**NAME, **query}, content=content)


def test_a_sheet_is_looked_at_imported_and_what_is_open_comes_back(
    client: TestClient,  # noqa: F811
) -> None:
    content = book(CALLS)
    looked = hand_over(client, content, dry_run=True)
    assert looked.status_code == 200, looked.text
    dry = looked.json()
    assert (dry["written"], dry["added"]) == (False, 1)
    assert {row["key"]: bool(row["candidates"]) for row in dry["open"]} == {"2": True, "3": False}
    assert client.get("/incidents").json()["items"] == []
    done = hand_over(client, content).json()
    assert (done["written"], done["added"], len(done["open"])) == (True, 1, 2)
    assert hand_over(client, content).json()["added"] == 0
    back = client.post("/calls/open.xlsx", params=NAME, content=content)
    assert back.status_code == 200
    table = pd.read_excel(io.BytesIO(back.content), dtype=str, engine="openpyxl")
    assert set(table["导入编号"]) == {"2", "3"}
    table["选定"] = ["1" if key == "2" else None for key in table["导入编号"]]
    again = hand_over(client, book(table)).json()
    assert (again["added"], [row["key"] for row in again["open"]]) == (1, ["3"])
    assert len(client.get("/incidents").json()["items"]) == 2


def test_what_is_no_sheet_is_refused_and_says_what_to_do(client: TestClient) -> None:  # noqa: F811
    for name, content in (
        ("热线.pdf", b"%PDF"),
        ("热线.xlsx", b"PK no book"),
        ("../../热线.vrt", b"<VRT/>"),
    ):
        reply = client.post("/calls", params={"file_name": name}, content=content)
        assert reply.status_code in (400, 422), (name, reply.text)
        assert reply.json()["detail"]
    reply = client.post("/calls", params={"file_name": "x.csv"}, content="工单编号\n1\n".encode())
    assert 400 <= reply.status_code < 500
    everything = pd.DataFrame([("1", "和平小区3栋")], columns=["工单编号", "诉求地点"])
    back = client.post(
        "/calls/open.xlsx", params={"file_name": "/a:b.xlsx"}, content=book(everything)
    )
    assert back.status_code == 200
    assert pd.read_excel(io.BytesIO(back.content), engine="openpyxl").empty


def events(reply: httpx.Response) -> list[tuple[str, Any]]:
    """What was told, by name, in order."""
    assert reply.headers["content-type"].startswith(MEDIA)
    lines = [event.split("\n") for event in reply.text.split("\n\n") if event]
    return [(name.removeprefix("event: "), json.loads(data[6:])) for name, data in lines]


def test_who_asks_for_it_is_told_how_far_it_is(client: TestClient) -> None:  # noqa: F811
    accept = {"accept": MEDIA, "accept-encoding": "gzip"}
    many = pd.DataFrame([(str(n), "和平", "漏水") for n in range(120)], columns=CALLS.columns)
    query = {**NAME, "with_sheet": True, "dry_run": True}
    reply = client.post("/calls", params=query, content=book(many), headers=accept)
    *progress, (name, done) = events(reply)
    assert [(one["done"], one["of"]) for _, one in progress if one["said"] == FINDING] == [
        (50, 120), (100, 120), (120, 120),
    ]  # fmt: skip
    assert (name, done["counts"]["rows"]) == ("done", 120)
    table = pd.read_excel(io.BytesIO(b64decode(done["sheet"])), dtype=str, engine="openpyxl")
    assert len(table) == 120
    refused = client.post("/calls", params=NAME, content=b"PK no book", headers=accept)
    assert (refused.status_code, refused.headers["content-type"]) == (422, PROBLEM)


@pytest.mark.parametrize(
    ("error", "code"),
    [(InputError("place-half", lng=1, lat=None), "place-half"), (ValueError("no"), "defect")],
)
def test_what_ends_the_work_is_told(
    client: TestClient,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    code: str,
) -> None:
    def breaks(
        _files: CallFiles, _file: str, _content: bytes, options: Options, *, cancel: Cancel
    ) -> Taken:
        assert not cancel.given_up
        options.progress("find-places", 1, 2)
        raise error

    monkeypatch.setattr(CallFiles, "take", breaks)
    reply = client.post("/calls", params=NAME, content=b"x", headers={"accept": MEDIA})
    assert [(name, said.get("title")) for name, said in events(reply)] == [
        ("progress", None),
        ("problem", code),
    ]


@pytest.mark.parametrize(("lang", "width"), [("zh", 390), ("en", 1280)])
def test_a_sheet_is_imported_on_the_page_and_the_rest_is_saved(
    site: str, window: Callable[..., Window], tmp_path: Path, lang: str, width: int
) -> None:
    file = tmp_path / "热线.xlsx"
    file.write_bytes(book(CALLS))
    tab = window(width=width).open(f"{site}/dispatch?lang={lang}")
    tab.click("#calls summary")
    tab.set_input_files("#calls input", file)
    take = tab.locator("#calls [data-act=import]")
    expect(take).to_be_visible()
    expect(tab.locator("#calls li")).to_have_count(2)
    expect(tab.locator("#live li")).to_have_count(0)
    take.press("Enter")
    expect(tab.locator("#live li")).to_have_count(1)
    expect(take).to_be_hidden()
    with tab.expect_download() as saved:
        tab.click("#calls [data-act=open]")
    table = pd.read_excel(saved.value.path(), dtype=str, engine="openpyxl")
    assert len(table) == 2
    assert saved.value.suggested_filename.startswith("热线-")
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_long_look_shows_how_far_it_is_and_ends_when_another_file_is_chosen(
    site: str, window: Callable[..., Window], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = Event()
    real = CallFiles.take

    def slow(
        files: CallFiles, file: str, content: bytes, options: Options, *, cancel: Cancel
    ) -> Taken:
        if file == "热线.csv":
            return real(files, file, content, options, cancel=cancel)
        try:
            while True:  # until nobody waits
                options.progress("find-places", 50, 4000)
                sleep(0.02)
        finally:
            ended.set()

    monkeypatch.setattr(CallFiles, "take", slow)
    tab = window(width=390).open(f"{site}/dispatch?lang=zh")
    tab.click("#calls summary")
    long, short = tmp_path / "长.csv", tmp_path / "热线.csv"
    long.write_text("x", "utf-8")
    short.write_text(CALLS.to_csv(index=False), "utf-8")
    tab.set_input_files("#calls input", long)
    expect(tab.locator("#calls .going")).to_have_text(f"{FINDING}：50 / 4,000")
    assert tab.locator("#calls progress").evaluate("bar => bar.position") == 50 / 4000
    tab.set_input_files("#calls input", short)
    expect(tab.locator("#calls [data-act=import]")).to_be_visible()
    expect(tab.locator("#calls .going")).to_be_hidden()
    assert ended.wait(PATIENCE_S)
