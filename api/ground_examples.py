"""What requests and answers about files of the ground look like (examples.py puts them together)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from maps.texts import text

_WISHES: Mapping[str, Any] = {
    "part": None,
    "datum": "bd09",
    "swapped": False,
    "encoding": None,
    "columns": {"households": "住户"},
    "basis": "usual",
    "ratio": None,
    "code": None,
    "name": None,
}
_SEEN = "5f0c9d3b7a1e4c2f8b6d0e9a7c5f3b1d"
BODIES: Mapping[str, Any] = {
    "ground-put_ground": "PK…",
    "ground-preview_ground": _WISHES,
    "ground-accept_ground": {**_WISHES, "seen": _SEEN, "by": "张三"},
}
_FILE: Mapping[str, Any] = {
    "id": 12,
    "noun": "buildings",
    "file": "小区台账.xlsx",
    "size": 48211,
    "created_by": "张三",
    "created_at": "2026-11-23T00:00:00Z",
    "expires_at": "2026-11-26T00:00:00Z",
}
_FIGURES: Mapping[str, int] = {"added": 286, "updated": 0, "unchanged": 0, "replaced": 0, "kept": 2}
_WAITS: Mapping[str, Any] = {
    **_FILE,
    "imported_by": None,
    "imported_at": None,
    "result": None,
    "open": False,
}
_DONE: Mapping[str, Any] = {
    **_FILE,
    "imported_by": "张三",
    "imported_at": "2026-11-23T00:05:00Z",
    "result": _FIGURES,
    "open": True,
}


def _looked(lang: str) -> dict[str, Any]:
    states = {"rows": 288, "good": 286, "to-place": 2}
    words = {
        "rows": "cli_import.rows",
        "good": "cli_import.good",
        "to-place": "intake.state-to-place",
    }
    way = {"title": None, "swapped": False, "total": 286}
    return {
        **_FILE,
        "wishes": _WISHES,
        "needs": [],
        "problem": None,
        "parts": ["台账"],
        "part": "台账",
        "table": True,
        "encoding": None,
        "columns": [
            {"name": "小区", "ours": "name", "samples": ["和平花园"]},
            {"name": "住户", "ours": "households", "samples": ["388"]},
        ],
        "targets": ["name", "households", "residents", "lon", "lat"],
        "datum": "bd09",
        "datum_by": "person",
        "ways": [
            {**way, "datum": "bd09", "inside": 286, "shift_m": 1198.4},
            {**way, "datum": "gcj02", "inside": 281, "shift_m": 559.2},
        ],
        "bases": [{"basis": "usual", "count": 286}],
        "counts": [
            {"state": state, "text": text(words[state], lang), "count": count}
            for state, count in states.items()
        ],
        "figures": _FIGURES,
        "rows": [
            {
                "row": 17,
                "key": "k3f1b2c4d5e6f708",
                "state": text("intake.state-to-place", lang),
                "reason": text("intake.reason-no-coordinates", lang),
            }
        ],
        "more": 1,
        "notes": [],
        "findings": [],
        "shapes": {"type": "FeatureCollection", "features": []},
        "before": None,
        "ready": True,
        "seen": _SEEN,
    }


def _done(lang: str) -> dict[str, Any]:
    told = [text(f"cli_import.{name}", lang, count=_FIGURES[name]) for name in ("added", "kept")]
    said = text("cli_import.done", lang, figures=("、" if lang == "zh" else ", ").join(told))
    return {**_DONE, "again": False, "text": said}


ANSWERS: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(("ground-put_ground", "ground-show_ground", "ground-preview_ground"), _looked),
    "ground-list_ground": lambda _: {"imports": [_DONE]},
    "ground-accept_ground": _done,
    "ground-discard_ground": lambda _: _WAITS,
}
