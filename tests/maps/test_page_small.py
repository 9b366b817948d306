"""On a phone every word is large enough to read, and everything that is pressed large enough for a finger."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from maps.page import MapData
from tests.browsing import Window
from tests.maps.test_page_browser import page_of

Open = Callable[..., Window]
TABS = ("overview", "evenness", "incidents", "findings", "layers")
TINY = """() => [...document.querySelectorAll("body *")].filter((node) =>
    [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim()) &&
    node.getBoundingClientRect().width > 1 && parseFloat(getComputedStyle(node).fontSize) < 12)
  .map((node) => node.tagName + " " + node.className + " " + node.textContent.trim().slice(0, 20))"""
"""Words of less than 12 pixels."""
NARROW = """() => [...document.querySelectorAll("a, button, select, summary, input[type=range]")].filter((node) => {
    const { width, height } = node.getBoundingClientRect();
    return width > 1 && Math.min(width, height) < 24 && !node.closest(".leaflet-pane");
  }).map((node) => node.tagName + " " + node.className + " " + node.textContent.trim().slice(0, 20))"""
"""What is pressed, and smaller than 24 pixels (WCAG 2.2, 2.5.8)."""


@pytest.mark.parametrize("tab", TABS)
def test_words_can_be_read_and_buttons_be_pressed(
    tab: str, town: MapData, window: Open, saved: Callable[[str], str]
) -> None:
    page = window(width=390, height=844).open(f"{saved(page_of(town).html)}#tab={tab}")
    page.click(".handle")
    page.wait_for_selector(".panel.open")
    assert page.evaluate(TINY) == []
    assert page.evaluate(NARROW) == []
