"""What requests and answers of tracing look like (examples.py puts them together)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from maps.texts import text

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
    "tracing-add_backdrop": {
        "community": COMMUNITY,
        "name": "和平社区规划图.png",
        "image": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==",
        "by": "张三",
    },
    "tracing-draw_trace": {
        "community": COMMUNITY,
        "kind": "road",
        "line_class": "lane",
        "name": "工农巷",
        "points": [[116.951, 31.046], [116.953, 31.0462]],
        "closed": False,
        "datum": "wgs84",
        "by": "张三",
    },
    "tracing-restore_trace": {"by": "张三"},
    "tracing-name_estate": {"also": [], "by": "张三"},
    "tracing-pin_backdrop": {
        "version": 1,
        "points": [
            {"x": 120.0, "y": 80.5, "lng": 116.951, "lat": 31.048, "datum": "wgs84"},
            {"x": 1830.0, "y": 1402.0, "lng": 116.9585, "lat": 31.0431, "datum": "gcj02"},
        ],
        "by": "张三",
    },
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
_POINTS = [
    {
        "x": x,
        "y": y,
        "lng": lng,
        "lat": lat,
        "raw_lng": lng,
        "raw_lat": lat,
        "datum": "wgs84",
        "residual_m": metres,
    }
    for x, y, lng, lat, metres in (
        (120.0, 80.5, 116.951, 31.048, 0.4),
        (1830.0, 95.0, 116.9585, 31.0481, 0.6),
        (1822.0, 1402.0, 116.9584, 31.0432, 0.4),
        (131.0, 1399.0, 116.9509, 31.0431, 0.6),
    )
]

_TRACE: Mapping[str, Any] = {
    "id": 3,
    "community_code": COMMUNITY,
    "kind": "road",
    "line_class": "lane",
    "name": "工农巷",
    "actor": "张三",
    "at": "2026-11-23T00:00:00Z",
    "removed_by": None,
    "removed_at": None,
    "given": 0,
    "geometry": {"type": "LineString", "coordinates": [[116.951, 31.046], [116.953, 31.0462]]},
}


def _backdrop(lang: str) -> dict[str, Any]:
    return {
        "id": 3,
        "community_code": COMMUNITY,
        "name": "和平社区规划图.png",
        "width": 2000,
        "height": 1500,
        "version": 5,
        "actor": "张三",
        "at": "2026-11-23T00:00:00Z",
        "image": "/backdrops/3/image",
        "points": _POINTS,
        "fit": {
            "kind": "affine",
            "rms_m": 0.51,
            "metres_per_pixel": 0.42,
            "turned_deg": -0.6,
            "doubts": ["uneven"],
            "said": [text("tracing.doubt-uneven", lang, rms="0.5")],
            "corners": [
                [116.9505, 31.0483],
                [116.9593, 31.0484],
                [116.9592, 31.0428],
                [116.9503, 31.0427],
            ],
        },
    }


_INSIDE: Mapping[str, Any] = {
    "id": 4,
    "estate": "新苑小区",
    "unnamed": [
        {
            "building_id": f"{COMMUNITY}-0012",
            "name": "1栋",
            "address": "工农巷1号",
            "estate": None,
            "households": 36,
        }
    ],
    "others": [],
    "same": 3,
    "given": 0,
}
_NAMED: Mapping[str, Any] = {"id": 4, "estate": "新苑小区", "named": 12, "left": 0, "drafts": [27]}


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
        "tracing-traces": lambda _: {"traces": [_TRACE]},
        "tracing-draw_trace": lambda _: _TRACE,
        "tracing-remove_trace": lambda _: {
            **_TRACE,
            "removed_by": "张三",
            "removed_at": "2026-11-23T00:01:00Z",
        },
        "tracing-restore_trace": lambda _: _TRACE,
        "tracing-inside_trace": lambda _: _INSIDE,
        "tracing-name_estate": lambda _: _NAMED,
        "tracing-unname_estate": lambda _: {**_NAMED, "left": 1, "named": 11},
        "tracing-backdrops": lambda lang: {"backdrops": [_backdrop(lang)]},
        "tracing-add_backdrop": lambda lang: {
            **_backdrop(lang),
            "version": 1,
            "points": [],
            "fit": None,
        },
        "tracing-pin_backdrop": _backdrop,
        "tracing-remove_backdrop": _backdrop,
        "tracing-take_off": lambda _: {
            "placement": {**_PLACEMENT, **undone},
            "place": None,
            "drafts": [{**drafts[0], "version": 10, "grid_code": None}],
        },
    }
