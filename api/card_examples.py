"""What an answer card looks like, for the description of the API; made-up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from maps.texts import text

_KINDS = {"city": "city", "street": "street", "community": "community"}


def card(place: Mapping[str, Any], above: Sequence[Mapping[str, Any]], lang: str) -> dict[str, Any]:
    """The card of a house in the grid of ``place``; ``above``: its regions."""
    return {
        "answer": "grid",
        "why": place["why"],
        "lng": 116.946217,
        "lat": 31.048342,
        "place": place,
        "regions": [{**one, "kind": _KINDS[one["level"]]} for one in above],
        "office": None,
        "likelihood": [
            {"grid_code": place["grid_code"], "grid_name": place["grid_name"], "share": 1.0}
        ],
        "building": {
            "building_id": f"{place['community_code']}-0012",
            "name": "和平小区3栋",
            "address": "和平路12号和平小区3栋",
            "estate": "和平小区",
            "kind": "residence",
            "in_outline": False,
            "metres": 3.2,
            "unit": "2",
        },
        "line": None,
        "people": [
            {
                "section": "a_officer",
                "title": text("card.section-a-officer", lang),
                "people": [_person("江文秀", "stand-in", "网格员", stand_in_for="方小满")],
                "missing": [],
            },
            {
                "section": "liaisons",
                "title": text("card.section-liaisons", lang),
                "people": [],
                "missing": [_missing("liaison-missing", "公安联络", lang)],
            },
        ],
        "open_nearby": 2,
        "nearby": "/nearby?lng=116.9462170&lat=31.0483420",
    }


def _person(name: str, duty: str, what: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "phone": None,
        "duty": duty,
        "role": what,
        "until": None,
        "stand_in_for": None,
        "on_leave": False,
        "region": None,
        **more,
    }


def _missing(code: str, what: str, lang: str) -> dict[str, Any]:
    finding = text(f"finding.{code}-title", lang)
    said = text("card.missing", lang, what=what, finding=finding)
    return {"code": code, "role": what, "level": "community", "region": None, "text": said}
