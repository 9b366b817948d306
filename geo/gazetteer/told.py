"""An entry's own words: the name under which it is kept and the numbers below it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from geo.gazetteer.normal import normal
from geo.gazetteer.parse import Parts, house

KINDS_OF_REGION = (
    "社区居委会", "社区居民委员会", "居委会", "村委会", "街道办事处",
    "街道", "社区", "开发区", "镇", "乡", "市", "区", "县", "省",
)  # fmt: skip
LONGEST_REGION = 12
_STREET = re.compile(r"(?:路|街|巷|道|弄|线|里|村)$")
_WHERE = re.compile(r"(?<=..)[(（][^()（）]*(?:路|街|巷|道|\d号|街道|镇)[)）]\s*$")
"""和平尚城(和平路29号): where it is, for whoever reads the list. 滨河苑(东区) is not 滨河苑(西区) and stays."""
_LEAST_LEFT = 3
"""Characters that a name must keep without its city: 实验小学 of 桐城实验小学, but nobody says 中学 for 桐城中学."""


def house_told(said: str, regions: Mapping[str, str]) -> Parts:
    """How a list writes a house or landmark: without where it is in brackets, and an address without the regions that
    it begins with (桐城-桐城-和平路29号, (桐城市)海峰路257号). ``regions``: their names and stems, to their codes."""
    read = house(_WHERE.sub("", said))
    if not read.door:
        return read
    rest = _without(read.name, regions)
    return replace(read, name=rest) if _STREET.search(rest) else read


def _without(name: str, regions: Mapping[str, str]) -> str:
    """A name without the regions before it. 桐城 alone goes only where it is said twice: 桐城大道 is a road."""
    going = True
    while going:
        going = False
        for length in range(min(len(name) - 2, LONGEST_REGION), 1, -1):
            head, rest = name[:length], name[length:]
            if head in regions and (head.endswith(KINDS_OF_REGION) or rest.startswith(head)):
                name, going = (rest.removeprefix(head) or rest), True
                break
    return name


def without_city(name: str, cities: Iterable[str]) -> str | None:
    """A name as it is said in the city itself: 农商银行 for 桐城市农商银行; None where nobody would."""
    for city in sorted(cities, key=len, reverse=True):
        if name.startswith(city) and len(name) - len(city) >= _LEAST_LEFT:
            return name.removeprefix(city)
    return None


def stem(name: str) -> str:
    """A region's name without what kind of region it is; the name where nothing would be left."""
    for ending in KINDS_OF_REGION:
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            return name[: -len(ending)]
    return name


def crossing_name(one: str, other: str) -> str:
    """The name under which the crossing of two roads is kept, whichever is said first."""
    return "+".join(sorted((one, other)))


def crossing_told(said: str) -> Parts:
    """How two roads that cross are kept: one/other."""
    return Parts(crossing_name(*(normal(one) for one in said.split("/", 1))))
