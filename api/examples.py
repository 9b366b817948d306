"""What answers look like, for the description of the API; made-up, as the demo city is. A test holds them true."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from api import drawing_examples, ground_examples, import_examples, plan_examples, tracing_examples
from api.card_examples import card
from maps.findings import distance
from maps.texts import text

GRID, COMMUNITY, STREET = "340881001001003", "340881001001", "340881001"
BODIES: Mapping[str, Any] = {
    "search-choose": {
        "q": "老纺织厂宿舍",
        "kind": "building",
        "key": f"building:{COMMUNITY}-0012",
    },
    "incidents-report": {
        "source": "12345热线",
        "source_id": "HX-20261123-0001",
        "category": "公用设施",
        "note": "路灯不亮",
        "address": "和平路12号门口",
        "lng": 116.951,
        "lat": 31.046,
        "datum": "gcj02",
        "reported_at": "2026-11-23T08:00:00+08:00",
    },
    "incidents-take": {"by": "王芳", "version": 0},
    "incidents-release": {"by": "王芳", "version": 1},
    "incidents-set_place": {
        "by": "王芳",
        "version": 0,
        "lng": 116.951,
        "lat": 31.046,
        "datum": "gcj02",
        "address": "和平路12号门口",
    },
    "incidents-join": {
        "by": "王芳",
        "version": 0,
        "to": "019abcde-0000-7000-8000-000000000001",
    },
    "incidents-unjoin": {"by": "王芳", "version": 1},
    "incidents-split": {
        "by": "王芳",
        "version": 0,
        "parts": [{"category": "市容环境", "note": "垃圾没人清"}],
    },
    "incidents-unsplit": {"by": "王芳", "version": 1},
    **plan_examples.BODIES,
    **tracing_examples.BODIES,
    "incidents-import_calls": "PK…",
    "incidents-open_calls": "PK…",
    **import_examples.BODIES,
    **ground_examples.BODIES,
}
"""Operation -> an example of what is sent."""


def _place(lang: str) -> dict[str, Any]:
    grid = "和平社区第3网格"
    return {
        "how": "inside",
        "grid_code": GRID,
        "grid_name": grid,
        "community_code": COMMUNITY,
        "community_name": "和平社区",
        "edge_m": 41.7,
        "runner_up": "340881001001004",
        "nearest_code": None,
        "nearest_m": None,
        "people": [{"name": "江文秀", "phone": None, "duty": "A"}],
        "why": text("api.why-inside", lang, grid=grid, edge=distance(41.7, lang)),
    }


INCIDENT = {
    "id": "019abcde-0000-7000-8000-000000000001",
    "source": "12345热线",
    "source_id": "HX-20261123-0001",
    "category": "公用设施",
    "catalogue_code": None,
    "note": "路灯不亮",
    "address": "和平路12号门口",
    "lng": 116.946217,
    "lat": 31.048342,
    "how": "inside",
    "grid_code": GRID,
    "status": "open",
    "reported_at": "2026-11-23T00:00:00Z",
    "recorded_at": "2026-11-23T00:00:01Z",
    "closed_at": None,
    "joined_to": None,
    "call_id": None,
    "taken_by": None,
    "taken_at": None,
    "version": 0,
}
TAKEN = INCIDENT | {"taken_by": "王芳", "taken_at": "2026-11-23T00:01:00Z", "version": 1}
SECOND_CALL = INCIDENT | {
    "id": "019abcde-0000-7000-8000-000000000002",
    "source_id": "HX-20261123-0002",
    "status": "joined",
    "closed_at": "2026-11-23T00:02:00Z",
    "joined_to": INCIDENT["id"],
    "version": 1,
}
JOINED: Mapping[str, Any] = {
    "incident_id": SECOND_CALL["id"],
    "other_id": INCIDENT["id"],
    "at": "2026-11-23T00:02:00Z",
    "actor": "王芳",
    "what": "joined",
    "detail": {},
}


def _handled(lang: str) -> dict[str, Any]:
    return {
        "incident": TAKEN | {"version": 2},
        "place": _place(lang),
        "delivered": {"x": INCIDENT["lng"], "y": INCIDENT["lat"], "datum": "wgs84"},
        "events": [JOINED],
        "calls": [SECOND_CALL],
        "parts": [],
    }


def _finding(lang: str) -> dict[str, Any]:
    return {
        "code": "post-missing",
        "severity": "warning",
        "title": text("finding.post-missing-title", lang),
        "text": text("finding.post-missing-none", lang, label=GRID),
        "codes": [GRID],
        "area_m2": None,
        "width_m": None,
        "count": None,
        "households": None,
        "geometry": None,
        "params": {"label": GRID},
    }


def _link(lang: str) -> dict[str, Any]:
    said = text("finding.post-missing-none", lang, label=GRID)
    return {"id": GRID, "level": "grid", "finding": "post-missing", "text": said}


PLACES = [
    {"code": "340881", "name": "桐城市", "level": "city"},
    {"code": STREET, "name": "文昌街道", "level": "street"},
    {"code": COMMUNITY, "name": "和平社区", "level": "community"},
]
FIGURES = {
    "headlines": [
        {
            "name": "horizontal",
            "part": 425,
            "whole": 425,
            "share": 1.0,
            "rules": None,
            "exceptions": ["building-uncovered", "building-multiple"],
        }
    ],
    "by_kind": {"residence": [401, 401], "employer": [4, 4]},
    "components": {"路灯": [86, 86], "消防栓": [12, 12]},
    "grids": 9,
    "inside": 9,
    "counted": 9,
    "households": 3302,
    "residents": 7213,
    "households_outside": 0,
    "residents_outside": 0,
}
COVERAGE = (
    PLACES[1]
    | FIGURES
    | {
        "as_of": "2026-11-23T00:00:00Z",
        "path": PLACES[:2],
        "things": {"roads": [{"counted_in": "m", "covered": 152310.4, "total": 152310.4}]},
        "ages": {
            "buildings": {
                "oldest": "2026-03-01",
                "newest": "2026-11-01",
                "dated": 9246,
                "undated": 0,
                "oldest_days": 267,
            }
        },
        "chain": {
            "grids": 165,
            "grids_whole": 143,
            "buildings": 9246,
            "buildings_whole": 8288,
            "rules": "cn-2026-2",
            "first_breaks": [{"level": "grid", "code": "post-missing", "count": 3}],
            "unchecked": [],
        },
        "findings": {"blocking": 0, "warning": 11, "note": 0},
        "parts": [PLACES[2] | FIGURES],
    }
)
HOUSE = {
    "building_id": f"{COMMUNITY}-0012",
    "name": "和平小区3栋",
    "kind": "residence",
    "estate": "和平小区",
    "households": 48,
    "residents": 107,
    "lng": 116.951,
    "lat": 31.046,
}
ANSWERING = {
    "kind": "A",
    "line": None,
    "title": "网格员",
    "person": "江文秀",
    "phone": None,
}
HIT = {"kind": "community", "code": COMMUNITY, "name": "和平社区", "lng": None, "lat": None}
REGION = {
    "name": "和平社区",
    "level": "community",
    "kind": "community",
    "parent_code": STREET,
    "planned_grids": 6,
    "source": "演示数据",
}
PLAN = {
    "community_code": COMMUNITY,
    "name": None,
    "status": "published",
    "version": 1,
    "seed": 0,
    "source": "演示数据",
    "created_at": "2026-11-23T00:00:00Z",
    "created_by": "wangge demo",
    "published_at": "2026-11-23T00:00:00Z",
    "owner": None,
    "owner_at": None,
}
GRID_ROW = {
    "plan_id": 27,
    "name": "和平社区第3网格",
    "kind": "basic",
    "households": 388,
    "residents": 871,
    "residents_basis": "usual",
}
BUILDING = {
    "community_code": COMMUNITY,
    "kind": "residence",
    "estate": "和平小区",
    "name": "和平小区3栋",
    "address": "和平路12号和平小区3栋",
    "households": 48,
    "residents": 107,
    "residents_basis": "usual",
    "source": "演示数据",
}


def _features(key: str, properties: dict[str, Any]) -> Callable[[str], dict[str, Any]]:
    feature = {"type": "Feature", "id": key, "geometry": None, "properties": properties}
    return lambda _lang: {"next": key, "type": "FeatureCollection", "features": [feature]}


def _search(lang: str) -> dict[str, Any]:
    house = "和平小区3栋"
    parts = {"building": "3", "unit": "2", "room": "501", "door": "", "tail": "路灯不亮"}
    hit = {
        "said": house,
        "kind": "building",
        "key": f"building:{COMMUNITY}-0012",
        "building_id": f"{COMMUNITY}-0012",
        "lng": 116.946217,
        "lat": 31.048342,
        "datum": None,
        "raw_lng": None,
        "raw_lat": None,
        "score": 1.02,
        "match": "exact",
        "lack": None,
        "radius_m": None,
        "parts": parts,
        "place": _place(lang),
        "office": None,
        "why": text("search.match-exact", lang, said=house),
    }
    return {"understood": "words", "choose": False, "advice": None, "hits": [hit]}


def _calls(lang: str) -> dict[str, Any]:
    row = {
        "key": "20261123-0007",
        "state": text("intake.state-to-place", lang),
        "reason": text("intake.reason-words-missing", lang),
        "candidates": [],
    }
    counts = {"rows": 20, "good": 19, "to-place": 1, "to-count": 0, "suspect": 0, "refused": 0}
    done = {"file": "calls.xlsx", "written": True, "counts": counts}
    return {**done, "added": 19, "updated": 0, "unchanged": 0, "open": [row]}


def _nearby(lang: str) -> dict[str, Any]:
    said = (
        text("nearby.metres", lang, distance=distance(12.4, lang)),
        text("nearby.minutes", lang, count="35"),
        text("nearby.words", lang),
    )
    same = {
        "incident": INCIDENT,
        "metres": 12.4,
        "minutes": 35.0,
        "same_building": False,
        "alike": True,
        "same_category": True,
        "score": 0.66,
        "why": text("nearby.stop", lang).join(said),
    }
    return {"radius_m": 60, "window_h": 720, "rules": "nearby-2026-1", "items": [same]}


FEEDBACK = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [116.946217, 31.048342]},
    "properties": {
        "kind": "corrected",
        "grid_code": GRID,
        "other_code": "340881001001004",
        "count": 3,
        "first_at": "2026-11-02T01:00:00Z",
        "last_at": "2026-11-23T00:00:00Z",
        "place": "和平路12号门口",
        "metres": 48.2,
    },
}
_CHANGES = ("one", "set_place", "join", "unjoin", "split", "unsplit")
ANSWERS: Mapping[str, Callable[[str], Any]] = {
    "health-healthz": lambda _: {"status": "ok", "epoch": None, "grids": None},
    "health-readyz": lambda _: {"status": "ready", "epoch": 2, "grids": 165},
    "locate-locate": _place,
    "search-search": _search,
    "search-choose": lambda _: {"remembered": True},
    "card-card": lambda lang: card(_place(lang), PLACES, lang),
    "incidents-report": lambda lang: {
        "incident": INCIDENT,
        "place": _place(lang),
        "repeated": False,
    },
    "incidents-listing": lambda _: {"next": "MjAyNi0xMS0yM1QwMA", "items": [INCIDENT]},
    **dict.fromkeys((f"incidents-{name}" for name in _CHANGES), _handled),
    "incidents-same": _nearby,
    "incidents-places": lambda _: {"type": "FeatureCollection", "total": 1, "features": [FEEDBACK]},
    "incidents-take": lambda _: TAKEN,
    "incidents-release": lambda _: INCIDENT | {"version": 2},
    "coverage-coverage": lambda _: COVERAGE,
    "coverage-chains": lambda lang: {"next": None, "total": 1, "items": [_link(lang)]},
    "coverage-findings": lambda lang: {"next": None, "total": 1, "items": [_finding(lang)]},
    "places-search": lambda _: [HIT],
    "places-buildings": lambda _: {"total": 1, "items": [HOUSE]},
    "places-people": lambda _: [ANSWERING],
    "lists-regions": _features(COMMUNITY, REGION),
    "lists-plans": _features("27", PLAN),
    "lists-grids": _features(GRID, GRID_ROW),
    "lists-buildings": _features(f"{COMMUNITY}-0012", BUILDING),
    **plan_examples.ANSWERS,
    **drawing_examples.ANSWERS,
    **tracing_examples.answers(_place),
    "incidents-import_calls": _calls,
    **import_examples.ANSWERS,
    **ground_examples.ANSWERS,
}
"""Operation -> an example of its answer, by language."""
