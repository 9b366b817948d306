"""What answers of drawing plans look like (examples.py puts them together)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from maps.texts import text

COMMUNITY = "340881001001"


def drawing(lang: str) -> dict[str, Any]:
    """A drawing that runs."""
    return {
        "id": 5,
        "state": "running",
        "lost": False,
        "step": "draw-grids",
        "text": text("progress.draw-grids", lang),
        "done": 3,
        "total": 26,
        "by": "张三",
        "at": "2026-11-23T00:00:00Z",
        "asked": {"communities": None, "kinds": ["balanced", "even"], "seed": 0},
        "plans": [],
        "choices": [],
        "left_out": [],
        "said": [],
        "error": None,
    }


_GROUND = {
    "communities": [
        {
            "code": COMMUNITY,
            "name": "和平社区",
            "street": "340881001",
            "street_name": "文昌街道",
            "outline": True,
            "in_force": False,
            "drafts": 0,
            "buildings": 405,
            "uncounted": 2,
            "households": 2391,
        }
    ],
    "buildings": 405,
    "households": 2391,
    "roads": 130,
    "rivers": 2,
    "bridges": 3,
    "lacking": [],
}

ANSWERS: Mapping[str, Callable[[str], Any]] = {
    "plans-create 202": lambda lang: {"plans": [], "drawing": drawing(lang)},
    "plans-plan_ground": lambda _: _GROUND,
    "plans-list_drawings": lambda lang: {"drawings": [drawing(lang)]},
    "plans-show_drawing": drawing,
    "plans-cancel_drawing": drawing,
}
