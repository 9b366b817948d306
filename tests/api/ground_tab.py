"""What a planner does with files of the ground on 调网格, in a real Chromium, and what the store then holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page
from sqlalchemy import Engine, text

from tests.browsing import Window

Open = Callable[..., Window]
READY, WAITS_MS = "#ground-accept:not([disabled])", 90_000


def bring(tab: Page, noun: str, *paths: Path) -> None:
    """Choose files, and wait until they were looked at."""
    tab.set_input_files(f"#ground-file-{noun}", list(paths))
    tab.wait_for_selector("#ground-import:not([hidden])", timeout=WAITS_MS)


def confirm(tab: Page) -> None:
    tab.wait_for_selector(READY, timeout=WAITS_MS)
    tab.click("#ground-accept")
    tab.wait_for_selector("body:not([data-importing])", timeout=WAITS_MS)
    tab.wait_for_selector("#status >> text=已写入", timeout=WAITS_MS)


def there(engine: Engine, table: str) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
