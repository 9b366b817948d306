"""What requests and answers of redrawing look like (examples.py puts them together)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from maps.texts import text

COMMUNITY = "340881001001"
GRID, OTHER, BLOCK = f"{COMMUNITY}003", f"{COMMUNITY}004", f"{COMMUNITY}-B00012"
RING = [[116.95, 31.04], [116.96, 31.04], [116.96, 31.05], [116.95, 31.05], [116.95, 31.04]]
SHAPE = {"type": "Polygon", "coordinates": [RING]}

BODIES: Mapping[str, Any] = {
    "plans-create": {
        "communities": [COMMUNITY],
        "street": None,
        "from": "published",
        "name": "方案甲",
        "by": "张三",
    },
    "plans-edit": {
        "version": 7,
        "operations": [{"op": "paint", "blocks": [BLOCK], "grid": GRID}],
        "by": "张三",
        "take_over": False,
    },
    "plans-undo": {"version": 8, "by": "张三", "take_over": False},
    "plans-redo": {"version": 9, "by": "张三", "take_over": False},
    "plans-publish": {
        "version": 8,
        "since": None,
        "exceptions": [{"code": "building-uncovered", "reason": "在建楼栋，验收后划入"}],
        "by": "张三",
    },
    "plans-publish_many": {
        "plans": [{"id": 27, "version": 8}],
        "since": None,
        "exceptions": [],
        "by": "张三",
    },
    "plans-restore": {"since": None, "exceptions": [], "by": "张三"},
    "plans-withdraw": {"by": "张三"},
}

HEAD: Mapping[str, Any] = {
    "id": 27,
    "community_code": COMMUNITY,
    "community_name": "和平社区",
    "name": "方案甲",
    "status": "draft",
    "version": 8,
    "owner": "张三",
    "owner_at": "2026-11-23T00:00:00Z",
    "source": None,
    "copied_from": 12,
    "since": None,
    "until": None,
    "created_at": "2026-11-23T00:00:00Z",
    "created_by": "张三",
    "published_at": None,
    "published_by": None,
    "exceptions": [],
    "undo": 1,
    "redo": 0,
}
_GRID_FEATURE = {
    "type": "Feature",
    "id": GRID,
    "geometry": SHAPE,
    "properties": {
        "code": GRID,
        "name": "和平社区第3网格",
        "kind": "basic",
        "locked": False,
        "households": 388,
        "residents": 871,
        "load": 96,
        "area_m2": 84512.3,
        "buildings": 31,
        "blocks": 14,
        "limits": {"households": [300, 500], "residents": [600, 1000]},
        "neighbours": {OTHER: 212.4},
        "officers": ["江文秀"],
        "officer": "江文秀",
        "reason": None,
        "predecessors": [],
    },
}
_BLOCK_FEATURE = {
    "type": "Feature",
    "id": BLOCK,
    "geometry": SHAPE,
    "properties": {
        "block_id": BLOCK,
        "grid_code": GRID,
        "estate": "和平小区",
        "label": None,
        "households": 48,
        "residents": 107,
        "load": 5,
        "buildings": 2,
    },
}
_HOUSE_FEATURE = {
    "type": "Feature",
    "id": f"{COMMUNITY}-0012",
    "geometry": {"type": "Point", "coordinates": [116.951, 31.046]},
    "properties": {
        "building_id": f"{COMMUNITY}-0012",
        "name": "和平小区3栋",
        "estate": "和平小区",
        "kind": "residence",
        "households": 48,
        "residents": 107,
    },
}


def _badge(lang: str) -> dict[str, Any]:
    return {
        "code": "post-missing",
        "severity": "warning",
        "title": text("finding.post-missing-title", lang),
        "text": text("finding.post-missing-none", lang, label=OTHER),
        "codes": [OTHER],
        "area_m2": None,
        "width_m": None,
        "count": None,
        "households": None,
        "geometry": None,
        "params": {"label": OTHER},
    }


def _layers(lang: str) -> dict[str, Any]:
    def collection(feature: Mapping[str, Any]) -> dict[str, Any]:
        return {"type": "FeatureCollection", "features": [feature]}

    return {
        "plan": HEAD,
        "version": 8,
        "undo": 1,
        "redo": 0,
        "grids": collection(_GRID_FEATURE),
        "blocks": collection(_BLOCK_FEATURE),
        "buildings": collection(_HOUSE_FEATURE),
        "badges": [_badge(lang)],
    }


def _changed(what: str) -> Callable[[str], dict[str, Any]]:
    def said(lang: str) -> dict[str, Any]:
        did = text(f"redrawing.did-{what}", lang, count=1)
        counts = {"households": 48, "buildings": 1, "incidents": 2}
        house = {
            "building_id": f"{COMMUNITY}-0012",
            "label": "和平小区3栋",
            "estate": "和平小区",
            "from_grid": OTHER,
            "to_grid": GRID,
            "households": 48,
            "residents": 107,
        }
        return {
            "plan": HEAD,
            "version": 8,
            "undo": 1,
            "redo": 0,
            "grids": [_GRID_FEATURE],
            "gone": [],
            "blocks": [_BLOCK_FEATURE],
            "blocks_gone": [],
            "badges": [_badge(lang)],
            "moved": {
                "households": 48,
                "residents": 107,
                "buildings": [house],
                "buildings_count": 1,
                "officers": [{"grid_code": GRID, "people": ["江文秀"]}],
                "open_incidents": 2,
                "load": 5,
            },
            "said": text("redrawing.said", lang, did=did, **counts),
        }

    return said


IN_FORCE: Mapping[str, Any] = {
    **HEAD,
    "status": "published",
    "since": "2026-11-24T00:00:00Z",
    "published_at": "2026-11-24T00:00:00Z",
    "published_by": "张三",
}


def _published(lang: str) -> dict[str, Any]:
    counts = {"plans": 1, "incidents": 2, "posts": 1, "vacant": 1, "since": "2026-11-24 08:00"}
    post = {
        "grid_code": f"{COMMUNITY}005",
        "kind": "A",
        "line": None,
        "title": "网格员",
        "person": "江文秀",
        "successors": [GRID],
    }
    return {
        "plans": [IN_FORCE],
        "status": "published",
        "since": "2026-11-24T00:00:00Z",
        "epoch": 3,
        "retired": [12],
        "moved_incidents": 2,
        "posts_left": [post],
        "grids_without_officer": [OTHER],
        "approved": [],
        "said": text("redrawing.published", lang, **counts),
    }


_CHANGE = {
    "version": 8,
    "what": "edited",
    "actor": "张三",
    "at": "2026-11-23T00:00:00Z",
    "detail": {"operations": BODIES["plans-edit"]["operations"]},
}
ANSWERS: Mapping[str, Callable[[str], Any]] = {
    "plans-create": lambda _: {"plans": [HEAD]},
    "plans-one": lambda _: HEAD,
    "plans-discard": lambda _: HEAD,
    "plans-show": _layers,
    "plans-history": lambda _: {"changes": [_CHANGE]},
    "plans-edit": _changed("edited"),
    "plans-undo": _changed("undone"),
    "plans-redo": _changed("redone"),
    **dict.fromkeys(("plans-publish", "plans-publish_many", "plans-restore"), _published),
    "plans-withdraw": lambda _: HEAD,
}
