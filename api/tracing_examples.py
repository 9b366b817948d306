"""What requests and answers of tracing look like (examples.py puts them together)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

COMMUNITY = "340881001001"

BODIES: Mapping[str, Any] = {
    "tracing-place": {
        "key": "k3f1b2c4d5e6f708",
        "lng": 116.951,
        "lat": 31.046,
        "datum": "wgs84",
        "anyway": False,
        "by": "张三",
    },
    "tracing-take_off": {"by": "张三"},
}

_PLACEMENT: Mapping[str, Any] = {
    "id": 3,
    "key": "k3f1b2c4d5e6f708",
    "name": "东门街小区(明秀路)",
    "community_code": COMMUNITY,
    "source": "小区台账.xlsx",
    "lng": 116.951,
    "lat": 31.046,
    "actor": "张三",
    "at": "2026-11-23T00:00:00Z",
    "undone_by": None,
    "undone_at": None,
}
_WAITING: Mapping[str, Any] = {
    "key": "k3f1b2c4d5e6f708",
    "name": "东门街小区(明秀路)",
    "estate": None,
    "address": "明秀路，近东北巷",
    "told": "和平社区",
    "community_code": COMMUNITY,
    "kind": "residence",
    "households": 120,
    "residents": None,
    "reasons": ["no-coordinates"],
    "source": "小区台账.xlsx",
    "kept_at": "2026-11-22T08:00:00Z",
}


def answers(place: Callable[[str], Any]) -> Mapping[str, Callable[[str], Any]]:
    """Operation -> an example of its answer, by language. ``place``: an answer for a place."""
    drafts = [{"plan": 27, "version": 9, "grid_code": f"{COMMUNITY}003"}]
    undone = {"undone_by": "张三", "undone_at": "2026-11-23T00:01:00Z", "name": None}
    return {
        "tracing-waiting": lambda _: {"rows": [_WAITING], "total": 1, "next": None},
        "tracing-placed": lambda _: {"placements": [_PLACEMENT]},
        "tracing-place": lambda lang: {
            "placement": _PLACEMENT,
            "place": place(lang),
            "drafts": drafts,
        },
        "tracing-take_off": lambda _: {
            "placement": {**_PLACEMENT, **undone},
            "place": None,
            "drafts": [{**drafts[0], "version": 10, "grid_code": None}],
        },
    }
