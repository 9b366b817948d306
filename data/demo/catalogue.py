"""25 departments and an invented catalogue of what can be reported: no real catalogue, no real limits."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from data.demo.dice import dice
from data.demo.layers import SOURCE
from data.demo.phones import desk_phone

DEPARTMENTS = (
    "城市管理局", "住房和城乡建设局", "公安局", "交通运输局", "生态环境分局", "市场监督管理局", "民政局",
    "人力资源和社会保障局", "卫生健康委员会", "教育体育局", "水利局", "农业农村局", "应急管理局",
    "消防救援大队", "自然资源和规划局", "文化旅游局", "司法局", "信访局", "医疗保障局", "退役军人事务局",
    "供水公司", "供电公司", "燃气公司", "通信管理办公室", "园林服务中心",
)  # fmt: skip
"""In the order of their codes, 01 to 25."""

COMPONENTS = {
    "公用设施": (("上水井盖", 20), ("污水井盖", 0), ("雨水井盖", 0), ("路灯", 0), ("电力杆塔", 21), ("燃气井盖", 22),
             ("通信交接箱", 23), ("消防栓", 13), ("公共电动车充电桩", 21), ("变压器", 21)),
    "道路设施": (("人行道铺装", 1), ("路名牌", 6), ("交通信号灯", 2), ("隔离护栏", 2), ("公交站亭", 3),
             ("桥梁栏杆", 3)),
    "市容环境": (("公共厕所", 0), ("垃圾分类亭", 0), ("果皮箱", 0), ("户外广告牌", 0), ("环保监测箱", 4)),
    "园林绿化": (("行道树", 24), ("绿地护栏", 24), ("花坛", 24), ("健身器材", 9), ("休闲座椅", 24)),
    "水利设施": (("河岸护栏", 10), ("排涝泵站", 10), ("河道警示牌", 10)),
}  # fmt: skip
MATTERS = {
    "市容环境": (("暴露垃圾", 0), ("占道经营", 0), ("乱贴小广告", 0), ("建筑垃圾乱倒", 0), ("污水外溢", 0),
             ("油烟扰民", 0)),
    "噪声扰民": (("夜间施工噪声", 4), ("广场舞噪声", 2), ("商铺喇叭噪声", 0), ("邻里噪声", 2)),
    "街面秩序": (("机动车乱停放", 2), ("非机动车乱停放", 0), ("飞线充电", 13), ("楼道堆物", 13), ("犬只扰民", 2)),
    "矛盾纠纷": (("邻里纠纷", 16), ("物业纠纷", 1), ("欠薪投诉", 7), ("家庭纠纷", 16), ("消费纠纷", 5),
             ("信访事项转办", 17)),
    "民生服务": (("独居老人探访", 6), ("低保申请咨询", 6), ("医保咨询", 18), ("孕产随访", 8), ("退役军人服务", 19),
             ("就业咨询", 7), ("文体设施开放咨询", 15)),
    "安全隐患": (("危房隐患", 1), ("路面塌陷", 1), ("燃气异味", 22), ("河边戏水", 10), ("消防通道堵塞", 13),
             ("高空抛物", 2),
             ("危险化学品存放", 12)),
    "生态环境": (("露天焚烧", 4), ("河道漂浮物", 10), ("工地扬尘", 1), ("违规种菜", 24), ("非法捕捞", 11)),
    "违法建设": (("新增违建", 14), ("违规装修", 1), ("圈占绿地", 24)),
}  # fmt: skip
LIMITS_H = (4.0, 12.0, 24.0, 48.0, 72.0, 120.0)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """departments: code, name, phone, source. items: code, kind (component, matter), category, name,
    department_code, limit_h (hours), source."""

    departments: pd.DataFrame
    items: pd.DataFrame


def build_catalogue(seed: int) -> Catalogue:
    """Departments and items; the seed draws limits and telephone numbers."""
    rng = dice(seed, "catalogue")
    codes = [f"D{number:02d}" for number in range(1, len(DEPARTMENTS) + 1)]
    departments = pd.DataFrame(
        {
            "code": codes,
            "name": [f"桐城市{name}" for name in DEPARTMENTS],
            "phone": [desk_phone(number) for number in range(1, len(DEPARTMENTS) + 1)],
            "source": SOURCE,
        }
    )
    rows = []
    for kind, letter, groups in (("component", "B", COMPONENTS), ("matter", "S", MATTERS)):
        for major, (category, entries) in enumerate(groups.items(), 1):
            for minor, (name, department) in enumerate(entries, 1):
                limit_h = float(rng.choice(LIMITS_H))
                code = f"{letter}{major:02d}{minor:02d}"
                rows.append((code, kind, category, name, codes[department], limit_h))
    columns = ["code", "kind", "category", "name", "department_code", "limit_h"]
    return Catalogue(departments, pd.DataFrame(rows, columns=columns).assign(source=SOURCE))
