"""The whole chain of a 3 x 3 town: in order nothing is found; a broken link is found where it is, the topmost first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.chain import ChainResult, ChainRules, GridDemand, check_chain
from geo.model import CRS, PARTY_COLUMNS, POST_COLUMNS, GridKind
from maps.findings import describe, title

NOW = datetime(2026, 11, 23, tzinfo=UTC)
TOWN = [f"34088100100{row}" for row in (1, 2, 3)]
CODES = [f"{community}00{number}" for community in TOWN for number in (1, 2, 3)]
BASIC = GridDemand(officer=True, branches=1, groups=1, households=1)
RULES = ChainRules(
    "t-1", lines=("民政", "综治"), liaisons=("公安联络",), branch=True,
    grids={GridKind.BASIC: BASIC, GridKind.DEDICATED: GridDemand(officer=True)},
)  # fmt: skip


def communities() -> gpd.GeoDataFrame:
    shapes = [shapely.box(0, y, 3, y + 1) for y in range(3)]
    return gpd.GeoDataFrame({"code": TOWN, "name": ["北", "中", "南"]}, geometry=shapes, crs=CRS)


def grids() -> gpd.GeoDataFrame:
    shapes = [shapely.box(x, y, x + 1, y + 1) for y in range(3) for x in range(3)]
    columns = {"code": CODES, "community_code": [code[:12] for code in CODES], "kind": "basic"}
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)


def posts() -> pd.DataFrame:
    rows = [{"kind": "A", "grid_code": c, "person": f"某{c}", "person_no": c} for c in CODES]
    for community in TOWN:
        for line in (*RULES.lines, *RULES.liaisons):
            rows.append({"kind": "B", "community_code": community, "line": line, "person": "某"})
    return pd.DataFrame(rows, columns=list(POST_COLUMNS)).astype(
        {"since": "datetime64[us, UTC]", "until": "datetime64[us, UTC]"}
    )


def units() -> pd.DataFrame:
    rows = [{"code": f"Z{c}", "kind": "branch", "community_code": c} for c in TOWN]
    for code in CODES:
        place = {"community_code": code[:12], "grid_code": code}
        rows.append({"code": f"Z{code}", "kind": "branch", "parent_code": f"Z{code[:12]}", **place})
        rows.append({"code": f"G{code}", "kind": "group", "parent_code": f"Z{code}", **place})
        home = {"building_id": f"B{code}", "parent_code": f"G{code}"}
        rows.append({"code": f"H{code}", "kind": "household", **home, **place})
    return pd.DataFrame(rows, columns=list(PARTY_COLUMNS))


HOMES = {f"B{code}": code for code in CODES}


def held(
    *,
    rules: ChainRules = RULES,
    town: gpd.GeoDataFrame | None = None,
    people: pd.DataFrame | None = None,
    party: pd.DataFrame | None = None,
    standing: dict[str, str] = HOMES,
) -> ChainResult:
    result = check_chain(
        communities(), grids() if town is None else town, posts() if people is None else people,
        units() if party is None else party, rules=rules, at=NOW, standing=standing,
    )  # fmt: skip
    for one in result.findings:
        for lang in ("zh", "en"):
            assert title(one.code, lang)
            assert describe(one, lang)
            assert "某" not in describe(one, lang, names=False)
    return result


def test_a_town_in_order_is_whole() -> None:
    result = held()
    assert result.findings == ()
    assert (result.whole, result.grids, result.rules) == (9, 9, "t-1")


def test_a_line_that_nobody_has_breaks_every_grid_of_the_community() -> None:
    people = posts()
    gone = (people["community_code"] == TOWN[1]) & (people["line"] == "民政")
    result = held(people=people[~gone])
    (finding,) = result.findings
    assert (finding.code, finding.codes) == ("line-uncovered", (TOWN[1],))
    assert finding.geometry == communities().geometry[1]
    assert set(result.broken) == set(CODES[3:6])
    assert result.whole == 6


def test_a_line_whose_post_is_vacant_or_over_is_uncovered() -> None:
    people = posts()
    rows = people.index[(people["line"] == "综治")]
    people.loc[rows[0], "person"] = None
    people.loc[rows[1], "until"] = pd.Timestamp(NOW)
    assert [one.codes for one in held(people=people).findings] == [(TOWN[0],), (TOWN[1],)]


def test_a_missing_liaison_is_no_missing_line() -> None:
    people = posts()
    result = held(people=people[people["line"] != "公安联络"])
    assert {one.code for one in result.findings} == {"liaison-missing"}
    assert result.whole == 0


@pytest.mark.parametrize(
    ("kind", "code"),
    [("branch", "branch-missing"), ("group", "group-missing"), ("household", "household-missing")],
)
def test_a_grid_without_a_unit(kind: str, code: str) -> None:
    party = units()
    lost = party[(party["grid_code"] == CODES[4]) & (party["kind"] == kind)]
    party = party.drop(lost.index)
    party["parent_code"] = party["parent_code"].replace(
        dict(zip(lost["code"], lost["parent_code"], strict=True))
    )
    result = held(party=party)
    (finding,) = result.findings
    assert (finding.code, finding.codes) == (code, (CODES[4],))
    assert set(result.broken) == {CODES[4]}


def test_a_community_without_a_branch_of_its_own() -> None:
    party = units()
    party = party[party["code"] != f"Z{TOWN[0]}"]
    codes = [(one.code, one.params.get("case")) for one in held(party=party).findings]
    assert ("branch-missing", "community") in codes
    assert ("code-parent", "party-parents") in codes


def test_the_topmost_break_is_named_first() -> None:
    people, party = posts(), units()
    people = people[(people["grid_code"] != CODES[0]) & (people["line"] != "民政")]
    party = party[party["code"] != f"H{CODES[0]}"]
    result = held(people=people, party=party)
    assert result.findings[result.broken[CODES[0]]].code == "line-uncovered"
    people = pd.concat([people, posts()[posts()["line"] == "民政"]])
    result = held(people=people, party=party)
    assert result.findings[result.broken[CODES[0]]].code == "post-missing"
    result = held(party=party)
    assert result.findings[result.broken[CODES[0]]].code == "household-missing"


def test_a_household_whose_house_stands_elsewhere_or_nowhere_known() -> None:
    moved = held(standing=HOMES | {f"B{CODES[2]}": CODES[3]})
    (finding,) = moved.findings
    assert (finding.code, finding.codes, finding.params["case"]) == (
        "code-parent", (f"H{CODES[2]}",), "party-elsewhere",
    )  # fmt: skip
    assert held(standing={}).findings == ()


def test_units_of_grids_that_are_not_there() -> None:
    party = units()
    party.loc[party["code"] == f"H{CODES[8]}", "grid_code"] = "340881001009001"
    codes = {(one.code, one.params.get("case")) for one in held(party=party).findings}
    assert codes == {
        ("code-parent", "party-grids"),
        ("household-missing", None),
        ("code-parent", "party-elsewhere"),
    }


def test_a_dedicated_grid_is_asked_for_its_officer_alone() -> None:
    town, party = grids(), units()
    town.loc[0, "kind"] = "dedicated"
    party = party[party["grid_code"] != CODES[0]]
    assert held(town=town, party=party).findings == ()
    people = posts()
    result = held(town=town, party=party, people=people[people["grid_code"] != CODES[0]])
    assert [one.code for one in result.findings] == ["post-missing"]


def test_an_officer_where_none_is_demanded_is_no_stray() -> None:
    rules = replace(RULES, grids={GridKind.BASIC: BASIC})
    town, party = grids(), units()
    town.loc[0, "kind"] = "dedicated"
    assert held(rules=rules, town=town, party=party[party["grid_code"] != CODES[0]]).findings == ()


def test_without_registers_nothing_is_invented() -> None:
    officers = posts()
    officers = officers[officers["kind"] == "A"]
    result = check_chain(communities(), grids(), officers, None, rules=RULES, at=NOW)
    assert result.findings == ()
    assert held(rules=ChainRules("plain-1")).grids == 0


@given(st.sets(st.sampled_from(CODES)), st.sets(st.sampled_from(CODES)))
def test_what_is_planted_is_found_and_nothing_else(officers: set[str], homes: set[str]) -> None:
    people, party = posts(), units()
    people = people[~people["grid_code"].isin(officers)]
    party = party[~((party["kind"] == "household") & party["grid_code"].isin(homes))]
    result = held(people=people, party=party)
    found = {(one.code, *one.codes) for one in result.findings}
    assert found == {("post-missing", c) for c in officers} | {
        ("household-missing", c) for c in homes
    }
    assert set(result.broken) == officers | homes
    assert all(result.findings[result.broken[c]].code == "post-missing" for c in officers)
