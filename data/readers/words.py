"""The words that real files use in their cells, Chinese and English, in one place; headings.py has those of columns.

To teach the readers a new value, add it here and nowhere else. Matching ignores case, blanks and a unit or note in
brackets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from data.readers.headings import COLUMN_WORDS
from geo.codes import Level
from geo.model import BuildingKind, GridKind, LineClass, ResidentsBasis

KIND_WORDS: dict[str, BuildingKind] = {
    **dict.fromkeys(
        ("居民住宅", "住宅", "居住", "居民楼", "小区", "宿舍", "公寓", "residential", "apartments"),
        BuildingKind.RESIDENCE,
    ),
    **dict.fromkeys(
        (
            "驻区单位",
            "单位",
            "机关",
            "企业",
            "工厂",
            "厂房",
            "办公",
            "写字楼",
            "office",
            "industrial",
        ),
        BuildingKind.EMPLOYER,
    ),
    **dict.fromkeys(
        ("商圈楼宇", "商业", "商铺", "商场", "楼宇", "市场", "酒店", "retail", "shop", "mall"),
        BuildingKind.COMMERCIAL,
    ),
    **dict.fromkeys(
        ("公共场所", "公共", "学校", "医院", "公园", "广场", "车站", "school", "hospital", "park"),
        BuildingKind.PUBLIC,
    ),
}

PARTY_WORDS: dict[str, str] = {
    **dict.fromkeys(("branch", "支部", "党支部", "网格党支部", "社区党支部", "党总支"), "branch"),
    **dict.fromkeys(("group", "小组", "党小组"), "group"),
    **dict.fromkeys(("household", "中心户", "党员中心户", "党员示范户"), "household"),
}
"""Kinds of the party's units."""

CONTACT_WORDS: dict[str, str] = {
    **dict.fromkeys(("property", "物业公司", "物业服务企业", "物业服务公司", "物业经理"), "物业"),
    **dict.fromkeys(("owners", "业主委员会", "业委会主任", "物管会", "业主代表"), "业委会"),
}
"""Kinds of contact of an estate by other names; a kind that is not here is what it says."""

ADDRESS_WORDS: dict[str, str] = {
    **dict.fromkeys(("address", "地址", "门牌", "门牌号", "标准地址", "楼栋"), "address"),
    **dict.fromkeys(("alias", "别名", "俗称", "旧称", "曾用名", "又称"), "alias"),
    **dict.fromkeys(("estate", "小区", "住宅小区"), "estate"),
    **dict.fromkeys(("landmark", "地标", "单位", "公共场所", "标志物", "地名", "商铺"), "landmark"),
}
"""What words for a place are words of; a kind that is not here is a city's own, searched for as a landmark."""

LEAVE_WORDS: dict[str, bool] = {
    **dict.fromkeys(
        ("是", "有", "y", "yes", "true", "1", "√", "✓", "请假", "请假中", "休假", "休假中"), True
    ),
    **dict.fromkeys(("病假", "事假", "产假", "年假", "婚假", "陪产假", "长期病假", "离岗"), True),
    **dict.fromkeys(
        ("否", "n", "no", "false", "0", "×", "x", "在岗", "正常", "未请假", "不请假"), False
    ),
}
"""Whether somebody is on leave, where no days are told."""

ENDLESS_WORDS = frozenset({"长期", "至今", "永久", "在任", "在职", "无固定期限"})
"""In place of a last day: there is none."""

LINE_WORDS: dict[str, LineClass] = {
    **dict.fromkeys(
        ("河流", "河", "河道", "江", "湖", "水系", "水库", "canal", "stream", "riverbank", "water"),
        LineClass.RIVER,
    ),
    **dict.fromkeys(
        (
            "主干道",
            "干道",
            "主干路",
            "快速路",
            "国道",
            "省道",
            "高速",
            "高速公路",
            "次干道",
            "次干路",
            "铁路",
            "motorway",
            "trunk",
            "primary",
            "secondary",
            "rail",
            "railway",
        ),
        LineClass.ARTERIAL,
    ),
    **dict.fromkeys(
        ("支路", "街道", "道路", "县道", "乡道", "tertiary", "residential", "unclassified", "road"),
        LineClass.STREET,
    ),
    **dict.fromkeys(
        (
            "巷",
            "巷道",
            "小路",
            "胡同",
            "里弄",
            "小区路",
            "村道",
            "service",
            "living_street",
            "footway",
            "pedestrian",
            "path",
            "steps",
            "track",
            "trail",
            "cycleway",
            "bridleway",
            "drain",
            "ditch",
        ),
        LineClass.LANE,
    ),
}

BASIS_WORDS: dict[str, ResidentsBasis] = {
    **dict.fromkeys(("常住", "常住人口"), ResidentsBasis.USUAL),
    **dict.fromkeys(("户籍", "户籍人口"), ResidentsBasis.REGISTERED),
    **dict.fromkeys(("实有", "实有人口"), ResidentsBasis.ACTUAL),
}

LEVEL_WORDS: dict[str, Level] = {
    **dict.fromkeys(("市", "市级", "县", "县级", "区", "区县", "县级市"), Level.CITY),
    **dict.fromkeys(
        ("街道", "镇", "乡", "乡镇", "街镇", "镇街", "开发区", "街道级", "ward"), Level.STREET
    ),
    **dict.fromkeys(("社区", "村", "村居", "社区级", "行政村"), Level.COMMUNITY),
}

BLANK_WORDS = frozenset(
    {"", "-", "--", "—", "/", "无", "暂无", "暂无数据", "不详", "未知", "n/a", "null", "none"}
)
"""What people write into a cell that they can't fill. ``nan`` is not among them: a person would not write it."""


_NOTES = re.compile(r"[(\uff08\[【].*?[)\uff09\]】]|\s|_(?=link$)")
"""What is no part of a word: brackets (\uff08 and \uff09 are those of Chinese) with what is in them, blanks."""


def plain(word: object) -> str:
    """A heading or value without blanks, brackets and case."""
    return _NOTES.sub("", str(word)).lower().removesuffix("link")


def column_for(target: str, headings: Iterable[str]) -> str | None:
    """The heading that means our column ``target``: its own name, else the first of its words that is there."""
    known = {plain(heading): heading for heading in reversed(list(headings))}
    for word in (target, *COLUMN_WORDS.get(target, ())):
        if plain(word) in known:
            return known[plain(word)]
    return None


def building_kind(value: object) -> BuildingKind | None:
    """The kind that a word means, or None."""
    word = plain(value)
    return KIND_WORDS.get(word) or (BuildingKind(word) if word in set(BuildingKind) else None)


def line_class(value: object) -> LineClass | None:
    """The class that a word (an OSM highway value included) means, or None."""
    word = plain(value)
    return LINE_WORDS.get(word) or (LineClass(word) if word in set(LineClass) else None)


def grid_kind(value: object) -> GridKind:
    """The kind that a word means; one that is not told is basic."""
    word = plain(value)
    dedicated = word == GridKind.DEDICATED or word.startswith("专属")
    return GridKind.DEDICATED if dedicated else GridKind.BASIC


def contact_kind(value: str) -> str:
    """The kind of an estate's contact that a word means; one that we don't know stays as it is."""
    return CONTACT_WORDS.get(plain(value), value)


def address_kind(value: str) -> str | None:
    """What words for a place are words of; None where nothing is told."""
    return ADDRESS_WORDS.get(plain(value), value) or None


def residents_basis(value: object) -> ResidentsBasis | None:
    """The 人口口径 that a word means, or None."""
    word = plain(value)
    return BASIS_WORDS.get(word) or (ResidentsBasis(word) if word in set(ResidentsBasis) else None)


def region_level(value: object) -> Level | None:
    """The level of a region that a word means, or None."""
    word = plain(value)
    return LEVEL_WORDS.get(word) or (Level(word) if word in set(Level) else None)
