"""The words that real files use, in one place: column headings and values, Chinese and English.

To teach the readers a new heading or value, add it here and nowhere else. Matching ignores case, blanks and a
unit or note in brackets (``户数(户)``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from geo.codes import Level
from geo.model import BuildingKind, GridKind, LineClass, ResidentsBasis

COLUMN_WORDS: dict[str, tuple[str, ...]] = {
    "building_id": (
        "bldg_id",
        "楼栋编号",
        "楼栋编码",
        "楼栋id",
        "建筑编号",
        "建筑物编码",
        "楼宇编码",
    ),
    "code": ("编码", "代码", "社区编码", "社区代码", "区划代码", "行政区划代码", "adcode"),
    "component_id": (
        "部件标识码",
        "标识码",
        "部件编号",
        "设施编号",
        "资产编号",
        "objid",
        "编号",
    ),
    "component_kind": (
        "部件名称",
        "小类名称",
        "部件小类",
        "部件类型",
        "部件类别",
        "设施类型",
        "设施名称",
        "objname",
        "kind",
        "小类",
        "类型",
        "类别",
        "名称",
        "name",
    ),
    "row_key": ("导入编号", "import key"),
    "row_state": ("导入状态", "import state"),
    "row_reason": ("导入原因", "import reason"),
    "name": ("名称", "楼栋名称", "小区名称", "社区名称", "小区", "楼盘名称", "社区名"),
    "community_code": ("comm_code", "community", "社区", "所属社区", "所在社区", "村居", "村社区"),
    "planned_grids": ("网格数", "规划网格数", "计划网格数"),
    "households_min": ("户数下限", "最少户数"),
    "households_max": ("户数上限", "最多户数"),
    "residents_min": ("人口下限", "人数下限", "最少人口"),
    "residents_max": ("人口上限", "人数上限", "最多人口"),
    "exception": ("例外理由", "例外", "批准例外"),
    "kind": ("类型", "类别", "楼栋类型", "建筑类型", "用途"),
    "estate": ("所属小区", "小区", "小区名称"),
    "address": ("地址", "详细地址", "门牌地址", "坐落", "所在地址"),
    "households": ("户数", "总户数", "住户数", "常住户数", "房屋户数", "规划户数"),
    "residents": ("人口", "人数", "人口数", "总人口", "常住人口", "户籍人口", "实有人口", "居民数"),
    "residents_basis": ("res_basis", "人口口径", "口径"),
    "buildings": ("楼栋数", "栋数", "幢数", "楼栋总数"),
    "built": ("建成年代", "建成年份", "竣工年份", "建造年代", "建筑年代"),
    "lon": ("经度", "lng", "long", "longitude", "x", "x坐标", "东坐标", "bd_lon", "gcj_lon"),
    "lat": ("纬度", "latitude", "y", "y坐标", "北坐标", "bd_lat", "gcj_lat"),
    "class": ("highway", "hw", "waterway", "fclass", "等级", "道路等级", "河流等级", "类别"),
    "source": ("来源", "受理渠道", "渠道"),
    "source_id": ("工单号", "工单编号", "案件编号", "事件编号", "案卷编号", "受理编号"),
    "reported_at": ("上报时间", "受理时间", "来电时间", "发生时间", "登记时间", "报案时间"),
    "closed_at": ("结案时间", "办结时间", "完成时间"),
    "catalogue_code": ("事项编码", "部件编码", "小类代码", "立案编码"),
    "item_code": (
        "code",
        "编码",
        "代码",
        "事项编码",
        "部件编码",
        "小类代码",
        "小类编码",
        "目录编码",
        "事项代码",
        "部件代码",
        "立案编码",
    ),
    "item_kind": ("kind", "类型", "部件或事项", "部件/事项", "案件类型", "问题类型", "对象类型"),
    "item_name": ("name", "名称", "事项名称", "部件名称", "小类名称", "小类", "事项", "部件"),
    "department_code": ("部门编码", "部门代码", "责任部门编码", "主管部门编码", "单位编码"),
    "department": (
        "主管部门",
        "责任部门",
        "责任单位",
        "承办单位",
        "承办部门",
        "处置部门",
        "处置单位",
        "牵头单位",
        "部门",
        "部门名称",
        "单位",
    ),
    "department_phone": ("部门电话", "电话", "联系电话", "phone"),
    "limit_h": (
        "处置时限",
        "办理时限",
        "处理时限",
        "办结时限",
        "结案时限",
        "时限",
        "处置期限",
        "limit",
        "time limit",
    ),
    "category": ("类别", "事件类别", "案件类型", "大类", "大类名称", "小类", "类型"),
    "place": ("地点", "地址", "事发地点", "发生地点", "位置", "位置描述", "address"),
    "note": ("情况描述", "问题描述", "事件描述", "描述", "内容", "诉求内容", "备注"),
    "post_kind": ("岗位", "岗别", "岗位类别", "ab岗", "post"),
    "grid_code": ("网格编码", "网格编号", "网格代码", "网格", "grid"),
    "line": ("业务条线", "条线", "业务", "业务线"),
    "title": ("职务", "称谓", "岗位名称"),
    "person": ("姓名", "网格员", "责任人", "人员", "网格员姓名"),
    "person_no": ("工号", "人员编号", "网格员编号"),
    "since": (
        "任职日期",
        "任职时间",
        "聘任日期",
        "起始日期",
        "开始日期",
        "valid_from",
        "valid from",
    ),
    "until": (
        "到期日期",
        "聘期至",
        "任期至",
        "截止日期",
        "结束日期",
        "离任日期",
        "valid_to",
        "valid to",
    ),
    "leave": ("请假", "请假情况", "是否请假", "请假时间", "休假", "休假情况", "on leave"),
    "leave_since": ("请假起", "请假开始", "请假开始日期", "请假起始日期", "休假开始日期"),
    "leave_until": ("请假止", "请假至", "请假结束", "请假结束日期", "销假日期", "休假结束日期"),
    "stand_in": ("代班人", "代班人姓名", "代班网格员", "代班", "顶岗人", "顶岗人员", "stand-in"),
    "stand_in_no": ("代班人工号", "代班工号", "代班人编号"),
    "stand_in_phone": ("代班人电话", "代班电话", "代班人手机", "代班人联系电话"),
    "said": (
        "说法",
        "别名",
        "俗称",
        "又称",
        "旧称",
        "曾用名",
        "alias",
        "地址",
        "标准地址",
        "详细地址",
        "门牌地址",
        "地名",
        "名称",
        "地点名称",
        "address",
        "name",
    ),
    "address_kind": ("类别", "类型", "地址类型", "地址类别", "地名类别", "kind"),
    "alias_of": (
        "标准名称",
        "正式名称",
        "登记名称",
        "所指",
        "指的是",
        "对应地址",
        "标准地址",
        "名称",
        "地址",
        "alias of",
    ),
    "contact_kind": ("联系人类别", "联系人类型", "类别", "类型", "kind"),
    "property_person": ("物业负责人", "物业联系人", "物业经理", "物业项目经理", "物业姓名"),
    "property_phone": ("物业电话", "物业联系电话", "物业负责人电话", "物业联系人电话"),
    "owners_person": ("业委会主任", "业委会负责人", "业委会联系人", "业委会姓名"),
    "owners_phone": ("业委会电话", "业委会联系电话", "业委会主任电话", "业委会联系人电话"),
    "organisation": ("单位", "单位名称", "物业公司", "公司", "公司名称", "机构", "企业名称"),
    "units": ("单元数", "单元总数", "单元个数"),
    "party_code": ("code", "党组织编码", "党组织编号", "组织编码", "组织编号"),
    "party_kind": ("kind", "党组织类别", "党组织类型", "组织类别", "组织类型"),
    "party_name": ("name", "党组织名称", "党组织", "组织名称"),
    "parent_code": (
        "上级编码",
        "上级组织",
        "上级党组织",
        "上级编号",
        "所属街道",
        "所属街镇",
        "街道编码",
        "所属区划",
    ),
    "level": ("级别", "行政级别", "区划级别", "层级"),
    "as_of": (
        "数据日期",
        "统计日期",
        "统计时间",
        "截至日期",
        "采集日期",
        "采集时间",
        "普查日期",
        "核实日期",
        "核查日期",
        "核实时间",
        "变更日期",
        "chdate",
        "更新日期",
        "更新时间",
        "as of",
        "updated_at",
    ),
    "unit": ("单元", "单元号"),
    "contact": ("联系人", "负责人", "书记", "组长", "户主"),
    "phone": ("电话", "手机", "联系电话", "手机号", "手机号码", "联系方式"),
}
"""Heading words for each of our columns (besides its own name), most telling first."""

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
