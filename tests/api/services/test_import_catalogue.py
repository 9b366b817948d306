"""The catalogue of departments and what can be reported into the store, and the incidents that name its items."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from api.services.imports import Imported, run
from api.services.imports.result import say_reason
from data.readers.catalogue import BadLimitError, item_kind, limit_hours
from geo.errors import ColumnMissing, OptionError
from tests.api.services.test_imports import count, options

ITEMS = (
    "SELECT code, kind, category, name, department_code, limit_h FROM catalogue_items ORDER BY 1"
)
DESKS = "SELECT code, name, phone FROM departments ORDER BY 1"
HEAD = "事项编码,类型,大类,小类,部门编码,主管部门,部门电话,处置时限"
ROWS = f"""{HEAD}
S1,事项,市容环境,暴露垃圾,D1,城市管理局,6123,24小时
B1,部件,公用设施,路灯,D1,,,3天
B2,部件,公用设施,消火栓,,消防救援大队,,2个工作日
B3,部件,公用设施,井盖,,城市管理局,,
"""


def table(folder: Path, content: str, name: str = "目录.csv") -> str:
    path = folder / name
    path.write_text(content, "utf-8")
    return str(path)


def asked(engine: Engine, query: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def codes(done: Imported) -> dict[int, list[str]]:
    return {row.row: [one.code for one in row.reasons] for row in done.rows if row.reasons}


def test_items_departments_and_limits_go_in(engine: Engine, tmp_path: Path) -> None:
    done = run(engine, "catalogue", table(tmp_path, ROWS), options())
    assert (done.added, done.updated, done.counts["good"]) == (4, 0, 4)
    assert codes(done) == {2: ["department-new"], 4: ["limit-working", "department-new"]}
    for row in done.rows:
        for lang in ("zh", "en"):
            assert all(say_reason(reason, lang) for reason in row.reasons)
    assert asked(engine, ITEMS) == [
        ("B1", "component", "公用设施", "路灯", "D1", 72.0),
        ("B2", "component", "公用设施", "消火栓", "消防救援大队", None),
        ("B3", "component", "公用设施", "井盖", "D1", None),
        ("S1", "matter", "市容环境", "暴露垃圾", "D1", 24.0),
    ]
    assert asked(engine, DESKS) == [
        ("D1", "城市管理局", "6123"), ("消防救援大队", "消防救援大队", None),
    ]  # fmt: skip


def test_again_nothing_is_doubled_and_what_a_file_lacks_stays(
    engine: Engine, tmp_path: Path
) -> None:
    run(engine, "catalogue", table(tmp_path, ROWS), options())
    before = asked(engine, ITEMS), asked(engine, DESKS)
    again = run(engine, "catalogue", table(tmp_path, ROWS), options())
    assert (again.added, again.updated) == (0, 4)
    assert (asked(engine, ITEMS), asked(engine, DESKS)) == before
    short = "编码,类型,名称,主管部门\nB1,部件,路灯（含灯杆）,消防救援大队\n"
    run(engine, "catalogue", table(tmp_path, short), options())
    assert asked(engine, ITEMS)[0] == (
        "B1", "component", "公用设施", "路灯（含灯杆）", "消防救援大队", 72.0,
    )  # fmt: skip
    assert asked(engine, DESKS)[0] == ("D1", "城市管理局", "6123")
    assert len(asked(engine, ITEMS)) == 4


FAULTY = f"""{HEAD}
S1,事项,,暴露垃圾,,,,
,事项,,无编码,,,,
S2,事项,,,,,,
S3,设施,,路灯,,,,
S1,事项,,又一个,,,,
S4,事项,,甲,D9,,,
S5,事项,,乙,D8,甲局,,
S6,事项,,丙,D8,乙局,,
S7,事项,,丁,,,,尽快
S8,事项,,戊,,,,24
S9,事项,,己,,,,0小时
"""


def test_what_is_wrong_is_refused_row_by_row(engine: Engine, tmp_path: Path) -> None:
    back = tmp_path / "退回.xlsx"
    path = table(tmp_path, FAULTY)
    done = run(engine, "catalogue", path, options(), give_back=back)
    assert codes(done) == {
        3: ["item-code-missing"],
        4: ["item-name-missing"],
        5: ["item-kind-unknown"],
        6: ["repeated"],
        7: ["department-unknown"],
        8: ["department-two-names"],
        9: ["department-two-names"],
        10: ["limit-malformed"],
        11: ["limit-unit-missing"],
        12: ["limit-malformed"],
    }
    assert [row[0] for row in asked(engine, ITEMS)] == ["S1"]
    assert asked(engine, DESKS) == [], "of refused rows nothing goes in"
    assert len(pd.read_excel(back, engine="openpyxl")) == 10


@pytest.mark.parametrize("how", [{"dry_run": True}, {"strict": True}])
def test_dry_run_and_strict_write_nothing(
    engine: Engine, tmp_path: Path, how: dict[str, bool]
) -> None:
    content = ROWS if "dry_run" in how else FAULTY
    done = run(engine, "catalogue", table(tmp_path, content), options(**how))
    assert not done.written
    assert (count(engine, "catalogue_items"), count(engine, "departments")) == (0, 0)


def test_columns_by_other_names_and_hours_by_word_of_the_user(
    engine: Engine, tmp_path: Path
) -> None:
    path = table(tmp_path, "序,叫法,属性,多久\nA1,路灯,部件,24\n")
    names = {"item_code": "序", "item_name": "叫法", "item_kind": "属性", "limit_h": "多久"}
    run(engine, "catalogue", path, options(mapping=names))
    assert asked(engine, ITEMS) == [("A1", "component", None, "路灯", None, 24.0)]
    with pytest.raises(OptionError, match="map-unknown"):
        run(engine, "catalogue", path, options(mapping={"code": "序"}))
    with pytest.raises(ColumnMissing, match="column-missing") as missing:
        run(engine, "catalogue", path, options(mapping={"item_code": "序"}))
    assert missing.value.params["present"] == "序, 叫法, 属性, 多久"


def test_a_sheet_tells_the_kind_of_its_items(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "目录.xlsx"
    with pd.ExcelWriter(path) as book:
        for sheet, code in (("部件", "B1"), ("事件", "S1")):
            frame = pd.DataFrame({"编码": [code], "名称": ["某"], "时限（天）": [2]})
            frame.to_excel(book, sheet_name=sheet, index=False)
    for sheet in ("部件", "事件"):
        run(engine, "catalogue", f"{path}:{sheet}", options())
    assert [(row[0], row[1], row[5]) for row in asked(engine, ITEMS)] == [
        ("B1", "component", 48.0), ("S1", "matter", 48.0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("told", "heading", "hours"),
    [
        ("24小时", "时限", 24), ("３天", "时限", 72), ("1.5 h", "时限", 1.5), ("30分钟", "时限", 0.5),
        ("2", "时限(小时)", 2), ("2", "时限（天）", 48), ("2小时", "时限（天）", 2), ("5", "时限[单位：小时]", 5),
    ],
)  # fmt: skip
def test_limits_as_people_write_them(told: str, heading: str, hours: float) -> None:
    assert limit_hours(told, heading=heading) == pytest.approx(hours)


@given(st.text(max_size=8), st.sampled_from(["时限", "时限(天)", "limit (hours)"]))
def test_a_limit_is_positive_or_says_why_not(told: str, heading: str) -> None:
    try:
        assert limit_hours(told, heading=heading) > 0
    except BadLimitError as bad:
        assert bad.code in ("limit-malformed", "limit-unit-missing", "limit-working")


def test_kinds_in_words() -> None:
    kinds: Sequence[str | None] = [item_kind(word) for word in ("部件", " 事件 ", "matter", "设施")]
    assert kinds == ["component", "matter", "matter", None]
    assert item_kind(None) is None
