"""A register of party units in the office's own words."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from data.readers.party import read_party
from geo.errors import ColumnMissing, FileUnreadable

ZONE = ZoneInfo("Asia/Shanghai")
HEAD = "党组织编码,组织类别,党组织名称,上级组织,网格编码,楼栋编号,联系人\n"


def written(folder: Path, text: str, name: str = "党组织.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_units_in_the_offices_own_words(tmp_path: Path) -> None:
    rows = (
        "ZB1,党支部,北街支部,,,,\n"
        "X1,党小组,一组,ZB1,340881001001001,,\n"
        "H1,党员中心户,王家,X1,340881001001001,B7,王五\n"
    )
    units = read_party(written(tmp_path, HEAD + rows), zone=ZONE)
    assert units["kind"].tolist() == ["branch", "group", "household"]
    assert units["parent_code"].fillna("").tolist() == ["", "ZB1", "X1"]
    assert units["building_id"].fillna("").tolist() == ["", "", "B7"]
    assert units["row"].tolist() == [2, 3, 4]


@pytest.mark.parametrize(
    ("row", "code"),
    [(",党支部,,,,,", "party-code-missing"), ("Z2,妇联,,,,,", "party-kind-unreadable")],
)
def test_what_cannot_be_read_is_named_with_its_row(tmp_path: Path, row: str, code: str) -> None:
    with pytest.raises(FileUnreadable, match=code) as refused:
        read_party(written(tmp_path, f"{HEAD}ZB1,党支部,,,,,\n{row}\n"), zone=ZONE)
    assert refused.value.params["row"] == 3


def test_without_kinds_it_is_no_register(tmp_path: Path) -> None:
    with pytest.raises(ColumnMissing, match="party_kind"):
        read_party(written(tmp_path, "党组织编码,联系人\nZ1,王五\n"), zone=ZONE)
