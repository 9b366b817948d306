"""A register of posts as offices keep it: headings, kinds and dates understood, or refused with their row."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from data.readers.posts import read_posts
from geo.errors import ColumnMissing, FileUnreadable

ZONE = ZoneInfo("Asia/Shanghai")


def written(folder: Path, text: str) -> Path:
    path = folder / "岗位.csv"
    path.write_text(text, encoding="gbk")
    return path


def test_a_register_in_the_offices_own_words(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "网格编码,岗位,姓名,工号,任职日期,到期日期\n"
        "340881001001001,A岗,王五,007,2026年1月1日,2026-12-31\n"
        "340881001001002,,赵六,,2026/3/1,\n",
    )
    posts = read_posts(path, zone=ZONE)
    assert posts["kind"].tolist() == ["A", "A"]
    assert posts["person_no"][0] == "007"
    assert posts["row"].tolist() == [2, 3]
    assert posts["since"][0] == pd.Timestamp("2026-01-01", tz=ZONE)
    assert posts["until"][0] == pd.Timestamp("2027-01-01", tz=ZONE)  # the last day counts whole
    assert posts["until"].isna()[1]


def test_a_line_of_business_is_a_b_post(tmp_path: Path) -> None:
    path = written(tmp_path, "网格编码,社区,条线,姓名\n,北街社区,民政,王五\n")
    assert read_posts(path, zone=ZONE)["kind"].tolist() == ["B"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("1,C岗,王五,,", "post-kind-unreadable"),
        ("1,A,王五,明年,", "date-unreadable"),
        ("1,A,王五,,2026-11-30", "leave-unreadable"),
        ("1,A,王五,,下周", "leave-unreadable"),
        ("1,A,王五,,2026-11-30至2026-11-01", "dates-crossed"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_row(tmp_path: Path, row: str, code: str) -> None:
    path = written(tmp_path, f"网格编码,岗位,姓名,到期日期,请假\n1,A,某,,\n{row}\n")
    with pytest.raises(FileUnreadable, match=code) as raised:
        read_posts(path, zone=ZONE)
    assert raised.value.params["row"] == 3


def test_without_a_column_for_grids_it_is_no_register(tmp_path: Path) -> None:
    with pytest.raises(ColumnMissing, match="grid_code"):
        read_posts(written(tmp_path, "姓名,电话\n王五,1\n"), zone=ZONE)


def test_columns_can_be_mapped(tmp_path: Path) -> None:
    path = written(tmp_path, "片区号,大名\n340881001001001,王五\n")
    posts = read_posts(path, mapping={"grid_code": "片区号", "person": "大名"}, zone=ZONE)
    assert posts["grid_code"][0] == "340881001001001"
    assert posts["person"][0] == "王五"


@pytest.mark.parametrize(
    ("told", "since", "until"),
    [
        ("2026-11-01至2026-11-30", "2026-11-01", "2026-12-01"),
        ("2026年11月1日—11月30日", "2026-11-01", "2026-12-01"),
        ("2026.11.1-2026.11.30", "2026-11-01", "2026-12-01"),
        ("自2026/11/1起至今", "2026-11-01", None),
        ("2026年11月1日起至", "2026-11-01", None),
        ("是", "1970-01-01T08:00", None),
        ("产假", "1970-01-01T08:00", None),
        ("否", None, None),
        ("在岗", None, None),
        ("", None, None),
    ],
)
def test_a_leave_in_one_cell(
    tmp_path: Path, told: str, since: str | None, until: str | None
) -> None:
    path = written(tmp_path, f"网格编码,姓名,请假,代班人,代班人工号\n1,王五,{told},赵六,008\n")
    posts = read_posts(path, zone=ZONE)
    for name, day in (("leave_since", since), ("leave_until", until)):
        found = posts[name][0]
        assert pd.isna(found) if day is None else found == pd.Timestamp(day, tz=ZONE)
    assert posts[["stand_in", "stand_in_no"]].to_numpy().tolist() == [["赵六", "008"]]


def test_a_leave_in_two_columns(tmp_path: Path) -> None:
    path = written(
        tmp_path, "网格编码,姓名,请假起,请假止,到期日期\n1,王五,2026-11-01,2026-11-30,长期\n"
    )
    posts = read_posts(path, zone=ZONE)
    assert posts["leave_since"][0] == pd.Timestamp("2026-11-01", tz=ZONE)
    assert posts["leave_until"][0] == pd.Timestamp("2026-12-01", tz=ZONE)
    assert posts["until"].isna()[0]
