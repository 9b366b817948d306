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
        "drawn": False,
        "grids": None,
        "name": "方案甲",
        "alternatives": 0,
        "seed": 0,
        "households": None,
        "residents": None,
        "dedicated": [],
        "load": {},
        "by": "张三",
    },
    "plans-attach_file": "%PDF-1.7 …",
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
        "exceptions": [
            {
                "code": "building-uncovered",
                "reason": "在建楼栋，验收后划入",
                "grids": [],
                "estate": None,
                "number": "桐政办〔2026〕18号",
                "day": "2026-11-20",
            }
        ],
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
    "plans-enter_stage": {
        "stage": "approved",
        "day": "2026-11-20",
        "number": "桐政办〔2026〕18号",
        "file_name": "关于调整网格的批复.pdf",
        "note": None,
        "by": "张三",
    },
    "plans-say": {
        "kind": "view",
        "said": "这条巷子的住户一直走南门，划到南边更方便。",
        "name": "陈阿姨",
        "contact": None,
        "grid_code": GRID,
        "lng": 116.951,
        "lat": 31.046,
        "datum": "wgs84",
        "photo": None,
        "by": "张三",
    },
    "plans-answer": {"answer": "已把该巷划入第3网格。", "by": "张三"},
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
    "drawn": None,
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
                "buildings": [_HOUSE],
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


_HOUSE = {
    "building_id": f"{COMMUNITY}-0012",
    "label": "和平小区3栋",
    "estate": "和平小区",
    "from_grid": OTHER,
    "to_grid": GRID,
    "households": 48,
    "residents": 107,
}
_GROUND = {
    "type": "Feature",
    "id": f"{OTHER}-{GRID}",
    "geometry": SHAPE,
    "properties": {
        "from_grid": OTHER,
        "to_grid": GRID,
        "area_m2": 5120.4,
        "buildings": 1,
        "households": 48,
        "residents": 107,
    },
}
_DIFF = {
    "before": {**IN_FORCE, "id": 12, "copied_from": None},
    "after": HEAD,
    "new": [],
    "gone": [],
    "renumbered": {},
    "renamed": {GRID: ["和平社区第3网格", "桥头网格"]},
    "ground": [_GROUND],
    "buildings": [_HOUSE],
    "households": 48,
    "residents": 107,
    "load": 5,
    "least_households": 48,
    "scores": [
        {"evenness": 0.071, "compactness": 0.61, "on_lines": 0.94},
        {"evenness": 0.048, "compactness": 0.6, "on_lines": 0.93},
    ],
}
_REPLAY = {
    "before_plan": _DIFF["before"],
    "after_plan": HEAD,
    "before": {"loads": {GRID: 91, OTHER: 143}, "gini": 0.111, "max_to_mean": 1.222},
    "after": {"loads": {GRID: 96, OTHER: 138}, "gini": 0.09, "max_to_mean": 1.179},
    "moved": 5,
}
_WHOSE = {
    "at": "2026-03-01T00:00:00Z",
    "how": "inside",
    "grid_code": GRID,
    "grid_name": "和平社区第3网格",
    "edge_m": 41.7,
    "nearest_code": None,
    "nearest_m": None,
    "plan": _DIFF["before"],
    "people": [{"kind": "A", "line": None, "title": "网格员", "person": "江文秀", "phone": None}],
}
_STAGE = {
    **{name: value for name, value in BODIES["plans-enter_stage"].items() if name != "by"},
    "id": 5,
    "file": "/plans/27/stages/5/file",
    "file_type": "application/pdf",
    "file_bytes": 183412,
    "file_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "actor": "张三",
    "at": "2026-11-20T02:00:00Z",
}
_COMMENT = {
    **{name: value for name, value in BODIES["plans-say"].items() if name not in ("by", "datum")},
    "id": 3,
    "plan_id": 27,
    "actor": "张三",
    "at": "2026-11-20T02:00:00Z",
    "answer": None,
    "answered_by": None,
    "answered_at": None,
}
_ANSWERED = {
    "answer": "已把该巷划入第3网格。",
    "answered_by": "张三",
    "answered_at": "2026-11-21T02:00:00Z",
}
_WALK = {
    "plan_id": 27,
    "community_name": "和平社区",
    "grid_code": GRID,
    "grids": [{"code": GRID, "name": "和平社区第3网格", "changed": True}],
    "outline": SHAPE,
    "legs": [
        {
            "number": 1,
            "along": "文昌路",
            "kind": "street",
            "beyond": "和平社区第4网格",
            "metres": 281.4,
            "new": True,
            "path": {"type": "LineString", "coordinates": RING[:2]},
            "notes": [],
        }
    ],
    "notes": [],
}
_STAGES = {
    "stages": [_STAGE],
    "missing": [],
    "open_objections": 0,
    "rules": "stages-2026-1",
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
    "plans-obstacles": lambda _: {"findings": [], "lacking": ["stage-notice"]},
    "plans-diff": lambda _: _DIFF,
    "plans-replay": lambda _: _REPLAY,
    "plans-whose": lambda _: _WHOSE,
    "plans-stages": lambda _: _STAGES,
    "plans-enter_stage": lambda _: _STAGE,
    "plans-attach_file": lambda _: _STAGE,
    "plans-walk": lambda _: _WALK,
    "plans-comments": lambda _: {"comments": [_COMMENT]},
    "plans-say": lambda _: _COMMENT,
    "plans-answer": lambda _: _COMMENT | _ANSWERED,
}
