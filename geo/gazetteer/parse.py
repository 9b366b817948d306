"""What a caller's words say: a name, numbers below it, and where from there (对面, 东侧200米, 与…交叉口)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from geo.gazetteer.normal import normal

_ROAD = r"(?:路|街|巷|道|弄|线)"
_TOKEN = re.compile(
    r"\d+(?:-\d+)?号(?!线|桥|井(?!盖)|院)|\d+(?:-\d+)?号院|(?:\d+|(?<![a-z])[a-z]|[甲乙丙丁])栋|\d+单元|\d+室|\d+[层楼]"
)
_NUMBERS = re.compile(
    r"(?:(?P<door>\d+(?:-\d+)?)号院?)?(?:(?P<building>\d+|[a-z]|[甲乙丙丁])栋)?(?:(?P<unit>\d+)单元)?"
    r"(?:(?P<floor>\d+)[层楼](?!下|上|道|梯|顶))?(?:(?P<room>\d+)室|(?P<bare>\d{3,4})(?!\d|米|年|路))?"
)
_BARE = re.compile(r"(?<=[^\d-])(?P<bare>\d{1,4}(?:-\d{1,3})?)$")
_SIDES = "东南|东北|西南|西北|东|南|西|北"
_RELATION = re.compile(
    rf"的?(?:(?:往|向|朝|以)?(?P<dir>{_SIDES})(?:侧|边|面|方向|方|头)?(?:约|大约|大概)?(?P<m>\d+)米(?:处|左右|远)?"
    rf"|(?P<side>{_SIDES})(?:侧|边|面)"
    r"|(?P<facing>斜对面|正对面|对面|对过|对门)"
    r"|(?P<near>旁边|边上|隔壁|附近|周边|旁|门口|门前|大门口|大门|楼下|楼上|后面|背后|前面|后门|里面|院内|内))(?=$|的|有|那|这|发|出|\D{2})"
)
_IN_A_HOUSE = ("楼上", "楼下", "里面", "内")
"""Of a house that is told by its number they are the house: 3栋2单元楼上漏水."""
_CROSSING = re.compile(
    rf"^(?P<one>.+?{_ROAD})(?:与|和|跟|同|及|到|-)?(?P<other>.{{1,12}}?{_ROAD})的?"
    r"(?:交叉路口|十字路口|丁字路口|三岔路口|交叉口|交汇处|交汇口|交界处|交口|路口|拐角|口)"
)
_OFFSETS = {"东": (1, 0), "西": (-1, 0), "南": (0, -1), "北": (0, 1)}


@dataclass(frozen=True, slots=True)
class Parts:
    """name: what is looked for by name. door … room: the numbers below it as said, "" where none. number: one that
    does not say what it numbers (和平路12). heading: a unit step (east, north) and ``metres`` away; facing: 对面; near:
    旁边, 附近, 门口. other: the second road of a crossing. tail: what was said beyond the place."""

    name: str
    door: str = ""
    building: str = ""
    unit: str = ""
    floor: str = ""
    room: str = ""
    number: str = ""
    heading: tuple[float, float] | None = None
    metres: float | None = None
    facing: bool = False
    near: bool = False
    other: str = ""
    tail: str = ""

    @property
    def beside(self) -> bool:
        """Whether a place is told by another that it is at: 对面, 旁边, 东侧200米."""
        return self.heading is not None or self.facing or self.near

    @property
    def numbered(self) -> bool:
        """Whether a house is named, not only a road or an estate."""
        return bool(self.door or self.building or self.number)


def parse(text: str) -> list[Parts]:
    """The ways to read what was said, the most literal first; none for words that hold no name.

    The words as they stand come first: 桥东 may be a name before it is a side of a bridge.
    """
    said = normal(text)
    if not said:
        return []
    plain = _plain(said)
    ways = [_crossing(said), plain, _related(said)]
    if plain is not None and _TOKEN.search(plain.tail):
        ways.append(_plain(plain.tail))  # 环城北路295号东方佳苑5栋 is two ways to say one house
    return list(dict.fromkeys(way for way in ways if way is not None and way.name))


def house(said: str) -> Parts:
    """How an entry's own words are read: a name and the numbers below it, nothing else."""
    return _plain(normal(said)) or Parts("")


def _plain(said: str) -> Parts | None:
    first = _TOKEN.search(said)
    if first is None:
        return _bare(said)
    name = said[: first.start()]
    found = _NUMBERS.match(said, first.start())
    if found is None or found.end() == found.start():
        return Parts(said)
    rest = said[found.end() :]
    door, building, unit, floor, room, bare = (value or "" for value in found.groups())
    parts = Parts(
        name or rest, door, building, unit, floor, room or bare, tail=rest if name else ""
    )
    if (
        parts.door and not parts.building
    ):  # 环城北路295号东方佳苑5栋: the building is said after the estate
        inner = _plain(parts.tail)
        if inner is not None and inner.building:
            parts = replace(parts, building=inner.building, unit=inner.unit, room=inner.room)
    # What follows the numbers may be a relation: 和平小区3栋对面.
    relation = _RELATION.match(parts.tail)
    if relation is not None and relation["near"] in _IN_A_HOUSE and (parts.building or parts.unit):
        return replace(parts, tail=parts.tail[relation.end() :])
    return parts if relation is None else _shifted(parts, relation, parts.tail[relation.end() :])


def _bare(said: str) -> Parts:
    found = _BARE.search(said)
    if found is None:
        return Parts(said)
    return Parts(said[: found.start()], number=found["bare"])


def _related(said: str) -> Parts | None:
    """A relation somewhere in words without numbers before it: 农行对面有人占道."""
    for relation in _RELATION.finditer(said):
        if relation.start() < 1:
            continue
        before = _plain(said[: relation.start()])
        if before is not None:
            return _shifted(before, relation, said[relation.end() :])
    return None


def _shifted(parts: Parts, relation: re.Match[str], tail: str) -> Parts:
    side = relation["dir"] or relation["side"]
    return replace(
        parts,
        heading=_heading(side) if side else None,
        metres=float(relation["m"]) if relation["m"] else None,
        facing=relation["facing"] is not None,
        near=relation["near"] is not None,
        tail=tail,
    )


def _heading(side: str) -> tuple[float, float]:
    east = float(sum(_OFFSETS[c][0] for c in side))
    north = float(sum(_OFFSETS[c][1] for c in side))
    length = (east * east + north * north) ** 0.5
    return east / length, north / length


def _crossing(said: str) -> Parts | None:
    found = _CROSSING.match(said)
    if found is None:
        return None
    return Parts(found["one"], other=found["other"], tail=said[found.end() :])
