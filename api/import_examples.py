"""What requests and answers about plans drawn elsewhere look like (examples.py puts them together)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from api.plan_examples import COMMUNITY, GRID, HEAD, SHAPE
from maps.texts import text

_WISHES: Mapping[str, Any] = {
    "layers": ["网格界线"],
    "datum": "EPSG:4548",
    "swapped": False,
    "encoding": None,
    "code_column": None,
    "name_column": "#text",
    "within_m": 0.5,
    "codes": {"网格界线#2": GRID},
    "left_out": [],
    "complete": False,
}
_SEEN = "5f0c9d3b7a1e4c2f8b6d0e9a7c5f3b1d"
BODIES: Mapping[str, Any] = {
    "plans-import_file": "PK…",
    "plans-preview_import": _WISHES,
    "plans-accept_import": {**_WISHES, "seen": _SEEN, "by": "张三", "name": "测绘院方案"},
}
_HEAD: Mapping[str, Any] = {
    "id": 12,
    "file": "方案.dxf",
    "size": 48211,
    "created_by": "张三",
    "created_at": "2026-11-23T00:00:00Z",
    "expires_at": "2026-11-26T00:00:00Z",
}


def _outside(lang: str) -> dict[str, Any]:
    file = "方案.dxf" if lang == "zh" else "plan.dxf"
    return {
        "code": "drawn-outside",
        "severity": "warning",
        "title": text("finding.drawn-outside-title", lang),
        "text": text("finding.drawn-outside", lang, file=file, count=1),
        "codes": [],
        "area_m2": None,
        "width_m": None,
        "count": 1,
        "households": None,
        "geometry": SHAPE,
        "params": {"file": file},
    }


def _looked(lang: str) -> dict[str, Any]:
    area = {
        "type": "Feature",
        "id": "网格界线#2",
        "geometry": SHAPE,
        "properties": {
            "layer": "网格界线",
            "row": 2,
            "code": GRID,
            "why": "chosen",
            "name": "和平社区第3网格",
            "community_code": COMMUNITY,
            "households": 388,
            "former": GRID,
            "former_name": "和平社区第3网格",
            "shared": 371,
            "changed": True,
        },
    }
    mended = {
        "type": "Feature",
        "id": "网格界线#2",
        "geometry": SHAPE,
        "properties": {"code": GRID},
    }
    home = {
        "type": "Feature",
        "id": COMMUNITY,
        "geometry": SHAPE,
        "properties": {"code": COMMUNITY, "name": "和平社区"},
    }
    return {
        **{name: value for name, value in _HEAD.items() if name != "size"},
        "wishes": _WISHES,
        "needs": [],
        "layers": [{"name": "网格界线", "areas": 6, "lines": 0, "texts": 0}],
        "chosen": ["网格界线"],
        "columns": [{"name": "#text", "samples": ["和平社区第3网格"]}],
        "code_column": None,
        "name_column": "#text",
        "datum": "EPSG:4548",
        "datum_by": "person",
        "readings": [
            {
                "datum": "EPSG:4548",
                "title": "CGCS2000 / 3-degree Gauss-Kruger CM 117E",
                "swapped": False,
                "inside": 212,
                "near": 96,
                "total": 212,
            }
        ],
        "within_m": 0.5,
        "grids": {"type": "FeatureCollection", "features": [area]},
        "mended": {"type": "FeatureCollection", "features": [mended]},
        "communities": {"type": "FeatureCollection", "features": [home]},
        "published": [{"code": GRID, "name": "和平社区第3网格", "community_code": COMMUNITY}],
        "notes": [_outside(lang)],
        "findings": [],
        "remaining": [],
        "changes": [
            {
                "code": GRID,
                "gained_m2": 41.2,
                "lost_m2": 0.0,
                "widest_m": 0.31,
                "buildings_in": 0,
                "buildings_out": 0,
                "households_in": 0,
                "households_out": 0,
            }
        ],
        "completable": [],
        "completion": [
            {
                "community_code": COMMUNITY,
                "drawn": [GRID],
                "kept": [f"{COMMUNITY}004"],
                "cut": [
                    {
                        "code": f"{COMMUNITY}004",
                        "name": "和平社区第4网格",
                        "area_m2": 8421.0,
                        "households": 36,
                    }
                ],
                "gone": [],
                "stays": [],
            }
        ],
        "kept": {"type": "FeatureCollection", "features": []},
        "blocking": 0,
        "ready": True,
        "seen": _SEEN,
    }


ANSWERS: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(("plans-import_file", "plans-show_import", "plans-preview_import"), _looked),
    "plans-list_imports": lambda _: {"imports": [_HEAD]},
    "plans-discard_import": lambda _: _HEAD,
    "plans-accept_import": lambda _: {"plans": [HEAD]},
}
