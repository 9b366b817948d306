"""Texts that want to run, break out, hide or turn things around: what every field that people write may hold."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle

SCRIPTS = (
    "<script>window.pwned=1</script>",
    "</script><img src=x onerror=window.pwned=1>",
    "<svg onload=window.pwned=1>",
    '"><iframe srcdoc="<script>parent.pwned=1</script>">',
    "${window.pwned=1}",
    "`${window.pwned=1}`",
    "javascript:window.pwned=1",
    "{{ 7*7 }}{% raw %}{0}{lang}",
    "<!--<script>",
    "</style><style>*{display:none}</style>",
    "';window.pwned=1;//",
)
SHAPES = (
    "\u202eevil\u2066\u200b\u2028\u2029",
    "\u200b\u200d\ufeff",
    '=HYPERLINK("http://a.example")',
    "@SUM(1)",
    "+1-1",
    "\t\r\n 100%%s%d \\",
    "__proto__",
    "constructor",
    "网" * 10_000,
)
STORED = (*SCRIPTS, *SHAPES)
"""What a database takes."""
BROKEN = ("\x00", "\ud800", "a\udfffb")
"""What only a file can hold."""


def spoiler() -> Callable[[str], str]:
    """What puts one of them before each text, each in its turn."""
    turn = cycle(STORED)
    return lambda text: next(turn) + text
