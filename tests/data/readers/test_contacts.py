"""Registers of estates' contacts as offices keep them: a row a person, or a row an estate."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from data.readers.contacts import read_contacts
from geo.errors import ColumnMissing, FileUnreadable

ZONE = ZoneInfo("Asia/Shanghai")


def read(folder: Path, content: str) -> pd.DataFrame:
    path = folder / "联系人.csv"
    path.write_text(content, "gb18030")
    return read_contacts(path, zone=ZONE)


def test_a_row_a_person(tmp_path: Path) -> None:
    told = read(
        tmp_path,
        "小区,社区,类别,单位,姓名,电话,任期至\n紫荆园,北街社区,物业公司,某物业,王五,1,长期\n"
        "紫荆园,北街社区,业主委员会,,赵六,2,2026年6月30日\n紫荆园,北街社区,楼道长,,孙七,,\n",
    )
    assert told["kind"].tolist() == ["物业", "业委会", "楼道长"]
    assert told["until"][1] == pd.Timestamp("2026-07-01", tz=ZONE)  # the last day counts whole
    assert told["until"].isna().tolist() == [True, False, True]
    assert told["organisation"][0] == "某物业"


def test_a_row_an_estate(tmp_path: Path) -> None:
    told = read(
        tmp_path,
        "小区名称,物业公司,物业负责人,物业电话,业委会主任,业委会电话\n紫荆园,某物业,王五,1,赵六,2\n丙园,,,,,\n"
        "乙园,某物业,,3,无,\n",
    )
    rows = told[["estate", "kind", "person", "phone", "row"]].astype(object)
    assert rows.where(rows.notna(), None).to_numpy().tolist() == [
        ["紫荆园", "物业", "王五", "1", 2],
        ["紫荆园", "业委会", "赵六", "2", 2],
        ["乙园", "物业", None, "3", 4],
    ]
    assert told["organisation"].tolist()[0] == "某物业"
    assert pd.isna(told["organisation"][1])


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ColumnMissing, match="estate"):
        read(tmp_path, "类别,姓名\n物业,王五\n")
    with pytest.raises(ColumnMissing, match="contact_kind"):
        read(tmp_path, "小区,姓名\n紫荆园,王五\n")
    with pytest.raises(FileUnreadable, match="contact-incomplete") as refused:
        read(tmp_path, "小区,类别,姓名\n紫荆园,物业,王五\n紫荆园,,赵六\n")
    assert refused.value.params["row"] == 3
    with pytest.raises(FileUnreadable, match="date-unreadable"):
        read(tmp_path, "小区,类别,姓名,任期至\n紫荆园,物业,王五,明年\n")
