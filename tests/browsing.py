"""A real Chromium for every test of a page, and a window that tells everything that went wrong in it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

# The same engine without a browser's own windows around its pages: a new window takes a sixth of the processor time
# (0.10 s for 0.64), and Debian's package for it is smaller.
CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# No GPU, no sandbox for root, and no calls home of its own that a page could be blamed for.
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium, started once. Its absence is a failure: pages are not tested by anything less."""
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        pytest.fail("Chromium is not installed (Debian: apt-get install chromium-headless-shell)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        browser.close()


@dataclass
class Window:
    """A page in the browser with all that it asked for and complained of."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    pending: set[int] = field(default_factory=set)

    def asked(self, request: Request) -> None:
        """It asked for something."""
        self.requests.append(request.url)
        self.pending.add(id(request))

    def open(self, address: str) -> Page:
        """Go there and wait until the map has started."""
        self.page.goto(address)
        self.page.wait_for_selector("body[data-ready]", timeout=20_000)
        return self.page

    def settle(self, *, quiet_ms: int = 60, timeout_s: float = 20.0) -> None:
        """Wait until nothing has been asked for a while (Playwright's networkidle sometimes never comes)."""
        end = time.monotonic() + timeout_s
        quiet = 0
        while quiet < quiet_ms and time.monotonic() < end:
            self.page.wait_for_timeout(20)
            quiet = 0 if self.pending else quiet + 20
        assert not self.pending, "requests without an answer"

    def violations(self) -> list[str]:
        """What the Content-Security-Policy stopped."""
        found: list[str] = self.page.evaluate("window.__violations")
        return found


@pytest.fixture
def window(browser: Browser) -> Iterator[Callable[..., Window]]:
    """Open a window of a size; afterwards nothing may have gone wrong in any of them."""
    opened: list[Window] = []

    def open_window(*, width: int = 1280, height: int = 800) -> Window:
        page = browser.new_page(viewport={"width": width, "height": height}, has_touch=width < 500)
        window = Window(page)
        opened.append(window)
        page.add_init_script(
            "window.__violations = [];"
            "addEventListener('securitypolicyviolation', (e) =>"
            " window.__violations.push(e.violatedDirective + ' ' + e.blockedURI));"
        )
        page.on("request", window.asked)
        for end in ("requestfinished", "requestfailed"):
            page.on(end, lambda request: window.pending.discard(id(request)))
        page.on("pageerror", lambda error: window.complaints.append(f"error: {error}"))
        page.on("dialog", lambda dialog: window.complaints.append(f"dialog: {dialog.message}"))
        page.on("console", lambda said: window.complaints.append(f"{said.type}: {said.text}"))
        return window

    yield open_window
    # Closed before anything is judged: a service waits for pages that listen to it.
    stopped = [window.violations() for window in opened]
    for window in opened:
        window.page.close()
    assert stopped == [[]] * len(opened)
    assert [window.complaints for window in opened] == [[]] * len(opened)
