"""Which line of business (业务条线) a category of incidents belongs to, from data/rules/lines.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

FILE = Path(__file__).parents[1] / "rules" / "lines.toml"


def read_lines(path: Path = FILE) -> Mapping[str, str]:
    """Category -> line."""
    lines: dict[str, list[str]] = tomllib.loads(path.read_text("utf-8"))["lines"]
    return {category: line for line, categories in lines.items() for category in categories}
