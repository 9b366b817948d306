"""What a page may load and run: nothing but what was built into it, or stands beside it.

Every inline script and style is named by its hash in a Content-Security-Policy, so that stored text can't
run even if it found its way into markup; and a page that names another host is refused before it is written.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

NAMES_NOT_LOADED = (
    "http://www.w3.org/",
    "https://leafletjs.com",
)
"""Addresses inside the libraries' texts that are names or credits: nothing is loaded from them."""

_ADDRESS = re.compile(r"(?:https?|wss?|ftp):(?:\\?/){2}[^\s\"'`)<>\\]+", re.IGNORECASE)
_LOADING = frozenset({"src", "href", "srcset", "data", "poster", "action", "formaction", "style"})


class OutsideAddressError(AssertionError):
    """A page would name an address outside itself: a defect of the page, never of its data."""


@dataclass(slots=True)
class Parts:
    """What a browser would run or load from a page."""

    scripts: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)


def parts_of(html: str) -> Parts:
    """The inline scripts and styles of a page, and the addresses in its attributes. Data blocks are neither."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.parts


def policy(parts: Parts, *, served: bool, image_sources: Sequence[str] = ()) -> str:
    """The Content-Security-Policy of a page: its own scripts and styles, by hash, and (served) its own site's."""
    own = ["'self'"] if served else []
    directives = {
        "default-src": ["'none'"],
        "script-src": [*own, *_hashes(parts.scripts)],
        "style-src": [*own, *_hashes(parts.styles)],
        "img-src": ["data:", *own, *image_sources],
        "connect-src": own,
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }
    return "; ".join(
        " ".join([name, *(values or ["'none'"])]) for name, values in directives.items()
    )


def refuse_outside(parts: Parts) -> None:
    """Raise OutsideAddressError if anything that a browser runs or loads names another host."""
    for address in parts.addresses:
        if address.startswith("//") or re.match(r"(?!data:)[a-z][a-z0-9+.-]*:", address, re.I):
            raise OutsideAddressError(address)
    for text in (*parts.scripts, *parts.styles):
        for address in _ADDRESS.findall(text):
            if not address.startswith(NAMES_NOT_LOADED):
                raise OutsideAddressError(address)


def _hashes(texts: Sequence[str]) -> list[str]:
    digests = (hashlib.sha256(text.encode()).digest() for text in texts)
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts = Parts()
        self._into: list[str] | None = None
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.parts.addresses += [value for name, value in given.items() if name in _LOADING]
        if any(name.startswith("on") for name in given):
            raise OutsideAddressError(f"inline handler in <{tag}>")
        runs = tag == "script" and "src" not in given and given.get("type") != "application/json"
        self._into = self.parts.scripts if runs else self.parts.styles if tag == "style" else None
        self._text = []

    def handle_data(self, data: str) -> None:
        self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"} and self._into is not None:
            self._into.append("".join(self._text))
            self._into = None
