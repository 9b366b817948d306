"""``wangge check`` with every register: read from files, held against the rules, what is missing said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import Point

from api.services.check import CheckFiles, CheckResult, Measure, run_check
from data.readers.chain_rules import read_rules
from geo.chain import ChainRules
from geo.codes import Profile
from geo.errors import ColumnMissing, OptionError
from geo.model import CRS
from tests.api.cli.test_check import run
from tests.api.services.test_imports import ZONE
from tests.data.store.conftest import EAST, WEST, town, town_plan

LINES = ("党建", "综治", "民政", "计划生育", "劳动保障", "城管")
LIAISONS = ("执法联络", "综治联络", "公安联络")
GRIDS = [f"{community}00{n}" for community in (WEST, EAST) for n in (1, 2)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files of a town in order: communities, grids, houses (kinds in Chinese), posts, party, contacts."""
    outlines = town()
    outlines[outlines["level"] == "community"].to_file(tmp_path / "town.gpkg", layer="communities")
    town_plan().grids.to_file(tmp_path / "town.gpkg", layer="grids")
    houses = gpd.GeoDataFrame(
        {
            "楼栋编号": [f"B{n}" for n in range(4)],
            "所属社区": [WEST, WEST, EAST, EAST],
            "类型": "居民住宅",
            "所属小区": ["甲园", "甲园", "丙园", "丁园"],
            "户数": 60,
            "单元数": 2,
        },
        geometry=[Point(116.9525 + 0.005 * n, 31.045) for n in range(4)],
        crs=CRS,
    )
    houses.to_file(tmp_path / "town.gpkg", layer="buildings")
    write(tmp_path / "posts.csv", "岗位,网格,社区,条线,姓名,工号,到期日期,请假,代班人", _posts())
    write(
        tmp_path / "party.csv", "组织编码,组织类别,上级组织,社区,网格编码,楼栋编号,单元", _party()
    )
    contacts = [
        f"{estate},{kind},某,1"
        for estate in ("甲园", "丙园", "丁园")
        for kind in ("物业", "业委会")
    ]
    write(tmp_path / "contacts.csv", "小区,类别,姓名,电话", contacts)
    return tmp_path


def write(path: Path, head: str, rows: list[str]) -> None:
    path.write_text("\n".join([head, *rows]) + "\n", "gb18030")


def _posts() -> list[str]:
    rows = [f"A岗,{code},,,某{n},{n},长期,," for n, code in enumerate(GRIDS)]
    rows += [f"B岗,,{code},网格管理,某,,,," for code in ("340881", "340881001")]
    communities = ("西社区", EAST)  # by name, by code
    return rows + [
        f"B岗,,{one},{line},某,,,," for one in communities for line in (*LINES, *LIAISONS)
    ]


def _party() -> list[str]:
    rows = ["Z,党支部,,340881001,,,", f"Z1,党支部,Z,{WEST},,,", "Z2,党支部,Z,东社区,,,"]
    for n, code in enumerate(GRIDS):
        rows.append(f"Z{code},党支部,Z{1 + n // 2},,{code},,")
        rows.append(f"G{code},党小组,Z{code},,{code},,")
        rows += [f"H{code}{unit},党员中心户,G{code},,{code},B{n},{unit}单元" for unit in "12"]
    return rows


def files(folder: Path) -> dict[str, str]:
    layers = {
        name: f"{folder / 'town.gpkg'}:{name}" for name in ("communities", "grids", "buildings")
    }
    return layers | {name: str(folder / f"{name}.csv") for name in ("posts", "party", "contacts")}


OURS: ChainRules = read_rules(None, profile=Profile.CN)


def checked(
    *,
    rules: ChainRules | None = None,
    mapping: Mapping[str, str] | None = None,
    **layers: str | Path,
) -> CheckResult:
    """The check of these files as they stand now."""
    files = CheckFiles(**layers)  # type: ignore[arg-type]
    return run_check(files, measure=Measure(), zone=ZONE, rules=rules, mapping=mapping)


def test_a_town_in_order_is_whole_from_the_city_to_the_unit(folder: Path) -> None:
    done = checked(**files(folder), rules=OURS)
    chain = done.summary["chain"]
    assert isinstance(chain, dict)
    codes = {one.code for one in done.findings}
    assert not codes & {
        "post-missing",
        "line-uncovered",
        "liaison-missing",
        "household-missing",
        "code-parent",
    }
    assert (chain["whole"], chain["grids"], chain["buildings_whole"], chain["buildings"]) == (
        4,
        4,
        4,
        4,
    )
    assert (chain["unchecked"], chain["broken"], chain["rules"]) == ([], {}, "cn-2026-2")


def test_each_link_that_is_cut_is_the_first_to_break(folder: Path) -> None:
    posts = (
        (folder / "posts.csv")
        .read_text("gb18030")
        .replace(f"A岗,{GRIDS[0]},,,某0,0,长期,,", f"A岗,{GRIDS[0]},,,某0,0,,是,")
    )
    (folder / "posts.csv").write_text(posts, "gb18030")
    party = [line for line in _party() if not line.startswith(f"H{GRIDS[1]}2")]
    write(folder / "party.csv", "组织编码,组织类别,上级组织,社区,网格编码,楼栋编号,单元", party)
    contacts = (folder / "contacts.csv").read_text("gb18030").replace("丁园,业委会,某,1\n", "")
    (folder / "contacts.csv").write_text(contacts, "gb18030")
    done = checked(**files(folder), rules=OURS)
    chain = done.summary["chain"]
    assert isinstance(chain, dict)
    assert chain["broken"] == {
        GRIDS[0]: {"code": "post-missing", "level": "grid"},
        GRIDS[1]: {"code": "household-missing", "level": "unit"},
        GRIDS[3]: {"code": "liaison-missing", "level": "estate"},
    }
    assert not done.blocked


def test_what_has_no_register_is_said_and_not_held_against_anybody(folder: Path) -> None:
    given = files(folder)
    alone = {name: given[name] for name in ("grids", "contacts")}
    done = checked(**alone, rules=OURS)
    chain = done.summary["chain"]
    assert isinstance(chain, dict)
    assert set(chain["unchecked"]) >= {"officers", "party", "estates"}
    assert chain["whole"] == 4
    with pytest.raises(OptionError, match="posts-without-grids"):
        checked(communities=given["communities"], contacts=given["contacts"])


def test_columns_of_a_register_can_be_mapped_and_a_wrong_one_is_named(folder: Path) -> None:
    write(folder / "contacts.csv", "楼盘,哪一方,姓名", ["甲园,物业,某"])
    given = files(folder)
    with pytest.raises(ColumnMissing, match="estate"):
        checked(**given, rules=OURS)
    mapping = {"contacts.estate": "楼盘", "contacts.contact_kind": "哪一方"}
    done = checked(**given, rules=OURS, mapping=mapping)
    missing = [one for one in done.findings if one.code == "liaison-missing"]
    assert {(one.params["estate"], one.params["kind"]) for one in missing} == {
        ("甲园", "业委会"), ("丙园", "物业"), ("丙园", "业委会"), ("丁园", "物业"), ("丁园", "业委会"),
    }  # fmt: skip


def test_polygons_of_anybodys_with_faults_still_have_a_chain(folder: Path) -> None:
    grids = town_plan().grids
    twice = grids.iloc[[0]].assign(geometry=grids.geometry[0].buffer(0.001))
    bad = gpd.GeoDataFrame(
        {"code": [None, "340881001001009"]}, geometry=[grids.geometry[1], None], crs=CRS
    )
    faulty = gpd.pd.concat([grids, twice, bad], ignore_index=True)
    faulty.to_file(folder / "faulty.gpkg", layer="grids")
    given = files(folder) | {"grids": f"{folder / 'faulty.gpkg'}:grids"}
    chain = checked(**given, rules=OURS).summary["chain"]
    assert isinstance(chain, dict)
    assert chain["grids"] == 5


def test_the_command_says_it_in_words(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    contacts = (folder / "contacts.csv").read_text("gb18030").replace("丁园,业委会,某,1\n", "")
    (folder / "contacts.csv").write_text(contacts, "gb18030")
    options = [part for name, spec in files(folder).items() for part in (f"--{name}", spec)]
    report = folder / "report.json"
    assert run(monkeypatch, ["check", *options, "--report", str(report)]) == 0
    said = capsys.readouterr().out
    assert "小区 丁园" in said
    assert "先断在小区" in said
    assert "纵向到底率 75 %" in said
    summary = json.loads(report.read_text("utf-8"))["summary"]["chain"]
    assert list(summary["broken"]) == [GRIDS[3]]
    rules = folder / "规则.toml"
    rules.write_text('version = "1"\n[grid.basic]\nofficr = true\n', "utf-8")
    assert run(monkeypatch, ["check", *options, "--rules", str(rules)]) == 2
    assert "grid.basic.officr" in capsys.readouterr().err
