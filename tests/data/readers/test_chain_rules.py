"""Rules of the chain as an office writes them: understood, or refused by the key that makes no sense."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.readers.chain_rules import FOLDER, read_rules
from geo.chain import ChainRules, GridDemand
from geo.codes import Profile
from geo.errors import FileUnreadable
from geo.model import BuildingKind, GridKind
from maps.texts import LANGUAGES, text


def written(folder: Path, content: str) -> Path:
    path = folder / "规则.toml"
    path.write_text(content, "utf-8")
    return path


def test_the_rules_that_come_along_name_every_level() -> None:
    ours = read_rules(None, profile=Profile.CN)
    assert ours.version == "cn-2026-2"
    assert ours.city.lines
    assert ours.street.branch
    assert "民政" in ours.community.lines
    assert "公安联络" in ours.community.liaisons
    assert ours.of("basic") == GridDemand(True, True, 1, 1, 1)
    assert ours.of("dedicated") == GridDemand(officer=True, stand_in=True)
    assert ours.estate.contacts == ("物业", "业委会")
    assert ours.buildings[BuildingKind.RESIDENCE].units
    assert ours.demands
    assert ours.demands_party


def test_plain_demands_none() -> None:
    plain = read_rules(None, profile=Profile.PLAIN)
    assert plain == ChainRules("plain-1")
    assert not plain.demands
    assert not plain.demands_party


def test_rules_of_the_offices_own(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        '\ufeffversion = "本市-3"\n[community]\nlines = ["民政", "民政 "]\n[grid.basic]\nofficer = true\n'
        "[building.employer]\ngroup = true\n",
    )
    rules = read_rules(path, profile=Profile.PLAIN)
    assert rules.community.lines == ("民政",)
    assert rules.grids == {GridKind.BASIC: GridDemand(officer=True)}
    assert rules.buildings[BuildingKind.EMPLOYER].group


def test_an_older_file_is_still_understood(tmp_path: Path) -> None:
    older = (
        'version = "cn-2026-1"\n[community]\nbranch = true\nlines = ["党建"]\nliaisons = ["公安联络"]\n'
        "[grid.basic]\nofficer = true\nbranches = 1\ngroups = 1\nhouseholds = 1\n"
    )
    rules = read_rules(written(tmp_path, older), profile=Profile.CN)
    assert rules.of("basic").households == 1
    assert not rules.buildings


@pytest.mark.parametrize(
    ("content", "code", "key"),
    [
        ("version = ", "rules-unreadable", None),
        ("[community]\nbranch = true\n", "rules-missing-key", "version"),
        ('version = ""\n', "rules-wrong-words", "version"),
        ("version = 3\n", "rules-wrong-words", "version"),
        ('version = "1"\n[grid.basic]\ngroups = -1\n', "rules-wrong-count", "grid.basic.groups"),
        ('version = "1"\n[grid.basic]\ngroups = 1.5\n', "rules-wrong-count", "grid.basic.groups"),
        ('version = "1"\n[grid.basic]\ngroups = "1"\n', "rules-wrong-count", "grid.basic.groups"),
        ('version = "1"\n[grid.basic]\nofficer = "是"\n', "rules-wrong-switch", "grid.basic.officer"),
        ('version = "1"\n[grid.basic]\nofficers = true\n', "rules-unknown-key", "grid.basic.officers"),
        ('version = "1"\n[grid.special]\nofficer = true\n', "rules-unknown-key", "grid.special"),
        ('version = "1"\n[building.house]\ngroup = true\n', "rules-unknown-key", "building.house"),
        ('version = "1"\n[community]\nlines = "民政"\n', "rules-wrong-words", "community.lines"),
        ('version = "1"\n[community]\nlines = ["民政", " "]\n', "rules-wrong-words", "community.lines.1"),
        ('version = "1"\ncommunity = true\n', "rules-wrong-table", "community"),
        ('version = "1"\ngrid = 3\n', "rules-wrong-table", "grid"),
        ('version = "1"\n[province]\nbranch = true\n', "rules-unknown-key", "province"),
    ],
)  # fmt: skip
def test_rules_that_make_no_sense_are_refused_by_key(
    tmp_path: Path, content: str, code: str, key: str | None
) -> None:
    with pytest.raises(FileUnreadable) as refused:
        read_rules(written(tmp_path, content), profile=Profile.CN)
    assert refused.value.code == code
    assert refused.value.params.get("key") == key
    for lang in LANGUAGES:
        assert "规则.toml" in text(f"error.{code}", lang, **refused.value.params)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="file-missing"):
        read_rules(tmp_path / "没有.toml", profile=Profile.CN)
    path = tmp_path / "gbk.toml"
    path.write_bytes('version = "本市"'.encode("gbk"))
    with pytest.raises(FileUnreadable, match="rules-unreadable"):
        read_rules(path, profile=Profile.CN)


def test_every_profile_has_its_rules() -> None:
    assert set(Profile) <= {file.stem for file in FOLDER.glob("*.toml")}
