"""The description of the API as a person sees it, in either language."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import uvicorn

from api.app import create_app
from data.settings import Settings
from tests.browsing import Window

FRAME = re.compile(
    r"Parameters|Responses|Description|Try it out|Execute|Request body|Schema|Links|required"
)


@pytest.fixture(scope="module")
def docs() -> Iterator[str]:
    """The page of a service that never comes so far as to have a database."""
    app = create_app(Settings(database_url="postgresql://nobody@127.0.0.1:9/none"))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/docs"
    server.should_exit = True
    thread.join()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_speaks_one_language_and_fits_a_phone(
    docs: str, window: Callable[..., Window], lang: str
) -> None:
    shown = window()
    page = shown.page
    page.goto(f"{docs}?lang={lang}")
    page.locator(".opblock-post .opblock-summary-control").first.click()
    page.locator(".opblock-post .try-out__btn").click()
    page.wait_for_selector(".opblock-post .execute")
    said = page.inner_text("#docs .opblock-post")
    han = re.search("[\u4e00-\u9fff]", re.sub(r'"[^"]*"', "", said))
    assert bool(han) is (lang == "zh")
    assert bool(FRAME.search(said)) is (lang == "en"), said
    assert page.locator("p.other").inner_text() == ("English" if lang == "zh" else "中文")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [url for url in shown.requests if not url.startswith(docs.removesuffix("/docs"))] == []
