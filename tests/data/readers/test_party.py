"""A register of party units in the office's own words, and rules in a file of the office's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.readers.chain_rules import read_rules
from data.readers.party import read_party
from geo.chain import ChainRules
from geo.codes import Profile
from geo.errors import ColumnMissing, FileUnreadable
from geo.model import GridKind

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
    units = read_party(written(tmp_path, HEAD + rows))
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
        read_party(written(tmp_path, f"{HEAD}ZB1,党支部,,,,,\n{row}\n"))
    assert refused.value.params["row"] == 3


def test_without_kinds_it_is_no_register(tmp_path: Path) -> None:
    with pytest.raises(ColumnMissing, match="party_kind"):
        read_party(written(tmp_path, "党组织编码,联系人\nZ1,王五\n"))


def test_rules_that_come_along() -> None:
    ours = read_rules(None, profile=Profile.CN)
    assert "民政" in ours.lines
    assert ours.of("basic").households == 1
    assert ours.of("dedicated").households == 0
    assert ours.demands
    assert not read_rules(None, profile=Profile.PLAIN).demands


def test_rules_of_the_offices_own(tmp_path: Path) -> None:
    path = written(tmp_path, 'version = "本市-3"\n[grid.basic]\nofficer = true\n', "规则.toml")
    rules = read_rules(path, profile=Profile.CN)
    assert rules == ChainRules("本市-3", grids={GridKind.BASIC: rules.of("basic")})
    assert rules.of("basic").officer


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("version = ", "rules-unreadable"),
        ("[community]\nbranch = true\n", "rules-wrong"),
        ('version = "1"\n[grid.basic]\ngroups = -1\n', "rules-wrong"),
        ('version = "1"\n[grid.basic]\nofficers = true\n', "rules-wrong"),
    ],
)
def test_rules_that_make_no_sense_are_refused_by_key(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(FileUnreadable) as refused:
        read_rules(written(tmp_path, text, "规则.toml"), profile=Profile.CN)
    assert refused.value.code == code
    with pytest.raises(FileUnreadable, match="rules-unreadable"):
        read_rules(tmp_path / "没有.toml", profile=Profile.CN)
