"""Map links as people paste them: the vendor's address tells place and datum. Nothing is asked of any server.

Written after the vendors' own descriptions of their links: AMap and Tencent draw in GCJ-02, Baidu in BD-09 (or in the
metres of its own mercator), OpenStreetMap and geo: addresses (RFC 5870) in WGS84; parameters that name another datum
(coordinate=, coord_type=) are obeyed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from geo.gazetteer import baidu

_LINK = re.compile(r"(?:https?://|//)[^\s<>\"'，。；、）)]+|geo:[-\d.,;=a-z]+", re.IGNORECASE)
MAX_LENGTH = 4000
"""What an app shares is shorter; the rest is not read."""

_NUMBER = r"(-?\d{1,3}(?:\.\d+)?)"
_PAIR = re.compile(rf"{_NUMBER}\s*[,，]\s*{_NUMBER}(?![\d.])")
_METRES = re.compile(r"@(-?\d{5,9}(?:\.\d+)?),(-?\d{5,9}(?:\.\d+)?)")
_POI = re.compile(rf"^[^,]*,{_NUMBER},{_NUMBER}(?:,|$)")
_OSM = re.compile(rf"map=[\d.]+/{_NUMBER}/{_NUMBER}")
_SHORT = ("surl.amap.com", "j.map.baidu.com", "url.cn", "w.url.cn", "dwz.cn", "amap.com/short")
_BAIDU_DATUM = {
    "bd09ll": "bd09",
    "bd09": "bd09",
    "gcj02": "gcj02",
    "wgs84": "wgs84",
    "gps": "wgs84",
}


@dataclass(frozen=True, slots=True)
class Linked:
    """A link. vendor: amap, baidu, tencent, osm, geo, or "" where the address is not known. lng, lat: degrees of
    ``datum``; None where the link holds no place, as shortened links do (``short``) until somebody opens them."""

    vendor: str
    lng: float | None = None
    lat: float | None = None
    datum: str | None = None
    short: bool = False


def link(text: str) -> Linked | None:
    """The first map link in ``text``, which may be what an app shares: words and a link. None without any link."""
    found = _LINK.search(text[:MAX_LENGTH])
    if found is None:
        return None
    address = found[0]
    return _geo(address) if address.lower().startswith("geo:") else _web(address)


def _web(address: str) -> Linked:
    try:
        parts = urlsplit(address if "://" in address else f"https:{address}")
        host = (parts.hostname or "").lower()
    except ValueError:
        return Linked("")
    if any(host == one or f"{host}{parts.path}".startswith(one) for one in _SHORT):
        return Linked("", short=True)
    for name, (hosts, read) in _VENDORS.items():
        if any(host == one or host.endswith(f".{one}") for one in hosts):
            place = next(filter(_possible, read(parts, _query(parts))), None)
            return Linked(name) if place is None else Linked(name, *place)
    return Linked("")


Place = tuple[float, float, str]
Query = Mapping[str, str]


def _query(parts: SplitResult) -> dict[str, str]:
    both = f"{parts.query}&{parts.fragment.split('?', 1)[-1]}"
    return {key.lower(): values[0] for key, values in parse_qs(both).items()}


def _possible(place: Place) -> bool:
    return abs(place[0]) <= 180 and abs(place[1]) <= 90


def _pair(value: str | None) -> tuple[float, float] | None:
    found = _PAIR.search(value or "")
    return None if found is None else (float(found[1]), float(found[2]))


def _amap(_: SplitResult, query: Query) -> Iterator[Place]:
    datum = "wgs84" if query.get("coordinate") == "wgs84" else "gcj02"
    for key in ("position", "center", "lnglat", "to", "dest", "from", "location"):
        found = _pair(query.get(key))
        if found:
            yield found[0], found[1], datum
    if "lng" in query and "lat" in query:
        yield from _apart(query["lng"], query["lat"], datum)
    for key in ("q", "p"):  # latitude first: q=31.04,116.95,名称  p=B0FF…,31.04,116.95,名称
        value = query.get(key, "")
        poi = _POI.match(value) if key == "p" else None
        found = (float(poi[1]), float(poi[2])) if poi else _pair(value)
        if found:
            yield found[1], found[0], datum


def _baidu(parts: SplitResult, query: Query) -> Iterator[Place]:
    kind = query.get("coord_type", "bd09ll").lower()
    for key in ("location", "latlng", "center"):
        found = _pair(query.get(key))
        if found:
            yield found[1], found[0], _BAIDU_DATUM.get(kind, "bd09")
    for value in (query.get("location", ""), unquote(parts.path), parts.fragment, parts.query):
        metres = _METRES.search(value if value.startswith("@") or "@" in value else f"@{value}")
        if metres:
            yield (*baidu.from_mercator(float(metres[1]), float(metres[2])), "bd09")


def _tencent(_: SplitResult, query: Query) -> Iterator[Place]:
    datum = "wgs84" if query.get("coord_type") == "1" else "gcj02"
    for key in ("marker", "coord", "center", "latlng", "tocoord", "fromcoord"):
        found = _pair(query.get(key))
        if found:
            yield found[1], found[0], datum
    if "pointx" in query and "pointy" in query:
        yield from _apart(query["pointx"], query["pointy"], datum)


def _osm(parts: SplitResult, query: Query) -> Iterator[Place]:
    for lat, lng in (("mlat", "mlon"), ("lat", "lon")):
        if lat in query and lng in query:
            yield from _apart(query[lng], query[lat], "wgs84")
    found = _OSM.search(parts.fragment)
    if found:
        yield float(found[2]), float(found[1]), "wgs84"


def _apart(lng: str, lat: str, datum: str) -> Iterator[Place]:
    if re.fullmatch(_NUMBER, lng) and re.fullmatch(_NUMBER, lat):
        yield float(lng), float(lat), datum


def _geo(address: str) -> Linked:
    found = _pair(address)
    crs = re.search(r"crs=([^;]+)", address.lower())
    if found is None or not _possible((found[1], found[0], "")) or (crs and crs[1] != "wgs84"):
        return Linked("geo")
    return Linked("geo", found[1], found[0], "wgs84")


_VENDORS = {
    "amap": (("amap.com", "gaode.com"), _amap),
    "baidu": (("baidu.com",), _baidu),
    "tencent": (("map.qq.com",), _tencent),
    "osm": (("openstreetmap.org", "osm.org"), _osm),
}
